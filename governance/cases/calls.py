"""Calls that a seat of the centre takes: the report of the centre's own channel and its case, in one transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from core import audit
from governance.cases.lifecycle.operations import Caller, open_case
from governance.reports import operations as reports
from governance.reports.numbers import report_number
from governance.reports.rules import IntakeDefaults, draft_from
from identity.grants import EVERYTHING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.orm import Session

    from governance.cases.lifecycle.queries import CaseView
    from governance.reports.placement import PlacementContext
    from identity.actors import Actor

CHANNEL: Final = "centre-call"
"""The channel of calls that seats take: no key sends for it, so that no call is taken for a platform's."""


def take_call(
    session: Session, fields: Mapping[str, Any], context: PlacementContext, *, client_id: int, actor: Actor
) -> tuple[CaseView, bool]:
    """Store what was said in a call as a report and open its case; return whether it is new.

    `fields` are those of a report (reports.rules.draft_from), with the `external_id` under which it is there once.

    Raises
    ------
    DifferentContentError, DraftFieldError
    """
    draft = draft_from({**fields, "channel": CHANNEL}, IntakeDefaults(CHANNEL, "WGS84"), context.at)
    stored = reports.store_in(session, reports.place_report(draft, context, client_id=client_id))
    caller = Caller(actor, lambda _: EVERYTHING)
    view, is_new = open_case(session, report_id=stored.id, caller=caller)
    if is_new:
        audit.record(session, actor=actor, action="cases.call", subject=report_number(stored.id))
    return view, is_new
