"""What kind of source a channel is, and what follows for the analysis: pure decisions.

governance/channels names the kinds, by date; a channel that is not named is of citizens.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from governance.channels.states import SourceKind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray


#: What a run counts. Patrols find what they go looking for and sensors measure where they were put: both stay apart.
COUNTED = frozenset({SourceKind.CITIZEN, SourceKind.QUICK_NOTE})


def kinds_of(channels: NDArray[np.str_], sources: Mapping[str, str]) -> NDArray[np.str_]:
    """Return the kind of source of each report, shape (n,), by its channel."""
    names, position = np.unique(channels, return_inverse=True)
    kinds = [str(SourceKind(sources.get(str(name), SourceKind.CITIZEN))) for name in names]
    return np.array(kinds, dtype=np.str_)[position.ravel()] if len(names) else np.empty(0, dtype=np.str_)
