"""The evaluation set of the sample district: how many texts are placed, how well, and that none is placed wrongly.

evaluation.tsv is written by write_evaluation.py straight from the files' geometry, without the locator.
"""

from __future__ import annotations

import math
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

from geo.address.locating import locate

if TYPE_CHECKING:
    from geo.address.index import LocatingIndex

NEAR_M = 50.0
FAR_M = 500.0


class Case(NamedTuple):
    kind: str
    text: str
    place: tuple[float, float] | None


def cases() -> list[Case]:
    lines = (Path(__file__).parent / "evaluation.tsv").read_text(encoding="utf-8").splitlines()[1:]
    out = []
    for line in lines:
        kind, text, lon, lat = line.split("\t")
        out.append(Case(kind, text, (float(lon), float(lat)) if lon else None))
    return out


def metres(a: tuple[float, float], b: tuple[float, float]) -> float:
    return math.hypot((a[0] - b[0]) * 111_320 * math.cos(math.radians(a[1])), (a[1] - b[1]) * 110_950)


@pytest.fixture(scope="module")
def outcomes(sample_index: LocatingIndex) -> list[tuple[Case, float | None]]:
    """Each case with how far its certain answer lies: infinite without a place, None when nothing was certain."""
    out: list[tuple[Case, float | None]] = []
    for case in cases():
        best = locate(case.text, sample_index).best
        if best is None:
            out.append((case, None))
        else:
            out.append((case, math.inf if case.place is None else metres((best.lon, best.lat), case.place)))
    return out


def test_the_set_is_large_and_of_every_kind() -> None:
    every = cases()
    assert len(every) >= 400
    assert len({c.kind for c in every}) >= 20
    assert sum(c.place is None for c in every) >= 80


def test_precision_and_recall(outcomes: list[tuple[Case, float | None]], capsys: pytest.CaptureFixture[str]) -> None:
    table: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for case, distance in outcomes:
        for name in (case.kind, "all decidable" if case.place else "all undecidable"):
            table[name][0] += 1
            table[name][1] += distance is not None
            table[name][2] += distance is not None and distance <= NEAR_M
    decidable, undecidable = table["all decidable"], table["all undecidable"]
    certain = decidable[1] + undecidable[1]
    recall, precision = decidable[2] / decidable[0], decidable[2] / certain
    with capsys.disabled():
        print(f"\n{'kind':28} texts certain ≤{NEAR_M:.0f} m")
        for name, (count, sure, near) in sorted(table.items()):
            print(f"{name:28} {count:5} {sure:7} {near:5}")
        print(f"recall {recall:.3f}  precision {precision:.3f}")
    assert recall >= 0.95
    assert precision >= 0.98


def test_no_certain_answer_is_far_off_or_given_where_no_one_could_tell(
    outcomes: list[tuple[Case, float | None]],
) -> None:
    wrong = [(case.text, distance) for case, distance in outcomes if distance is not None and distance > FAR_M]
    assert wrong == []


def test_every_answer_says_which_words_it_used_for_what(sample_index: LocatingIndex) -> None:
    for case in cases():
        located = locate(case.text, sample_index)
        words = located.words()
        assert all(case.text[w.start : w.end] == w.said for w in words)
        assert [w.start for w in words] == sorted(w.start for w in words)
        if located.best is not None:
            assert any(" of the " in w.used_for or w.used_for in {"place", "crossing"} for w in words), case.text
