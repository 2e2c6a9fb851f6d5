"""Indicators counted a second time, slowly and plainly: from verbs and instants, without the clocks that steps keep.

It knows the verbs of the ledger of benchmarks (case_histories) and its limits, and shares no code with the assessment.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import text

from governance.calendar.workdays import entered, is_workday

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from sqlalchemy.orm import Session

    from governance.assessment.tables import AssessmentRun

    Counts = dict[str, tuple[int, int, int]]
    """Numerator, denominator and excluded by the code of an indicator."""

_HISTORIES: Final = """
SELECT case_id, at, verb, led_to, detail FROM case_step WHERE at <= :cut ORDER BY case_id, number
"""
_STORED: Final = """
SELECT i.code, v.numerator, v.denominator, v.excluded FROM assessment_value v
JOIN assessment_indicator i ON i.id = v.indicator_id WHERE v.run_id = :run AND v.grouping = 'district'
"""
_ZONE: Final = ZoneInfo("Asia/Shanghai")
_HOURS: Final = ((8, 12), (14, 18))
_AWAY: Final = {"return", "redispatch", "recall"}
_CLOSED: Final = {"closed", "rated"}
# When a clock starts, pauses, goes on, and ends, by verbs; what it allows: so many hours, of working time or of all.
_CLOCKS: Final = {
    "file": ({"accept"}, {"file", "reject", "void", "handle_on_the_spot", "close"}, 1, False),
    "acknowledge": ({"dispatch", "redispatch"}, {"acknowledge", "return", "void", "close"}, 2, True),
    "handle": ({"dispatch", "redispatch"}, {"handle", "return", "void", "close"}, 24, True),
    "verify": ({"handle", "handle_on_the_spot"}, {"verify", "rework", "void", "close"}, 8, True),
    "close": ({"verify"}, {"close", "rework", "void"}, 48, False),
}
_DOING: Final = {"file": {"file"}, "acknowledge": {"acknowledge"}, "handle": {"handle", "handle_on_the_spot"}}


class Told(NamedTuple):
    """A step as the reference knows it."""

    at: datetime
    verb: str
    led_to: str
    detail: dict[str, object]


class Stretch(NamedTuple):
    """A clock between two steps: whether it runs, is stopped, how much it allows, and what it had used before."""

    begins: datetime
    ends: datetime
    runs: bool
    stopped: bool
    allowed: timedelta
    used: timedelta


def worked(start: datetime, end: datetime, is_open: Callable[[date], bool]) -> timedelta:
    """Return the working time between two instants, day by day."""
    total, day = timedelta(), start.astimezone(_ZONE).date()
    while day <= end.astimezone(_ZONE).date():
        for opens, closes in _HOURS if is_open(day) else ():
            low = max(start, datetime.combine(day, time(opens), _ZONE))
            high = min(end, datetime.combine(day, time(closes), _ZONE))
            total += max(high - low, timedelta())
        day += timedelta(days=1)
    return total


class _Clock:
    """One clock of one case, from a start to the next."""

    def __init__(
        self, name: str, steps: list[Told], ends: datetime, is_open: Callable[[date], bool], *, handed_on: bool
    ) -> None:
        _, self.stops, hours, self.working = _CLOCKS[name]
        self.steps, self.ends, self.is_open, self.handed_on = steps, ends, is_open, handed_on
        self.original = timedelta(hours=hours)
        self.stopping: list[Told] = []
        self.stretches = list(self._stretches(name))

    def between(self, start: datetime, end: datetime) -> timedelta:
        return worked(start, end, self.is_open) if self.working else end - start

    def _stretches(self, name: str) -> Iterator[Stretch]:
        runs, stopped, allowed, used = True, False, self.original, timedelta()
        for i, step in enumerate(self.steps):
            if i and step.verb == "extend" and name == "handle":
                allowed += self.original
            elif i and step.verb == "suspend" and name == "handle":
                runs = False
            elif i and step.verb in {"resume", "rework"} and name == "handle":
                runs, stopped = True, False
            elif i and step.verb in self.stops and not stopped:
                runs, stopped = False, True
                self.stopping.append(step)
            ends = self.steps[i + 1].at if i + 1 < len(self.steps) else self.ends
            yield Stretch(step.at, ends, runs, stopped, allowed, used)
            used += self.between(step.at, ends) if runs else timedelta()

    def due(self, until: datetime) -> datetime | None:
        """Return when it came due for the first time while it ran, before an instant, found by halving."""
        for one in self.stretches:
            ends = min(one.ends, until)
            last = ends - timedelta(microseconds=1)
            if not one.runs or one.begins >= ends or one.used + self.between(one.begins, last) < one.allowed:
                continue
            low, high = one.begins, last
            while high - low > timedelta(microseconds=1):
                middle = low + (high - low) / 2
                low, high = (
                    (low, middle) if one.used + self.between(one.begins, middle) >= one.allowed else (middle, high)
                )
            return high if one.used < one.allowed else one.begins
        return None

    def is_late(self) -> bool:
        """Tell whether it ran on after it had used what it allows in the end, extensions included."""
        allowed, moment = self.stretches[-1].allowed, timedelta(microseconds=1)
        return any(
            one.used + self.between(one.begins, one.ends - moment) >= allowed for one in self.stretches if one.runs
        )


def clocks_of(
    name: str, steps: list[Told], cut: datetime, is_open: Callable[[date], bool]
) -> list[_Clock]:  # fmt: skip
    """Return the runs of a clock of a case."""
    starts = [i for i, one in enumerate(steps) if one.verb in _CLOCKS[name][0]]
    found = []
    for place, start in enumerate(starts):
        behind = starts[place + 1] if place + 1 < len(starts) else len(steps)
        own = steps[start:behind]
        stopped = any(one.verb in _CLOCKS[name][1] for one in own[1:])
        following = steps[behind].at if behind < len(steps) else cut
        found.append(_Clock(name, own, following, is_open, handed_on=not stopped and behind < len(steps)))
    return found


def count(
    cases: Iterable[list[Told]], since: datetime, until: datetime, cut: datetime,
    is_open: Callable[[date], bool],
) -> Counts:  # fmt: skip
    """Return what the indicators of data/assessment/standard.json come to in [since, until), for the district."""
    found: dict[str, Counter[int]] = defaultdict(Counter)

    def add(code: str, at: datetime, *, is_in: bool, excluded: bool = False, among: bool = True) -> None:
        if since <= at < until and among:
            found[code][2 if excluded else 1] += 1
            found[code][0] += is_in and not excluded

    for steps in cases:
        verbs, state = [one.verb for one in steps], steps[-1].led_to
        gone = "reject" in verbs or "void" in verbs
        add("closed", steps[0].at, is_in=state in _CLOSED, excluded=gone)
        for name, codes in (("file", "filed"), ("acknowledge", "receipt"), ("handle", "handling")):
            for run in clocks_of(name, steps, cut, is_open):
                _add_run(name, codes, run, add, cut)
        _add_closing(steps, cut, is_open, add, gone=gone)
        first = next((i for i, one in enumerate(verbs) if one == "dispatch"), None)
        if first is not None:
            add("dispatched_right_first", steps[first].at, is_in=not _AWAY & set(verbs[first:]))
        for one in steps:
            if one.verb == "rate":
                add("satisfied", one.at, is_in=int(str(one.detail["rating"])) >= 4)
        _add_call_backs(steps, add)
    return {code: (one[0], one[1], one[2]) for code, one in found.items()}


def _add_run(name: str, code: str, run: _Clock, add: Callable[..., None], cut: datetime) -> None:
    ended = run.stopping[0].at if run.stopping else run.ends if run.handed_on else None
    due = run.due(ended or cut)
    instants = [one for one in (ended, due) if one is not None]
    if not instants:
        return
    at = min(instants)
    stopped = run.stretches[-1].stopped
    done = stopped and run.stopping[-1].verb in _DOING[name]
    back = not done and ended == at and not _DOING[name] & {one.verb for one in run.stopping}
    verbs = {one.verb for one in run.steps[1:]}
    in_time = done and not run.is_late()
    if name == "handle":
        add("handling_in_time", at, is_in=in_time, excluded=back or "suspend" in verbs)
        add("handled", at, is_in=done, excluded=back)
        add("extended", at, is_in="extend" in verbs, excluded=back)
    else:
        add("filed_in_time" if code == "filed" else "receipt_in_time", at, is_in=in_time, excluded=back)


def _add_closing(
    steps: list[Told], cut: datetime, is_open: Callable[[date], bool], add: Callable[..., None], *, gone: bool
) -> None:
    verbs = [one.verb for one in steps]
    close = next((one.at for one in steps if one.verb == "close"), None)
    runs = clocks_of("handle", steps, cut, is_open)
    dues = [one for run in runs if (one := run.due(run.ends if run.handed_on else cut)) is not None]
    instants = [one for one in (close, *dues) if one is not None and (close is None or one <= close)]
    if not instants:
        return
    late = [runs[-1].is_late() for name in ("verify", "close") if (runs := clocks_of(name, steps, cut, is_open))]
    in_time = steps[-1].led_to in _CLOSED and not dues and not any(late)
    add("closed_in_time", min(instants), is_in=in_time, excluded=gone or "suspend" in verbs)
    add("reworked", min(instants), is_in="rework" in verbs, excluded=gone)


def _add_call_backs(steps: list[Told], add: Callable[..., None]) -> None:
    closings = [i for i, one in enumerate(steps) if one.verb == "close"]
    for place, start in enumerate(closings):
        behind = closings[place + 1] if place + 1 < len(closings) else len(steps)
        told = [one.detail["call_back"] for one in steps[start:behind] if one.verb == "call_back"]
        said = {name: any(dict(one)[name] for one in told) for name in ("contacted", "solved", "satisfied")}  # type: ignore[call-overload]
        at = steps[start].at
        add("reached", at, is_in=said["contacted"])
        add("solved", at, is_in=said["solved"], among=said["contacted"])
        add("call_back_satisfied", at, is_in=said["satisfied"], among=said["contacted"])


def differences(session: Session, run: AssessmentRun) -> list[str]:
    """Compare what a run stored for the district with a count of all histories; return what differs, in words."""
    histories: dict[int, list[Told]] = defaultdict(list)
    for row in session.execute(text(_HISTORIES), {"cut": run.cut_at}):
        histories[row.case_id].append(Told(row.at, row.verb, row.led_to, row.detail))
    own = entered(session, known_by=run.cut_at)
    since, until = (datetime.combine(day, time(), _ZONE) for day in (run.first_day, run.until_day))
    expected = count(histories.values(), since, until, run.cut_at, lru_cache(None)(lambda day: is_workday(day, own)))
    stored = {
        row.code: (row.numerator, row.denominator, row.excluded)
        for row in session.execute(text(_STORED), {"run": run.id})
    }
    return [
        f"{code}: {stored.get(code)} stored, {expected.get(code)} counted"
        for code in sorted(stored.keys() | expected.keys())
        if stored.get(code) != expected.get(code)
    ]
