"""What a draft and the releases published since its base may not both have changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def conflicts(mine: Iterable[str], theirs: Iterable[str]) -> tuple[str, ...]:
    """Return the codes that a draft and the releases published since its base both changed, in byte order."""
    return tuple(sorted(set(mine) & set(theirs), key=str.encode))
