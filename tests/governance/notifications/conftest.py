"""A district whose cases are told of to a service of somebody else on this machine."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select, text

from core import clock
from core.db import Database
from core.settings import Settings
from governance.cases.lifecycle import operations as cases
from governance.cases.lifecycle.operations import Caller
from governance.cases.lifecycle.rules import Act
from governance.notifications.operations import collecting, targets
from governance.notifications.operations.delivering import deliver
from governance.notifications.states import TargetKind, TargetState
from governance.notifications.tables import NotificationDelivery, NotificationTarget
from governance.notifications.target_forms import TargetIn
from identity.actors import COMMAND_LINE
from identity.grants import EVERYTHING
from presentation.words.notifications import message_words
from tests.factories.cases import WORD, case_district
from tests.factories.identity import who
from tests.factories.receiver import Receiver, Reply, receiver
from tests.factories.reports import store_report

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from governance.cases.lifecycle.states import Verb
    from governance.notifications.operations.targets import MadeTarget


@dataclass
class Office:
    """The database, its settings, who listens, and what a test does with them."""

    database: Database
    settings: Settings
    receiver: Receiver
    made: list[MadeTarget] = field(default_factory=list)

    def target(self, kind: TargetKind = TargetKind.WEBHOOK, **given: Any) -> MadeTarget:
        """Make a target at the receiver, the only one that is sent to."""
        with self.database.transaction() as session:
            query = select(NotificationTarget.id).where(NotificationTarget.state == TargetState.ACTIVE)
            for other in session.scalars(query).all():
                targets.disable_target(session, other, actor=COMMAND_LINE)
            number = len(self.made)
            stated = {"name": f"目标{number}", "address": f"{self.receiver.base}/hook{number}"} | given
            one = targets.make_target(
                session, TargetIn(kind=kind, **stated), settings=self.settings, actor=COMMAND_LINE
            )
            session.expunge(one.target)
        self.made.append(one)
        return one

    def case(self, *verbs: Verb, actor: str = "somebody", **report: Any) -> int:
        """Store a report, open its case and do what verbs say; return its number."""
        caller = Caller(who(actor), lambda _: EVERYTHING, any_unit=True)
        with self.database.transaction() as session:
            case_id = store_report(session, category=WORD, lon=113.5, lat=34.5, path=["S", "g1"], **report)
            cases.open_case(session, report_id=case_id, caller=caller)
            for verb in verbs:
                cases.act_on(session, case_id=case_id, act=Act(verb=verb, reason="r"), caller=caller)
        return case_id

    def collect(self) -> int:
        """Make all messages there are to make; other databases of the cluster may hold the feed up for a moment."""
        made = 0
        while True:
            with self.database.transaction() as session:
                made += collecting.collect(session).messages
            with self.database.snapshot() as session:
                if not session.scalar(text(
                    "SELECT EXISTS (SELECT FROM event e, event_consumer c WHERE c.name = 'notifications.collect'"
                    " AND (e.epoch, e.xid, e.id) > (c.epoch, c.xid, c.event_id))"
                )):  # fmt: skip
                    return made

    def deliver(self) -> int:
        """Send what is due."""
        return deliver(self.database, self.settings, message_words)

    def deliveries(self, target: MadeTarget) -> list[NotificationDelivery]:
        """Return the deliveries to a target, in order."""
        with self.database.snapshot() as session:
            query = select(NotificationDelivery).where(NotificationDelivery.target_id == target.target.id)
            return list(session.scalars(query.order_by(NotificationDelivery.id)))


@pytest.fixture(scope="module")
def office(module_database_url: str) -> Iterator[Office]:
    """A district and a receiver, shared by the tests of a file."""
    settings = Settings(
        DATABASE_URL=module_database_url, log_level="ERROR", secret_keys="k" * 32,
        outward_private_networks="127.0.0.0/8",
    )  # fmt: skip
    database = Database(settings)
    with database.transaction() as session:
        case_district(session)
    with receiver() as listening:
        yield Office(database, settings, listening)
    database.close()


@pytest.fixture(autouse=True)
def _quiet(office: Office) -> None:
    """Begin each test with a receiver that got nothing and takes everything, and with nothing untold."""
    office.receiver.reply = lambda _: Reply()
    office.collect()
    office.receiver.got.clear()


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Callable[[timedelta], datetime]:
    """Move the clock on."""
    moved, real = [timedelta()], clock.now

    def go(by: timedelta) -> datetime:
        moved[0] += by
        return clock.now()

    monkeypatch.setattr(clock, "now", lambda: real() + moved[0])
    return go
