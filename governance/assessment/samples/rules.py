"""Pure: which cases a sample draws, so that whoever knows the seed and the cases draws the same."""

from __future__ import annotations

import hashlib
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from core.errors import DomainError, Kind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

MOST: Final = 1000


class SampleNotFoundError(DomainError):
    """There is no such sample."""

    code = "assessment-sample-not-found"
    kind = Kind.NOT_FOUND


def seed_of(digest: str, number: int) -> str:
    """Return the seed of the so-manieth sample of results: their digest, which nobody chose, and the number."""
    return f"{digest}/{number}"


def place(seed: str, case_id: int) -> str:
    """Return where a case stands in the order of a seed: SHA-256 of the seed, a slash, and the case's id."""
    return hashlib.sha256(f"{seed}/{case_id}".encode()).hexdigest()


def shares(counts: Mapping[str, int], size: int) -> dict[str, int]:
    """Share a size among units by their cases: the whole parts, then the largest remainders, ties by code."""
    total = sum(counts.values())
    size = min(size, total)
    exact = {unit: Fraction(size * count, total) for unit, count in counts.items()} if total else {}
    found = {unit: int(share) for unit, share in exact.items()}
    left = size - sum(found.values())
    for unit in sorted(exact, key=lambda unit: (found[unit] - exact[unit], unit))[:left]:
        found[unit] += 1
    return found


def draw(cases: Mapping[str, Sequence[int]], size: int, seed: str) -> list[int]:
    """Return the cases of a sample, in the order of their ids: of each unit its share, the first by `place`."""
    wanted = shares({unit: len(of_unit) for unit, of_unit in cases.items()}, size)
    drawn = [
        case
        for unit, of_unit in cases.items()
        for case in sorted(of_unit, key=lambda case: place(seed, case))[: wanted[unit]]
    ]
    return sorted(drawn)
