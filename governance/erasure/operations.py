"""Erase the words and persons of reports, in the ledger and in what was made of them, in one transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import text

from core import audit, clock
from core.db.locks import LockSpace, lock_all
from governance.data_quality import operations as data_quality
from governance.erasure import queries
from governance.erasure.states import ErasureCause
from governance.reports import operations as reports
from governance.reports.numbers import report_number
from grids.gazetteer import operations as gazetteer

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from core.db import Database
    from identity.actors import Actor

BATCH: Final = 1_000
"""Reports a transaction."""
_NUMBERS_IN_AUDIT: Final = 100
# In order of the ids, so that two who erase the same reports never wait in a circle.
_ERASED = """
INSERT INTO report_erasure (report_id, erased_at, cause, actor, note)
SELECT id, :at, :cause, :actor, :note FROM unnest(CAST(:ids AS bigint[])) AS id ORDER BY id
ON CONFLICT DO NOTHING RETURNING report_id
"""


def erase(session: Session, report_ids: Sequence[int], *, cause: ErasureCause, actor: Actor, note: str) -> list[int]:
    """Erase what people said in these reports and who they were; return the reports that still had it.

    Gone are description, address, photos, the reporter, values set aside, the reasons of placement (they quote), what
    data quality found of the address, and names of places proposed from the words. What stays is that the report was:
    its number, channel, ids, category, times, point and areas.

    Raises
    ------
    ReportUnknownError
        When there is no report of one of the ids; then nothing is erased.
    """
    queries.check_known(session, report_ids)
    lock_all(session, LockSpace.REPORT_PLACE, report_ids)
    values = {"ids": list(report_ids), "at": clock.now(), "cause": cause, "actor": actor.name, "note": note}
    erased = sorted(session.scalars(text(_ERASED), values))
    if erased:
        reports.erase_words(session, erased)
        data_quality.forget_addresses(session, erased)
        gazetteer.forget_reports(session, erased)
        numbers = [report_number(report_id) for report_id in erased]
        audit.record(
            session, actor=actor, action="reports.erase", subject=f"{len(erased)} reports", cause=str(cause), note=note,
            reports=numbers[:_NUMBERS_IN_AUDIT], first=numbers[0], last=numbers[-1],
        )  # fmt: skip
    return erased


def erase_received_before(database: Database, before: datetime, *, actor: Actor, note: str) -> int:
    """Erase all reports received before an instant, a batch a transaction; killed in between, it goes on next time."""
    erased, after = 0, 0
    while True:
        with database.transaction() as session:
            ids = queries.kept_too_long(session, before, after=after, limit=BATCH)
            if not ids:
                return erased
            erased += len(erase(session, ids, cause=ErasureCause.RETENTION, actor=actor, note=note))
        after = ids[-1]
