"""A legal hold beats erasure and retention, and only a second person lifts it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from core import audit, clock
from governance.erasure import operations as erasure
from governance.erasure import retention
from governance.erasure.operations import Erased
from governance.erasure.retention import Retained
from governance.erasure.states import ErasureCause, RetentionKind
from governance.legal_holds import operations
from governance.legal_holds.operations import HoldInvalidError, HoldSecondPersonError, HoldSubject
from governance.reports.numbers import report_number
from identity import principals
from identity.people import operations as people
from identity.people.operations import PersonIn
from tests.factories.reports import PlacedRow, store_reports
from tests.factories.sign_in import open_session

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.orm import Session

    from core.db import Database
    from core.settings import Settings
    from identity.actors import Actor

PHONE = "13912345678"
NOW = clock.now()
LIFT = (
    "UPDATE legal_hold SET state = 'lifted', lifted_at = now(), lifted_by_id = {}, lifted_by = 'x', lift_reason = 'x'"
)
OLD = NOW - timedelta(days=400)


def actor(session: Session, name: str) -> Actor:
    return principals.named(session, name)


@pytest.fixture
def reports(database: Database) -> list[int]:
    """One of the caller, one of the caller whose number could not be read, one of somebody else a year ago."""
    rows = [
        PlacedRow(phone=f"+86 {PHONE}", description="一"),
        PlacedRow(set_aside={"reporter.phone": f"{PHONE}晚上打"}, description="二"),
        PlacedRow(phone="13800000000", description="三", at=OLD, received_at=OLD),
    ]
    with database.transaction() as session:
        return store_reports(session, rows)


def erase(session: Session, ids: list[int], key: bytes = b"") -> Erased:
    who = actor(session, "clerk")
    return erasure.erase(session, ids, cause=ErasureCause.REQUEST, actor=who, note="申请", caller_key=key)


SUBJECTS: dict[str, tuple[Callable[[list[int]], HoldSubject], tuple[int, ...]]] = {
    "a report": (lambda ids: HoldSubject(report_id=ids[0]), (0,)),
    "a caller, however the number was written": (lambda _: HoldSubject(phone="139-1234-5678"), (0, 1)),
    "a span": (lambda _: HoldSubject(received_from=OLD, received_until=OLD + timedelta(seconds=1)), (2,)),
    "a span that ends where the report begins": (
        lambda _: HoldSubject(received_from=OLD - timedelta(days=1), received_until=OLD), ()
    ),
    "a span without an end": (lambda _: HoldSubject(received_from=OLD + timedelta(seconds=1)), (0, 1)),
}  # fmt: skip


@pytest.mark.parametrize("case", SUBJECTS)
def test_what_is_held_is_left_out_until_a_second_person_lifts_the_hold(
    database: Database, reports: list[int], case: str
) -> None:
    subject, places = SUBJECTS[case]
    held = sorted(reports[place] for place in places)
    with database.transaction() as session:
        hold = operations.set_hold(session, subject(reports), reason="法院调卷", actor=actor(session, "刘洋"))
        number = hold.id
    with database.transaction() as session:
        done = erase(session, reports, b"secret")
        assert done.held == held
        assert done.reports == sorted(set(reports) - set(held))
        kept = (
            session.execute(text("SELECT detail FROM audit_entry WHERE action = 'reports.keep_held'")).scalars().all()
        )
        assert [len(one["reports"]) for one in kept] == ([len(held)] if held else [])
    with pytest.raises(HoldSecondPersonError), database.transaction() as session:
        operations.lift_hold(session, number, reason="已结", actor=actor(session, "刘洋"))
    with database.transaction() as session:
        lifted = operations.lift_hold(session, number, reason="已结", actor=actor(session, "陈静"))
        assert (lifted.phone, lifted.lifted_by) == (None, "陈静")
        assert erase(session, reports) == Erased(held, [])


@pytest.mark.parametrize("kind", [RetentionKind.WORDS, RetentionKind.REPORTERS, RetentionKind.EVIDENCE])
def test_retention_takes_what_is_old_of_its_kind_alone_and_leaves_out_what_is_held(
    database: Database, reports: list[int], kind: RetentionKind, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "BATCH", 1)
    counts = text(
        "SELECT (SELECT count(*) FROM report WHERE description <> ''), (SELECT count(*) FROM reporter),"
        " (SELECT count(*) FROM report_evidence WHERE verdict IS NOT NULL)"
    )
    with database.transaction() as session:
        session.execute(
            text(
                "INSERT INTO report_evidence (report_id, client_id, declared_crs, verdict, gazetteer, examined_at)"
                " SELECT id, client_id, 'WGS84', 'certain', '{}', now() FROM report"
            )
        )
        assert tuple(session.execute(counts).one()) == (3, 3, 3)
        operations.set_hold(session, HoldSubject(report_id=reports[0]), reason="调卷", actor=actor(session, "刘洋"))
        who = actor(session, "night")
    assert retention.run(database, kind, OLD, actor=who, note="") == Retained(0, 0), "exactly so old is not older"
    with database.transaction() as session:
        due = retention.count_due(session, kind, NOW + timedelta(days=1), caller_key=b"")
    assert due == Retained(2, 1)
    assert retention.run(database, kind, NOW + timedelta(days=1), actor=who, note="三年") == due
    assert retention.run(database, kind, NOW + timedelta(days=1), actor=who, note="三年") == Retained(0, 1)
    left = {
        RetentionKind.WORDS: (1, 1, 1), RetentionKind.REPORTERS: (3, 1, 3), RetentionKind.EVIDENCE: (3, 3, 1),
    }[kind]  # fmt: skip
    with database.transaction() as session:
        assert tuple(session.execute(counts).one()) == left
        runs = session.execute(text("SELECT subject, detail FROM audit_entry WHERE action = 'retention.run'")).all()
        assert [(run.subject, run.detail["erased"], run.detail["held"]) for run in runs] == [(kind, 2, 1), (kind, 0, 1)]


def test_sign_ins_go_by_their_end_and_stay_where_their_person_or_span_is_held(
    database: Database, settings: Settings
) -> None:
    before = NOW - timedelta(days=200)
    with database.transaction() as session:
        chief = actor(session, "刘洋")
        (person,) = people.add_people(session, [PersonIn("held", "H-1", None)], actor=chief)
        for name in ("old", "held", "span", "now"):
            open_session(session, settings, name)
        age = text(
            "UPDATE person_session SET created_at = :at, last_seen_at = :at, ended_at = :at FROM principal p"
            " WHERE p.id = principal_id AND p.name = :name"
        )
        for name, at in (("old", OLD), ("held", OLD), ("span", OLD - timedelta(days=10)), ("now", NOW)):
            session.execute(age, {"name": name, "at": at})
        operations.set_hold(session, HoldSubject(person=person.id), reason="审计", actor=chief)
        span = HoldSubject(received_from=OLD - timedelta(days=11), received_until=OLD - timedelta(days=9))
        operations.set_hold(session, span, reason="检查", actor=chief)
    assert retention.run(database, RetentionKind.SIGN_INS, before, actor=chief, note="") == Retained(1, 2)
    with database.transaction() as session:
        left = session.scalars(
            text("SELECT p.name FROM person_session JOIN principal p ON p.id = principal_id ORDER BY 1")
        ).all()
        assert left == ["held", "now", "span"]


@pytest.mark.parametrize(
    ("subject", "field"),
    [
        (HoldSubject(), "report"),
        (HoldSubject(report_id=1, phone=PHONE), "report"),
        (HoldSubject(received_until=NOW), "report"),
        (HoldSubject(report_id=1, received_until=NOW), "received_from"),
        (HoldSubject(received_from=NOW, received_until=NOW), "received_until"),
        (HoldSubject(phone="没有"), "phone"),
    ],
)
def test_a_hold_names_one_thing(database: Database, subject: HoldSubject, field: str) -> None:
    with pytest.raises(HoldInvalidError) as refused, database.transaction() as session:
        operations.set_hold(session, subject, reason="x", actor=actor(session, "刘洋"))
    assert refused.value.field == field


@pytest.mark.parametrize(
    "change",
    [
        "DELETE FROM legal_hold",
        "UPDATE legal_hold SET reason = 'another'",
        "UPDATE legal_hold SET received_until = now()",
        LIFT.format("set_by_id"),
        LIFT.format(1) + ", received_from = now() - interval '9 days'",
    ],
)
def test_the_database_lets_a_hold_change_once_by_a_second_person(database: Database, change: str) -> None:
    with database.transaction() as session:
        subject = HoldSubject(received_from=OLD)
        operations.set_hold(session, subject, reason="调卷", actor=actor(session, "刘洋"))
    with pytest.raises(IntegrityError), database.transaction() as session:
        session.execute(text(change))


def test_a_hold_over_http_masks_the_number_and_needs_the_privacy_officer(
    client: Any, make_key: Callable[..., dict[str, str]]
) -> None:
    officer, other, admin = make_key("privacy-officer"), make_key("privacy-officer"), make_key("administrator")
    body = {"phone": PHONE, "reason": f"复议，电话{PHONE}"}
    assert client.post("/v1/legal-holds", json=body, headers=admin).status_code == 403
    made = client.post("/v1/legal-holds", json=body, headers=officer)
    assert (made.status_code, made.json()["phone"]) == (201, "139****78")
    shown = client.get("/v1/legal-holds?state=in_force", headers=officer)
    assert PHONE not in shown.text
    lifting = f"/v1/legal-holds/{made.json()['id']}/lifting"
    refused = client.post(lifting, json={"reason": "已结"}, headers=officer)
    assert (refused.status_code, refused.json()["type"]) == (403, "urn:wangge:problem:hold-second-person")
    assert client.post(lifting, json={"reason": "已结"}, headers=other).json()["state"] == "lifted"
    again = client.post(lifting, json={"reason": "已结"}, headers=other)
    assert (again.status_code, again.json()["type"]) == (409, "urn:wangge:problem:hold-lifted")
    unknown = client.post("/v1/legal-holds", json={"report": "SJ2607000731-4", "reason": "x"}, headers=officer)
    assert unknown.status_code == 404


def test_a_person_who_is_held_is_not_erased(client: Any, make_key: Callable[..., dict[str, str]]) -> None:
    officer, other, security = (
        make_key("privacy-officer"),
        make_key("privacy-officer"),
        make_key("security-administrator"),
    )
    person = client.post("/v1/people", json={"name": "甲", "staff_number": "J"}, headers=security).json()["id"]
    assert client.post(f"/v1/people/{person}/end", json={}, headers=security).status_code == 200
    hold = client.post("/v1/legal-holds", json={"person": person, "reason": "审计"}, headers=officer).json()["id"]
    refused = client.post(f"/v1/people/{person}/erasure", json={"note": "r"}, headers=security)
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:wangge:problem:held")
    client.post(f"/v1/legal-holds/{hold}/lifting", json={"reason": "已结"}, headers=other)
    assert client.post(f"/v1/people/{person}/erasure", json={"note": "r"}, headers=security).status_code == 200


ENTRIES: dict[str, tuple[Callable[[list[int], int], HoldSubject], set[str]]] = {
    "a report": (lambda ids, _: HoldSubject(report_id=ids[0]), {"number", "path", "id", "list", "cut list"}),
    "a caller": (lambda *_: HoldSubject(phone=PHONE), {"number", "path", "id", "list", "cut list"}),
    "a person": (lambda _, person: HoldSubject(person=person), {"actor", "person", "people", "name", "stand-in"}),
    "a span of the entries": (
        lambda *_: HoldSubject(received_from=OLD - timedelta(hours=2), received_until=OLD - timedelta(hours=1)),
        {"old"},
    ),
    "a span of the reports": (
        lambda *_: HoldSubject(received_from=NOW - timedelta(hours=1), received_until=NOW + timedelta(hours=1)),
        {"number", "path", "id", "list", "cut list"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", ENTRIES)
def test_details_of_the_audit_stay_where_they_are_about_what_is_held(
    database: Database, reports: list[int], case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    subject, held = ENTRIES[case]
    number, other = report_number(reports[0]), report_number(reports[2])
    last = max(reports[:2])
    with database.transaction() as session:
        chief, clerk = actor(session, "刘洋"), actor(session, "clerk")
        (person,) = people.add_people(session, [PersonIn("马奔", "H-1", None)], actor=chief)
        own = principals.get(session, person.id)
        acts: dict[str, dict[str, Any]] = {
            "number": {"actor": clerk, "subject": number},
            "path": {"actor": clerk, "subject": f"/v1/reports/{number}"},
            "id": {"actor": clerk, "subject": f"report/{reports[0]}"},
            "list": {"actor": clerk, "subject": "2 reports", "reports": [other, number]},
            "cut list": {
                "actor": clerk, "subject": "2 reports", "reports": [], "first": report_number(min(reports[:2])),
                "last": report_number(last),
            },
            "actor": {"actor": own, "subject": "s", "action": "test.note"},
            "person": {"actor": clerk, "subject": str(person.id), "action": "people.correct"},
            "people": {"actor": clerk, "subject": "2 people", "people": [1, person.id]},
            "name": {"actor": clerk, "subject": own.name, "action": "accounts.lock"},
            "stand-in": {"actor": replace(clerk, stands_in_for=(own.name,)), "subject": "s"},
            "old": {"actor": clerk, "subject": "s"},
            "free": {"actor": clerk, "subject": str(person.id), "note": "SJ00000001-9", "edit": person.id},
        }  # fmt: skip
        entries: dict[str, int] = {}
        for name, entry in acts.items():
            at = OLD - timedelta(hours=2) if name == "old" else NOW + timedelta(days=1)
            monkeypatch.setattr(clock, "now", lambda at=at: at)
            audit.record(session, **({"action": "test.note", "words": "王小明说的"} | entry))
            session.flush()
            entries[name] = session.scalar(text("SELECT max(id) FROM audit_entry")) or 0
        monkeypatch.undo()
        operations.set_hold(session, subject(reports, person.id), reason="调卷", actor=chief)
    kept = sorted(entries[name] for name in held)
    with database.transaction() as session:
        done = erasure.erase_entries(session, entries.values(), actor=clerk, note="申请", caller_key=b"secret")
        assert (done.count, done.held) == (len(entries) - len(kept), kept)
        left = session.scalars(text("SELECT id FROM audit_entry WHERE detail ? 'words' ORDER BY id")).all()
        assert left == kept
        told = session.scalars(text("SELECT detail -> 'entries' FROM audit_entry WHERE action = 'audit.keep_held'"))
        assert list(told) == [kept]
    with database.transaction() as session:
        again = erasure.erase_entries(session, kept, actor=clerk, note="申请", caller_key=b"secret")
        assert (again.count, again.held) == (0, kept)
