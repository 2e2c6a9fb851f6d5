"""Retention: data of each kind goes when it has been kept as long as it may be, but for what a legal hold keeps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlalchemy import text

from core import audit
from governance.data_quality import operations as data_quality
from governance.erasure import operations, queries
from governance.erasure.states import ErasureCause, RetentionKind
from governance.legal_holds import queries as legal_holds
from identity.sign_in import retention as sign_ins

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from core.db import Database
    from core.settings import Settings
    from identity.actors import Actor

BATCH: Final = 1_000
"""Reports a transaction."""
_COUNTED_AT_ONCE: Final = 20_000


@dataclass(frozen=True, slots=True)
class Retained:
    """How many rows were erased (or are due), and how many more stay because a legal hold keeps them."""

    erased: int
    held: int


def kept_days(settings: Settings) -> dict[RetentionKind, int]:
    """Return for how many days each kind is kept by the settings; 0: for good."""
    return {
        RetentionKind.WORDS: settings.words_kept_days,
        RetentionKind.REPORTERS: settings.reporters_kept_days,
        RetentionKind.EVIDENCE: settings.evidence_kept_days,
        RetentionKind.SIGN_INS: settings.sign_ins_kept_days,
    }


def count_due(session: Session, kind: RetentionKind, before: datetime, *, caller_key: bytes) -> Retained:
    """Count what of a kind is older than an instant: what would be erased, and what a hold keeps."""
    if kind is RetentionKind.SIGN_INS:
        return Retained(*sign_ins.count_old(session, before, legal_holds.held_sign_ins(session)))
    due = kept = after = 0
    while ids := queries.due_reports(session, kind, before, after=after, limit=_COUNTED_AT_ONCE):
        held_ids = legal_holds.held_reports(session, ids, caller_key=caller_key)
        due, kept, after = due + len(ids) - len(held_ids), kept + len(held_ids), ids[-1]
    return Retained(due, kept)


def run(
    database: Database, kind: RetentionKind, before: datetime, *, actor: Actor, note: str, caller_key: bytes = b""
) -> Retained:
    """Erase what of a kind is older than an instant, a batch a transaction; killed in between, it goes on next time.

    Reports are as old as their receipt, sessions as their end. One entry of the audit states what was erased and held.
    """
    erased = held = after = 0
    more = True
    while more:
        with database.transaction() as session:
            if kind is RetentionKind.SIGN_INS:
                kept = legal_holds.held_sign_ins(session)
                some = sign_ins.forget_old(session, before, kept, limit=BATCH)
                erased, more = erased + some, some == BATCH
                _, held = sign_ins.count_old(session, before, kept)
                continue
            ids = queries.due_reports(session, kind, before, after=after, limit=BATCH)
            more = bool(ids)
            if ids:
                done = _erase(session, kind, ids, actor=actor, note=note, caller_key=caller_key)
                erased, held, after = erased + len(done.reports), held + len(done.held), ids[-1]
    if erased or held:
        with database.transaction() as session:
            audit.record(
                session, actor=actor, action="retention.run", subject=str(kind), erased=erased, held=held, note=note,
                before=before.isoformat(),
            )  # fmt: skip
    return Retained(erased, held)


def _erase(
    session: Session, kind: RetentionKind, ids: list[int], *, actor: Actor, note: str, caller_key: bytes
) -> operations.Erased:
    if kind is RetentionKind.WORDS:
        return operations.erase(
            session, ids, cause=ErasureCause.RETENTION, actor=actor, note=note, caller_key=caller_key
        )
    held = legal_holds.held_reports(session, ids, caller_key=caller_key)
    free = [report_id for report_id in ids if report_id not in held]
    if kind is RetentionKind.REPORTERS:
        session.execute(text("DELETE FROM reporter WHERE report_id = ANY(:ids)"), {"ids": free})
    else:
        data_quality.forget_addresses(session, free)
    return operations.Erased(free, sorted(held))
