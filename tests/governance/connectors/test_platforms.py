"""Upstream platforms: their deadline stands beside the clocks, answers leave in order and are sent until taken."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import orjson
import pytest
from sqlalchemy import text

from core import clock
from governance.cases.lifecycle import operations as cases
from governance.cases.lifecycle import queries as case_queries
from governance.cases.lifecycle.operations import Caller
from governance.cases.lifecycle.rules import Act
from governance.cases.lifecycle.states import Verb
from governance.connectors import operations, queries
from governance.connectors.adapters import JsonAdapter
from governance.connectors.operations import OrderIn
from governance.connectors.rules import UpstreamOrderNotFoundError, UpstreamOrderRefusedError
from governance.notifications.operations import targets
from governance.notifications.rules import NotificationTargetInvalidError
from governance.notifications.states import DeliveryState, TargetKind
from identity.actors import COMMAND_LINE
from identity.grants import EVERYTHING
from tests.factories.identity import who
from tests.factories.photos import HUNG, hang_photo
from tests.factories.receiver import Reply
from tests.factories.reports import store_report

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from governance.connectors.tables import UpstreamOrder
    from tests.governance.notifications.conftest import Office

CALLER = Caller(who("somebody"), lambda _: EVERYTHING, any_unit=True)
OPINION = "已拆除，联系人王建国女士13800001234"


def platform(office: Office, **given: Any) -> Any:
    return office.target(TargetKind.PLATFORM, **{"channel": "12345", "token": "opens"} | given)


def act(office: Office, case_id: int, *verbs: Verb, **given: Any) -> None:
    with office.database.transaction() as session:
        for verb in verbs:
            cases.act_on(session, case_id=case_id, act=Act(verb=verb, **{"reason": "r"} | given), caller=CALLER)


def sent(office: Office) -> list[tuple[str, dict[str, Any]]]:
    office.collect()
    office.deliver()
    return [(one.path.rpartition("/")[2], orjson.loads(one.body)) for one in office.receiver.got]


def test_an_order_is_answered_with_receipt_extension_and_result_by_its_own_number(office: Office) -> None:
    platform(office)
    case_id = office.case(Verb.ACCEPT, external_id="DH-1")
    act(office, case_id, Verb.FILE, Verb.DISPATCH, Verb.EXTEND)
    act(office, case_id, Verb.ACKNOWLEDGE)
    with office.database.transaction() as session:
        hang_photo(session, case_id)
    act(office, case_id, Verb.HANDLE, opinion=OPINION, photos=(HUNG,))
    act(office, case_id, Verb.VERIFY, opinion="核查属实")
    act(office, case_id, Verb.CLOSE)
    told = sent(office)
    assert [kind for kind, _ in told] == ["receipt", "extension", "result"]
    assert {body["order_number"] for _, body in told} == {"DH-1"}
    assert told[1][1]["text"] == "r"
    assert told[1][1]["deadline"] is not None
    assert told[2][1]["text"].startswith("已拆除")
    assert "13800001234" not in told[2][1]["text"]
    assert "建国" not in told[2][1]["text"]
    head = office.receiver.got[0].headers
    assert (head["authorization"], head["idempotency-key"]) == ("Bearer opens", told[0][1]["id"])


def test_a_rejected_order_goes_back_with_its_reason_and_what_is_no_order_is_not_answered(office: Office) -> None:
    platform(office)
    office.case(Verb.ACCEPT, Verb.REJECT, external_id="DH-2")
    office.case(Verb.ACCEPT)
    office.case(Verb.ACCEPT, external_id="app-1", channel="app")
    assert [(kind, body["text"]) for kind, body in sent(office)] == [("receipt", None), ("return", "r")]


def test_the_text_of_a_sensitive_report_does_not_leave(office: Office) -> None:
    platform(office)
    case_id = office.case(Verb.ACCEPT, external_id="DH-3")
    with office.database.transaction() as session:
        session.execute(
            text("INSERT INTO report_sensitivity (report_id, kind, set_at, set_by) VALUES (:id, 'minor', now(), 'x')"),
            {"id": case_id},
        )
    act(office, case_id, Verb.VOID)
    assert [(kind, body["text"]) for kind, body in sent(office)] == [("receipt", None), ("return", None)]


def test_answers_about_an_order_keep_their_order_while_others_go_on(
    office: Office, later: Callable[[timedelta], datetime]
) -> None:
    made = platform(office)
    office.receiver.reply = lambda got: Reply(503) if b"DH-4" in got.body else Reply()
    office.case(Verb.ACCEPT, Verb.REJECT, external_id="DH-4")
    office.case(Verb.ACCEPT, external_id="DH-5")
    sent(office)
    office.deliver()
    assert [(kind, body["order_number"]) for kind, body in sent(office)] == [("receipt", "DH-4"), ("receipt", "DH-5")]
    assert [one.state for one in office.deliveries(made)] == ["waiting", "waiting", "delivered"]
    office.receiver.got.clear()
    office.receiver.reply = lambda _: Reply()
    later(timedelta(minutes=10))
    assert [kind for kind, _ in sent(office)] == ["receipt", "return"]
    assert {one.state for one in office.deliveries(made)} == {"delivered"}


@pytest.mark.parametrize(
    ("reply", "fault"),
    [
        (Reply(200, body=b'{"code": 500, "msg": "x"}'), "code-500"),
        (Reply(410), "refused"),
        (Reply(302), "redirected"),
        (Reply(409), None),
        (Reply(200, body=b'{"code": "0"}'), None),
        (Reply(204), None),
        (Reply(200, body=b"ok"), None),
    ],
)
def test_what_a_platform_replies_is_understood_and_never_switches_it_off(
    office: Office, reply: Reply, fault: str | None
) -> None:
    made = platform(office)
    office.receiver.reply = lambda _: reply
    office.case(Verb.ACCEPT, external_id=f"DH-R{fault}-{reply.status}-{len(reply.body)}")
    sent(office)
    (delivery,) = office.deliveries(made)
    expected = DeliveryState.DELIVERED if fault is None else DeliveryState.WAITING
    assert (delivery.state, delivery.last_fault) == (expected, fault)
    with office.database.snapshot() as session:
        state = session.execute(text("SELECT state FROM notification_target WHERE id = :id"), {"id": made.target.id})
        assert state.scalar_one() == "active"


def test_what_happens_while_a_platform_is_switched_off_waits_for_it(office: Office) -> None:
    made = platform(office)
    with office.database.transaction() as session:
        targets.disable_target(session, made.target.id, actor=COMMAND_LINE)
    office.case(Verb.ACCEPT, external_id="DH-6")
    assert sent(office) == []
    with office.database.transaction() as session:
        targets.enable_target(session, made.target.id, actor=COMMAND_LINE)
    assert [kind for kind, _ in sent(office)] == ["receipt"]


def test_a_test_message_reaches_a_platform_and_a_platform_needs_its_channel(office: Office) -> None:
    made = platform(office)
    with office.database.transaction() as session:
        targets.send_test(session, made.target.id, actor=COMMAND_LINE)
    assert [kind for kind, _ in sent(office)] == ["test"]
    for wrong in ({"channel": None}, {"types": ["case.dispatch"]}):
        with pytest.raises(NotificationTargetInvalidError):
            platform(office, **wrong)


def kept(office: Office, order: str, deadline: datetime, reason: str | None = None) -> tuple[UpstreamOrder, bool]:
    with office.database.transaction() as session:
        row, changed = operations.keep_order(session, OrderIn("12345", order, deadline, reason), actor=COMMAND_LINE)
        session.expunge(row)
        return row, changed


def due_of(office: Office, case_id: int) -> datetime | None:
    with office.database.snapshot() as session:
        return case_queries.case(session, case_id, reach=EVERYTHING).due_at


def test_their_deadline_stands_beside_the_clocks_and_each_move_says_why(office: Office) -> None:
    soon, later_on = (clock.now().replace(microsecond=0) + timedelta(hours=hours) for hours in (1, 400))
    case_id = office.case(Verb.ACCEPT, Verb.FILE, Verb.DISPATCH, external_id="DH-7")
    own = due_of(office, case_id)
    assert own is not None
    assert kept(office, "DH-7", soon)[1] is True
    assert kept(office, "DH-7", soon)[1] is False
    assert due_of(office, case_id) == soon
    with pytest.raises(UpstreamOrderRefusedError):
        kept(office, "DH-7", later_on)
    kept(office, "DH-7", later_on, "上级同意延期")
    assert due_of(office, case_id) == own  # the own clock went on
    with office.database.snapshot() as session:
        notes = [one for one in case_queries.steps_of(session, case_id) if one.verb == Verb.ADD_NOTE]
        assert [one.detail["upstream"]["before"] for one in notes] == [None, soon.isoformat()]
        assert case_queries.words_of(session, case_id)[notes[1].number].opinion == "上级同意延期"
        found = next(one for one in queries.orders(session, reach=EVERYTHING, limit=9) if one.case_id == case_id)
    assert (found.order_number, found.deadline, found.due_at) == ("DH-7", later_on, own)


def test_an_order_opens_its_case_with_the_deadline_and_one_that_has_ended_takes_none(office: Office) -> None:
    until = clock.now().replace(microsecond=0) + timedelta(minutes=5)
    with office.database.transaction() as session:
        case_id = store_report(session, lon=113.5, lat=34.5, path=["S", "g1"], external_id="DH-8")
    kept(office, "DH-8", until)
    assert due_of(office, case_id) == until
    act(office, case_id, Verb.REJECT)
    with pytest.raises(UpstreamOrderRefusedError):
        kept(office, "DH-8", until + timedelta(hours=1), "又一")
    with pytest.raises(UpstreamOrderNotFoundError):
        kept(office, "none", until)


def test_the_default_adapter_keeps_the_query_of_an_address() -> None:
    request = JsonAdapter().request(None, id="x", address="https://a.example/in?app=7", token="")
    assert request.address == "https://a.example/in/test?app=7"
    assert "Authorization" not in request.headers
