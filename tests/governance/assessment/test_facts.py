"""What histories count for: each thing once, never moved to another period, as a plain walk over the steps counts."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from functools import partial
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from governance.assessment.facts import Fact, PastStep, facts_of
from governance.assessment.states import Counted, Mark
from governance.cases.clocks.measuring import measure
from governance.cases.lifecycle.rules import events_of
from governance.cases.lifecycle.states import CaseState, Verb
from governance.categories.states import Step
from tests.governance.assessment.histories import WORK, history

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


@st.composite
def histories(draw: st.DrawFn) -> list[PastStep]:
    def choose(among: Sequence[Any]) -> Any:
        return draw(st.sampled_from(among))

    def waits() -> timedelta:
        return timedelta(minutes=draw(st.sampled_from([0, 1, 45, 130, 700, 3000, 9000])))

    return history(choose, draw(st.integers(2, 22)), waits)


def counted(steps: Sequence[PastStep], cut: datetime) -> list[Fact]:
    return facts_of([one for one in steps if one.at <= cut], WORK, urgency="normal", cut=cut)


@settings(max_examples=150)
@given(steps=histories(), first=st.integers(0, 400), second=st.integers(0, 400))
def test_what_was_counted_once_stays_in_its_period(steps: list[PastStep], first: int, second: int) -> None:
    early, late = (steps[0].at + timedelta(hours=hours) for hours in sorted((first, second)))
    before = {(one.counted, one.number, one.at) for one in counted(steps, early)}
    assert before <= {(one.counted, one.number, one.at) for one in counted(steps, late)}
    assert all(one.at <= late for one in counted(steps, late))


@settings(max_examples=150)
@given(steps=histories(), hours=st.integers(0, 400))
def test_facts_are_those_of_a_plain_walk(steps: list[PastStep], hours: int) -> None:
    cut = max(steps[-1].at, steps[0].at + timedelta(hours=hours))
    found = counted(steps, cut)
    keys = Counter((one.counted, one.number) for one in found)
    assert max(keys.values()) == 1
    verbs = [one.verb for one in steps]
    assert [one.number for one in found if one.counted is Counted.RATINGS] == [
        one.number for one in steps if one.verb is Verb.RATE
    ]
    assert sum(one.counted is Counted.CALL_BACKS for one in found) == verbs.count(Verb.CLOSE)
    case = next(one for one in found if one.counted is Counted.CASES)
    assert (Mark.DONE in case.marks) == (steps[-1].led_to in {CaseState.CLOSED, CaseState.RATED})
    assert (Mark.REWORKED in case.marks) == (Verb.REWORK in verbs)
    assert {(one.number, Mark.DONE in one.marks, Mark.IN_TIME in one.marks) for one in found
            if one.counted is Counted.HANDLINGS} == _handlings(steps, cut)  # fmt: skip


def _handlings(steps: Sequence[PastStep], cut: datetime) -> set[tuple[int, bool, bool]]:
    """Count handlings minute by minute: which are over or came due, are done, and were never seen overdue."""
    found = set()
    starts = [one for one in steps if any(
        c["clock"] == Step.HANDLE and c["what"] == "started" for c in one.detail["clocks"])]  # fmt: skip
    for start, following in zip_longest(starts, starts[1:]):
        until = len(steps) if following is None else following.number - 1
        mine = list(steps[start.number - 1 : until])
        over = following is not None or any(
            c["clock"] == Step.HANDLE and c["what"] == "stopped" for one in mine for c in one.detail["clocks"]
        )
        last = max((one.number for one in mine if _touches(one)), default=0)
        done = bool(last) and steps[last - 1].verb is Verb.HANDLE
        end = cut if following is None else following.at
        late = _seen_overdue(mine, end)
        if over or late:
            found.add((start.number, done, done and not _overdue(mine, cut)))
    return found


def _touches(step: PastStep) -> bool:
    return any(c["clock"] == Step.HANDLE and c["what"] in {"started", "stopped", "resumed", "paused"}
               for c in step.detail["clocks"])  # fmt: skip


def _overdue(steps: Sequence[PastStep], now: datetime) -> bool:
    events = events_of((one.at, one.detail["clocks"]) for one in steps)[Step.HANDLE]
    return measure(events, WORK, now=now).is_overdue


def _seen_overdue(steps: Sequence[PastStep], end: datetime) -> bool:
    """Look at the clock just before each step, and at the end: was it overdue by what was known then?"""
    stops = [i for i, one in enumerate(steps) if any(
        c["clock"] == Step.HANDLE and c["what"] == "stopped" for c in one.detail["clocks"])]  # fmt: skip
    known = steps[: stops[0] + 1] if stops else steps
    looks = [*((known[:i], known[i].at) for i in range(1, len(known))), (known, known[-1].at if stops else end)]
    return any(_overdue(before, at) for before, at in looks)


def _next(verbs: Iterator[Any], _: object) -> Any:
    return next(verbs)


def _minutes(waits: Iterator[int]) -> timedelta:
    return timedelta(minutes=next(waits))


def test_a_late_return_is_late_and_an_early_one_is_given_back() -> None:
    for wait, marks in ((30, {Mark.GIVEN_BACK}), (30 * 60, set())):
        verbs = iter([Verb.ACCEPT, Verb.FILE, Verb.DISPATCH, "street", Verb.RETURN])
        waits = iter([1, 1, 1, wait])
        steps = history(partial(_next, verbs), 5, partial(_minutes, waits))
        handling = next(one for one in counted(steps, steps[-1].at) if one.counted is Counted.HANDLINGS)
        assert set(handling.marks) == marks
        assert handling.unit_code == "street"


def test_a_history_that_does_not_end_before_the_cut_off_is_refused() -> None:
    verbs = iter([Verb.ACCEPT])
    steps = history(partial(_next, verbs), 2, partial(_minutes, iter([5])))
    with pytest.raises(ValueError, match="cut-off"):
        facts_of(steps, WORK, urgency="normal", cut=steps[0].at)
    with pytest.raises(ValueError, match="cut-off"):
        facts_of([], WORK, urgency="normal", cut=steps[0].at)
