"""Three cases that are merged, linked, transferred, whistled for and given in parts, by one person or two at once.

Whatever two people do at the same instant ends as if one had been first: the outcome is that of one of the two orders
in a plain model, which is written by hand and apart from the table of transitions.
"""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count, pairwise
from typing import TYPE_CHECKING, Any, Final

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from core import clock
from core.db import Database
from core.errors import DomainError
from core.settings import Settings
from governance.calendar.workdays import is_workday
from governance.cases.clocks.measuring import ClockState
from governance.cases.clocks.working_time import WorkingTime
from governance.cases.duplicates import operations as duplicates
from governance.cases.duplicates import queries as relations
from governance.cases.duplicates.states import RelationVerb
from governance.cases.joint_handling import operations as whistles
from governance.cases.joint_handling.operations import WhistleIn
from governance.cases.joint_handling.rules import CallIn
from governance.cases.joint_handling.states import WhistleVerb
from governance.cases.lifecycle import operations, queries
from governance.cases.lifecycle.operations import Caller
from governance.cases.lifecycle.rules import Act
from governance.cases.lifecycle.states import Verb
from governance.cases.lifecycle.verifying import verify_cases
from governance.cases.parts import operations as parts
from governance.cases.parts.rules import PartIn
from governance.cases.parts.states import PartVerb
from governance.categories.states import Step
from identity.grants import EVERYTHING
from tests.factories.cases import WORD, acts, case_district
from tests.factories.identity import who
from tests.factories.photos import hang_photo
from tests.factories.reports import store_report
from tests.factories.seals import seal_all

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy.orm import Session

BEGINNING: Final = datetime(2099, 6, 1, 9, tzinfo=clock.LOCAL)
WORK: Final = WorkingTime(lambda day: is_workday(day, {}))
LEADS: Final = {
    ("opened", "accept"): "accepted", ("accepted", "file"): "filed", ("filed", "dispatch"): "dispatched",
    ("dispatched", "acknowledge"): "acknowledged", ("acknowledged", "handle"): "handled",
    ("handled", "verify"): "verified", ("verified", "close"): "closed", ("closed", "reopen"): "filed",
    ("transferred", "take_back"): "accepted",
}  # fmt: skip
BEGUN: Final = {"opened", "accepted", "filed", "dispatched", "acknowledged"}
OPEN: Final = BEGUN | {"handled", "verified"}
WITH_UNIT: Final = {"dispatched", "acknowledged"}
STEPS: Final = (
    "accept", "file", "dispatch", "acknowledge", "handle", "verify", "close", "reopen", "transfer", "take_back", "void",
)  # fmt: skip
BESIDE: Final = ("whistle", "call_off", "give_part", "withdraw_part")
RELATIONS: Final = tuple(map(str, RelationVerb))
BODIES: Final[dict[str, dict[str, str]]] = {
    "transfer": {"recipient": "市级", "reason": "r"}, "take_back": {"reason": "r"},
}  # fmt: skip


@dataclass(frozen=True)
class Deed:
    """What somebody does to one of the cases: a verb, another case, or the number of a whistle or part."""

    verb: str
    case: int
    other: int = 0


@dataclass
class Matter:
    """A case as it should be."""

    state: str = "opened"
    version: int = 1
    main: int | None = None
    whistles: list[str] = field(default_factory=list)
    parts: list[str] = field(default_factory=list)

    @property
    def is_held(self) -> bool:
        """Whether a whistle or a part keeps it from its end."""
        return "open" in self.whistles or "open" in self.parts


@dataclass
class Model:
    """The cases as they should be, and which are linked."""

    cases: list[Matter] = field(default_factory=lambda: [Matter() for _ in range(3)])
    links: set[frozenset[int]] = field(default_factory=set)

    def do(self, deed: Deed, seen: int) -> bool:
        """Do it if it should succeed to who saw a version; return whether it did."""
        if self.cases[deed.case].version != seen:
            return False
        if deed.verb in RELATIONS:
            return self._relate(deed)
        return self._beside(deed) if deed.verb in BESIDE else self._step(deed)

    def _step(self, deed: Deed) -> bool:
        case = self.cases[deed.case]
        if deed.verb in {"transfer", "void"}:
            if case.is_held or case.state not in (BEGUN if deed.verb == "transfer" else OPEN):
                return False
            return self._moved(case, "transferred" if deed.verb == "transfer" else "voided")
        target = LEADS.get((case.state, deed.verb))
        if target is None or (deed.verb == "close" and case.is_held):
            return False
        return self._moved(case, target)

    def _beside(self, deed: Deed) -> bool:
        case = self.cases[deed.case]
        rows = case.whistles if deed.verb in {"whistle", "call_off"} else case.parts
        if deed.verb in {"whistle", "give_part"}:
            if case.state not in WITH_UNIT:
                return False
            rows.append("open")
        else:
            if case.state not in OPEN or deed.other > len(rows) or rows[deed.other - 1] != "open":
                return False
            rows[deed.other - 1] = "ended"
        return self._moved(case, case.state)

    def _relate(self, deed: Deed) -> bool:
        case, other, pair = self.cases[deed.case], self.cases[deed.other], frozenset((deed.case, deed.other))
        match deed.verb:
            case "merge":
                is_right = case.state in BEGUN and not case.is_held and deed.case not in {c.main for c in self.cases}
                is_right = is_right and other.main is None and other.state in OPEN | {"closed"}
            case "unmerge":
                is_right = case.main == deed.other
            case "link":
                is_right = pair not in self.links
            case _:
                is_right = pair in self.links
        if deed.case == deed.other or not is_right:
            return False
        if deed.verb in {"merge", "unmerge"}:
            case.main = deed.other if deed.verb == "merge" else None
            case.state = "merged" if deed.verb == "merge" else "accepted"
        else:
            self.links ^= {pair}
        return self._moved(case, case.state) and self._moved(other, other.state)

    @staticmethod
    def _moved(case: Matter, state: str) -> bool:
        case.state = state
        case.version += 1
        return True


class TwoPeople(RuleBasedStateMachine):
    """Three cases and their model."""

    database: Database
    examples: Iterator[int]

    @initialize(seed=st.integers(0, 2**62))
    def begin(self, seed: int) -> None:
        """Open the cases; the first two go some steps. Deeds are drawn evenly, which Hypothesis does not."""
        self.model, self.ids, self.draw = Model(), [], random.Random(f"{seed} {next(self.examples)}")
        with self.database.transaction() as session:
            for _ in range(3):
                report = store_report(session, category=WORD, lon=113.5, lat=34.5, path=["S", "g1"])
                hang_photo(session, report)
                self.ids.append(operations.open_case(session, report_id=report, caller=_person("clerk"))[0].id)
        for case in (0, 1):
            for verb in STEPS[: self.draw.randrange(5)]:
                self.one(Deed(verb, case))

    def one(self, deed: Deed) -> None:
        """Let one person do something, or see it refused."""
        seen = self.model.cases[deed.case].version
        assert self.tried("clerk", deed, seen) == self.model.do(deed, seen), deed

    @rule()
    def one_person(self) -> None:
        """Do one thing."""
        self.one(self.drawn())

    @rule()
    def two_people_at_once(self) -> None:
        """Do two things at the same instant, to one case or to any, both as it was seen before."""
        first = self.drawn()
        second = self.drawn(first.case if self.draw.random() < 0.5 else None)
        deeds = [("clerk", first), ("dispatcher", second)]
        seen = [self.model.cases[deed.case].version for _, deed in deeds]
        with ThreadPoolExecutor(2) as people:
            running = [people.submit(self.tried, *deed, version) for deed, version in zip(deeds, seen, strict=True)]
            done = [one.result(timeout=30) for one in running]
        possible = []
        for order in ((0, 1), (1, 0)):
            model = deepcopy(self.model)
            found = {place: model.do(deeds[place][1], seen[place]) for place in order}
            possible.append(([found[0], found[1]], model))
        assert done in [outcome for outcome, _ in possible], (first, second)
        self.model = next(model for outcome, model in possible if outcome == done and self.is_so(model))

    def drawn(self, case: int | None = None) -> Deed:
        """Draw something to do: mostly what the case's state has, so that cases get far."""
        draw = self.draw
        case = draw.randrange(3) if case is None else case
        one = self.model.cases[case]
        likely = [verb for verb in STEPS if (one.state, verb) in LEADS]
        likely += ["merge", "link", *(("whistle", "give_part") if one.state in WITH_UNIT else ())]
        likely += [verb for verb, rows in (("call_off", one.whistles), ("withdraw_part", one.parts)) if "open" in rows]
        likely += ["unmerge"] * (one.main is not None) + ["unlink"] * any(case in pair for pair in self.model.links)
        verb = draw.choice(likely if draw.random() < 0.8 else [*STEPS, *BESIDE, *RELATIONS])
        if verb in RELATIONS:
            return Deed(verb, case, draw.randrange(3))
        rows = self.model.cases[case].whistles if verb == "call_off" else self.model.cases[case].parts
        return Deed(verb, case, max(1, len(rows)))

    def tried(self, name: str, deed: Deed, seen: int) -> bool:
        """Do it in a transaction of its own; return whether it was let."""
        try:
            with self.database.transaction() as session:
                self.done(session, deed, seen, _person(name))
        except DomainError:
            return False
        return True

    def done(self, session: Session, deed: Deed, seen: int, caller: Caller) -> None:
        """Ask for it as the routes do."""
        case_id, given = self.ids[deed.case], {"caller": caller, "expected_version": seen}
        match deed.verb:
            case "whistle":
                whistles.blow(session, case_id, CallIn(kind="request", units=("bureau",), reason="r"), **given)
            case "call_off":
                act = WhistleIn(verb=WhistleVerb.CALL_OFF, act=Act(verb=Verb.CALL_OFF, reason="r"))
                whistles.act_on(session, case_id, deed.other, act, **given)
            case "give_part":
                parts.give(session, case_id, PartIn(unit_code="bureau", reason="r"), **given)
            case "withdraw_part":
                act_of_part = Act(verb=Verb.WITHDRAW_PART, reason="r")
                parts.act_on(session, case_id, deed.other, PartVerb.WITHDRAW, act_of_part, **given)
            case verb if verb in RELATIONS:
                duplicates.relate(session, case_id, self.ids[deed.other], RelationVerb(verb), reason="r", **given)
            case verb:
                body: dict[str, Any] = acts(verb, **BODIES.get(verb, {}))
                act_of_case = Act(**body | {"verb": Verb(verb), "photos": tuple(body.get("photos", ()))})
                operations.act_on(session, case_id=case_id, act=act_of_case, **given)

    def is_so(self, model: Model) -> bool:
        """Tell whether the cases are as a model has them."""
        with self.database.snapshot() as session:
            found = queries.cases_of(session, self.ids, reach=EVERYTHING)
            main = [relations.main_of(session, one) for one in self.ids]
            linked = {
                frozenset((place, self.ids.index(other.id)))
                for place, one in enumerate(self.ids)
                for other in relations.relations(session, one, reach=EVERYTHING).linked
            }
        expected = [(one.state, one.version, None if one.main is None else self.ids[one.main]) for one in model.cases]
        stored = [(str(found[one].state), found[one].version, main[place]) for place, one in enumerate(self.ids)]
        return (stored, linked) == (expected, model.links)

    @invariant()
    def all_is_as_the_model_has_it(self) -> None:
        """Compare cases and links; histories have every step, and what is over waits for nothing."""
        if not hasattr(self, "ids"):
            return
        assert self.is_so(self.model)
        with self.database.snapshot() as session:
            found = queries.cases_of(session, self.ids, reach=EVERYTHING)
            histories = {one: queries.steps_of(session, one) for one in self.ids}
        for matter, one in zip(self.model.cases, self.ids, strict=True):
            steps = histories[one]
            assert [step.number for step in steps] == list(range(1, matter.version + 1))
            assert all(step.led_to == later.came_from for step, later in pairwise(steps))
            runs = queries.clocks_of(steps, WORK, now=clock.now())[Step.HANDLE].state is ClockState.RUNNING
            assert runs == (matter.state in WITH_UNIT)
            if matter.state not in OPEN:
                assert found[one].due_at is None
            opened = [number for number, state in enumerate(matter.parts, 1) if state == "open"]
            assert [*queries.open_parts(steps)] == opened


def _person(name: str) -> Caller:
    return Caller(who(name), lambda _: EVERYTHING, any_unit=True)


@pytest.fixture
def standing_clock() -> Iterator[Callable[[], None]]:
    """The time stands, until the function that is given lets it go on."""
    real = clock.now
    clock.now = lambda: BEGINNING

    def go_on() -> None:
        clock.now = real

    yield go_on
    go_on()


def test_what_two_people_do_at_once_ends_as_if_one_had_been_first(
    module_database_url: str, standing_clock: Callable[[], None]
) -> None:
    database = Database(Settings(DATABASE_URL=module_database_url, log_level="ERROR"))
    with database.transaction() as session:
        case_district(session)

    class OnThis(TwoPeople):
        """The machine on the module's database."""

    OnThis.database, OnThis.examples = database, count()
    try:
        run_state_machine_as_test(
            OnThis, settings=settings(max_examples=8, stateful_step_count=25, phases=[Phase.generate], deadline=None)
        )
        standing_clock()
        seal_all(database)
        with database.snapshot() as session:
            assert verify_cases(session).findings == []
    finally:
        database.close()
