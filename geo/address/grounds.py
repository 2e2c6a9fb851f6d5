"""Why a spot is where it is: codes with the values of their sentences, which stand in presentation/words/places."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping


class Ground(NamedTuple):
    """One reason: its code, and texts and numbers by name."""

    code: str
    values: Mapping[str, str | float]


def ground(code: str, /, **values: str | float) -> Ground:
    """Return a reason, e.g. ``ground("near", label="朝阳农贸市场")``."""
    return Ground(f"ground/{code}", values)
