"""Each fault of clocks that users of other systems reported has a test that shows it is not ours: row by row."""

from __future__ import annotations

import ast
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Final

import pytest

from core.clock import LOCAL
from governance.cases.clocks.measuring import ClockEvent, Happening, measure
from governance.cases.clocks.working_time import Scale, WorkingTime
from governance.cases.lifecycle.states import TABLE, CaseState, Effect, Verb
from governance.categories.rules import Limit
from governance.categories.states import LimitUnit, Step

HERE: Final = Path(__file__).parent
MEASURING: Final = HERE / "test_measuring.py"
ANY_ORDER: Final = HERE.parent / "lifecycle" / "test_any_order.py"
REMINDERS: Final = HERE.parent / "reminders" / "test_reminders.py"
OWN: Final = Path(__file__)
ROWS: Final[dict[str, tuple[str, Path, str]]] = {
    "one interval a day only (chatwoot 14009, frappe/helpdesk 2212)": (
        "a lunch break does not count", MEASURING, "test_clocks_that_other_systems_had_wrong"),
    "special days with other hours (chatwoot 6467, 10436)": (
        "a half day counts as a half", OWN, "test_a_special_day_counts_with_its_own_hours"),
    "midnight of a calendar around the clock (zammad 3180)": (
        "no closed minute", MEASURING, "test_clocks_that_other_systems_had_wrong"),
    "a feed of holidays with unwanted days (zammad 390)": (
        "only announced days", MEASURING, "test_holidays_and_swapped_days_are_those_that_were_announced"),
    "reminders at midnight and at weekends (zammad 4432)": (
        "they wait for the office", MEASURING,
        "test_a_reminder_at_night_waits_only_where_policy_wants_it_and_not_beyond_the_due_time"),
    "a shorter clock hides another (zammad 5177)": (
        "each is told apart", REMINDERS, "test_a_deadline_that_is_over_hides_no_later_one"),
    "a pause measured in another calendar (glpi 10594)": (
        "one function measures both", MEASURING, "test_a_clock_is_what_a_count_of_minutes_gives"),
    "paused over closing time (glpi 9082)": (
        "the due time lies in working hours", MEASURING, "test_clocks_that_other_systems_had_wrong"),
    "a pause lost as the limit changes (glpi 6902)": (
        "it stays", MEASURING, "test_another_limit_while_suspended_keeps_the_pause"),
    "a paused case flagged as overdue by the job (glpi 24481)": (
        "the job reads the clock again", REMINDERS, "test_each_deadline_is_told_of_once_before_and_once_after"),
    "a fixed deadline moved by a pause (glpi 17186)": (
        "nothing moves it", MEASURING,
        "test_a_deadline_from_outside_is_moved_by_nothing_and_stands_beside_the_running_one"),
    "a fresh limit for another unit or not (glpi 1911)": (
        "its whole limit, from when it gets the case", MEASURING, "test_clocks_that_other_systems_had_wrong"),
    "an hour before at 00:00 (glpi 22678, 15357)": (
        "subtracted in working time", MEASURING, "test_an_hour_before_is_subtracted_in_working_time"),
    "clocks by status, not by state (osTicket 3034, 1168, 2131, 4166, 4969)": (
        "the table of transitions says what each verb does", OWN, "test_no_clock_runs_where_nobody_has_to_do_with_it"),
}  # fmt: skip


@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS)
def test_each_fault_of_the_table_has_its_test(row: tuple[str, Path, str]) -> None:
    _, file, name = row
    tree = ast.parse(file.read_text(encoding="utf-8"))
    assert name in {one.name for one in tree.body if isinstance(one, ast.FunctionDef)}


def test_a_special_day_counts_with_its_own_hours() -> None:
    half, long, none = date(2026, 6, 2), date(2026, 6, 6), date(2026, 6, 3)  # a Tuesday, a Saturday, a Wednesday
    special = {half: ((8 * 60, 12 * 60),), long: ((0, 24 * 60),), none: ()}
    work = WorkingTime(lambda day: day.weekday() < 5, special=special)
    monday = datetime(2026, 6, 1, 8, tzinfo=LOCAL)

    def due(hours: int) -> datetime | None:
        started = ClockEvent(monday, Happening.STARTED, Limit(hours, LimitUnit.WORKING_HOURS))
        return measure([started], work, now=monday).due

    assert due(12) == datetime(2026, 6, 2, 12, tzinfo=LOCAL), "8 hours of Monday, 4 of the half day"
    assert due(13) == datetime(2026, 6, 4, 9, tzinfo=LOCAL), "nothing of Wednesday"
    saturday = datetime(2026, 6, 6, tzinfo=LOCAL)
    assert work.elapsed(Scale.WORKING, saturday, saturday + timedelta(days=1)) == timedelta(hours=24)


def test_no_clock_runs_where_nobody_has_to_do_with_it() -> None:
    ends = {CaseState.CLOSED, CaseState.REJECTED, CaseState.VOIDED, CaseState.MERGED, CaseState.TRANSFERRED}
    ending = [verb for verb, rule in TABLE.items() if rule.target in ends and verb is not Verb.UNMERGE]
    assert len(ending) >= len(ends)
    for verb in ending:
        assert TABLE[verb].clocks == dict.fromkeys(Step, Effect.STOP), verb
    paused = TABLE[Verb.SUSPEND]
    assert (paused.target, paused.clocks) == (CaseState.SUSPENDED, {Step.HANDLE: Effect.PAUSE})
