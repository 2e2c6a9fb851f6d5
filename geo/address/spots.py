"""Spots: where an anchor of an address may be, in terms that all kinds of anchors share.

A spot is a point of the index's frame with an accuracy (radius in metres within which the place is expected) and a
score 0..1 of how well the words fit, before the rest of the address is weighed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

    from geo.address.grammar import Anchor
    from geo.address.names import Kind
    from geo.address.tokens import Token

NUMBER_ACCURACY_M: Final = 10.0


@dataclass(frozen=True, slots=True)
class Spot:
    """A possible position of an anchor, metres of the frame; ``line`` when a stretch is meant, not a point."""

    x: float
    y: float
    accuracy_m: float
    score: float
    label: str
    reasons: tuple[str, ...] = ()
    line: BaseGeometry | None = None
    radius_m: float = 0.0
    roads: tuple[int, ...] = ()
    outline: BaseGeometry | None = None


def owners(token: Token, kind: Kind) -> list[tuple[int, float, str]]:
    """List the roads, places or areas a token may name: number, similarity, and how it was found."""
    best: dict[int, tuple[float, str]] = {}
    for match in token.matches:
        entry = match.entry
        if entry.kind is not kind:
            continue
        how = "" if match.how.value == "as written" else f"{token.text}→{entry.name} ({match.how.value})"
        if entry.form.value != "name":
            how = (how + "; " if how else "") + f"{entry.name} is a {entry.form.value}"
        if match.similarity > best.get(entry.owner, (0.0, ""))[0]:
            best[entry.owner] = (match.similarity, how)
    return [(owner, similarity, how) for owner, (similarity, how) in best.items()]


def joined(*parts: str) -> tuple[str, ...]:
    """Return the reasons that are not empty."""
    return tuple(p for p in parts if p)


def said(anchor: Anchor, role: str) -> str:
    """Return the anchor's words of a role, as they were written."""
    return "".join(t.text for t in anchor.tokens if t.role == role)
