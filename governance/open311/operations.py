"""Writes for GeoReport v2: what a peer adds to a request that it sent stands in the history of its case."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select, text

from governance.cases.lifecycle import operations as cases
from governance.cases.lifecycle import queries as case_queries
from governance.cases.lifecycle.rules import Act
from governance.cases.lifecycle.states import Verb
from governance.cases.lifecycle.tables import Case
from governance.open311.rules import RequestNotFoundError
from governance.reports.numbers import NumberMalformedError, report_id
from governance.reports.queries import current_id
from identity.grants import EVERYTHING

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from identity.actors import Actor

_SENT_BY = "SELECT EXISTS (SELECT FROM report WHERE id = :id AND client_id = :client)"


@dataclass(frozen=True, slots=True)
class PeerUpdate:
    """What a peer adds: its own id for it, the status that it has there, the words, and photos by SHA-256."""

    number: str
    update_id: str
    words: str
    status: str | None
    updated_at: datetime | None
    photos: tuple[str, ...] = ()


def own_request(session: Session, number: str, *, client_id: int) -> int:
    """Return the id of a request that a key sent itself.

    Raises
    ------
    RequestNotFoundError
    """
    try:
        found = current_id(session, report_id(number))
    except NumberMalformedError as error:
        raise RequestNotFoundError(field="service_request_id") from error
    if not session.scalar(text(_SENT_BY), {"id": found, "client": client_id}):
        raise RequestNotFoundError(field="service_request_id")
    return found


def add_update(session: Session, update: PeerUpdate, *, client_id: int, actor: Actor) -> tuple[str, bool]:
    """Add an update to a request that the same key sent; return its id, and whether it is new.

    It is a note in the history of the case and moves nothing: who handles the case reads it. Sent twice under one id
    it is there once. A request that has no case yet gets it.

    Raises
    ------
    RequestNotFoundError, CaseVerbRefusedError
    """
    found = own_request(session, update.number, client_id=client_id)
    caller = cases.Caller(actor, lambda _: EVERYTHING, any_unit=True)
    cases.open_case(session, report_id=found, caller=caller)
    session.scalars(select(Case).where(Case.id == found).with_for_update()).one()
    for step in case_queries.steps_of(session, found):
        if Verb(step.verb) is Verb.ADD_NOTE and step.detail.get("peer", {}).get("update_id") == update.update_id:
            return str(step.id), False
    peer = {"update_id": update.update_id} | ({"status": update.status} if update.status else {})
    act = Act(verb=Verb.ADD_NOTE, opinion=update.words, device_at=update.updated_at, peer=peer, photos=update.photos)
    view = cases.act_on(session, case_id=found, act=act, caller=caller)
    return str(case_queries.steps_of(session, found, after=view.version - 1)[0].id), True
