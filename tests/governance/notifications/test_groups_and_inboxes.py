"""Robots, mail, text messages, quiet hours, and who finds what in the inbox."""

from __future__ import annotations

import base64
import email
import email.policy
import json
import socketserver
import subprocess
import threading
from contextlib import contextmanager
from datetime import time, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest

from core import clock
from governance.cases.joint_handling import operations as joint_handling
from governance.cases.joint_handling.rules import CallIn
from governance.cases.lifecycle import operations as cases
from governance.cases.lifecycle.rules import Act
from governance.cases.lifecycle.states import ReturnReason, Verb
from governance.notifications import queries, rules
from governance.notifications.operations import inboxes, targets
from governance.notifications.states import DeliveryState, TargetKind
from governance.reports.numbers import report_number
from identity.actors import COMMAND_LINE
from identity.granting import add_grant
from identity.grants import EVERYTHING, Grant
from identity.people import operations as people
from identity.people.operations import PersonIn
from identity.principals import get as principal
from tests.factories.receiver import Reply

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from tests.governance.notifications.conftest import Office

WAY = (Verb.ACCEPT, Verb.FILE, Verb.DISPATCH)


def _taken(_: object) -> Reply:
    return Reply(body=b'{"errcode": 0, "errmsg": "ok"}')


def test_a_dingtalk_robot_gets_a_signed_address_and_says_in_the_body_whether_it_took_it(office: Office) -> None:
    office.receiver.reply = _taken
    base = office.receiver.base
    target = office.target(TargetKind.DINGTALK, address=f"{base}/robot/send?access_token=abc", signing="SEC1")
    assert "abc" not in target.target.address
    office.case(*WAY)
    office.collect()
    assert office.deliver() == 4
    got = office.receiver.got[-1]
    query = {name: values[0] for name, values in parse_qs(urlsplit(got.path).query).items()}
    signed = subprocess.run(
        ["openssl", "dgst", "-sha256", "-hmac", "SEC1", "-binary"],
        input=f"{query['timestamp']}\nSEC1".encode(), capture_output=True, check=True,
    )  # fmt: skip
    assert (query["access_token"], query["sign"]) == ("abc", base64.b64encode(signed.stdout).decode())
    body = json.loads(got.body)
    assert body["msgtype"] == "markdown"
    assert body["markdown"]["title"].endswith("：派遣")
    assert "承办单位：街道办事处" in body["markdown"]["text"]
    office.receiver.reply = lambda _: Reply(body=b'{"errcode": 130101, "errmsg": "send too fast"}')
    with office.database.transaction() as session:
        targets.send_test(session, target.target.id, actor=COMMAND_LINE)
    assert office.deliver() == 0
    last = office.deliveries(target)[-1]
    assert (last.state, last.last_fault) == (DeliveryState.WAITING, "too-many")
    assert last.next_at - clock.now() > timedelta(minutes=9), "a robot that was sent too much is left alone"


def test_a_wecom_robot_on_a_private_network_gets_markdown(office: Office) -> None:
    office.receiver.reply = _taken
    target = office.target(TargetKind.WECOM, address=f"{office.receiver.base}/cgi-bin/webhook/send?key=k1")
    with office.database.transaction() as session:
        targets.send_test(session, target.target.id, actor=COMMAND_LINE)
    assert office.deliver() == 1
    got = office.receiver.got[0]
    assert got.path == "/cgi-bin/webhook/send?key=k1"
    assert json.loads(got.body)["markdown"]["content"].startswith("**测试消息**")


def test_a_robot_says_what_its_template_says_and_no_more(office: Office) -> None:
    office.receiver.reply = _taken
    address = f"{office.receiver.base}/robot/send?access_token=abc"
    texts = {"case.dispatch": "{number}派给{unit}", "default": "{what}"}
    office.target(TargetKind.DINGTALK, address=address, templates=texts)
    number = report_number(office.case(*WAY))
    office.collect()
    office.deliver()
    told = [json.loads(one.body)["markdown"]["text"].partition("\n")[2] for one in office.receiver.got]
    assert told == ["登记", "受理", "立案", f"{number}派给街道办事处"]
    for wrong in ("{reporter}", "{number.__class__}", "{number!r}", "{number:>9}", "{0}", "{", "{}"):
        with pytest.raises(rules.NotificationTargetInvalidError) as refused:
            office.target(TargetKind.DINGTALK, address=address, templates={"case": wrong})
        assert refused.value.field == "templates"
    with pytest.raises(rules.NotificationTargetInvalidError):
        office.target(TargetKind.WEBHOOK, templates={"default": "{number}"})


def test_a_gateway_gets_the_template_of_a_type_and_one_id_at_every_try(
    office: Office, later: Callable[[timedelta], datetime]
) -> None:
    target = office.target(
        TargetKind.SMS, token="t0", recipients=["13900000001"], templates={"default": "T0", "case.dispatch": "T1"},
        types=["case.dispatch", "case.accept"],
    )  # fmt: skip
    case_id = office.case(*WAY)
    office.collect()
    office.receiver.reply = lambda _: Reply(503, {"Retry-After": "120"})
    office.deliver()
    assert office.deliveries(target)[0].next_at - clock.now() > timedelta(seconds=100)
    office.receiver.reply = lambda _: Reply()
    later(timedelta(minutes=3))
    assert office.deliver() == 2
    bodies = [json.loads(got.body) for got in office.receiver.got]
    assert bodies[0]["id"] == bodies[1]["id"] != bodies[2]["id"]
    assert [one["template"] for one in bodies] == ["T0", "T0", "T1"]
    assert {got.headers["authorization"] for got in office.receiver.got} == {"Bearer t0"}
    assert bodies[2]["phones"] == ["13900000001"]
    assert bodies[2]["params"]["number"] == report_number(case_id)


@contextmanager
def _mail_server() -> Iterator[tuple[int, list[bytes]]]:
    """Speak as much SMTP as a client needs."""
    got: list[bytes] = []

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.wfile.write(b"220 here\r\n")
            while line := self.rfile.readline():
                if line.upper().startswith(b"DATA"):
                    self.wfile.write(b"354 go\r\n")
                    mail = b""
                    while (part := self.rfile.readline()) != b".\r\n":
                        mail += part
                    got.append(mail)
                self.wfile.write(b"221 bye\r\n" if line.upper().startswith(b"QUIT") else b"250 ok\r\n")

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield server.server_address[1], got
        finally:
            server.shutdown()
            thread.join()


def test_mail_goes_by_the_server_of_the_settings(office: Office) -> None:
    target = office.target(TargetKind.MAIL, address="", recipients=["duty@example.org"], language="en")
    with office.database.transaction() as session:
        targets.send_test(session, target.target.id, actor=COMMAND_LINE)
    with _mail_server() as (port, got):
        known = {"smtp_host": "127.0.0.1", "smtp_port": port, "smtp_security": "none", "smtp_from": "w@example.org"}
        with_mail = office.settings.model_copy(update=known)
        assert type(office)(office.database, with_mail, office.receiver).deliver() == 1
    mail = email.message_from_bytes(got[0], policy=email.policy.default)
    assert (mail["To"], mail["From"], mail["Subject"]) == ("duty@example.org", "w@example.org", "Test message")
    assert mail["Message-ID"].endswith("@example.org>")


def test_in_quiet_hours_only_what_is_urgent_goes(office: Office, later: Callable[[timedelta], datetime]) -> None:
    local = clock.now().astimezone(clock.LOCAL)
    until = local + timedelta(hours=2)
    office.target(types=["case.open"], quiet_from=local.time(), quiet_until=until.time())
    office.case()
    office.collect()
    assert office.deliver() == 0
    later(timedelta(hours=2, minutes=1))
    assert office.deliver() == 1


@pytest.mark.parametrize(("at", "quiet"), [("21:59", False), ("22:00", True), ("06:59", True), ("07:00", False)])
def test_quiet_hours_are_half_open_and_go_over_midnight(at: str, quiet: bool) -> None:  # noqa: FBT001
    local = time.fromisoformat(at)
    assert rules.is_quiet(local, time(22), time(7)) is quiet
    assert rules.is_quiet(local, time(7), time(22)) is not quiet
    assert not rules.is_quiet(local, None, None)


def test_persons_find_what_concerns_their_unit_and_what_they_decide(office: Office) -> None:
    found: dict[str, int] = {}
    with office.database.transaction() as session:
        for name, unit in (("in-street", "street"), ("in-bureau", "bureau"), ("dispatches", None), ("elsewhere", None)):
            given = PersonIn(name, f"I-{name}", None, acts_as=name)
            (person,) = people.add_people(session, [given], actor=COMMAND_LINE)
            found[name] = person.id
            if unit is not None:
                people.state_units(session, [(person.id, unit)], actor=COMMAND_LINE)
        for name, area in (("dispatches", "admin/g1"), ("elsewhere", "admin/g2")):
            grant = Grant("dispatcher", area)
            add_grant(session, principal=principal(session, found[name]), grant=grant, actor=COMMAND_LINE)
    first = office.case(*WAY)
    office.collect()

    def inbox(name: str, **asked: Any) -> list[str]:
        with office.database.snapshot() as session:
            page = queries.inbox(session, found[name], limit=10, **asked)
            return [message.type for _, message in page.entries]

    assert inbox("in-street") == ["case.dispatch"]
    assert inbox("in-bureau") == inbox("dispatches") == []
    case_id = office.case(*WAY)
    with office.database.transaction() as session:
        caller = cases.Caller(COMMAND_LINE, lambda _: EVERYTHING, any_unit=True)
        act = Act(verb=Verb.RETURN, reason="r", return_reason=ReturnReason.WRONG_DUTY)
        cases.act_on(session, case_id=case_id, act=act, caller=caller)
    office.collect()
    assert (inbox("dispatches"), inbox("elsewhere")) == (["case.return"], [])
    with office.database.transaction() as session:
        call = CallIn(kind="enforcement", units=["bureau"], reason="r")
        joint_handling.blow(session, first, call, caller=caller)
    office.collect()
    assert (inbox("in-bureau"), len(inbox("in-street"))) == (["case.whistle"], 2)
    with office.database.transaction() as session:
        assert inboxes.mark_read(session, found["in-street"], up_to=2**40) == 2
        assert inboxes.mark_read(session, found["in-street"]) == 0
    assert (inbox("in-street", unread=True), len(inbox("in-street"))) == ([], 2)
    with office.database.transaction() as session:
        assert inboxes.forget_old(session, before=clock.now() + timedelta(days=1)) >= 3
    assert inbox("in-street") == []
    for category in (
        "E0103",
        "E0102",
    ):  # the bureau answers for the first; for the second the street does, which has it
        with office.database.transaction() as session:
            cases.act_on(session, case_id=first, act=Act(verb=Verb.RECLASSIFY, category=category, reason="r"),
                         caller=caller)  # fmt: skip
    office.collect()
    assert (inbox("dispatches"), len(inbox("in-street"))) == (["case.reclassify"], 2)
