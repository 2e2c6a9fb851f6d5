"""Truth by planting: every defect planted in a coverage is found where it was planted, and none is invented."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geo.coverage import check_layer

if TYPE_CHECKING:
    from collections.abc import Callable

SEEDS = st.integers(0, 2**32 - 1)
PROPERTY = settings(
    deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], print_blob=True
)
TRIALS = 30


def missed_and_invented(sample: Any) -> tuple[list[Any], list[Any], int, int]:
    """Return what was planted and not found, what was found and not planted, and how many of each there were."""
    report = check_layer(sample.areas, sample.rules)
    missed, expected = [], 0
    for planted in sample.planted:
        for kinds in planted.kinds:
            expected += 1
            if not any(
                defect.kind in kinds
                and planted.codes.intersection(defect.codes)
                and shapely.intersects(defect.geometry, planted.place)
                for defect in report.defects
            ):
                missed.append((planted.what, sorted(kinds), sorted(planted.codes)))
    places = shapely.buffer(shapely.union_all([planted.place for planted in sample.planted]), 1e-7)
    invented = [
        (defect.kind, defect.codes, defect.facts)
        for defect in report.defects
        if not shapely.covers(places, defect.geometry)
        and shapely.area(shapely.difference(defect.geometry, places)) > 0.2 * shapely.area(defect.geometry)
    ]
    return missed, invented, expected, len(report.defects)


@given(seed=SEEDS)
@PROPERTY
def test_nothing_is_found_on_a_clean_coverage(coverage: Callable[..., Any], seed: int) -> None:
    sample = coverage(seed)
    report = check_layer(sample.areas, sample.rules)
    assert [defect.facts for defect in report.defects] == []


@given(seed=SEEDS)
@PROPERTY
def test_every_planted_defect_is_found_and_none_is_invented(spoiled: Callable[..., Any], seed: int) -> None:
    missed, invented, _, _ = missed_and_invented(spoiled(seed))
    assert (missed, invented) == ([], [])


def test_precision_and_recall_are_one(spoiled: Callable[..., Any]) -> None:
    planted = found = missed = invented = 0
    for seed in range(TRIALS):
        not_found, not_planted, expected, defects = missed_and_invented(spoiled(seed))
        planted, found = planted + expected, found + defects
        missed, invented = missed + len(not_found), invented + len(not_planted)
    recall, precision = 1.0 - missed / planted, 1.0 - invented / found
    print(f"planted {planted}, told {found}: recall {recall:.4f}, precision {precision:.4f}")
    assert (recall, precision) == (1.0, 1.0)


@pytest.mark.parametrize("what", ["overlap", "gap", "sliver", "spike"])
def test_one_planted_defect_is_told_once(coverage: Callable[..., Any], planters: Any, what: str) -> None:
    sample = coverage(11)
    planters[what](sample, 30)  # 30 and 31 lie in one community
    report = check_layer(sample.areas, sample.rules)
    # A spike that the neighbour does not give way to is also a narrow overlap.
    assert [defect.kind.value for defect in report.defects] in ([what], ["sliver", what])
    assert set(report.defects[0].codes) <= {sample.code(30), sample.code(31)}
