"""The database's share: histories stored by COPY, those of cases that are there compared and gone on with."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import orjson
import psycopg

from core.errors import Detail
from governance.cases.importing.histories import AT_END, HistoryRefusedError, history_of
from governance.cases.lifecycle import rules
from governance.cases.lifecycle.operations.history import new_step
from governance.cases.lifecycle.rules import Act
from governance.cases.lifecycle.states import LIFECYCLE, CaseState, Verb
from governance.cases.lifecycle.tables import Case, CaseWords, row_id
from governance.categories.states import Urgency
from governance.reports.importing.copy_text import NONE, array, text_field
from governance.reports.numbers import MONTH, report_number
from identity.actors import REPORTS_IMPORT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import datetime

    from core.db import Database
    from governance.cases.clocks.working_time import WorkingTime
    from governance.cases.importing.histories import ClockHistories, History, HistoryStep, ToldCase
    from governance.categories.queries import CategoryInForce

    Categories = Callable[[str, datetime], CategoryInForce | None]
    """What a channel's word means at an instant."""

BATCH: Final = 2_000
"""Cases a transaction stores."""
_REPORTS: Final = """
SELECT k.external_id, r.id, r.category FROM report_key k JOIN report r ON r.id = k.report_id
WHERE k.channel = %s AND k.external_id = ANY (%s)
"""
_KNOWN: Final = """
SELECT s.case_id, s.verb, s.at, coalesce(s.detail->>'by' = 'import', false)
FROM case_step s WHERE s.case_id = ANY (%s) ORDER BY s.case_id, s.number
"""
_COPY_CASES: Final = (
    "COPY case_record (id, state, version, category_path, urgency, unit_code, opened_at, changed_at, due_at, due_step,"
    " supervised, rating) FROM STDIN"
)
# Into the table itself and not into a month: its triggers write the events by which steps are sealed and followed.
_COPY_STEPS: Final = (
    "COPY case_step (case_id, number, id, at, verb, came_from, led_to, actor_id, actor, unit_code, category_code,"
    " detail) FROM STDIN"
)
_COPY_WORDS: Final = "COPY case_words (case_id, number, id, reason, opinion, photos) FROM STDIN"
_ACTOR: Final = f"{REPORTS_IMPORT.id}\t{REPORTS_IMPORT.name}"

MOVED_ON_HERE: Final = "case {number} was moved on here; the file tells of more steps"
Refused = list[tuple[int, Detail]]
"""Lines that were refused, each with the reason."""


class KnownStep(NamedTuple):
    """A step of a case that is there."""

    verb: str
    at: datetime
    is_imported: bool


@dataclass(slots=True)
class CaseTally:
    """What became of the rows so far; `ids` of all that are here now, by their line."""

    stored: int = 0
    known: int = 0
    moved_on: int = 0
    steps: int = 0
    states: Counter[str] = field(default_factory=Counter)
    ids: dict[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _GoingOn:
    """A case that has gone on in the old system since so many of its steps were stored."""

    told: ToldCase
    history: History
    case_id: int
    behind: int


@dataclass(slots=True)
class _Rows:
    """What a batch writes."""

    months: set[int] = field(default_factory=set)
    cases: list[str] = field(default_factory=list)
    steps: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    going_on: list[_GoingOn] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Keeper:
    """Stores cases of one channel: what words mean, when offices work, and the instant of the import."""

    database: Database
    connection: psycopg.Connection[Any]
    channel: str
    categories: Categories
    clocks: ClockHistories
    work: WorkingTime
    now: datetime

    def store(self, batch: Sequence[ToldCase], tally: CaseTally) -> Refused:
        """Store a batch in one transaction, add it to the tally, and return what was refused, and why.

        Somebody who opens one of these cases at the same moment makes the batch be looked at once more.
        """
        try:
            return self._store(batch, tally)
        except psycopg.errors.UniqueViolation:
            return self._store(batch, tally)

    def _store(self, batch: Sequence[ToldCase], tally: CaseTally) -> Refused:
        refused: Refused = []
        done, rows = CaseTally(), _Rows()
        with self.connection.transaction(), self.connection.cursor() as cursor:
            reports = self._reports(cursor, batch)
            known = self._known(cursor, [one[0] for one in reports.values()])
            for told in batch:
                try:
                    self._add(told, reports.get(told.external_id), known, rows, done)
                except HistoryRefusedError as error:
                    refused.append((told.line, error.words))
            self._write(cursor, rows)
        for one in rows.going_on:
            refused += self._go_on(one, done)
        tally.stored += done.stored
        tally.known += done.known
        tally.moved_on += done.moved_on
        tally.steps += len(rows.steps) + done.steps
        tally.states.update(done.states)
        tally.ids.update(done.ids)
        return refused

    def _reports(self, cursor: psycopg.Cursor[Any], batch: Sequence[ToldCase]) -> dict[str, tuple[int, str]]:
        cursor.execute(_REPORTS, (self.channel, [told.external_id for told in batch]))
        return {external_id: (report_id, word) for external_id, report_id, word in cursor.fetchall()}

    def _known(self, cursor: psycopg.Cursor[Any], ids: Iterable[int]) -> dict[int, list[KnownStep]]:
        found: dict[int, list[KnownStep]] = {}
        for case_id, *step in cursor.execute(_KNOWN, (list(ids),)).fetchall():
            found.setdefault(case_id, []).append(KnownStep(*step))
        return found

    def _add(
        self, told: ToldCase, report: tuple[int, str] | None, known: Mapping[int, list[KnownStep]], rows: _Rows,
        done: CaseTally,
    ) -> None:  # fmt: skip
        if report is None:
            raise HistoryRefusedError(
                "channel {channel} has no report {external_id}: take the reports in first (wangge reports import)",
                {"channel": self.channel, "external_id": told.external_id},
            )
        case_id, word = report
        if case_id in done.ids.values():
            raise HistoryRefusedError("the file has the case {external_id} twice", {"external_id": told.external_id})
        category = self.categories(word, told.steps[0].at)
        urgency = Urgency.NORMAL if category is None else category.urgency
        history = history_of(told, category, urgency, self.clocks, now=self.now)
        done.ids[told.line] = case_id
        done.states[history.state] += 1
        stored = known.get(case_id, [])
        if not self._goes_on(history, stored, case_id):
            done.known += 1
            return
        if stored:
            rows.going_on.append(_GoingOn(told, history, case_id, len(stored)))
            return
        self._put(told, history, category, case_id, rows)
        done.stored += 1

    @staticmethod
    def _goes_on(history: History, stored: Sequence[KnownStep], case_id: int) -> bool:
        """Return whether the file tells of more than is stored; what it tells of before must be the same."""
        same = [(step.told.verb, step.told.at) for step in history.steps]
        imported = [(Verb(one.verb), one.at) for one in stored if one.is_imported]
        if imported[: len(same)] != same[: len(imported)]:
            raise HistoryRefusedError("case {number} is here with another history", {"number": report_number(case_id)})
        if len(same) > len(imported) and len(imported) < len(stored):
            raise HistoryRefusedError(MOVED_ON_HERE, {"number": report_number(case_id)})
        return len(same) > len(imported)

    def _put(
        self, told: ToldCase, history: History, category: CategoryInForce | None, case_id: int, rows: _Rows
    ) -> None:
        """Write a case and the steps of its history as COPY takes them."""
        path = [] if category is None else list(category.path)
        code = text_field(path[0]) if path else NONE
        for number, step in enumerate(history.steps, 1):
            step_id = row_id(case_id, number)
            rows.steps.append(
                f"{case_id}\t{number}\t{step_id}\t{step.told.at.isoformat()}\t{step.told.verb}"
                f"\t{step.came_from or NONE}\t{step.led_to}\t{_ACTOR}\t{text_field(step.unit_code)}\t{code}"
                f"\t{text_field(orjson.dumps(step.detail).decode())}\n"
            )
            photos = _photos(told, step)
            if step.told.reason or step.told.opinion or photos:
                rows.words.append(
                    f"{case_id}\t{number}\t{step_id}\t{text_field(step.told.reason)}\t{text_field(step.told.opinion)}"
                    f"\t{text_field(array(photos))}\n"
                )
        due_at, due_step = self._due(history)
        version, rating = len(history.steps), told.rating if history.state is CaseState.RATED else None
        rows.months.add(case_id // MONTH)
        urgency = Urgency.NORMAL if category is None else category.urgency
        rows.cases.append(
            "\t".join((
                str(case_id), str(history.state), str(version), text_field(array(path)), str(urgency),
                text_field(history.unit_code), history.steps[0].told.at.isoformat(), self.now.isoformat(),
                NONE if due_at is None else due_at.isoformat(), due_step or NONE,
                "t" if history.supervised else "f", NONE if rating is None else str(rating),
            )) + "\n"
        )  # fmt: skip

    def _due(self, history: History) -> tuple[datetime | None, str | None]:
        """Measure the clocks of a case that goes on; of one that does not, all stand still."""
        if history.state in AT_END:
            return None, None
        events = rules.events_of((step.told.at, step.detail["clocks"]) for step in history.steps)
        return rules.next_due(rules.readings_of(events, self.work, now=self.now))

    @staticmethod
    def _write(cursor: psycopg.Cursor[Any], rows: _Rows) -> None:
        for month in sorted(rows.months):
            cursor.execute("SELECT make_case_month(%s)", (month,))
        for statement, lines in ((_COPY_CASES, rows.cases), (_COPY_STEPS, rows.steps), (_COPY_WORDS, rows.words)):
            if lines:
                with cursor.copy(statement) as copy:
                    copy.write("".join(lines))

    def _go_on(self, one: _GoingOn, done: CaseTally) -> Refused:
        """Add the steps that came since, unless somebody has done something to the case here meanwhile."""
        with self.database.transaction() as session:
            case = session.get(Case, one.case_id, with_for_update=True, populate_existing=True)
            if case is None or case.version != one.behind:
                words = Detail(MOVED_ON_HERE, {"number": report_number(one.case_id)})
                return [(one.told.line, words)]
            for number, step in enumerate(one.history.steps[one.behind :], one.behind + 1):
                LIFECYCLE.move(case, step.told.verb)
                case.version, case.unit_code = number, step.unit_code
                act = Act(verb=step.told.verb)
                session.add(new_step(case, act, REPORTS_IMPORT, step.told.at, step.came_from, step.detail))
                photos = list(_photos(one.told, step))
                if step.told.reason or step.told.opinion or photos:
                    words_of = {"reason": step.told.reason, "opinion": step.told.opinion, "photos": photos}
                    session.add(CaseWords(case_id=case.id, number=number, id=row_id(case.id, number), **words_of))
                done.steps += 1
            case.due_at, case.due_step = self._due(one.history)
            case.supervised = case.supervised or one.history.supervised
            case.changed_at = self.now
            if one.history.state is CaseState.RATED:
                case.rating = one.told.rating
        done.moved_on += 1
        return []


def _photos(told: ToldCase, step: HistoryStep) -> tuple[str, ...]:
    return told.photos if step.told.verb in {Verb.HANDLE, Verb.HANDLE_ON_THE_SPOT} else ()
