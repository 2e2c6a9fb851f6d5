"""How everything else that a text says confirms or contradicts the place of its main anchor.

A factor of less than one takes an answer below the score that is certain (see ``Limits`` in
:mod:`geo.address.locating`): further places that lie elsewhere, areas that do not hold the place, other towns,
crossings and roads that nobody knows, and words that were not read.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import shapely

from geo.address import leftovers
from geo.address.characters import name_key
from geo.address.denials import is_denied, other_towns
from geo.address.grammar import Anchor, AnchorKind, ParsedAddress
from geo.address.grounds import Ground, ground
from geo.address.names import Kind
from geo.address.spots import Spot, owners
from geo.address.tokens import LONGEST_TEXT

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

    from geo.address.index import LocatingIndex

# How precisely an anchor places; the last anchor of the highest rank at hand is the one meant.
RANK: Final[dict[AnchorKind, int]] = {
    AnchorKind.NUMBER: 4,
    AnchorKind.CROSSING: 4,
    AnchorKind.PLACE: 4,
    AnchorKind.STRETCH: 3,
    AnchorKind.ROAD_PART: 2,
    AnchorKind.ONE_ROAD_CROSSING: 1,
    AnchorKind.ROAD: 1,
    AnchorKind.AREA: 0,
}
# How far a further anchor may lie from the place meant and still confirm it.
CONFIRMS_WITHIN_M: Final[dict[AnchorKind, float]] = {
    AnchorKind.NUMBER: 300.0,
    AnchorKind.CROSSING: 300.0,
    AnchorKind.PLACE: 400.0,
    AnchorKind.STRETCH: 250.0,
    AnchorKind.ROAD_PART: 250.0,
    AnchorKind.ONE_ROAD_CROSSING: 250.0,
    AnchorKind.ROAD: 250.0,
}
CONTRADICTION: Final = 0.7
OUTSIDE_AREA: Final = 0.65
UNKNOWN_AREA: Final = 0.7
LONGER_NAME: Final = 0.75
UNKNOWN_ANCHOR: Final = 0.95
# Two places named in different clauses, or joined by 和, are one matter only when they are as near as this.
APART_M: Final = 100.0
# Borders of areas and places said to be "in" them: a report from the edge may name either side.
BORDER_TOLERANCE_M: Final = 150.0


def weigh_text(
    parsed: ParsedAddress, main: Anchor, found: list[Anchor], index: LocatingIndex
) -> tuple[float, list[Ground]]:
    """Weigh what the text says beside its anchors: a factor for every spot of ``main``, and the reasons for it."""
    factor = 1.0
    reasons: list[Ground] = []
    if is_denied(parsed, main):
        factor *= leftovers.UNREAD
        reasons.append(ground("denied"))
    for town in other_towns(parsed, {a.name for a in index.areas}):
        factor *= UNKNOWN_AREA
        reasons.append(ground("other_town", town=town))
    if leftovers.all_read(parsed, found):
        return factor, reasons
    unresolved = [a for a in parsed.anchors if all(a is not f for f in found) and a.kind is not AnchorKind.AREA]
    # Each anchor that the gazetteer does not know takes its share.
    factor *= UNKNOWN_ANCHOR ** len(unresolved)
    lost = any(RANK[a.kind] == 4 and a.kind is not AnchorKind.PLACE for a in unresolved)
    if lost and main.kind not in {AnchorKind.NUMBER, AnchorKind.CROSSING}:
        # A place that stands for a crossing or number nobody could find is only near what was meant.
        factor *= CONTRADICTION
    if _lost_crossing(parsed, main):
        factor *= CONTRADICTION
    if leftovers.heads_longer_name(parsed, main):
        factor *= LONGER_NAME
    unread = leftovers.unread(parsed, main, found)
    if unread:
        factor *= leftovers.UNREAD
        reasons.append(ground("unread", words="、".join(unread)))
    for town in leftovers.foreign(parsed, index.context):
        factor *= UNKNOWN_AREA
        reasons.append(ground("other_town", town=town))
    if len(parsed.normalised.text) > LONGEST_TEXT:
        factor *= leftovers.UNREAD
        reasons.append(ground("too_long", longest=LONGEST_TEXT))
    return factor, reasons


def _lost_crossing(parsed: ParsedAddress, main: Anchor) -> bool:
    """Return whether a crossing was said that no anchor is; a traffic light that fails is a thing, not a place."""
    if main.kind is AnchorKind.CROSSING:
        return False
    crossing = {AnchorKind.CROSSING, AnchorKind.STRETCH}
    used = {id(t) for a in parsed.anchors for t in a.tokens if a.kind in crossing}
    return any(
        t.role == "X" and id(t) not in used and not leftovers.is_failing_light(parsed.tokens, i)
        for i, t in enumerate(parsed.tokens)
    )


def weigh_anchors(spot: Spot, main: Anchor, others: list[tuple[Anchor, list[Spot]]], parsed: ParsedAddress) -> Spot:
    """Weigh a spot against the other anchors that were found."""
    for anchor, spots in others:
        reach = CONFIRMS_WITHIN_M[anchor.kind]
        tail = sum(m.distance.metres for m in anchor.tail.moves)
        # Metres to the edge of the nearest place that the other anchor may mean.
        near = min(_distance(spot, other) - other.radius_m for other in spots)
        if near > reach + tail + spot.radius_m:
            reason = ground("far_from", metres=round(near), label=spots[0].label)
            spot = replace(spot, score=spot.score * CONTRADICTION, reasons=(*spot.reasons, reason))
        elif RANK[anchor.kind] == RANK[main.kind] and near > APART_M and _separate(parsed, anchor, main):
            reason = ground("named_too", label=spots[0].label, metres=round(near))
            spot = replace(spot, score=spot.score * CONTRADICTION, reasons=(*spot.reasons, reason))
        else:
            spot = replace(spot, reasons=(*spot.reasons, ground("near", label=spots[0].label)))
    return spot


def _separate(parsed: ParsedAddress, one: Anchor, other: Anchor) -> bool:
    """Return whether two anchors stand in different clauses or are joined by a word for *and*."""
    ends = sorted((a.tokens[0].start, (*a.tokens, *a.tail_tokens)[-1].end) for a in (one, other))
    between = [t for t in parsed.tokens if ends[0][1] <= t.start and t.end <= ends[1][0]]
    within = [t for t in (*one.tail_tokens, *other.tail_tokens) if t.role == ","]
    return bool(within) or any(t.role in ",&~W" for t in between)


def _distance(spot: Spot, other: Spot) -> float:
    if other.line is not None:
        return float(shapely.distance(other.line, shapely.points(spot.x, spot.y)))
    return math.hypot(spot.x - other.x, spot.y - other.y)


def weigh_areas(spot: Spot, parsed: ParsedAddress, index: LocatingIndex, declared: BaseGeometry | None) -> Spot:
    """Weigh a spot against the areas the text names and the area its sender declares."""
    if not parsed.areas and not parsed.unknown_areas and declared is None:
        return spot
    shape = spot.line if spot.line is not None else shapely.points(spot.x, spot.y)
    for token in parsed.areas:
        areas = [index.areas[owner] for owner, _, _ in owners(token, Kind.AREA)]
        if any(shapely.dwithin(a.outline, shape, BORDER_TOLERANCE_M) for a in areas):
            spot = replace(spot, reasons=(*spot.reasons, ground("in", area=token.text)))
        else:
            spot = replace(
                spot, score=spot.score * OUTSIDE_AREA, reasons=(*spot.reasons, ground("not_in", area=token.text))
            )
    for token in parsed.unknown_areas:
        if name_key(token.text) not in index.context:
            reason = ground("unknown_area", area=token.text)
            spot = replace(spot, score=spot.score * UNKNOWN_AREA, reasons=(*spot.reasons, reason))
    if declared is not None:
        if shapely.dwithin(declared, shape, BORDER_TOLERANCE_M):
            spot = replace(spot, reasons=(*spot.reasons, ground("in_declared")))
        else:
            reasons = (*spot.reasons, ground("not_in_declared"))
            spot = replace(spot, score=spot.score * OUTSIDE_AREA, reasons=reasons)
    return spot
