"""Erase words and persons of reports, persons who worked here, details of the audit, but for what a hold keeps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlalchemy import text

from core import audit, clock
from core.db.locks import LockSpace, lock_all
from core.seals import operations as seals
from governance.attachments import operations as attachments
from governance.attachments.states import SubjectKind
from governance.cases.caller_marks import operations as caller_marks
from governance.cases.lifecycle import operations as cases
from governance.data_quality import operations as data_quality
from governance.legal_holds import entry_queries
from governance.legal_holds import queries as legal_holds
from governance.reports import operations as reports
from governance.reports import queries as ledger
from governance.reports.numbers import report_number
from grids.gazetteer import operations as gazetteer
from identity.people import operations as people

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from sqlalchemy.orm import Session

    from governance.erasure.states import ErasureCause
    from identity.actors import Actor
    from identity.people.tables import Person

_NUMBERS_IN_AUDIT: Final = 100
# In order of the ids, so that two who erase the same reports never wait in a circle.
_ERASED = """
INSERT INTO report_erasure (report_id, erased_at, cause, actor, note)
SELECT id, :at, :cause, :actor, :note FROM unnest(CAST(:ids AS bigint[])) AS id ORDER BY id
ON CONFLICT DO NOTHING RETURNING report_id
"""


@dataclass(frozen=True, slots=True)
class Erased:
    """The reports that were erased now, and those that stay as they are because a legal hold keeps them."""

    reports: list[int]
    held: list[int]


@dataclass(frozen=True, slots=True)
class ErasedEntries:
    """How many entries of the audit lost their details, and those that stay because a legal hold keeps them."""

    count: int
    held: list[int]


def erase(
    session: Session,
    report_ids: Sequence[int],
    *,
    cause: ErasureCause,
    actor: Actor,
    note: str,
    caller_key: bytes = b"",
) -> Erased:
    """Erase what people said in these reports and who they were, but for what a legal hold keeps.

    Gone are description, address, photos, the reporter, values set aside, the reasons of placement (they quote), what
    data quality found of the address, names of places proposed from the words, what was written to their cases, and
    attachments with their files.
    What stays is that the report was: its number, channel, ids, category, times, point and areas. `caller_key` is the
    secret of callers' digests.

    Raises
    ------
    ReportUnknownError
        When there is no report of one of the ids; then nothing is erased.
    """
    ledger.require_known(session, report_ids)
    lock_all(session, LockSpace.REPORT_PLACE, report_ids)
    held = legal_holds.held_reports(session, report_ids, caller_key=caller_key)
    free = [report_id for report_id in report_ids if report_id not in held]
    values = {"ids": free, "at": clock.now(), "cause": cause, "actor": actor.name, "note": note}
    erased = sorted(session.scalars(text(_ERASED), values))
    if erased:
        reports.erase_words(session, erased)
        cases.erase_words(session, erased, note=note)
        caller_marks.erase(session, erased)
        attachments.erase(session, SubjectKind.REPORT, erased, note=note)
        data_quality.forget_addresses(session, erased)
        gazetteer.forget_reports(session, erased)
        _record(session, erased, action="reports.erase", actor=actor, cause=cause, note=note)
    if held:
        _record(session, sorted(held), action="reports.keep_held", actor=actor, cause=cause, note=note)
    return Erased(erased, sorted(held))


def erase_person(session: Session, person: Person, *, actor: Actor, note: str) -> bool:
    """Erase phone, staff number and name of an ended person; False when that was done.

    Raises
    ------
    PersonEndedError
        When the person's appointment has not ended.
    HeldError
        When a legal hold keeps the person.
    """
    legal_holds.require_free_person(session, person.id)
    return people.erase(session, person, actor=actor, note=note)


def erase_entries(
    session: Session, entries: Collection[int], *, actor: Actor, note: str, caller_key: bytes = b""
) -> ErasedEntries:
    """Erase what was particular in entries of the audit, but for what a hold keeps; who did what, and when, stays.

    Raises
    ------
    AuditEntryUnknownError
        When there is no entry of one of the numbers; then nothing is erased.
    """
    held = entry_queries.held_entries(session, entries, caller_key=caller_key)
    free = set(entries) - held
    erased = seals.erase_details(session, free, actor=actor, note=note) if free else 0
    if held:
        audit.record(
            session, actor=actor, action="audit.keep_held", subject=f"{len(held)} entries", entries=sorted(held),
            note=note,
        )  # fmt: skip
    return ErasedEntries(erased, sorted(held))


def _record(session: Session, ids: list[int], *, action: str, actor: Actor, cause: ErasureCause, note: str) -> None:
    numbers = [report_number(report_id) for report_id in ids]
    audit.record(
        session, actor=actor, action=action, subject=f"{len(ids)} reports", cause=str(cause), note=note,
        reports=numbers[:_NUMBERS_IN_AUDIT], first=numbers[0], last=numbers[-1],
    )  # fmt: skip
