"""Around an edit the neighbourhood check tells what the whole check tells, in a fraction of the time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geo.coverage import check_layer, check_neighbourhood, prepare

if TYPE_CHECKING:
    from collections.abc import Callable

PROPERTY = settings(
    deadline=None, max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture], print_blob=True
)


@given(seed=st.integers(0, 2**32 - 1), what=st.sampled_from(["overlap", "gap", "sliver", "spike"]))
@PROPERTY
def test_an_edit_is_judged_as_by_the_whole_check(
    coverage: Callable[..., Any], planters: Any, seed: int, what: str
) -> None:
    sample = coverage(seed)
    before = prepare(sample.areas, sample.rules)
    index = int(np.random.default_rng(seed).choice([20, 29, 30, 31, 40, 49, 50, 60]))
    planters[what](sample, index)
    edited = sample.areas
    rows = np.flatnonzero(~shapely.equals_exact(edited.geometries, before.areas.geometries))
    keys = list(zip(edited.levels[rows], edited.codes[rows], strict=True))
    after = before.with_changes(edited.select(rows))

    near, whole = check_neighbourhood(after, keys, before=before), check_layer(edited, sample.rules)

    def told(report: Any) -> list[tuple[Any, ...]]:
        return sorted((defect.kind, defect.codes, round(defect.size, 3)) for defect in report.defects)

    assert told(near) == told(whole)
    assert near.areas_checked < 40


def test_an_area_removed_leaves_a_gap(coverage: Callable[..., Any]) -> None:
    sample = coverage(3)
    before = prepare(sample.areas, sample.rules)
    gone = ("grid", sample.code(40))
    after = before.with_changes(before.areas.select(np.array([], dtype=np.int64)), removed=[gone])
    report = check_neighbourhood(after, [gone], before=before)
    assert [defect.kind.value for defect in report.defects] == ["gap"]
    assert len(after.areas) == len(before.areas) - 1


def test_a_parent_that_is_drawn_back_is_held_against_its_children(coverage: Callable[..., Any]) -> None:
    sample = coverage(3)
    before = prepare(sample.areas, sample.rules)
    row = 1 + 4  # the community in the middle
    changed = before.areas.select(np.array([row]))
    changed.geometries[0] = shapely.buffer(changed.geometries[0], -1e-4)
    key = (changed.levels[0], changed.codes[0])
    report = check_neighbourhood(before.with_changes(changed), [key], before=before)
    assert set(report.counts) >= {"gap", "outside_parent"}


def test_no_change_finds_nothing(coverage: Callable[..., Any]) -> None:
    sample = coverage(3)
    assert check_neighbourhood(prepare(sample.areas, sample.rules), []).defects == ()


@pytest.mark.parametrize("field", ["code", "parent"])
def test_numbers_are_checked_too(coverage: Callable[..., Any], field: str) -> None:
    sample = coverage(3)
    layer = prepare(sample.areas, sample.rules)
    changed = layer.areas.select(np.array([len(layer.areas) - 1]))
    if field == "code":
        changed.codes[0] = layer.areas.codes[len(layer.areas) - 2]
        changed.levels[0] = "community"
    else:
        changed.parent_codes[0] = "elsewhere"
    keys = [(changed.levels[0], changed.codes[0])]
    found = check_neighbourhood(layer.with_changes(changed), keys).counts
    assert {"code": "duplicate_code", "parent": "unknown_parent"}[field] in found
