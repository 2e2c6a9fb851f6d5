"""Which entries of the audit a legal hold keeps: what was done to held reports, by or to held persons, or in a span."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import or_, select, text

from core.audit import AuditEntry
from governance.legal_holds import queries
from governance.legal_holds.states import HoldState
from governance.legal_holds.tables import LegalHold
from governance.reports.numbers import NUMBER_PREFIX, NumberMalformedError, report_id
from governance.reports.queries import current_id
from identity.principals import PrincipalRecord

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from sqlalchemy.orm import Session

_NUMBER: Final = re.compile(rf"{NUMBER_PREFIX}\d{{8,18}}-\d")
_BY_ID: Final = re.compile(r"report/(\d+)")
_BETWEEN: Final = "SELECT id FROM report WHERE id BETWEEN :first AND :last"
_OF_PEOPLE: Final = ("people.", "grid_workers.hand_over")
"""Actions whose subject is the number of a person."""
_PEOPLE: Final = ("people", "person", "to")
"""What names numbers of persons in the detail of an entry."""


def held_entries(session: Session, entries: Collection[int], *, caller_key: bytes) -> set[int]:
    """Return those of these entries of the audit that a hold keeps; until the transaction ends no further hold is set.

    An entry is kept where it names a held report, where a held person acted, was stood in for or is named, and where it
    was written in a held span.
    """
    found = session.scalars(select(AuditEntry).where(AuditEntry.id.in_(entries)).order_by(AuditEntry.id)).all()
    reports = {entry.id: _reports_of(session, entry) for entry in found}
    named = set().union(*reports.values())
    held = queries.held_reports(session, sorted(named), caller_key=caller_key) | _held_by_number(session, named)
    kept = queries.held_sign_ins(session)
    numbers, names = _principals_of(session, kept.persons)
    return {
        entry.id
        for entry in found
        if reports[entry.id] & held
        or any(start <= entry.happened_at and (end is None or entry.happened_at < end) for start, end in kept.spans)
        or entry.actor_id in numbers
        or numbers.intersection(_people_of(entry))
        or names.intersection([entry.subject, *_texts(entry.detail)])
    }


def _held_by_number(session: Session, reports: Iterable[int]) -> set[int]:
    """Return those of these reports that holds name, also of detached months."""
    wanted = LegalHold.state == HoldState.IN_FORCE, LegalHold.report_id.in_(reports)
    return {found for found in session.scalars(select(LegalHold.report_id).where(*wanted)) if found is not None}


def _reports_of(session: Session, entry: AuditEntry) -> set[int]:
    """Return the ids of the reports that an entry names; of a list that was cut, all between its first and last."""
    ids = {int(number) for number in _BY_ID.findall(entry.subject)}
    for word in {entry.subject, *_texts(entry.detail)}:
        for number in _NUMBER.findall(word):
            with suppress(NumberMalformedError):  # in somebody's words, with another check digit
                ids.add(current_id(session, report_id(number)))
    if {"first", "last"} <= entry.detail.keys():
        ends = {end: current_id(session, report_id(entry.detail[end])) for end in ("first", "last")}
        ids.update(session.scalars(text(_BETWEEN), ends))
    return ids


def _people_of(entry: AuditEntry) -> Iterator[int]:
    """Yield the numbers of the persons whom an entry is about."""
    if entry.action.startswith(_OF_PEOPLE) and entry.subject.isdecimal():
        yield int(entry.subject)
    for name in _PEOPLE:
        value = entry.detail.get(name)
        yield from (one for one in (value if isinstance(value, list) else [value]) if isinstance(one, int))


def _principals_of(session: Session, persons: Collection[int]) -> tuple[set[int], set[str]]:
    """Return the numbers and names of all principals that are one of these persons."""
    same = or_(PrincipalRecord.id.in_(persons), PrincipalRecord.same_as.in_(persons))
    rows = session.execute(select(PrincipalRecord.id, PrincipalRecord.name).where(same)).all()
    return {row.id for row in rows}, {row.name for row in rows}


def _texts(given: Any) -> Iterator[str]:  # noqa: ANN401 (JSON)
    if isinstance(given, dict):
        given = list(given.values())
    if isinstance(given, list):
        for member in given:
            yield from _texts(member)
    elif isinstance(given, str):
        yield given
