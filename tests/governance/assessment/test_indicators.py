"""Points and rounding: published scoring rules as rows, and laws of rates."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from governance.assessment import indicators
from governance.assessment.indicators import Formula, IndicatorInvalidError, Points, Rule
from governance.assessment.rule_files import RuleJson, as_json, read_indicators, rule_of
from governance.assessment.states import Better, Counted, Mark, Scoring

SAMPLES = Path(__file__).resolve().parents[3] / "data" / "assessment"


def rules(name: str) -> dict[str, Rule]:
    return {one.code: one.rule.rule() for one in read_indicators((SAMPLES / f"{name}.json").read_bytes())}


@pytest.mark.parametrize(
    ("numerator", "denominator", "points"),
    [(70, 100, "50"), (95, 100, "50"), (69, 100, "49"), (0, 100, "0"), (697, 1000, "49.7")],
)
def test_jinhua_gives_50_points_at_70_percent_and_takes_one_off_for_each_point_below(
    numerator: int, denominator: int, points: str
) -> None:
    found = indicators.valued(rules("jinhua")["closed_in_time"], numerator, denominator, 3)
    assert found.points == Decimal(points)


def test_jinhua_takes_off_for_reworks_and_more_from_the_third() -> None:
    stated = rules("jinhua")
    closing = frozenset({Mark.DONE})
    counted = [closing] * 5 + [closing | {Mark.REWORKED}] * 4 + [closing | {Mark.REWORKED, Mark.REWORKED_OFTEN}]
    assert indicators.value_of(stated["reworked"], counted).points == Decimal("-1.0")
    assert indicators.value_of(stated["reworked_often"], counted).points == Decimal("-0.3")


def test_yangzhou_gives_a_share_of_its_points() -> None:
    assert indicators.valued(rules("yangzhou")["routine_in_time"], 199, 200, 0).points == Decimal("69.65")
    assert indicators.valued(rules("yangzhou")["rework"], 1, 100, 0).points == Decimal("4.95")


def test_wenzhou_takes_off_for_what_lacks() -> None:
    found = indicators.valued(rules("wenzhou")["handled_in_time"], 9911, 10000, 0)
    assert (found.percent, found.points) == (Decimal("99.11"), Decimal("-0.89"))


def test_the_article_s_rate_of_closing_is_99_66_percent() -> None:
    assert indicators.valued(rules("standard")["closed"], 9006, 9037, 0).percent == Decimal("99.66")


def test_halves_are_rounded_away_from_zero_and_nothing_counted_has_no_rate() -> None:
    rule = Rule(Formula(Counted.CASES, frozenset({Mark.DONE})), Points(Scoring.PROPORTIONAL, Decimal(10)), decimals=0)
    assert indicators.valued(rule, 1, 200, 0).percent == Decimal(1)
    assert indicators.valued(rule, 1, 201, 0).percent == Decimal(0)
    empty = indicators.valued(rule, 0, 0, 4)
    assert (empty.percent, empty.points, empty.rate, empty.is_ranked) == (None, None, None, False)
    assert indicators.valued(rule, 1, 3, 0).rate == Fraction(1, 3)


marks = st.frozensets(st.sampled_from(list(Mark)), max_size=5)
formulas = st.builds(
    Formula, st.sampled_from(list(Counted)), marks.filter(bool),
    st.frozensets(st.sampled_from([Mark.URGENT]), max_size=1),
    st.frozensets(st.sampled_from([Mark.VOIDED, Mark.GIVEN_BACK]), max_size=2),
)  # fmt: skip


@settings(max_examples=60)
@given(formula=formulas, counted=st.lists(marks, max_size=30))
def test_each_counted_is_in_one_place_and_a_plain_count_agrees(
    formula: Formula, counted: list[frozenset[Mark]]
) -> None:
    rule = Rule(formula, Points(Scoring.PROPORTIONAL, Decimal(10)))
    found = indicators.value_of(rule, counted)
    looked_at = [one for one in counted if all(mark in one for mark in formula.among)]
    left = [one for one in looked_at if not any(mark in one for mark in (*formula.excluded, Mark.EXEMPT))]
    assert found.excluded + found.denominator == len(looked_at)
    assert found.denominator == len(left)
    assert found.numerator == sum(all(mark in one for mark in formula.numerator) for one in left)
    assert found.points is None or 0 <= found.points <= 10


def test_a_rule_is_the_same_after_it_was_stored() -> None:
    for name in ("standard", "jinhua", "yangzhou", "wenzhou"):
        for one in read_indicators((SAMPLES / f"{name}.json").read_bytes()):
            indicators.require_valid(one.rule.rule())
            assert rule_of(as_json(one.rule)) == one.rule.rule()
            assert as_json(RuleJson.model_validate(as_json(one.rule))) == as_json(one.rule)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"excluded": ["done"]}, "excluded"),
        ({"numerator": []}, "numerator"),
        ({"points": {"full": "5", "least": "6"}}, "points"),
        ({"points": {"full_rate": "1.5"}}, "points"),
        ({"points": {"each": "-1"}}, "points"),
    ],
)
def test_a_rule_that_cannot_be_counted_is_refused(change: dict[str, object], field: str) -> None:
    rule = RuleJson.model_validate({"counted": "cases", "numerator": ["done"]} | change).rule()
    with pytest.raises(IndicatorInvalidError) as error:
        indicators.require_valid(rule)
    assert error.value.field == field


@pytest.mark.parametrize("content", [b"{", b"\xff\xfe", b'[{"code": "x"}]', b'{"code": "x"}', b"[1]"])
def test_a_file_that_is_none_is_refused(content: bytes) -> None:
    with pytest.raises(IndicatorInvalidError):
        read_indicators(content)


def test_lower_is_better_turns_the_points() -> None:
    rule = Rule(
        Formula(Counted.CLOSINGS, frozenset({Mark.REWORKED})),
        Points(Scoring.THRESHOLD, Decimal(10), Decimal("0.02"), Decimal(2)), Better.LOWER,
    )  # fmt: skip
    assert indicators.valued(rule, 2, 100, 0).points == Decimal("10.00")
    assert indicators.valued(rule, 5, 100, 0).points == Decimal("4.00")
    assert indicators.valued(rule, 50, 100, 0).points == Decimal("0.00")
