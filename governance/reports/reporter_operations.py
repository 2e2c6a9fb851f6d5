"""Writes of reporters: other digests of their telephone numbers, and what they ask to be corrected."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import text

from governance.reports import rules

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

CALLERS = """
SELECT report_id, phone, caller_hash FROM reporter
WHERE report_id > :after AND phone IS NOT NULL ORDER BY report_id LIMIT :limit FOR UPDATE
"""
CORRECT = """
UPDATE reporter SET name = coalesce(:name, name), phone = coalesce(:phone, phone),
    caller_hash = CASE WHEN CAST(:phone AS text) IS NULL THEN caller_hash ELSE :caller END,
    set_aside = nullif(set_aside - CASE WHEN CAST(:phone AS text) IS NULL THEN '' ELSE 'reporter.phone' END
        - CASE WHEN CAST(:name AS text) IS NULL THEN '' ELSE 'reporter.name' END, '{}')
WHERE report_id = ANY(:ids)
"""


def rekey_callers(session: Session, key: bytes, *, after: int, limit: int) -> tuple[int, int | None]:
    """Digest the telephone numbers of the next reporters behind a report's id by another secret.

    Return how many digests changed, and the id that was reached, None when there were no more.
    """
    rows = session.execute(text(CALLERS), {"after": after, "limit": limit}).all()
    changed = [
        {"id": report_id, "caller": caller}
        for report_id, phone, before in rows
        if (caller := rules.caller_hash(phone, key)) != (None if before is None else bytes(before))
    ]
    if changed:
        session.execute(text("UPDATE reporter SET caller_hash = :caller WHERE report_id = :id"), changed)
    return len(changed), rows[-1][0] if rows else None


def correct_reporters(
    session: Session, report_ids: Sequence[int], *, name: str | None, phone: str | None, caller_key: bytes
) -> int:
    """Change the name or telephone number of the reporters of these reports; return how many rows that was.

    What could not be read of the same field was set aside as it was sent: it goes.
    """
    values = {
        "ids": list(report_ids), "name": name, "phone": phone, "caller": rules.caller_hash(phone, caller_key),
    }  # fmt: skip
    return int(session.execute(text(CORRECT), values).rowcount)  # type: ignore[attr-defined]
