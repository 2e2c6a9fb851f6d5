"""The life of a change set, and what two drafts may not both have done."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

TRANSITIONS: dict[str, tuple[str, ...]] = {
    "open": ("submitted", "withdrawn"),
    "submitted": ("open", "approved", "withdrawn"),
    "approved": ("open", "published", "withdrawn"),
    "published": (),
    "withdrawn": (),
}
"""From each state to which: sending back to `open` asks for more work; nothing leaves the last two."""


def conflicts(mine: Iterable[str], theirs: Iterable[str]) -> tuple[str, ...]:
    """Return the codes that a draft and the releases published since its base both changed, in byte order."""
    return tuple(sorted(set(mine) & set(theirs), key=str.encode))
