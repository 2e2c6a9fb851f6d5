"""Texts by kind: what is certain is right, and what is decidable is found.

use_texts.tsv came up in use; further_texts.tsv are siblings of each kind, written when the faults were mended;
called_texts.tsv three batches that were judged first and run afterwards.
"""

from __future__ import annotations

import math
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from geo.address.locating import locate
from tests.grids.gazetteer.expected_places import TO_METRES, Expected, SamplePlaces

if TYPE_CHECKING:
    from collections.abc import Callable

    from geo.address.index import LocatingIndex

NEAR_M = 100.0


class Outcome(NamedTuple):
    kind: str
    text: str
    expected: Expected
    verdict: str
    off_m: float | None
    reason: str

    @property
    def word(self) -> str:
        """One word for the outcome: right, WRONG, missed, or doubtful where doubt is right."""
        if self.verdict == "certain":
            return "right" if self.off_m is not None and self.off_m <= NEAR_M else "WRONG"
        return "missed" if self.expected.wanted else "doubtful"


@pytest.fixture(scope="module", params=["use_texts.tsv", "further_texts.tsv", "called_texts.tsv"])
def outcomes(
    request: pytest.FixtureRequest,
    sample_index: LocatingIndex,
    sample_features: Callable[[str], list[dict[str, Any]]],
) -> list[Outcome]:
    places = SamplePlaces(sample_features)
    out = []
    for line in (Path(__file__).parent / request.param).read_text(encoding="utf-8").splitlines()[1:]:
        kind, text, words = line.split("\t")
        expected = places.expected(words)
        located = locate(text, sample_index)
        off_m = None
        if located.candidates and expected.point is not None:
            best = located.candidates[0]
            x, y = TO_METRES.transform(best.lon, best.lat)
            off_m = math.hypot(x - expected.point[0], y - expected.point[1])
        out.append(Outcome(kind, text, expected, located.verdict.value, off_m, str(located.grounds)))
    return out


def test_no_certain_answer_is_wrong_and_the_decidable_ones_are_found(
    outcomes: list[Outcome], capsys: pytest.CaptureFixture[str]
) -> None:
    table: defaultdict[str, dict[str, int]] = defaultdict(
        lambda: dict.fromkeys(("right", "WRONG", "doubtful", "missed"), 0)
    )
    for outcome in outcomes:
        table[outcome.kind][outcome.word] += 1
        table["all"][outcome.word] += 1
    with capsys.disabled():
        print(f"\n{'kind':10} right WRONG doubtful missed")
        for kind, counts in sorted(table.items()):
            print(f"{kind:10} {counts['right']:5} {counts['WRONG']:5} {counts['doubtful']:8} {counts['missed']:6}")
        for o in outcomes:
            if o.word in {"WRONG", "missed"}:
                print(f"{o.word:7} {o.kind:9} {o.text[:60]}  {o.verdict}: {o.reason[:90]}")
    assert [o.text for o in outcomes if o.word == "WRONG"] == []
    wanted = [o for o in outcomes if o.expected.wanted]
    assert sum(o.word == "right" for o in wanted) >= 0.9 * len(wanted)
