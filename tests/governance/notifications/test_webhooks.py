"""Webhooks: signed and read by the libraries of others, tried again, given up, replayed, rotated; nothing is lost."""

from __future__ import annotations

import json
import os
import signal
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from cloudevents.core.bindings.http import HTTPMessage, from_http_event
from sqlalchemy import text
from standardwebhooks import Webhook, WebhookVerificationError

from core import training
from core.outward import OutwardRefusedError, post_judged
from governance.cases.lifecycle.states import Verb
from governance.cases.protection import accusations
from governance.notifications import rules
from governance.notifications.operations import targets
from governance.notifications.states import DeliveryState, TargetState
from governance.reports.numbers import report_number
from identity.actors import COMMAND_LINE
from tests.factories.receiver import Got, Reply

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.fresh import FreshProcesses
    from tests.governance.notifications.conftest import Office

    Later = Callable[[timedelta], datetime]

WAY = (Verb.ACCEPT, Verb.FILE, Verb.DISPATCH)


def _body(got: Got) -> dict[str, object]:
    found: dict[str, object] = json.loads(got.body)
    return found


def test_each_step_is_told_once_signed_and_as_a_cloud_event(office: Office) -> None:
    target = office.target(types=["case", "release"])
    assert target.secret is not None
    case_id = office.case(*WAY, name="欧阳震华", phone="13912345678", description="联系人欧阳震华13912345678")
    assert office.collect() == 4
    assert (office.deliver(), office.deliver()) == (4, 0)
    judge = Webhook(target.secret)
    types = []
    for got in office.receiver.got:
        body = judge.verify(got.body, got.headers)
        event = from_http_event(HTTPMessage(got.headers, got.body))
        assert (event.get_id(), event.get_subject()) == (got.headers["webhook-id"], report_number(case_id))
        assert body["data"]["number"] == report_number(case_id)
        types.append(event.get_type())
        with pytest.raises(WebhookVerificationError):
            judge.verify(got.body.replace(b"accept", b"reject") + b" ", got.headers)
    assert types == [f"wangge.case.{verb}.v1" for verb in ("open", *WAY)]
    last = _body(office.receiver.got[-1])["data"]
    assert isinstance(last, dict)
    assert (last["unit_code"], last["unit_name"]) == ("street", "街道办事处")
    assert (last["category_name"], last["state"]) == ("私搭乱建", "dispatched")
    told = b"".join(got.body for got in office.receiver.got).decode()
    assert not [one for one in ("欧阳震华", "13912345678", "somebody") if one in told], "no word about a person"
    ids = [got.headers["webhook-id"] for got in office.receiver.got]
    assert len(set(ids)) == 4
    # However often the feed is read again, nothing is told twice.
    with office.database.transaction() as session:
        session.execute(text("UPDATE event_consumer SET event_id = 0, xid = '0' WHERE name = 'notifications.collect'"))
    office.collect()
    assert office.deliver() == 0


def test_what_is_for_other_units_of_before_or_accuses_is_not_told(office: Office) -> None:
    office.case(Verb.ACCEPT)
    of_bureau = office.target(units=["bureau"])
    office.case(*WAY)
    office.collect()
    assert office.deliveries(of_bureau) == []
    with pytest.raises(rules.NotificationTargetInvalidError, match=r"no type of message 'case\.accuse'"):
        office.target(types=["case.accuse"])


@pytest.mark.parametrize(("units", "accused", "told"), [
    (["street"], "street", 0), (["street", "bureau"], "bureau", 0), (["street"], "bureau", 1), ([], "street", 4),
])  # fmt: skip
def test_a_target_of_units_is_told_nothing_of_a_case_that_accuses_one_of_them(
    office: Office, units: list[str], accused: str, told: int
) -> None:
    target = office.target(units=units)
    case_id = office.case(*WAY)
    with office.database.transaction() as session:
        accusations.accuse(session, case_id, {"accused": accused})
    office.collect()
    assert len(office.deliveries(target)) == told


def test_a_failure_is_tried_again_ten_times_given_up_and_replayed_under_the_same_id(
    office: Office, later: Later
) -> None:
    target = office.target()
    office.receiver.reply = lambda _: Reply(500)
    office.case()
    office.collect()
    waits = []
    while (row := office.deliveries(target)[0]).state == DeliveryState.WAITING:
        waits.append(row.next_at)
        office.deliver()
        later(timedelta(days=1, hours=3))
    assert (len(waits), row.attempts, row.last_answer, row.last_fault) == (10, 10, 500, "refused")
    ids = {got.headers["webhook-id"] for got in office.receiver.got}
    assert (len(office.receiver.got), len(ids), len({got.body for got in office.receiver.got})) == (10, 1, 1)
    office.receiver.reply = lambda _: Reply()
    with office.database.transaction() as session:
        assert targets.replay_dead(session, target.target.id, actor=COMMAND_LINE) == 1
    assert office.deliver() == 1
    assert office.receiver.got[-1].headers["webhook-id"] in ids
    assert office.deliveries(target)[0].state == DeliveryState.DELIVERED


@pytest.mark.parametrize(("attempts", "asked_s", "least_s"), [
    (1, 0, 5), (2, 0, 300), (3, 0, 1800), (9, 0, 86_400), (1, 120, 120), (1, 10**6, 86_400),
])  # fmt: skip
def test_between_tries_passes_what_the_standard_proposes_or_the_target_asks(
    attempts: int, asked_s: int, least_s: int
) -> None:
    now = datetime(2026, 7, 1, tzinfo=UTC)
    asked = timedelta(seconds=asked_s)
    for chance in (0.0, 1.0):
        at = rules.retry_at(attempts, now, asked=asked, chance=chance)
        assert at is not None
        assert timedelta(seconds=least_s) <= at - now <= timedelta(seconds=least_s) * 1.1
    assert rules.retry_at(10, now, asked=asked, chance=0) is None


def test_a_target_that_is_gone_is_switched_off_and_gets_what_waits_when_it_is_back(office: Office) -> None:
    target = office.target()
    office.case(Verb.ACCEPT)
    office.collect()
    office.receiver.reply = lambda _: Reply(410)
    assert office.deliver() == 0
    with office.database.transaction() as session:
        now = session.get_one(type(target.target), target.target.id)
        assert (now.state, now.disabled_why) == (TargetState.DISABLED, "gone")
    assert [one.state for one in office.deliveries(target)] == [DeliveryState.DEAD, DeliveryState.WAITING]
    assert (office.deliver(), len(office.receiver.got)) == (0, 1)
    office.case()
    office.collect()  # what happens while it is off is not for it
    office.receiver.reply = lambda _: Reply()
    with office.database.transaction() as session:
        targets.enable_target(session, target.target.id, actor=COMMAND_LINE)
    assert (office.deliver(), len(office.deliveries(target))) == (1, 2)


def test_after_a_rotation_both_secrets_sign_for_a_day(office: Office, later: Later) -> None:
    target = office.target()
    with office.database.transaction() as session:
        new = targets.rotate_secret(session, target.target.id, settings=office.settings, actor=COMMAND_LINE).secret
        targets.send_test(session, target.target.id, actor=COMMAND_LINE)
    assert new is not None
    assert new != target.secret
    assert office.deliver() == 1
    got = office.receiver.got[-1]
    for secret in (target.secret, new):
        assert Webhook(str(secret)).verify(got.body, got.headers)["type"] == "wangge.test.v1"
    at = later(timedelta(hours=25))
    with office.database.transaction() as session:
        targets.send_test(session, target.target.id, actor=COMMAND_LINE)
    assert office.deliver() == 1
    got = office.receiver.got[-1]
    signed = Webhook(new).sign(got.headers["webhook-id"], at.replace(microsecond=0), got.body.decode())
    assert got.headers["webhook-signature"] == signed


def test_redirects_are_not_followed_and_private_addresses_only_by_setting(office: Office) -> None:
    target = office.target()
    office.receiver.reply = lambda _: Reply(302, {"Location": f"{office.receiver.base}/elsewhere"})
    with office.database.transaction() as session:
        targets.send_test(session, target.target.id, actor=COMMAND_LINE)
    office.deliver()
    assert [got.path.startswith("/hook") for got in office.receiver.got] == [True]
    assert office.deliveries(target)[-1].last_fault == "redirected"
    closed = office.settings.model_copy(update={"outward_private_networks": ""})
    office_closed = type(office)(office.database, closed, office.receiver)
    with office.database.transaction() as session:
        session.execute(text("UPDATE notification_delivery SET next_at = now() WHERE state = 'waiting'"))
    office_closed.deliver()
    assert len(office.receiver.got) == 1
    assert office.deliveries(target)[-1].last_fault == "address-not-public"


def test_a_target_gets_no_more_a_minute_than_it_takes(office: Office, later: Later) -> None:
    target = office.target(per_minute=2)
    with office.database.transaction() as session:
        for _ in range(3):
            targets.send_test(session, target.target.id, actor=COMMAND_LINE)
    assert (office.deliver(), office.deliver()) == (2, 0)
    later(timedelta(seconds=61))
    assert office.deliver() == 1


def test_in_training_nothing_is_sent_and_nothing_waits(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    target = office.target()
    with office.database.transaction() as session:
        targets.send_test(session, target.target.id, actor=COMMAND_LINE)
    monkeypatch.setattr(training, "is_on", lambda: True)
    office.case()
    office.collect()
    assert (office.deliver(), office.receiver.got, len(office.deliveries(target))) == (0, [], 1)
    with pytest.raises(OutwardRefusedError):
        post_judged(office.receiver.base, b"", {}, longest_s=1)


PROGRAM = """
from core.db import Database
from core.settings import Settings
from governance.notifications.operations.delivering import deliver
from presentation.words.notifications import message_words
import migrations.tables
settings = Settings()
print(deliver(Database(settings), settings, message_words))
"""


def test_a_worker_killed_between_sending_and_marking_loses_nothing(
    office: Office, services: FreshProcesses, later: Later
) -> None:
    target = office.target()
    with office.database.transaction() as session:
        message = targets.send_test(session, target.target.id, actor=COMMAND_LINE)
    environment = {
        "DATABASE_URL": office.settings.database_url, "WANGGE_SECRET_KEYS": "k" * 32,
        "WANGGE_OUTWARD_PRIVATE_NETWORKS": "127.0.0.0/8",
    }  # fmt: skip
    started: list[int] = []

    def kill(_: Got) -> Reply:
        os.kill(started[0], signal.SIGKILL)
        return Reply()

    office.receiver.reply = kill
    worker = services.start("import time; time.sleep(0.2)\n" + PROGRAM, environment)
    started.append(worker.pid)
    assert worker.wait(60) == -signal.SIGKILL
    row = office.deliveries(target)[0]
    assert (row.state, row.attempts, len(office.receiver.got)) == (DeliveryState.WAITING, 1, 1)
    office.receiver.reply = lambda _: Reply()
    assert office.deliver() == 0, "claimed by the one that was killed"
    later(timedelta(minutes=3))
    assert office.deliver() == 1
    assert [got.headers["webhook-id"] for got in office.receiver.got] == [message, message]
    assert office.deliveries(target)[0].state == DeliveryState.DELIVERED
