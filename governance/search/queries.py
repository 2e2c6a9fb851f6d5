"""Reads of the search. Personal data are never searched: words are looked for in texts as they are shown, masked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import text

from core.personal import masked_text
from governance.cases.lifecycle.queries import OF_CASE
from governance.reports.numbers import NumberMalformedError, report_id, report_number
from governance.reports.queries import current_id
from governance.reports.reach_queries import reach_condition
from governance.search.rules import excerpt, named_so
from governance.tasks.queries import TaskFilter, tasks_page
from grids.boundaries.queries import areas_at, list_layers
from identity.people.queries import PeopleFilter, profiles

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from sqlalchemy.orm import Session

    from identity.grants import Reach

SHORT: Final = 3
"""Words with fewer characters have no trigram: they are looked for in the reports of the last days alone."""
SHORT_DAYS: Final = 92
MOST_TASKS: Final = 1_000
_AS_MANY_MORE: Final = 3
"""So many times more rows are read than are wanted: of some, the words stand in what is masked."""

# A report with a case is found as the case, one with a quick note as the note; sensitive ones by their number alone.
_REPORTS: Final = """
SELECT r.id, r.description, coalesce(r.address_text, '') AS address, r.category, r.reported_at,
       c.state, n.report_id IS NOT NULL AS is_note
FROM report r JOIN report_place p ON p.report_id = r.id
LEFT JOIN case_record c ON c.id = r.id LEFT JOIN quick_note n ON n.report_id = r.id
WHERE {what} AND (c.id IS NOT NULL) = :with_case {reach}
ORDER BY r.id DESC LIMIT :limit
"""
_BY_WORDS: Final = """r.reported_at >= :since AND (r.description ILIKE :like OR r.address_text ILIKE :like)
    AND NOT EXISTS (SELECT FROM report_sensitivity s WHERE s.report_id = r.id)"""
_BY_ID: Final = "r.id = ANY (:ids)"
# The key is by channel and number: each channel there is is stepped to by the index, then asked for the number.
_OF_ORDER: Final = """
WITH RECURSIVE known (channel) AS (
    (SELECT channel FROM report_key WHERE external_id IS NOT NULL ORDER BY channel LIMIT 1)
    UNION ALL
    SELECT (SELECT k.channel FROM report_key k WHERE k.external_id IS NOT NULL AND k.channel > n.channel
            ORDER BY k.channel LIMIT 1)
    FROM known n WHERE n.channel IS NOT NULL)
SELECT k.report_id FROM known n JOIN report_key k ON k.channel = n.channel AND k.external_id = :words
"""


class HitKind(StrEnum):
    """What was found."""

    CASE = "case"
    REPORT = "report"
    NOTE = "note"
    TASK = "task"
    PERSON = "person"
    AREA = "area"


@dataclass(frozen=True, slots=True)
class Hit:
    """Something found: `key` names it in the API (of an area LAYER/CODE), `beside` tells it from others."""

    kind: HitKind
    key: str
    title: str
    beside: str
    at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Searcher:
    """What who searches may see: of cases, of reports; tasks of a member's units or all; people by number or all."""

    cases: Reach | None
    reports: Reach | None
    sees_tasks: bool
    member: int | None
    people: Collection[int] | None


def since_of(words: str, now: datetime) -> datetime | None:
    """Return since when reports are looked through; None: since ever."""
    return now - timedelta(days=SHORT_DAYS) if len(words) < SHORT else None


def search(session: Session, words: str, searcher: Searcher, *, now: datetime, limit: int) -> list[Hit]:
    """Return what words find, so much of a kind at most: cases and reports the latest first, then by name.

    Words are the number of a case or report, the number that a channel gave it, or stand in its text or address; they
    stand in the title of a task or the name of a person or area, or spell it in pinyin or its first letters.
    """
    ids = _numbered(session, words)
    found: list[Hit] = []
    for reach, with_case in ((searcher.cases, True), (searcher.reports, False)):
        if reach is not None:
            found += _reports(session, words, ids, reach, with_case=with_case, now=now, limit=limit)
    if searcher.sees_tasks:
        found += _tasks(session, words, searcher.member, now=now, limit=limit)
    if searcher.people is None or searcher.people:
        found += _people(session, words, searcher.people, now=now, limit=limit)
    return found + _areas(session, words, now=now, limit=limit)


def _numbered(session: Session, words: str) -> list[int]:
    try:
        return [current_id(session, report_id(words))]
    except NumberMalformedError:
        return list(session.scalars(text(_OF_ORDER), {"words": words}))


def _reports(
    session: Session, words: str, ids: Sequence[int], reach: Reach, *, with_case: bool, now: datetime, limit: int
) -> list[Hit]:
    conditions, values = reach_condition(session, reach, **({"category": OF_CASE} if with_case else {}))
    statement = _REPORTS.format(what=_BY_ID if ids else _BY_WORDS, reach="".join(f" AND {one}" for one in conditions))
    since = since_of(words, now) or datetime.min.replace(tzinfo=now.tzinfo)
    given: dict[str, Any] = {"with_case": with_case, "limit": limit * _AS_MANY_MORE}
    given |= {"ids": ids} if ids else {"since": since, "like": f"%{_escaped(words)}%"}
    hits = []
    for row in session.execute(text(statement), values | given):
        title = row.category if ids else _shown(row, words)
        if title is None:
            continue
        kind = HitKind.CASE if with_case else HitKind.NOTE if row.is_note else HitKind.REPORT
        hits.append(Hit(kind, report_number(row.id), title, row.state or row.category, row.reported_at))
    return hits[:limit]


def _shown(row: Any, words: str) -> str | None:  # noqa: ANN401 (a row of a statement)
    """Return what is shown of a text that the words stand in as it is shown; None where they stand in none."""
    return excerpt(masked_text(row.description), words) or excerpt(masked_text(row.address), words)


def _tasks(session: Session, words: str, member: int | None, *, now: datetime, limit: int) -> list[Hit]:
    views = tasks_page(session, TaskFilter(), member=member, now=now, limit=MOST_TASKS)
    named = [view for view in views if named_so(masked_text(view.task.title), words)][:limit]
    return [
        Hit(HitKind.TASK, str(view.task.id), masked_text(view.task.title), view.task.kind, view.task.issued_at)
        for view in named
    ]


def _people(session: Session, words: str, ids: Collection[int] | None, *, now: datetime, limit: int) -> list[Hit]:
    hits = []
    for found in profiles(session, now, PeopleFilter(ids=ids)):
        person = found.person
        if named_so(person.name, words) or (person.staff_number or "").startswith(words):
            hits.append(Hit(HitKind.PERSON, str(person.id), person.name, " · ".join(found.units)))
    return hits[:limit]


def _areas(session: Session, words: str, *, now: datetime, limit: int) -> list[Hit]:
    hits = []
    for layer in list_layers(session):
        for area in areas_at(session, layer, now, geometry=False):
            record = area.record
            if record.code.startswith(words) or named_so(record.name, words):
                hits.append(Hit(HitKind.AREA, f"{layer.code}/{record.code}", record.name, record.level))
    return hits[:limit]


def _escaped(words: str) -> str:
    return words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
