"""The first rule that matches decides, and a rule that earlier ones take everything from is named: no other."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from governance.cases.dispatch import rules
from governance.cases.dispatch.rules import CaseFacts, DispatchRule, World
from governance.cases.dispatch.states import RuleFinding, When

AREAS: dict[str, str | None] = {"l/S": None, "l/g1": "l/S", "l/g2": "l/S", "l/T": None}
CATEGORIES: dict[str, str | None] = {"E": None, "E1": "E", "E2": "E", "P": None}
WORLD = World(AREAS, CATEGORIES, {"a", "b"}, {"street", "grid"})
DAYS = (("01", "01"), ("02", "29"), ("06", "01"), ("06", "15"), ("09", "30"), ("12", "31"))
days = st.sampled_from([f"{month}-{day}" for month, day in DAYS])
some_rules = st.builds(
    DispatchRule,
    area=st.sampled_from([None, *AREAS]), category=st.sampled_from([None, *CATEGORIES]),
    during=st.sampled_from([None, *When]), season=st.none() | st.tuples(days, days),
    level=st.sampled_from([None, "street", "grid"]), unit_code=st.sampled_from(["a", "b", None]),
)  # fmt: skip


def _with_above(code: str, parents: dict[str, str | None]) -> set[str]:
    found = set()
    at: str | None = code
    while at is not None:
        found.add(at)
        at = parents[at]
    return found


def _every_case() -> list[CaseFacts]:
    """Return a case of each kind that rules can tell apart; areas and categories that nothing lies below, and above."""
    days = sorted({day for month, number in DAYS for day in _around(rules.day_of_year(int(month), int(number)))})
    return [
        CaseFacts(_with_above(area, AREAS), _with_above(category, CATEGORIES), is_working, day, level)
        for area, category, is_working, day, level in product(
            AREAS, CATEGORIES, (True, False), days, ("street", "grid", None)
        )
    ]


def _around(day: int) -> set[int]:
    return {(day - 1) % 366, day, (day + 1) % 366}


CASES = _every_case()


@given(st.lists(some_rules, min_size=1, max_size=5))
@example([DispatchRule(during=When.WORKING), DispatchRule(during=When.OFF), DispatchRule(area="l/g1", unit_code="a")])
@example([DispatchRule(season=("09-30", "06-01")), DispatchRule(season=("06-01", "09-30")), DispatchRule()])
def test_a_rule_is_shadowed_just_where_no_case_reaches_it(given_rules: list[DispatchRule]) -> None:
    shadowed = {one.position for one in rules.findings(given_rules, WORLD) if one.kind is RuleFinding.SHADOWED}
    first = {next(iter(rules.matching(given_rules, facts)), 0) for facts in CASES}
    # A case of an area in which nothing more particular lies tells areas apart that sub-areas together would fill.
    assert {place for place in range(1, len(given_rules) + 1) if place not in first} == shadowed


def test_findings_name_who_shadows_and_codes_that_stand_for_nothing() -> None:
    given_rules = [
        DispatchRule(category="E", during=When.WORKING, unit_code="a"),
        DispatchRule(area="l/T", unit_code="b"),
        DispatchRule(category="E", during=When.OFF, unit_code="b"),
        DispatchRule(area="l/g1", category="E1", unit_code="b"),
        DispatchRule(area="l/gone", category="X", level="city", unit_code="ended"),
    ]
    found = [(one.position, str(one.kind), one.by) for one in rules.findings(given_rules, WORLD)]
    assert found == [
        (4, "shadowed", (1, 3)),
        (5, "unknown-area", ()), (5, "unknown-category", ()), (5, "unknown-unit", ()), (5, "unknown-level", ()),
    ]  # fmt: skip


@pytest.mark.parametrize("day", ["2-1", "13-01", "02-30", "06-31", "00-10", "夏天", ""])
def test_a_season_has_days_that_a_year_has(day: str) -> None:
    with pytest.raises(rules.DispatchRuleInvalidError, match="day of the year"):
        rules.checked_day(day, "season_from")
