"""Locate an address text: candidates with an accuracy, a score and reasons, and a verdict that never guesses.

The anchors of the text give spots; everything else said (further anchors, administrative areas, the caller's declared
area) confirms or contradicts them. A verdict is *certain* only when one candidate is good, precise and without a rival.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Final

import shapely

from geo.address.characters import name_key
from geo.address.grammar import Anchor, AnchorKind, ParsedAddress, UsedWord, parse
from geo.address.names import Kind
from geo.address.spots import Spot, owners, spots_of
from geo.address.tails import apply_tail
from geo.address.vocabulary import DISTINGUISHING

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

    from geo.address.index import LocatingIndex


class Verdict(StrEnum):
    """What may be done with an answer: only ``certain`` places a report without a human."""

    CERTAIN = "certain"
    AMBIGUOUS = "ambiguous"
    COARSE = "coarse"
    DOUBTFUL = "doubtful"
    NOT_FOUND = "not_found"


@dataclass(frozen=True, slots=True)
class Limits:
    """When an answer is certain; with these defaults no answer to the evaluation set is certain and far off."""

    least_score: float = 0.8
    least_lead: float = 0.1
    largest_accuracy_m: float = 250.0
    rival_distance_m: float = 80.0
    most_candidates: int = 8


@dataclass(frozen=True, slots=True)
class AddressCandidate:
    """A possible place, EPSG:4326; ``line`` (EPSG:4326) when a stretch is meant; shares of all candidates sum to 1."""

    lon: float
    lat: float
    accuracy_m: float
    score: float
    share: float
    kind: str
    label: str
    reasons: tuple[str, ...]
    line: BaseGeometry | None = None


@dataclass(frozen=True, slots=True)
class Located:
    """The answer to one text."""

    text: str
    verdict: Verdict
    reason: str
    candidates: tuple[AddressCandidate, ...]
    parsed: ParsedAddress

    @property
    def best(self) -> AddressCandidate | None:
        """The first candidate when the verdict is certain, else None."""
        return self.candidates[0] if self.verdict is Verdict.CERTAIN else None

    @property
    def reason_zh(self) -> str:
        """What the verdict stands on, in Chinese; the words of single candidates are English."""
        if not self.candidates:
            return "地名地址库里找不到地址文字所说的地方。"
        best = self.candidates[0]
        match self.verdict:
            case Verdict.CERTAIN:
                return f"按地址文字定位到“{best.label}”，精度约 {best.accuracy_m:.0f} 米。"
            case Verdict.AMBIGUOUS:
                places = "、".join(f"“{label}”" for label in dict.fromkeys(c.label for c in self.candidates[:3]))
                return f"地址文字可能指不止一处（{places}），须人工研判。"
            case Verdict.COARSE:
                return f"地址文字只到“{best.label}”，精度约 {best.accuracy_m:.0f} 米，须人工研判。"
            case _:
                return f"地址文字最可能指“{best.label}”，但把握不足，须人工研判。"

    def words(self) -> tuple[UsedWord, ...]:
        """Every word of the text and what it was used for."""
        return self.parsed.words()


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
UNKNOWN_WORDS: Final = 0.99
# Borders of areas and places said to be "in" them: a report from the edge may name either side.
BORDER_TOLERANCE_M: Final = 150.0
SAME_PLACE_M: Final = 30.0


def locate(
    text: str,
    index: LocatingIndex,
    *,
    declared_area: BaseGeometry | None = None,
    limits: Limits = Limits(),
) -> Located:
    """Find the place an address text means.

    Parameters
    ----------
    text
        What was said or typed; empty text is ``not_found``.
    index
        The gazetteer.
    declared_area
        The area the caller says the place lies in, in the frame of the index (metres); it breaks ties and contradicts.
    limits
        When an answer is certain.

    Returns
    -------
    Located
        Candidates best first, EPSG:4326.
    """
    parsed = parse(text, index.names, index.road_cores)
    found: list[tuple[Anchor, list[Spot]]] = []
    obstacles: list[str] = []
    unresolved = 0
    for anchor in parsed.anchors:
        spots, missing = spots_of(anchor, index)
        obstacles += missing
        if spots:
            found.append((anchor, spots))
        elif anchor.kind is not AnchorKind.AREA:
            unresolved += 1
    if not found:
        reason = "; ".join(obstacles) or "no name of the gazetteer in the text"
        return Located(text, Verdict.NOT_FOUND, reason, (), parsed)
    rank = max(RANK[anchor.kind] for anchor, _ in found)
    main, spots = next((a, s) for a, s in reversed(found) if RANK[a.kind] == rank)
    others = [(a, s) for a, s in found if a is not main and a.kind is not AnchorKind.AREA]
    lost = _lost_main(parsed, main, found) * _lost_crossing(parsed, main) * _longer_name(parsed, main)
    weighed = []
    for spot in spots:
        moved = apply_tail(spot, main.tail, index)
        moved = replace(moved, label=spot.label + "".join(t.text for t in main.tail_tokens if t.role not in ",T"))
        moved = _weigh_anchors(moved, others)
        moved = _weigh_areas(moved, parsed, index, declared_area)
        factor = UNKNOWN_ANCHOR**unresolved * UNKNOWN_WORDS ** min(len(parsed.unknown), 3) * lost
        weighed.append(replace(moved, score=moved.score * factor))
    weighed = _distinct(weighed)[: limits.most_candidates]
    verdict, reason = _verdict(weighed, main, limits)
    if obstacles:
        reason = "; ".join([reason, *obstacles]) if reason else "; ".join(obstacles)
    return Located(text, verdict, reason, _candidates(weighed, main, index), parsed)


def _lost_main(parsed: ParsedAddress, main: Anchor, found: list[tuple[Anchor, list[Spot]]]) -> float:
    """Weigh down a place that stands for a crossing or number nobody could find is only near what was meant."""
    known = {id(a) for a, _ in found}
    lost = [a for a in parsed.anchors if id(a) not in known and RANK[a.kind] == 4 and a.kind is not AnchorKind.PLACE]
    return CONTRADICTION if lost and main.kind not in {AnchorKind.NUMBER, AnchorKind.CROSSING} else 1.0


def _longer_name(parsed: ParsedAddress, main: Anchor) -> float:
    """Weigh down a name with characters before it that nothing was made of: they may make it another name."""
    for i, token in enumerate(parsed.tokens[1:], 1):
        before = parsed.tokens[i - 1]
        if token not in main.names or before.end != token.start:
            continue
        opens = i < 2 or parsed.tokens[i - 2].role in _OPENING
        short = before.role == "U" and not before.matches and len(before.text) <= 2
        if opens and (short or (before.text in DISTINGUISHING and before.role in "DLNU")):
            return LONGER_NAME
    return 1.0


# What may stand before the first name of an address.
_OPENING: Final = frozenset("AVa,-")


def _lost_crossing(parsed: ParsedAddress, main: Anchor) -> float:
    """Weigh down a place that is no crossing where a crossing was said."""
    used = {id(t) for a in parsed.anchors for t in a.tokens if a.kind is AnchorKind.CROSSING}
    said = any(t.role == "X" and id(t) not in used for t in parsed.tokens)
    return CONTRADICTION if said and main.kind is not AnchorKind.CROSSING else 1.0


def _weigh_anchors(spot: Spot, others: list[tuple[Anchor, list[Spot]]]) -> Spot:
    for anchor, spots in others:
        reach = CONFIRMS_WITHIN_M[anchor.kind]
        tail = sum(m.distance.metres for m in anchor.tail.moves)
        near = min(_distance(spot, other) - other.radius_m for other in spots)
        if near > reach + tail + spot.radius_m:
            reason = f"{near:.0f} m from {spots[0].label}"
            spot = replace(spot, score=spot.score * CONTRADICTION, reasons=(*spot.reasons, reason))
        else:
            spot = replace(spot, reasons=(*spot.reasons, f"near {spots[0].label}"))
    return spot


def _distance(spot: Spot, other: Spot) -> float:
    if other.line is not None:
        return float(shapely.distance(other.line, shapely.points(spot.x, spot.y)))
    return math.hypot(spot.x - other.x, spot.y - other.y)


def _weigh_areas(spot: Spot, parsed: ParsedAddress, index: LocatingIndex, declared: BaseGeometry | None) -> Spot:
    shape = spot.line if spot.line is not None else shapely.points(spot.x, spot.y)
    for token in parsed.areas:
        areas = [index.areas[owner] for owner, _, _ in owners(token, Kind.AREA)]
        if any(shapely.dwithin(a.outline, shape, BORDER_TOLERANCE_M) for a in areas):
            spot = replace(spot, reasons=(*spot.reasons, f"in {token.text}"))
        else:
            spot = replace(spot, score=spot.score * OUTSIDE_AREA, reasons=(*spot.reasons, f"not in {token.text}"))
    for token in parsed.unknown_areas:
        if name_key(token.text) not in index.context:
            reason = f"{token.text} is not an area of the gazetteer"
            spot = replace(spot, score=spot.score * UNKNOWN_AREA, reasons=(*spot.reasons, reason))
    if declared is not None:
        if shapely.dwithin(declared, shape, BORDER_TOLERANCE_M):
            spot = replace(spot, reasons=(*spot.reasons, "in the declared area"))
        else:
            reasons = (*spot.reasons, "not in the declared area")
            spot = replace(spot, score=spot.score * OUTSIDE_AREA, reasons=reasons)
    return spot


def _distinct(spots: list[Spot]) -> list[Spot]:
    """Best first, spots of the same place once."""
    kept: list[Spot] = []
    for spot in sorted(spots, key=lambda s: (-s.score, s.accuracy_m, s.label, s.x, s.y)):
        if all(math.hypot(spot.x - k.x, spot.y - k.y) > SAME_PLACE_M for k in kept):
            kept.append(spot)
    return kept


def _verdict(spots: list[Spot], main: Anchor, limits: Limits) -> tuple[Verdict, str]:
    best = spots[0]
    rivals = [
        s for s in spots[1:]
        if s.score > best.score - limits.least_lead
        and math.hypot(s.x - best.x, s.y - best.y) > max(limits.rival_distance_m, best.accuracy_m)
    ]  # fmt: skip
    if best.score < limits.least_score:
        return Verdict.DOUBTFUL, f"the best candidate scores {best.score:.2f}, below {limits.least_score:.2f}"
    if rivals:
        return Verdict.AMBIGUOUS, f"{len(rivals) + 1} places fit equally well"
    largest = limits.largest_accuracy_m if RANK[main.kind] > RANK[AnchorKind.ROAD_PART] else SAME_PLACE_M
    if best.accuracy_m > largest:
        return Verdict.COARSE, f"{best.label} alone says the place to {best.accuracy_m:.0f} m only"
    return Verdict.CERTAIN, "; ".join(best.reasons)


def _candidates(spots: list[Spot], main: Anchor, index: LocatingIndex) -> tuple[AddressCandidate, ...]:
    weights = [s.score**4 for s in spots]
    total = sum(weights) or 1.0
    candidates = []
    for spot, weight in zip(spots, weights, strict=True):
        lon, lat = index.frame.to_degrees(spot.x, spot.y)
        candidates.append(
            AddressCandidate(
                lon=lon,
                lat=lat,
                accuracy_m=spot.accuracy_m,
                score=spot.score,
                share=weight / total,
                kind=main.kind.value,
                label=spot.label,
                reasons=spot.reasons,
                line=None if spot.line is None else index.frame.degrees_of(spot.line),
            )
        )
    return tuple(candidates)
