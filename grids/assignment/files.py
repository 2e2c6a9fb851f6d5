"""Tables of points of any size: read in pieces, answered, written with the answer's columns beside the table's own.

CSV, Arrow (stream or file) and Parquet. A row whose point is wrong is answered `unassigned` with the error's code in
the column `problem`; it never stops the others, nor does a line of a CSV that breaks its rule (core/csv_files.py): that
stands in the first column as it was. The target appears whole or not at all.
"""

from __future__ import annotations

from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv, ipc, parquet

from core.csv_files import CsvFile, CsvUnreadableError
from grids.assignment import operations
from grids.assignment.errors import (
    ColumnMissingError,
    LineUnreadableError,
    PointMissingError,
    PointNotANumberError,
    TableUnreadableError,
)
from grids.assignment.points import PROBLEMS
from grids.assignment.rules import METHODS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    from grids.assignment.release_index import Answers, ReleaseIndex

    Progress = Callable[[float], None]

CSV_SUFFIXES: Final = (".csv", ".txt", ".tsv")
ARROW_SUFFIXES: Final = (".arrow", ".arrows", ".feather", ".ipc")
PARQUET_SUFFIXES: Final = (".parquet", ".pq")
AXES: Final = (("lon", "lat"), ("longitude", "latitude"), ("lng", "lat"), ("x", "y"), ("经度", "纬度"))
ROWS_AT_ONCE: Final = 131_072
BYTES_AT_ONCE: Final = 8 << 20
_BROKEN: Final = "\0broken"  # marks lines that break the rule; no column of a file is named so
_NOT_A_NUMBER: Final = len(PROBLEMS) + 1
_MISSING: Final = len(PROBLEMS) + 2
_LINE: Final = len(PROBLEMS) + 3
_OTHERS: Final = (PointNotANumberError, PointMissingError, LineUnreadableError)
_PROBLEM_CODES: Final = pa.array(
    [None, *(PROBLEMS[n].code for n in sorted(PROBLEMS)), *(error.code for error in _OTHERS)]
)
_METHODS: Final = pa.array([*map(str, METHODS)])


@dataclass(slots=True)
class Tally:
    """What became of a table's rows."""

    rows: int = 0
    methods: Counter[str] = field(default_factory=Counter)
    problems: Counter[str] = field(default_factory=Counter)
    unreadable: list[tuple[int, str]] = field(default_factory=list)
    """Lines of a CSV that break its rule, with the reason."""


def assign_file(
    index: ReleaseIndex,
    source: Path,
    target: Path,
    *,
    crs: str | None = None,
    columns: tuple[str, str] | None = None,
    progress: Progress = lambda _: None,
) -> Tally:
    """Answer every row of a table; `columns` are its x and y, found by their usual names if not given.

    `progress` is called with the share read so far, 0 to 1.

    Raises
    ------
    TableUnreadableError, ColumnMissingError, CrsUnknownError
    """
    for strict in (False, True):
        tally = Tally()
        try:
            _answer_all(index, source, target, tally, crs=crs, columns=columns, progress=progress, strict=strict)
        except (pa.ArrowException, UnicodeDecodeError, CsvUnreadableError) as error:
            if strict or isinstance(error, CsvUnreadableError) or source.suffix.lower() not in CSV_SUFFIXES:
                raise TableUnreadableError(
                    "{name} cannot be read: {error}", values={"name": source.name, "error": str(error)[:300]}
                ) from error
        else:
            break
    return tally


def _answer_all(
    index: ReleaseIndex,
    source: Path,
    target: Path,
    tally: Tally,
    *,
    crs: str | None,
    columns: tuple[str, str] | None,
    progress: Progress,
    strict: bool,
) -> None:
    """Write the answered table; `strict` reads a CSV by our own reader, which reports what is wrong with a line."""
    with _reader(source, progress, tally, strict=strict) as (schema, batches):
        axes = columns or _axes_of(schema.names)
        for name in axes:
            if schema.names.count(name) != 1:
                raise ColumnMissingError(
                    "{name} has no column {column}, or several.",
                    values={"name": source.name, "column": f"{name!r}"},
                    field=name,
                )
        part = target.with_name(target.name + ".part")
        try:
            with _writer(part, target.suffix.lower()) as write:
                for batch in batches:
                    write(_answered(index, batch, axes, crs, tally))
                if not tally.rows:
                    write(_answered(index, pa.RecordBatch.from_pylist([], schema=schema), axes, crs, tally))
            part.replace(target)
        finally:
            part.unlink(missing_ok=True)


def _axes_of(names: list[str]) -> tuple[str, str]:
    folded = {name.strip().casefold(): name for name in names}
    for x, y in AXES:
        if x in folded and y in folded:
            return folded[x], folded[y]
    raise ColumnMissingError(
        "No columns lon and lat among {names}: name them.", values={"names": ", ".join(names)[:200]}, field="lon"
    )


def _answered(
    index: ReleaseIndex, batch: pa.RecordBatch, axes: tuple[str, str], crs: str | None, tally: Tally
) -> pa.Table:
    (x, x_problem), (y, y_problem) = (_numbers(batch.column(name)) for name in axes)
    answers, problems = operations.assign_many(index, x=x, y=y, crs=crs, distances=True)
    problems = np.maximum(problems, np.maximum(x_problem, y_problem))
    names = [name for name in batch.schema.names if name != _BROKEN]
    if len(names) < len(batch.schema.names):
        problems = np.where(batch.column(_BROKEN).to_numpy(zero_copy_only=False), np.uint8(_LINE), problems)
    table = pa.table(batch).select(names)
    for name, values in _columns(index, answers, problems).items():
        table = table.append_column(name if name not in table.column_names else f"assigned_{name}", values)
    tally.rows += batch.num_rows
    for number, times in enumerate(np.bincount(answers.method, minlength=len(METHODS)).tolist()):
        tally.methods[str(METHODS[number])] += times
    for number, times in enumerate(np.bincount(problems).tolist()):
        if number and times:
            tally.problems[_PROBLEM_CODES[number].as_py()] += times
    return table


def _columns(index: ReleaseIndex, answers: Answers, problems: NDArray[np.uint8]) -> dict[str, pa.Array]:
    rows = pa.array(answers.row)
    table = index.table
    found = {
        "area_code": table.arrow("codes").take(rows),
        "area_level": table.arrow("levels").take(rows),
        "area_name": table.arrow("names").take(rows),
        "unit_code": table.arrow("units").take(rows),
    }
    found |= {f"{level}_code": table.arrow(level).take(rows) for level in index.layer.levels}
    return found | {
        "method": _METHODS.take(pa.array(answers.method)),
        "distance_to_edge_m": pa.array(np.round(answers.distance_to_edge_m, 3), from_pandas=True),  # type: ignore[arg-type]
        "release": pa.array(np.full(answers.row.size, index.release.number, np.int32)),
        "problem": _PROBLEM_CODES.take(pa.array(problems)),
    }


def _numbers(column: pa.Array) -> tuple[NDArray[np.float64], NDArray[np.uint8]]:
    """Return a column as floats, NaN where there is none, and why there is none."""
    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        column = pc.utf8_trim_whitespace(column)
        column = pc.if_else(pc.equal(column, ""), pa.scalar(None, column.type), column)
    problems = np.where(column.is_null().to_numpy(zero_copy_only=False), np.uint8(_MISSING), np.uint8(0))
    try:
        values = column.cast(pa.float64()).to_numpy(zero_copy_only=False)
    except (pa.ArrowException, NotImplementedError):
        values = np.full(len(column), np.nan)
        for row, value in enumerate(column.to_pylist()):
            try:
                values[row] = np.nan if value is None else float(value)
            except (TypeError, ValueError):
                problems[row] = _NOT_A_NUMBER
    return values, problems


@contextmanager
def _reader(
    source: Path, progress: Progress, tally: Tally, *, strict: bool
) -> Iterator[tuple[pa.Schema, Iterator[pa.RecordBatch]]]:
    suffix = source.suffix.lower()
    if suffix in PARQUET_SUFFIXES:
        with parquet.ParquetFile(source) as file:
            total = max(1, file.metadata.num_rows)
            batches = file.iter_batches(batch_size=ROWS_AT_ONCE)
            yield file.schema_arrow, _told_by_rows(batches, total, progress)
    elif suffix in ARROW_SUFFIXES:
        with pa.OSFile(str(source)) as file:
            try:
                opened = ipc.open_file(file)
                batches = (opened.get_batch(n) for n in range(opened.num_record_batches))
            except pa.ArrowInvalid:
                file.seek(0)
                opened = ipc.open_stream(file)
                batches = iter(opened)
            yield opened.schema, _told_by_bytes(batches, file, source, progress)
    elif suffix in CSV_SUFFIXES:
        with _open_csv(source, progress, tally, strict=strict) as opened:
            yield opened
    else:
        raise TableUnreadableError(
            "{name}: the ending says the format; {suffixes}.",
            values={"name": source.name, "suffixes": [*CSV_SUFFIXES + ARROW_SUFFIXES + PARQUET_SUFFIXES]},
        )


@contextmanager
def _open_csv(
    source: Path, progress: Progress, tally: Tally, *, strict: bool
) -> Iterator[tuple[pa.Schema, Iterator[pa.RecordBatch]]]:
    """Open a CSV with every column as text, so that what is passed on is passed on unchanged.

    One without quotation marks and with rows of one width is Arrow's to read: there is nothing to judge.
    """
    with source.open("rb") as raw:
        table = CsvFile(raw, delimiter="\t" if source.suffix.lower() == ".tsv" else None)
        if len(set(table.header)) < len(table.header):
            names = {name: n for n, name in enumerate(table.header)}
            twice = next(name for n, name in enumerate(table.header) if names[name] != n)
            raise ColumnMissingError(
                "{name} has several columns named {twice}.",
                values={"name": source.name, "twice": f"{twice!r}"},
                field=twice,
            )
        schema = pa.schema([(name, pa.string()) for name in table.header])
        total = max(1, source.stat().st_size)
        if not strict and _is_plain(source, table):
            with pa.OSFile(str(source)) as file:
                read = csv.open_csv(
                    file,
                    read_options=csv.ReadOptions(
                        block_size=BYTES_AT_ONCE,
                        encoding="utf8" if table.encoding.startswith("utf-8") else table.encoding,
                        skip_rows=table.line,
                        column_names=table.header,
                    ),
                    parse_options=csv.ParseOptions(delimiter=table.delimiter, quote_char=False),
                    convert_options=csv.ConvertOptions(
                        column_types=dict.fromkeys(table.header, pa.string()), strings_can_be_null=False
                    ),
                )
                yield read.schema, _told_by_bytes(iter(read), file, source, progress)
        else:
            yield schema, _strict_batches(table, tally, lambda: progress(min(1.0, table.bytes_read / total)))
        table.close()


def _is_plain(source: Path, table: CsvFile) -> bool:
    """Whether Arrow can be trusted with a CSV: no quotation marks, bytes that it can cut at line ends."""
    if table.encoding.startswith("utf-16"):
        return False
    with source.open("rb") as raw:
        return all(b'"' not in block for block in iter(lambda: raw.read(BYTES_AT_ONCE), b""))


def _strict_batches(table: CsvFile, tally: Tally, told: Callable[[], None]) -> Iterator[pa.RecordBatch]:
    """Yield the rows of a CSV in batches, lines that break the rule marked in a column of their own."""
    rows = table.rows(keep_blank=True)
    while piece := list(islice(rows, ROWS_AT_ONCE)):
        tally.unreadable += [(line, str(problem)) for line, _, problem in piece if problem is not None]
        empty: list[str | None] = [None] * (len(table.header) - 1)
        cells = [values if problem is None else [table.delimiter.join(values), *empty] for _, values, problem in piece]
        columns = [pa.array(column, pa.string()) for column in zip(*cells, strict=True)]
        broken = pa.array([problem is not None for _, _, problem in piece])
        yield pa.RecordBatch.from_arrays([*columns, broken], names=[*table.header, _BROKEN])
        told()


def _told_by_rows(batches: Iterator[pa.RecordBatch], total: int, progress: Progress) -> Iterator[pa.RecordBatch]:
    done = 0
    for batch in batches:
        yield batch
        done += batch.num_rows
        progress(done / total)


def _told_by_bytes(
    batches: Iterator[pa.RecordBatch], file: pa.NativeFile, source: Path, progress: Progress
) -> Iterator[pa.RecordBatch]:
    total = max(1, source.stat().st_size)
    for batch in batches:
        yield batch
        progress(min(1.0, file.tell() / total))
    progress(1.0)


@contextmanager
def _writer(target: Path, suffix: str) -> Iterator[Callable[[pa.Table], None]]:
    """Open the target on the first table, whose columns it takes."""
    opened: list[Any] = []

    def write(table: pa.Table) -> None:
        if not opened:
            opened.append(_open_writer(target, suffix, table.schema))
        opened[0].write_table(table)

    try:
        yield write
    finally:
        for writer in opened:
            writer.close()


def _open_writer(target: Path, suffix: str, schema: pa.Schema) -> Any:  # noqa: ANN401 (pyarrow is untyped)
    if suffix in PARQUET_SUFFIXES:
        return parquet.ParquetWriter(target, schema)
    if suffix in ARROW_SUFFIXES:
        return ipc.new_stream(target, schema) if suffix == ".arrows" else ipc.new_file(target, schema)
    if suffix in CSV_SUFFIXES:
        delimiter = "\t" if suffix == ".tsv" else ","
        return csv.CSVWriter(target, schema, write_options=csv.WriteOptions(delimiter=delimiter))
    raise TableUnreadableError("{suffix} is no format that can be written.", values={"suffix": suffix or "No ending"})
