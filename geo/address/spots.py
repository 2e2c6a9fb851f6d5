"""Spots: where an anchor of an address may be, in terms that all kinds of anchors share.

A spot is a point of the index's frame with an accuracy (radius in metres within which the place is expected) and a
score 0..1 of how well the words fit, before the rest of the address is weighed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from geo.address.grounds import Ground, ground
from geo.address.names import Form, How

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
    reasons: tuple[Ground, ...] = ()
    line: BaseGeometry | None = None
    radius_m: float = 0.0
    roads: tuple[int, ...] = ()
    outline: BaseGeometry | None = None


def owners(token: Token, kind: Kind) -> list[tuple[int, float, tuple[Ground, ...]]]:
    """List the roads, places or areas a token may name: number, similarity, and how it was found."""
    best: dict[int, tuple[float, tuple[Ground, ...]]] = {}
    for match in token.matches:
        entry = match.entry
        if entry.kind is not kind:
            continue
        how: tuple[Ground, ...] = ()
        if match.how is not How.WRITTEN:
            how = (ground(f"read_by/{match.how.name.lower()}", said=token.text, name=entry.name),)
        if entry.form is not Form.NAME:
            how = (*how, ground(f"form/{entry.form.name.lower()}", name=entry.name))
        if match.similarity > best.get(entry.owner, (0.0, ()))[0]:
            best[entry.owner] = (match.similarity, how)
    return [(owner, similarity, how) for owner, (similarity, how) in best.items()]


def said(anchor: Anchor, role: str) -> str:
    """Return the anchor's words of a role, as they were written."""
    return "".join(t.text for t in anchor.tokens if t.role == role)
