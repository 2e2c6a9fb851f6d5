"""The archive of frozen results: all that was counted and what it came to, as files whose digests are listed."""

from __future__ import annotations

import csv
import hashlib
import io
import zipfile
from typing import IO, TYPE_CHECKING, Any, Final

import orjson
from sqlalchemy import select

from core.personal import masked_text
from governance.assessment import queries
from governance.assessment.appeals.tables import Appeal
from governance.assessment.rules import AssessmentStateError
from governance.assessment.sheets.tables import Sheet
from governance.assessment.states import RunState
from governance.assessment.tables import AssessedFact, AssessmentRun
from governance.reports.numbers import report_number

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from sqlalchemy.orm import Session

_FACTS: Final = ("case", "counted", "step", "at", "unit", "person", "marks")
_VALUES: Final = (
    "indicator", "version", "grouping", "subject", "numerator", "denominator", "excluded", "percent", "points"
)  # fmt: skip


def write_archive(
    session: Session, run: AssessmentRun, into: IO[bytes], *, pages: Callable[[], Iterable[tuple[str, bytes]]]
) -> dict[str, str]:
    """Write frozen or published results as ZIP: run, indicators, values, what was counted, sheets, appeals, pages.

    `pages` gives names and contents of the sheets of subjects. The last file, `manifest.json`, lists the SHA-256 of
    the others, which is returned too.

    Raises
    ------
    AssessmentStateError
        When the results are not frozen.
    """
    if run.state not in {RunState.FROZEN, RunState.PUBLISHED}:
        raise AssessmentStateError("The results are {state}.", values={"state": run.state})
    manifest: dict[str, str] = {}
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in (*_files(session, run), *pages()):
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)
            manifest[name] = hashlib.sha256(content).hexdigest()
        archive.writestr(zipfile.ZipInfo("manifest.json", (1980, 1, 1, 0, 0, 0)), _json(manifest))
    return manifest


def _files(session: Session, run: AssessmentRun) -> Iterator[tuple[str, bytes]]:
    known = {one.id: one for one in queries.indicators_for(session, run.first_day, run.cut_at)}
    yield "results.json", _json(_columns(run))
    yield "indicators.json", _json([_columns(one) for one in known.values()])
    yield "values.csv", _csv(_VALUES, (
        (known[one.indicator_id].code, known[one.indicator_id].version, one.grouping, one.subject, one.numerator,
         one.denominator, one.excluded, one.percent, one.points)
        for one in queries.values_of(session, run.id)
    ))  # fmt: skip
    facts = select(AssessedFact).where(AssessedFact.run_id == run.id)
    ordered = facts.order_by(AssessedFact.case_id, AssessedFact.counted, AssessedFact.number)
    yield "counted.csv", _csv(_FACTS, (
        (report_number(one.case_id), one.counted, one.number, one.at.isoformat(), one.unit_code, one.person_id,
         " ".join(one.marks))
        for one in session.scalars(ordered.execution_options(yield_per=10_000))
    ))  # fmt: skip
    days = (AssessmentRun.first_day == run.first_day, AssessmentRun.until_day == run.until_day)
    sheets = select(Sheet).where(Sheet.first_day == run.first_day, Sheet.until_day == run.until_day)
    appeals = select(Appeal).join(AssessmentRun, AssessmentRun.id == Appeal.run_id).where(*days)
    yield "sheets.json", _json([_masked(_columns(one)) for one in session.scalars(sheets.order_by(Sheet.id))])
    yield "appeals.json", _json([_masked(_columns(one)) for one in session.scalars(appeals.order_by(Appeal.id))])


def _columns(row: Any) -> dict[str, Any]:  # noqa: ANN401 (a mapped row)
    return {column.key: getattr(row, column.key) for column in row.__table__.columns}


def _masked(columns: dict[str, Any]) -> dict[str, Any]:
    """Hide what people wrote about people."""
    found = columns | {name: masked_text(columns[name]) for name in ("words", "answer", "reason") if columns.get(name)}
    if columns.get("evidence"):
        found["evidence"] = [masked_text(one) for one in columns["evidence"]]
    for score in found.get("scores", []):
        score |= {"words": masked_text(score["words"] or ""), "evidence": [masked_text(e) for e in score["evidence"]]}
    return found


def _json(value: object) -> bytes:
    return orjson.dumps(value, default=str, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS)


def _csv(heads: tuple[str, ...], rows: Iterable[tuple[Any, ...]]) -> bytes:
    held = io.StringIO()
    writer = csv.writer(held, lineterminator="\r\n")
    writer.writerow(heads)
    writer.writerows(rows)
    return held.getvalue().encode("utf-8-sig")
