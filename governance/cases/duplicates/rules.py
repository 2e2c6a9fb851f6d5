"""Pure decisions about duplicates: how alike two cases are, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from core.errors import DomainError, Kind
from core.likeness import text_alike
from governance.attachments.rules import SAME_PICTURE
from governance.cases.duplicates.states import ReasonCode, RelationVerb

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

RADIUS_M: Final = 200.0
WITHIN_DAYS: Final = 30
"""So far apart in place and time is what may still be the same; a caller's own cases lie anywhere."""
LEAST_SCORE: Final = 0.5
MOST_CANDIDATES: Final = 20
MOST_COMPARED: Final = 500
"""The nearest in time, where more lie around."""
WEIGHTS: Final = {
    ReasonCode.DISTANCE: 0.3, ReasonCode.TIME: 0.15, ReasonCode.CATEGORY: 0.2, ReasonCode.TEXT: 0.25,
    ReasonCode.CALLER: 0.1, ReasonCode.PHOTO: 0.3,
}  # fmt: skip
"""All but the photo's add up to 1; a photo adds no more than what is missing there."""
_LEAST_TEXT: Final = 0.2
_ALIKE: Final = 0.5
"""What two categories below the same one count."""


class CaseMergeRefusedError(DomainError):
    """The two cases cannot be merged, taken apart, linked or unlinked; the detail says why."""

    code = "case-merge-refused"
    kind = Kind.CONFLICT


@dataclass(frozen=True, slots=True)
class ComparedCase:
    """What of a case is compared. `category_path`: its code and those above; `word`: as its channel sent it."""

    reported_at: datetime
    category_path: Sequence[str]
    word: str
    text: str


@dataclass(frozen=True, slots=True)
class Reason:
    """Why two cases are alike: the code with its value, and what it adds to the score."""

    code: ReasonCode
    value: float | str | bool
    points: float


def score(
    one: ComparedCase,
    other: ComparedCase,
    *,
    distance_m: float | None,
    same_caller: bool,
    photo_bits: int | None = None,
) -> tuple[float, tuple[Reason, ...]]:
    """Return how alike two cases are, 0 to 1, and the reasons that add up to it.

    `distance_m` None: one of them has no place. `photo_bits`: in how many bits the hashes of their nearest photos
    differ; None: no two show one picture. Each reason counts its weight times its nearness; what is not known
    counts nothing.
    """
    hours = abs((one.reported_at - other.reported_at).total_seconds()) / 3600
    near: list[tuple[ReasonCode, float | str | bool, float]] = []
    if distance_m is not None and distance_m <= RADIUS_M:
        near.append((ReasonCode.DISTANCE, round(distance_m, 1), 1 - distance_m / RADIUS_M))
    if hours <= WITHIN_DAYS * 24:
        near.append((ReasonCode.TIME, round(hours, 1), 1 - hours / (WITHIN_DAYS * 24)))
    shared, share = shared_category(one, other)
    if shared is not None:
        near.append((ReasonCode.CATEGORY, shared, share))
    alike = text_alike(one.text, other.text)
    if alike >= _LEAST_TEXT:
        near.append((ReasonCode.TEXT, round(alike, 2), alike))
    if same_caller:
        near.append((ReasonCode.CALLER, True, 1.0))
    reasons = tuple(Reason(code, value, round(WEIGHTS[code] * share, 4)) for code, value, share in near)
    if photo_bits is not None:
        missing = max(0.0, 1 - sum(reason.points for reason in reasons))
        points = WEIGHTS[ReasonCode.PHOTO] * (1 - photo_bits / (2 * SAME_PICTURE))
        reasons = (*reasons, Reason(ReasonCode.PHOTO, photo_bits, round(min(points, missing), 4)))
    return round(sum(reason.points for reason in reasons), 4), reasons


def checked_verb(word: str) -> RelationVerb:
    """Return a verb by its word, or raise CaseMergeRefusedError that names all."""
    if word not in set(RelationVerb):
        raise CaseMergeRefusedError(
            "What is said of two cases is one of {values}, not '{word}'.",
            values={"values": [*RelationVerb], "word": word[:40]},
            field="verb",
        )
    return RelationVerb(word)


def shared_category(one: ComparedCase, other: ComparedCase) -> tuple[str | None, float]:
    """Return the lowest category that two cases share and how much that counts; else the word that they share."""
    if one.category_path and other.category_path:
        shared = next((code for code in one.category_path if code in other.category_path), None)
        is_whole = shared == one.category_path[0] == other.category_path[0]
        return shared, 0.0 if shared is None else 1.0 if is_whole else _ALIKE
    return (one.word, 1.0) if one.word == other.word else (None, 0.0)
