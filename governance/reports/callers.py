"""Which reports came with a telephone number, however it was written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import text

from governance.reports import rules

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

# By the digest of the secret that is set, by the one of none, and by numbers that could not be read.
_OF_CALLERS = """
SELECT report_id FROM reporter m
WHERE (caller_hash = ANY(:callers)
   OR EXISTS (SELECT FROM unnest(CAST(:digits AS text[])) AS d (digits)
        WHERE position(d.digits IN regexp_replace(m.set_aside ->> 'reporter.phone', '[^0-9]', '', 'g')) > 0))
"""
_AMONG = " AND report_id = ANY(:among)"


def reports_of_callers(
    session: Session, phones: Sequence[str], caller_key: bytes = b"", *, among: Sequence[int] | None = None
) -> list[int]:
    """Return the reports that came with any of these telephone numbers, by id; with `among`, only of those."""
    digits = sorted({rules.caller_digits(phone) for phone in phones} - {""})
    if not digits:
        return []
    callers = [rules.caller_hash(number, key) for number in digits for key in {caller_key, b""}]
    statement = _OF_CALLERS + (_AMONG if among is not None else "") + " ORDER BY report_id"
    values = {"callers": callers, "digits": digits} | ({} if among is None else {"among": list(among)})
    return list(session.scalars(text(statement), values))
