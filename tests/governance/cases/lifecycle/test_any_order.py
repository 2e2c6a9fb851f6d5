"""No sequence of verbs, permitted or not, with time going by, leaves a case other than a plain model has it.

The model is written by hand and apart from the table of transitions: where a verb leads, what bounds it, and whether
the clock of handling runs.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from core import clock
from core.db import Database
from core.settings import Settings
from governance.calendar.workdays import is_workday
from governance.cases.clocks.measuring import ClockState
from governance.cases.clocks.working_time import Scale, WorkingTime
from governance.cases.dispatch.rules import DispatchBlockedError
from governance.cases.lifecycle import operations, queries, rules
from governance.cases.lifecycle.operations import Caller
from governance.cases.lifecycle.states import ReturnReason, Verb
from governance.cases.protection.accusations import AccusationNotFoundError
from governance.categories.states import Step
from identity.grants import EVERYTHING, NOTHING, Reach, Scope
from tests.factories.cases import WORD, acts, case_district
from tests.factories.identity import who
from tests.factories.photos import hang_photo
from tests.factories.reports import store_report

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

BEGINNING: Final = datetime(2099, 6, 1, 9, tzinfo=clock.LOCAL)  # a Monday, behind whatever was published
LIMIT: Final = timedelta(hours=20)  # of working time, for handling (tests/factories/cases.py)
WORK: Final = WorkingTime(lambda day: is_workday(day, {}))
LEADS: Final[dict[str, dict[str, str]]] = {
    "opened": {"accept": "accepted", "reject": "rejected"},
    "accepted": {"reject": "rejected", "file": "filed"},
    "filed": {"dispatch": "dispatched"},
    "returned": {"dispatch": "dispatched"},
    "dispatched": {
        "acknowledge": "acknowledged", "return": "returned", "redispatch": "dispatched", "extend": "dispatched",
    },
    "acknowledged": {
        "handle": "handled", "return": "returned", "redispatch": "dispatched", "extend": "acknowledged",
        "suspend": "suspended", "visit": "acknowledged",
    },
    "suspended": {"resume": "acknowledged", "visit": "suspended"},
    "handled": {"verify": "verified", "rework": "acknowledged"},
    "verified": {"close": "closed", "rework": "acknowledged"},
    "closed": {"rate": "rated", "reopen": "filed", "back_check": "closed"},
    "rated": {"reopen": "filed", "back_check": "rated"},
    "rejected": {}, "voided": {}, "merged": {},
    "transferred": {"confirm_transfer": "transferred", "take_back": "accepted"},
}  # fmt: skip
OUTSIDE: Final[dict[str, dict[str, str]]] = {
    "transfer": {"recipient": "市级", "reason": "r"}, "confirm_transfer": {"receipt": "ZY-1"},
    "take_back": {"reason": "r"},
}  # fmt: skip
UNHANDLED: Final = {"opened", "accepted", "filed", "dispatched", "acknowledged", "suspended", "returned"}
for _state in UNHANDLED | {"handled", "verified"}:
    LEADS[_state] |= {
        "supervise": _state,
        "void": "voided",
        "accuse": _state,
        "add_note": _state,
        "lift_accusation": _state,
    }
for _state in ("closed", "rated"):
    LEADS[_state] |= {"add_note": _state}
for _state in ("dispatched", "acknowledged"):
    LEADS[_state] |= {"hand_down": "dispatched", "report_up": "dispatched"}
for _state in ("dispatched", "acknowledged", "suspended"):
    LEADS[_state] |= {"recall": "returned"}
for _state in UNHANDLED:
    LEADS[_state] |= {"reclassify": _state, "transfer": "transferred"}
for _state in ("opened", "accepted", "filed"):
    LEADS[_state] |= {"answer": "closed"}


@dataclass
class Model:
    """A case as it should be."""

    state: str = "opened"
    verbs: list[str] = field(default_factory=lambda: ["open"])
    unit: str | None = None
    on_the_spot: bool = False
    has_limit: bool = True
    extensions: int = 0
    suspended: bool = False
    hand_overs: int = 0
    reworks: int = 0
    supervised: bool = False
    returned_by: set[str | None] = field(default_factory=set)
    runs: list[tuple[datetime, datetime | None]] = field(default_factory=list)
    dispatched_at: datetime | None = None
    accuses_bureau: bool = False

    def used(self, at: datetime) -> timedelta:
        """Return the working time for which the clock of handling had run at an instant."""
        runs = [(start, min(end or at, at)) for start, end in self.runs]
        return sum((WORK.elapsed(Scale.WORKING, start, end) for start, end in runs), timedelta())

    def is_over(self, now: datetime) -> bool:
        """Tell whether all was used up a minute ago: what is due at noon is over at one, though nothing counts then."""
        return self.used(now - timedelta(minutes=1)) >= LIMIT * (1 + self.extensions)

    def allows(self, verb: str, now: datetime) -> bool:
        """Tell whether a verb should succeed."""
        if verb == "handle_on_the_spot":
            return self.state in {"opened", "accepted", "filed"} and self.on_the_spot
        if verb not in LEADS[self.state]:
            return False
        if verb == "extend":
            return self.has_limit and not self.is_over(now) and self.extensions < 2
        if verb == "suspend":
            return not self.suspended
        if verb in {"hand_down", "report_up"}:
            return self.unit == ("street" if verb == "hand_down" else "community")
        if verb == "redispatch":
            return not self.accuses_bureau
        if verb == "lift_accusation":
            return self.accuses_bureau
        if verb == "return":
            since = self.dispatched_at or now
            late = WORK.elapsed(Scale.WORKING, since, now) > timedelta(hours=4)
            return self.unit not in self.returned_by and not late
        return True

    def do(self, verb: str, now: datetime) -> None:  # noqa: C901 (a verb a line)
        """Do what is allowed."""
        self.state = "handled" if verb == "handle_on_the_spot" else LEADS[self.state][verb]
        self.verbs.append(verb)
        if self.runs and self.runs[-1][1] is None and verb in {
            "return", "handle", "void", "suspend", "recall", "transfer",
        }:  # fmt: skip
            self.runs[-1] = (self.runs[-1][0], now)
        match verb:
            case "dispatch" | "redispatch":
                self.unit = "bureau" if verb == "redispatch" else "street"
                self.runs, self.extensions, self.dispatched_at = [(now, None)], 0, now
            case "rework" | "resume":
                self.runs.append((now, None))
            case "return":
                self.returned_by.add(self.unit)
                self.unit = None
            case "reopen" | "recall" | "transfer":
                self.unit = None
            case "hand_down" | "report_up":
                self.unit = "community" if verb == "hand_down" else "street"
            case "reclassify":
                self.on_the_spot, self.has_limit = True, False
            case "accuse":
                self.supervised = self.accuses_bureau = True
                if self.unit == "bureau" and "recall" in LEADS[self.state]:  # no unit is above it
                    self.do("recall", now)
            case "lift_accusation":
                self.accuses_bureau = False
        self.extensions += verb == "extend"
        self.suspended |= verb == "suspend"
        self.hand_overs += verb in {"return", "redispatch"}
        self.reworks += verb == "rework"
        is_raised = (verb == "rework" and self.reworks == 3) or (
            verb in {"return", "redispatch"} and self.hand_overs == 3
        )
        if is_raised and not self.supervised:
            self.verbs.append("supervise")
        self.supervised |= is_raised or verb == "supervise"

    @property
    def handling(self) -> ClockState:
        """What the clock of handling should do."""
        if self.state == "suspended":
            return ClockState.PAUSED
        if self.runs and self.runs[-1][1] is None:
            return ClockState.RUNNING
        return ClockState.STOPPED if self.runs else ClockState.IDLE


class AnyOrder(RuleBasedStateMachine):
    """A case and its model, with a clock that the rules move."""

    database: Database

    @initialize()
    def begin(self) -> None:
        """Open the case of a new report."""
        self.now, self.model = BEGINNING, Model()
        with self.database.transaction() as session:
            report = store_report(session, category=WORD, lon=113.5, lat=34.5, path=["S", "g1"])
            hang_photo(session, report)
            self.id = operations.open_case(session, report_id=report, caller=self.caller())[0].id

    def caller(self, reach: Reach = EVERYTHING) -> Caller:
        """Return somebody who may do everything, or who may only look."""
        return Caller(who("somebody"), lambda scope: EVERYTHING if scope is Scope.CASES_READ else reach, any_unit=True)

    def act(self, verb: Verb, *, version: int | None = None, reach: Reach = EVERYTHING) -> None:
        """Do something to the case in a transaction of its own."""
        body: dict[str, Any] = acts(str(verb), **OUTSIDE.get(str(verb), {}))
        given = body | {"verb": verb, "photos": tuple(body.get("photos", ()))}
        if verb is Verb.RETURN:
            given["return_reason"] = ReturnReason.WRONG_DUTY
        with self.database.transaction() as session:
            operations.act_on(
                session, case_id=self.id, act=rules.Act(**given), caller=self.caller(reach), expected_version=version
            )

    @rule(verb=st.sampled_from(list(Verb)))
    def anything(self, verb: Verb) -> None:
        """Try any verb."""
        self.attempt(str(verb))

    @rule(data=st.data())
    def possible(self, data: st.DataObject) -> None:
        """Try a verb that the state has, so that cases get far."""
        has = sorted(LEADS[self.model.state].keys() - {"void", "reject", "transfer", "answer"})
        if has:
            self.attempt(data.draw(st.sampled_from(has)))

    @rule(verb=st.sampled_from([Verb.ACCEPT, Verb.VOID, Verb.HANDLE]))
    def nobody_who_may(self, verb: Verb) -> None:
        """Without the role nothing happens, whatever the state."""
        with pytest.raises(rules.CaseForbiddenError):
            self.act(verb, reach=NOTHING)

    @rule(verb=st.sampled_from(list(Verb)), ago=st.integers(1, 3))
    def another_was_first(self, verb: Verb, ago: int) -> None:
        """Who saw an earlier version is told what changed."""
        seen = len(self.model.verbs) - ago
        if seen >= 1:
            with pytest.raises(rules.CaseChangedError) as caught:
                self.act(verb, version=seen)
            assert [one["verb"] for one in caught.value.context["changes"]] == self.model.verbs[seen:]

    @rule(minutes=st.sampled_from([1, 50, 240, 24 * 60]))
    def later(self, minutes: int) -> None:
        """Let time go by."""
        self.now += timedelta(minutes=minutes)
        _set_clock(self.now)

    def attempt(self, verb: str) -> None:
        """Do it to both, or see it refused."""
        if self.model.allows(verb, self.now):
            self.act(Verb(verb), version=len(self.model.verbs))
            self.model.do(verb, self.now)
        else:
            refusals = (
                rules.CaseVerbRefusedError, rules.CaseBoundError, rules.CaseForbiddenError, DispatchBlockedError,
                AccusationNotFoundError,
            )  # fmt: skip
            with pytest.raises(refusals):
                self.act(Verb(verb))

    @invariant()
    def is_as_the_model_has_it(self) -> None:
        """Compare state, history, unit and clocks."""
        if not hasattr(self, "id"):
            return
        with self.database.snapshot() as session:
            case = queries.case(session, self.id, reach=EVERYTHING)
            steps = queries.steps_of(session, self.id)
        assert (str(case.state), case.version, case.unit_code) == (
            self.model.state, len(self.model.verbs), self.model.unit
        )  # fmt: skip
        assert [one.verb for one in steps] == self.model.verbs
        assert [one.number for one in steps] == list(range(1, len(steps) + 1))
        assert all(one.led_to == later.came_from for one, later in pairwise(steps))
        assert case.supervised == self.model.supervised
        handle = queries.clocks_of(steps, WORK, now=self.now)[Step.HANDLE]
        assert handle.state is self.model.handling
        if self.model.has_limit:
            assert handle.used == self.model.used(self.now)
        if self.model.handling is ClockState.RUNNING and self.model.has_limit:
            left = LIMIT * (1 + self.model.extensions) - self.model.used(self.now)
            assert handle.left == left
            assert handle.is_overdue == self.model.is_over(self.now)


_REAL: Final[Callable[[], datetime]] = clock.now


def _set_clock(at: datetime) -> None:
    clock.now = lambda: at


@pytest.fixture
def standing_clock() -> Iterator[None]:
    """The time is what the test makes it."""
    _set_clock(BEGINNING)
    yield
    clock.now = _REAL


@pytest.mark.usefixtures("standing_clock")
def test_no_sequence_of_verbs_leaves_a_case_other_than_the_model_has_it(module_database_url: str) -> None:
    database = Database(Settings(DATABASE_URL=module_database_url, log_level="ERROR"))
    with database.transaction() as session:
        case_district(session)

    class OnThis(AnyOrder):
        """The machine on the module's database, its clock put back before each example."""

        def __init__(self) -> None:
            super().__init__()
            _set_clock(BEGINNING)

    OnThis.database = database
    try:
        run_state_machine_as_test(
            OnThis, settings=settings(max_examples=8, stateful_step_count=20, phases=[Phase.generate])
        )
    finally:
        database.close()
