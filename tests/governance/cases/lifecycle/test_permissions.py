"""Who may do what: role by verb by own or another area by state, expected by what the guide says and a list of states.

The roles are read from the table of docs/guides/cases.md, the states from the lists below; neither knows the table of
transitions. Whatever neither has is refused.
"""

from __future__ import annotations

import random
import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import pytest

from core.db import Database
from core.errors import DomainError
from core.settings import Settings
from governance.cases.duplicates.operations import relate
from governance.cases.duplicates.states import RelationVerb
from governance.cases.lifecycle import operations, rules
from governance.cases.lifecycle.operations import Caller
from governance.cases.lifecycle.operations.holding import hold
from governance.cases.lifecycle.states import TABLE, CaseState, ReturnReason, Verb
from identity.grants import EVERYTHING, ROLES, Grant, reach_of
from tests.factories.cases import WORD, acts, case_district, join_unit
from tests.factories.identity import who
from tests.factories.photos import HUNG, hang_photo
from tests.factories.reports import store_report
from tests.factories.sign_in import make_person

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session

GUIDE: Final = Path(__file__).parents[4] / "docs" / "guides" / "cases.md"
ROW: Final = re.compile(r"^\| (`[a-z-]+`(?:, `[a-z-]+`)*) \| ([a-z_\\*,; ]+) \|$", re.MULTILINE)
WAY: Final = ("accept", "file", "dispatch", "acknowledge", "handle", "verify", "close", "rate")
LEADING_TO: Final[dict[str, tuple[str, ...]]] = {
    "opened": (), "accepted": WAY[:1], "filed": WAY[:2], "dispatched": WAY[:3], "acknowledged": WAY[:4],
    "suspended": (*WAY[:4], "suspend"), "returned": (*WAY[:3], "return"), "handled": WAY[:5], "verified": WAY[:6],
    "closed": WAY[:7], "rated": WAY, "rejected": ("reject",), "voided": ("void",), "transferred": ("transfer",),
}  # fmt: skip
"""Steps that lead to each state; `merged` needs two cases."""
BEGUN: Final = {"opened", "accepted", "filed", "dispatched", "acknowledged", "suspended", "returned"}
OPEN: Final = BEGUN | {"handled", "verified"}
ENDED: Final = {"closed", "rated"}
EVERY: Final = {*LEADING_TO, "merged"}
WITH_UNIT: Final = {"dispatched", "acknowledged"}
STATES: Final[dict[str, set[str]]] = {
    "accept": {"opened"}, "reject": {"opened", "accepted"}, "file": {"accepted"}, "dispatch": {"filed", "returned"},
    "answer": {"opened", "accepted", "filed"}, "handle_on_the_spot": {"opened", "accepted", "filed"},
    "redispatch": WITH_UNIT, "return": WITH_UNIT, "extend": WITH_UNIT, "hand_down": WITH_UNIT, "report_up": WITH_UNIT,
    "acknowledge": {"dispatched"}, "handle": {"acknowledged"}, "suspend": {"acknowledged"},
    "visit": {"acknowledged", "suspended"}, "resume": {"suspended"},
    "recall": WITH_UNIT | {"suspended"}, "whistle": WITH_UNIT | {"suspended"}, "give_part": WITH_UNIT | {"suspended"},
    "verify": {"handled"}, "rework": {"handled", "verified"}, "close": {"verified"}, "rate": {"closed"},
    "reclassify": BEGUN, "transfer": BEGUN, "merge": BEGUN, "unmerge": {"merged"}, "rate_main": {"merged"},
    "confirm_transfer": {"transferred"}, "take_back": {"transferred"},
    "reopen": ENDED, "back_check": ENDED, "call_back": ENDED,
    "take_in": OPEN | ENDED, "add_note": OPEN | ENDED, "cosign": OPEN | ENDED, "rate_unit": OPEN | ENDED,
    "link": EVERY, "unlink": EVERY, "let_go": EVERY,
}  # fmt: skip
"""From which states; what is not named here goes from every open one, opening and moving to another area from none."""
NEVER: Final = {"open", "relocate"}


def told_by_the_guide() -> dict[str, dict[str, bool]]:
    """Return, by role, the verbs that the guide gives it, and whether the unit that has the case does them alone."""
    given: dict[str, dict[str, bool]] = {}
    for roles, verbs in ROW.findall(GUIDE.read_text(encoding="utf-8")):
        words = {one.rstrip("\\*"): one.endswith("*") for one in re.split(r"[,;] ", verbs.strip())}
        for role in re.findall(r"`([a-z-]+)`", roles):
            given[role] = words
    assert given.pop("administrator") == {"all of these": False}
    given["administrator"] = {verb: own for verbs in list(given.values()) for verb, own in verbs.items()}
    return given


GIVEN: Final = told_by_the_guide()


class Office:
    """Cases in every state in an own and in another area, and somebody of each role in the unit that has them."""

    def __init__(self, session: Session) -> None:
        case_district(session)
        self.cases = {(state, grid): self._case(session, state, grid) for state in EVERY for grid in ("g1", "g2")}
        self.people = {
            (role, unit): self._person(session, role, unit) for role in ROLES for unit in ("street", "bureau")
        }

    def _case(self, session: Session, state: str, grid: str) -> int:
        def act(case_id: int, verb: str) -> None:
            given = acts(verb) | {"verb": Verb(verb)}
            given |= {"unit_code": "street", "reason": "r"} if verb == "dispatch" else {}
            given |= {"recipient": "市级", "reason": "r"} if verb == "transfer" else {}
            given |= {"photos": tuple(given["photos"])} if "photos" in given else {}
            given |= {"return_reason": ReturnReason.WRONG_DUTY} if verb == "return" else {}
            operations.act_on(session, case_id=case_id, act=rules.Act(**given), caller=ANYBODY)

        case_id = self._opened(session, grid)
        for verb in LEADING_TO.get(state, ()):
            act(case_id, verb)
        if state == "merged":
            main = self._opened(session, grid)
            relate(session, case_id, main, RelationVerb.MERGE, reason="r", caller=ANYBODY)
        return case_id

    def _opened(self, session: Session, grid: str) -> int:
        lon = 113.5 if grid == "g1" else 114.5
        report = store_report(session, category=WORD, lon=lon, lat=34.5, path=["S", grid])
        hang_photo(session, report)
        operations.open_case(session, report_id=report, caller=ANYBODY)
        return report

    def _person(self, session: Session, role: str, unit: str) -> Caller:
        grants = [Grant(role, area="admin/g1")]
        actor = make_person(session, f"{role} of {unit}", grants)
        join_unit(session, actor.name, unit)
        return Caller(actor, lambda scope: replace(reach_of(scope, grants), viewer=actor.id))


ANYBODY: Final = Caller(who("admin"), lambda _: EVERYTHING, any_unit=True)


@pytest.fixture(scope="module")
def held(module_database_url: str) -> Iterator[tuple[Session, Office]]:
    """A transaction that stays open for all tests and writes nothing after the office is made."""
    database = Database(Settings(DATABASE_URL=module_database_url, log_level="ERROR"))
    with database.transaction() as session:
        office = Office(session)
    with database.transaction() as session:
        yield session, office
    database.close()


class Asked(NamedTuple):
    """A person of a role and a unit wants to do something to the case of a state in an area."""

    role: str
    verb: str
    state: str
    grid: str = "g1"
    unit: str = "street"

    def is_allowed(self) -> bool:
        """Return what the guide and the lists above say."""
        own_unit_alone = GIVEN.get(self.role, {}).get(self.verb)
        if own_unit_alone is None or self.grid != "g1" or self.verb in NEVER:
            return False
        return self.state in STATES.get(self.verb, OPEN) and (self.unit == "street" or not own_unit_alone)


def answered(session: Session, office: Office, asked: Asked) -> type[DomainError] | None:
    """Try it, with all that any verb needs, and return the refusal."""
    act = rules.Act(
        verb=Verb(asked.verb), reason="r", opinion="o", photos=(HUNG,), unit_code="street", category="E0102", rating=5,
        recipient="r", receipt="r", knowledge="K01", return_reason=ReturnReason.WRONG_DUTY, lon=113.5, lat=34.5,
    )  # fmt: skip
    case_id, caller = office.cases[asked.state, asked.grid], office.people[asked.role, asked.unit]
    try:
        hold(session, case_id=case_id, act=act, caller=caller, path=TABLE[act.verb].path)
    except DomainError as refused:
        return type(refused)
    return None


def combinations() -> list[Asked]:
    """Return every role with every verb, every verb with every state, and some of all others, each once."""
    chosen: set[Asked] = set()
    for verb in map(str, Verb):
        fits = sorted(STATES.get(verb, OPEN))
        for role in ROLES:
            chosen.add(Asked(role, verb, fits[0]))
            if role in GIVEN:
                chosen.add(Asked(role, verb, fits[-1], unit="bureau"))
        chosen |= {Asked("administrator", verb, state) for state in EVERY}
        chosen.add(Asked("administrator", verb, fits[0], "g2"))
    draw = random.Random(13)
    for _ in range(100):
        chosen.add(Asked(
            draw.choice(sorted(ROLES)), draw.choice(sorted(Verb)), draw.choice(sorted(EVERY)),
            draw.choice(["g1", "g2"]), draw.choice(["street", "bureau"]),
        ))  # fmt: skip
    return sorted(chosen)


def test_what_the_guide_gives_to_a_role_is_let_in_its_area_from_the_states_that_fit_and_all_else_refused(
    held: tuple[Session, Office],
) -> None:
    asked = combinations()
    told = {one: answered(*held, one) for one in asked}
    assert [one for one in asked if (told[one] is None) != one.is_allowed()] == []
    elsewhere = {told[one] for one in asked if one.grid == "g2"}
    assert elsewhere == {rules.CaseNotFoundError}, "what lies in another area is not even there"
    assert len(asked) > 2000
    assert sum(one.is_allowed() for one in asked) > 400, "the samples are worth something"


def test_the_guide_and_the_lists_name_every_verb_and_every_state() -> None:
    assert set(GIVEN["administrator"]) == set(Verb) - {Verb.RELOCATE}
    assert {str(state) for state in CaseState} == EVERY
    assert set(GIVEN) <= set(ROLES)
    assert {role for role in ROLES if role not in GIVEN} == {
        "intake", "viewer", "planner", "building-captain", "volunteer", "gis-editor", "gis-approver",
        "security-administrator", "privacy-officer", "auditor",
    }  # fmt: skip


@pytest.mark.parametrize("grid", ["g1", "g2"])
def test_cases_are_opened_by_those_of_the_area_whom_the_guide_lets(held: tuple[Session, Office], grid: str) -> None:
    session, office = held
    for role in ROLES:
        lon = 113.5 if grid == "g1" else 114.5
        report = store_report(session, category=WORD, lon=lon, lat=34.5, path=["S", grid])
        try:
            operations.open_case(session, report_id=report, caller=office.people[role, "street"])
            opened = True
        except DomainError:
            opened = False
        assert opened == ("open" in GIVEN.get(role, {}) and grid == "g1"), role
