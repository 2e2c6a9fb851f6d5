"""Locate an address text: candidates with an accuracy, a score and reasons, and a verdict that never guesses.

The text's anchors lead to spots; everything else said (further anchors, administrative areas, the caller's declared
area) confirms or contradicts them. A verdict is *certain* only when one candidate is good, precise and without a rival.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from geo.address.anchor_spots import spots_of
from geo.address.grammar import Anchor, AnchorKind, ParsedAddress, UsedWord, parse
from geo.address.grounds import Ground, ground
from geo.address.tails import apply_tail
from geo.address.verdicts import Verdict
from geo.address.weighing import RANK, weigh_anchors, weigh_areas, weigh_text

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

    from geo.address.index import LocatingIndex
    from geo.address.spots import Spot


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
    reasons: tuple[Ground, ...]
    line: BaseGeometry | None = None


@dataclass(frozen=True, slots=True)
class Located:
    """The answer to one text; `grounds` are what the verdict stands on."""

    text: str
    verdict: Verdict
    grounds: tuple[Ground, ...]
    candidates: tuple[AddressCandidate, ...]
    parsed: ParsedAddress

    @property
    def best(self) -> AddressCandidate | None:
        """The first candidate when the verdict is certain, else None."""
        return self.candidates[0] if self.verdict is Verdict.CERTAIN else None

    def words(self) -> tuple[UsedWord, ...]:
        """Every word of the text and what it was used for."""
        return self.parsed.words()


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
    obstacles: list[Ground] = []
    for anchor in parsed.anchors:
        spots, missing = spots_of(anchor, index)
        obstacles += missing
        if spots:
            found.append((anchor, spots))
    if not found:
        return Located(text, Verdict.NOT_FOUND, tuple(obstacles) or (ground("no_name"),), (), parsed)
    meant = _without_residences(found)
    rank = max(RANK[anchor.kind] for anchor, _ in meant)
    main, spots = next((a, s) for a, s in reversed(meant) if RANK[a.kind] == rank)
    others = [(a, s) for a, s in meant if a is not main and a.kind is not AnchorKind.AREA]
    factor, doubts = weigh_text(parsed, main, [a for a, _ in found], index)
    weighed = []
    for spot in spots:
        moved = apply_tail(spot, main.tail, index)
        moved = replace(moved, label=spot.label + "".join(t.text for t in main.tail_tokens if t.role not in ",T"))
        moved = weigh_anchors(moved, main, others, parsed)
        moved = weigh_areas(moved, parsed, index, declared_area)
        weighed.append(replace(moved, score=moved.score * factor))
    weighed = _distinct(weighed)[: limits.most_candidates]
    verdict, grounds = _verdict(weighed, main, limits)
    return Located(text, verdict, (*grounds, *doubts, *obstacles), _candidates(weighed, main, index), parsed)


def _without_residences(found: list[tuple[Anchor, list[Spot]]]) -> list[tuple[Anchor, list[Spot]]]:
    """Leave out where the caller lives, when the text names another place: 家住鸿园小区，反映朝阳农贸市场占道."""
    elsewhere = [(a, s) for a, s in found if not a.residence]
    return elsewhere if any(a.kind is not AnchorKind.AREA for a, _ in elsewhere) else found


def _distinct(spots: list[Spot]) -> list[Spot]:
    """Best first, spots of the same place once."""
    kept: list[Spot] = []
    for spot in sorted(spots, key=lambda s: (-s.score, s.accuracy_m, s.label, s.x, s.y)):
        if all(math.hypot(spot.x - k.x, spot.y - k.y) > SAME_PLACE_M for k in kept):
            kept.append(spot)
    return kept


def _verdict(spots: list[Spot], main: Anchor, limits: Limits) -> tuple[Verdict, tuple[Ground, ...]]:
    best = spots[0]
    # A rival scores within the lead and lies farther away than the accuracy explains.
    rivals = [
        s for s in spots[1:]
        if s.score > best.score - limits.least_lead
        and math.hypot(s.x - best.x, s.y - best.y) > max(limits.rival_distance_m, best.accuracy_m)
    ]  # fmt: skip
    if best.score < limits.least_score:
        return Verdict.DOUBTFUL, (ground("low_score", score=round(best.score, 2), least=limits.least_score),)
    if rivals:
        return Verdict.AMBIGUOUS, (ground("rivals", count=len(rivals) + 1),)
    largest = limits.largest_accuracy_m if RANK[main.kind] > RANK[AnchorKind.ROAD_PART] else SAME_PLACE_M
    if best.accuracy_m > largest:
        return Verdict.COARSE, (ground("coarse", label=best.label, accuracy_m=round(best.accuracy_m)),)
    return Verdict.CERTAIN, best.reasons


def _candidates(spots: list[Spot], main: Anchor, index: LocatingIndex) -> tuple[AddressCandidate, ...]:
    # The fourth power sets the shares of good and middling candidates well apart.
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
