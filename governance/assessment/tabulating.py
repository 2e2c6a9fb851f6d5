"""A table of indicator × subject × period × category of published results, as JSON, CSV, workbook or Parquet."""

from __future__ import annotations

import io
from dataclasses import astuple, dataclass, fields
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from sqlalchemy import select, text

from core.spreadsheet_writer import CSV, XLSX, csv_table, write_workbook
from governance.assessment import queries
from governance.assessment.indicators import valued
from governance.assessment.rule_files import rule_of
from governance.assessment.states import Grouping, RunState
from governance.assessment.tables import AssessmentRun

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import date

    from sqlalchemy.orm import Session

    from governance.assessment.indicators import Rule
    from governance.assessment.tables import Indicator

_SUBJECT: Final = {
    Grouping.DISTRICT: "''",
    Grouping.UNIT: "f.unit_code",
    Grouping.PERSON: "f.person_id::text",
    Grouping.CHANNEL: "a.channel",
    Grouping.AREA: "area.code",
    Grouping.CATEGORY: "a.category_code",
}
_COUNTS: Final = """
SELECT {subject} AS subject, {category} AS category,
       count(*) FILTER (WHERE f.marks @> CAST(:numerator AS text[]) AND NOT f.marks && CAST(:left_out AS text[])),
       count(*) FILTER (WHERE NOT f.marks && CAST(:left_out AS text[])),
       count(*) FILTER (WHERE f.marks && CAST(:left_out AS text[]))
FROM assessment_fact f JOIN assessment_case a ON a.run_id = f.run_id AND a.case_id = f.case_id {areas}
WHERE f.run_id = :run AND f.counted = :counted AND f.marks @> CAST(:among AS text[])
GROUP BY 1, 2 ORDER BY 1, 2
"""


class TableForm(StrEnum):
    """Forms of the table."""

    JSON = "json"
    CSV = "csv"
    XLSX = "xlsx"
    PARQUET = "parquet"


MEDIA_TYPES: Final = {
    TableForm.JSON: "application/json",
    TableForm.CSV: CSV,
    TableForm.XLSX: XLSX,
    TableForm.PARQUET: "application/vnd.apache.parquet",
}


@dataclass(frozen=True, slots=True)
class TableRow:
    """What an indicator came to for a subject in a period, of a category or of all (None)."""

    first_day: date
    until_day: date
    version: int
    indicator: str
    grouping: str
    subject: str
    category: str | None
    numerator: int
    denominator: int
    excluded: int
    percent: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TableFilter:
    """Of which indicators (none: all), among whom, of periods that begin in [since, until), by category or not."""

    indicators: Sequence[str] = ()
    grouping: Grouping = Grouping.UNIT
    since: date | None = None
    until: date | None = None
    by_category: bool = False


def table(session: Session, wanted: TableFilter) -> list[TableRow]:
    """Return the rows of the latest published version of each period, by period, indicator, subject and category."""
    found: list[TableRow] = []
    for run in _runs(session, wanted):
        for indicator in queries.indicators_for(session, run.first_day, run.cut_at):
            if not wanted.indicators or indicator.code in wanted.indicators:
                found += _rows(session, run, indicator, wanted)
    return found


def written(rows: Sequence[TableRow], form: TableForm) -> bytes:
    """Return the table as CSV, workbook or Parquet (JSON is the caller's)."""
    return _WRITERS[form](rows)


def _runs(session: Session, wanted: TableFilter) -> list[AssessmentRun]:
    query = select(AssessmentRun).where(AssessmentRun.state == RunState.PUBLISHED)
    if wanted.since is not None:
        query = query.where(AssessmentRun.first_day >= wanted.since)
    if wanted.until is not None:
        query = query.where(AssessmentRun.first_day < wanted.until)
    latest = {(one.first_day, one.until_day): one
              for one in session.scalars(query.order_by(AssessmentRun.version, AssessmentRun.id))}  # fmt: skip
    return [latest[days] for days in sorted(latest)]


def _rows(session: Session, run: AssessmentRun, indicator: Indicator, wanted: TableFilter) -> Iterable[TableRow]:
    rule: Rule = rule_of(indicator.rule)
    formula = rule.formula
    is_area = wanted.grouping is Grouping.AREA
    statement = _COUNTS.format(
        subject=_SUBJECT[wanted.grouping], category="a.category_code" if wanted.by_category else "CAST(NULL AS text)",
        areas="CROSS JOIN LATERAL unnest(a.area_path) AS area (code)" if is_area else "",
    )  # fmt: skip
    values = {
        "run": run.id, "counted": str(formula.counted), "numerator": sorted(map(str, formula.numerator)),
        "among": sorted(map(str, formula.among)), "left_out": sorted(map(str, formula.left_out)),
    }  # fmt: skip
    for subject, category, numerator, denominator, excluded in session.execute(text(statement), values):
        if subject is None:
            continue
        percent = valued(rule, numerator, denominator, excluded).percent
        yield TableRow(
            run.first_day, run.until_day, run.version, indicator.code, wanted.grouping, subject, category, numerator,
            denominator, excluded, percent,
        )  # fmt: skip


_HEADS: Final = tuple(one.name for one in fields(TableRow))


def _cells(rows: Sequence[TableRow]) -> list[list[str]]:
    lines = (["" if cell is None else str(cell) for cell in astuple(row)] for row in rows)
    return [[*_HEADS], *lines]


def _xlsx(rows: Sequence[TableRow]) -> bytes:
    held = io.BytesIO()
    write_workbook(held, "values", _cells(rows))
    return held.getvalue()


def _parquet(rows: Sequence[TableRow]) -> bytes:
    import pyarrow as pa  # noqa: PLC0415 (loaded by those who ask for it)
    import pyarrow.parquet as pq  # noqa: PLC0415

    kinds = {
        "first_day": pa.date32(), "until_day": pa.date32(), "version": pa.int32(), "indicator": pa.string(),
        "grouping": pa.string(), "subject": pa.string(), "category": pa.string(), "numerator": pa.int64(),
        "denominator": pa.int64(), "excluded": pa.int64(), "percent": pa.float64(),
    }  # fmt: skip
    columns = zip(*(astuple(row) for row in rows), strict=True) if rows else [()] * len(kinds)
    arrays = [
        pa.array([float(cell) if isinstance(cell, Decimal) else cell for cell in column], kind)
        for column, kind in zip(columns, kinds.values(), strict=True)
    ]
    held = io.BytesIO()
    pq.write_table(pa.table(arrays, names=list(kinds)), held, compression="zstd")
    return held.getvalue()


_WRITERS: Final[dict[TableForm, Callable[[Sequence[TableRow]], bytes]]] = {
    TableForm.CSV: lambda rows: csv_table(_cells(rows)),
    TableForm.XLSX: _xlsx,
    TableForm.PARQUET: _parquet,
}
