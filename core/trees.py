"""Dated trees: what belongs to what for a span of time, and whether that holds together at every instant. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class Span:
    """A thing belongs to another (None: to none) for a half-open span (None: open)."""

    code: str
    parent_code: str | None
    start: datetime
    until: datetime | None

    def holds(self, at: datetime) -> bool:
        """Return whether the span holds an instant."""
        return self.start <= at and (self.until is None or at < self.until)


@dataclass(frozen=True, slots=True)
class TreeFault:
    """Where a tree breaks: a thing whose parent is not there at an instant, or (without parent) lies below itself."""

    code: str
    missing_parent: str | None
    at: datetime


def first_fault(spans: Iterable[Span]) -> TreeFault | None:
    """Return the earliest instant at which a parent is missing or things lie in a circle; None: it holds together."""
    found = list(spans)
    # What holds changes only where a span begins or ends: these instants stand for all.
    for at in sorted({one.start for one in found} | {one.until for one in found if one.until is not None}):
        parents = {one.code: one.parent_code for one in found if one.holds(at)}
        for code, parent in parents.items():
            if parent is not None and parent not in parents:
                return TreeFault(code, parent, at)
        circle = _circle(parents)
        if circle is not None:
            return TreeFault(circle, None, at)
    return None


def _circle(parents: Mapping[str, str | None]) -> str | None:
    sound: set[str] = set()
    for code in parents:
        way: set[str] = set()
        above: str | None = code
        while above is not None and above not in sound:
            if above in way:
                return above
            way.add(above)
            above = parents[above]
        sound |= way
    return None
