"""No sequence of acts on whistles and parts leaves rows other than a plain model has them, or a history that differs.

The model is written by hand and apart from the tables of transitions.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import text

from core import clock
from core.db import Database
from core.settings import Settings
from governance.cases.joint_handling import operations as whistles
from governance.cases.joint_handling import queries as whistle_queries
from governance.cases.joint_handling.operations import WhistleIn
from governance.cases.joint_handling.rules import CallIn, WhistleInvalidError, WhistleRefusedError
from governance.cases.joint_handling.states import WhistleVerb
from governance.cases.lifecycle import operations, queries, rules
from governance.cases.lifecycle.operations import Caller
from governance.cases.lifecycle.rules import Act, CaseOpenBesideError
from governance.cases.lifecycle.states import ReturnReason, Verb
from governance.cases.lifecycle.verifying import verify_cases
from governance.cases.parts import operations as parts
from governance.cases.parts import queries as part_queries
from governance.cases.parts.rules import PartIn, PartRefusedError
from governance.cases.parts.states import PartVerb
from governance.reports.numbers import report_number
from identity.grants import EVERYTHING
from identity.units.operations import UnitIn, state_units
from tests.factories.cases import START, WORD, case_district
from tests.factories.identity import who
from tests.factories.reports import store_report
from tests.factories.seals import seal_all

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

BEGINNING: Final = datetime(2099, 6, 1, 9, tzinfo=clock.LOCAL)
ANYBODY: Final = Caller(who("somebody"), lambda _: EVERYTHING, any_unit=True)
UNITS: Final = ("bureau", "land")
PART_LEADS: Final = {
    "given": {"acknowledge_part": "acknowledged", "return_part": "returned", "withdraw_part": "withdrawn"},
    "acknowledged": {"finish_part": "finished", "return_part": "returned", "withdraw_part": "withdrawn"},
    "finished": {"send_back_part": "acknowledged"}, "returned": {}, "withdrawn": {},
}  # fmt: skip
ALTERED: Final = {
    "whistle_answer": "UPDATE whistle_answer a SET arrive_due_at = arrive_due_at + interval '1 day' FROM whistle w"
    " WHERE w.id = a.whistle_id AND a.unit_code = 'land' AND w.id = (SELECT min(id) FROM whistle) RETURNING w.case_id",
    "case_part": "UPDATE case_part SET unit_code = 'street' WHERE id = (SELECT min(id) FROM case_part)"
    " RETURNING case_id",
}
"""What somebody who rules the database could do to the rows, but not to the sealed history."""
PART_VERBS: Final = [one for one in PartVerb if one not in {PartVerb.GIVE, PartVerb.EXTEND}]
OPEN_PART: Final = {"given", "acknowledged"}


@dataclass
class Called:
    """A called unit as it should be."""

    state: str = "called"
    agrees: bool | None = None
    rated: bool = False


@dataclass
class Model:
    """The whistles and parts of a case as they should be."""

    whistles: list[tuple[str, dict[str, Called]]] = field(default_factory=list)
    parts: list[str] = field(default_factory=list)
    given_at: list[datetime] = field(default_factory=list)

    def whistle(self, number: int, verb: str, unit: str, *, agrees: bool) -> bool:
        """Do something to a whistle; return whether it should succeed."""
        state, called = self.whistles[number]
        one = called[unit]
        order = ["called", "signed", "contacted", "arrived"]
        target = {"sign": "signed", "contact": "contacted", "arrive": "arrived"}.get(verb)
        if target is not None:
            is_right = state == "called" and order.index(one.state) < order.index(target)
            one.state = target if is_right else one.state
            return is_right
        if verb == "advise":
            return state == "called"
        if verb == "conclude":
            if state not in {"called", "concluded"}:
                return False
            for other in called.values():
                other.agrees = None
            self.whistles[number] = ("concluded", called)
            return True
        if verb == "call_off":
            self.whistles[number] = ("called_off" if state == "called" else state, called)
            return state == "called"
        if verb == "rate_unit":
            is_right = state in {"concluded", "settled"} and not one.rated
            one.rated |= is_right
            return is_right
        if state != "concluded" or one.state != "arrived" or one.agrees:
            return False
        one.agrees = agrees
        if all(other.agrees for other in called.values() if other.state == "arrived"):
            self.whistles[number] = ("settled", called)
        return True

    def part(self, number: int, verb: str, now: datetime) -> bool:
        """Do something to a part; return whether it should succeed. All acts lie within an hour or days apart."""
        state = self.parts[number]
        is_late = verb == "return_part" and now - self.given_at[number] > timedelta(hours=3)
        if verb not in PART_LEADS[state] or is_late:
            return False
        self.parts[number] = PART_LEADS[state][verb]
        return True

    @property
    def is_open(self) -> bool:
        """Whether anything holds the case from its end."""
        return any(state == "called" for state, _ in self.whistles) or any(one in OPEN_PART for one in self.parts)


class AnyOrder(RuleBasedStateMachine):
    """A case with whistles and parts, and its model."""

    database: Database

    @initialize()
    def begin(self) -> None:
        """Open a case that the street has acknowledged."""
        self.now, self.model = BEGINNING, Model()
        with self.database.transaction() as session:
            report = store_report(session, category=WORD, lon=113.5, lat=34.5, path=["S", "g1"])
            self.id = operations.open_case(session, report_id=report, caller=ANYBODY)[0].id
            for verb in (Verb.ACCEPT, Verb.FILE, Verb.DISPATCH, Verb.ACKNOWLEDGE):
                operations.act_on(session, case_id=self.id, act=Act(verb=verb), caller=ANYBODY)

    @rule()
    def blow(self) -> None:
        """Blow a whistle."""
        with self.database.transaction() as session:
            whistles.blow(session, self.id, CallIn(kind="request", units=UNITS, reason="r"), caller=ANYBODY)
        self.model.whistles.append(("called", {unit: Called() for unit in UNITS}))

    @rule(unit=st.sampled_from(UNITS))
    def give(self, unit: str) -> None:
        """Give a part."""
        with self.database.transaction() as session:
            parts.give(session, self.id, PartIn(unit_code=unit, reason="r"), caller=ANYBODY)
        self.model.parts.append("given")
        self.model.given_at.append(self.now)

    @rule(data=st.data(), verb=st.sampled_from(list(WhistleVerb)), unit=st.sampled_from(UNITS), agrees=st.booleans())
    def act_on_a_whistle(self, data: st.DataObject, verb: WhistleVerb, unit: str, agrees: bool) -> None:  # noqa: FBT001
        """Do something to one of the whistles."""
        if not self.model.whistles:
            return
        number = data.draw(st.integers(0, len(self.model.whistles) - 1))
        act = Act(
            verb=Verb(verb.value), unit_code=unit, reason="r", opinion="o", lon=113.5, lat=34.5, rating=4
        )  # fmt: skip
        given = WhistleIn(verb=verb, act=act, agrees=agrees)
        is_right = self.model.whistle(number, str(verb), unit, agrees=agrees)
        self.attempt(
            lambda session: whistles.act_on(session, self.id, number + 1, given, caller=ANYBODY), is_right=is_right
        )

    @rule(data=st.data(), verb=st.sampled_from(PART_VERBS))
    def act_on_a_part(self, data: st.DataObject, verb: PartVerb) -> None:
        """Do something to one of the parts."""
        if not self.model.parts:
            return
        number = data.draw(st.integers(0, len(self.model.parts) - 1))
        act = Act(verb=Verb(verb.value), reason="r", opinion="o", return_reason=ReturnReason.WRONG_DUTY)
        is_right = self.model.part(number, str(verb), self.now)
        self.attempt(
            lambda session: parts.act_on(session, self.id, number + 1, verb, act, caller=ANYBODY), is_right=is_right
        )

    @rule(hours=st.sampled_from([1, 24 * 7]))
    def later(self, hours: int) -> None:
        """Let time go by: an hour, or until next Monday."""
        self.now = self.now + timedelta(hours=hours) if hours > 1 or self.now.hour < 11 else self.now
        _set_clock(self.now)

    @rule()
    def end(self) -> None:
        """A case is not voided over the head of what is open."""
        if not self.model.is_open:
            return
        with pytest.raises(CaseOpenBesideError), self.database.transaction() as session:
            operations.act_on(session, case_id=self.id, act=Act(verb=Verb.VOID, reason="r"), caller=ANYBODY)

    def attempt(self, do: Callable[[Any], object], *, is_right: bool) -> None:
        """Do it, or see it refused and nothing written."""
        if is_right:
            with self.database.transaction() as session:
                do(session)
            return
        refusals = (WhistleRefusedError, WhistleInvalidError, PartRefusedError, rules.CaseVerbRefusedError)
        with pytest.raises(refusals), self.database.transaction() as session:
            do(session)

    @invariant()
    def rows_and_history_are_as_the_model_has_them(self) -> None:
        """Compare states, what a history says is open, and that the case itself stays where it is."""
        if not hasattr(self, "id"):
            return
        with self.database.snapshot() as session:
            found = whistle_queries.of_case(session, self.id)
            given = part_queries.of_case(session, self.id)
            steps = queries.steps_of(session, self.id)
            case = queries.case(session, self.id, reach=EVERYTHING)
        assert [one.whistle.state for one in found] == [state for state, _ in self.model.whistles]
        for view, (_, called) in zip(found, self.model.whistles, strict=True):
            assert {one.unit_code: (one.state, one.agrees, one.rating is not None) for one in view.answers} == {
                unit: (one.state, one.agrees, one.rated) for unit, one in called.items()
            }
        assert [one.state for one in given] == self.model.parts
        assert all((one.due_at is not None) == (one.state in OPEN_PART) for one in given)
        is_called = [number for number, (state, _) in enumerate(self.model.whistles, 1) if state == "called"]
        assert list(queries.open_whistles(steps)) == is_called
        assert [*queries.open_parts(steps)] == [
            number for number, state in enumerate(self.model.parts, 1) if state in OPEN_PART
        ]  # fmt: skip
        assert (str(case.state), case.version) == ("acknowledged", len(steps))


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
def test_no_sequence_of_acts_beside_a_case_leaves_it_other_than_the_model_has_it(module_database_url: str) -> None:
    database = Database(Settings(DATABASE_URL=module_database_url, log_level="ERROR"))
    with database.transaction() as session:
        case_district(session)
        state_units(session, [UnitIn("land", "自然资源局", "department", None, START)], actor=who("admin"))

    class OnThis(AnyOrder):
        """The machine on the module's database, its clock put back before each example."""

        def __init__(self) -> None:
            super().__init__()
            _set_clock(BEGINNING)

    OnThis.database = database
    try:
        run_state_machine_as_test(
            OnThis, settings=settings(max_examples=8, stateful_step_count=30, phases=[Phase.generate], deadline=None)
        )
        clock.now = _REAL
        seal_all(database)
        with database.snapshot() as session:
            assert verify_cases(session).findings == []
        with database.transaction() as session:
            expected = [
                (report_number(case_id), "beside-differs", table)
                for table, statement in ALTERED.items()
                for case_id in session.scalars(text(statement))
            ]
        with database.snapshot() as session:
            found = [(one.number, one.kind, one.table) for one in verify_cases(session).findings]
        assert (len(expected), sorted(found)) == (2, sorted(expected))
    finally:
        database.close()
