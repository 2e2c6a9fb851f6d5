"""What a release carries beside its areas, as one value through publishing, rolling back, importing and handing in."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from grids.boundaries.release_rules import ReleaseRules
    from grids.boundaries.rules import Meant
    from identity.actors import Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """Who publishes, why, when it takes effect, on which release it was made, and where the content comes from.

    `effective_at` None means as soon as every process knows of the release; `meant` tells whether a far instant is
    meant (None: the caller knows). `expected_latest` is the number of the
    release that the content was made from (0: the layer has none yet, None: not compared). `answering` are the rules
    that the release answers by (None: as they were). `source` is stored with the release as it is.
    """

    author: Actor
    note: str = ""
    effective_at: datetime | None = None
    meant: Meant | None = None
    expected_latest: int | None = None
    answering: ReleaseRules | None = None
    source: Mapping[str, Any] = field(default_factory=dict)
