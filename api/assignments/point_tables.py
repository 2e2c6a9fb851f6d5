"""Points in a request's body, and answers in a response's, as JSON, CSV or an Arrow stream."""

from __future__ import annotations

import io
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import orjson
import pyarrow as pa
from pyarrow import csv, ipc

from api.assignments import arrow_streams
from api.http.answers import JSON
from api.http.direct_routes import field_invalid
from core.csv_files import CsvFile, CsvUnreadableError
from core.errors import Detail
from grids.assignment.errors import ColumnMissingError, TableUnreadableError, TooManyPointsError
from grids.assignment.rules import METHODS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from grids.assignment.release_index import Answers, ReleaseIndex

CSV: Final = "text/csv"
ARROW: Final = "application/vnd.apache.arrow.stream"
FORMATS: Final = (JSON, CSV, ARROW)
_AXES: Final = (("lon", "lat"), ("x", "y"), ("longitude", "latitude"))
_WANTED: Final = frozenset({"id", "accuracy_m", *(name for pair in _AXES for name in pair)})
_HEADER_BYTES, _MOST_COLUMNS = 1 << 20, 1000  # pyarrow reads blocks of a MiB, and a header is one line of one block
_METHOD_NAMES: Final = np.array([*map(str, METHODS)], dtype=object)


@dataclass(frozen=True, slots=True)
class Points:
    """Points as they were sent. `row_wise` when the body was a list of them; `ids` to be given back."""

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    accuracy_m: Sequence[float | None] | None = None
    ids: pa.Array | None = None
    row_wise: bool = False
    axes: tuple[str, str] = ("lon", "lat")


def read(body: bytes, media_type: str, most: int) -> Points:
    """Read the points of a body, at most so many.

    Raises
    ------
    RequestValidationError
        When a JSON body has not the documented shape.
    TableUnreadableError, ColumnMissingError
        When a CSV or an Arrow stream cannot be read, or has no coordinates.
    TooManyPointsError
    """
    if media_type == JSON:
        return _within(_from_json(body), most)
    try:
        table = _csv(body) if media_type == CSV else arrow_streams.read(body, _WANTED, most)
        x_name, y_name = _axes_of(table.column_names)
    except (pa.ArrowException, ValueError, OSError, struct.error, CsvUnreadableError) as error:
        raise TableUnreadableError(
            "The {media_type} cannot be read: {error}",
            values={"media_type": media_type, "error": str(error)[:300]},
            field="body",
        ) from None
    if table.num_rows > most:
        raise _too_many(table.num_rows, most)
    return Points(
        _numbers(table, x_name),
        _numbers(table, y_name),
        _numbers(table, "accuracy_m").tolist() if table.column_names.count("accuracy_m") == 1 else None,
        _ids(table.column("id")) if table.column_names.count("id") == 1 else None,
        axes=(x_name, y_name),
    )


def _within(points: Points, most: int) -> Points:
    if points.x.size > most:
        raise _too_many(points.x.size, most)
    return points


def _too_many(count: int, most: int) -> TooManyPointsError:
    return TooManyPointsError(
        "{count} points; at most {most} a call. Send them in parts.", values={"count": count, "most": most}
    )


def _csv(body: bytes) -> pa.Table:
    if body[: _HEADER_BYTES + 1].partition(b"\n")[0].count(b",") > _MOST_COLUMNS:
        raise TableUnreadableError(
            "More than {most_columns} columns.", values={"most_columns": _MOST_COLUMNS}, field="body"
        )
    has_quotes = b'"' in body
    if has_quotes:
        _hold_to_the_rule(body)
    table = csv.read_csv(
        io.BytesIO(body),
        parse_options=csv.ParseOptions(newlines_in_values=has_quotes),
        convert_options=csv.ConvertOptions(column_types={"id": pa.string()}),
    )
    if table.column_names.count("id") != 1:
        return table
    return table.set_column(table.column_names.index("id"), "id", _numbers_where_plain(table.column("id")))


def _hold_to_the_rule(body: bytes) -> None:
    """Refuse a CSV with a line that breaks the rule: an open quotation mark would swallow the rows after it.

    Raises
    ------
    CsvUnreadableError
        Naming the line.
    """
    for line, _, problem in CsvFile(io.BytesIO(body), "utf-8", delimiter=",").rows():
        if problem is not None:
            raise CsvUnreadableError("line {line}: {problem}", values={"line": line, "problem": problem})


def _numbers_where_plain(texts: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return identifiers as numbers if all are written as such; 007 stays a text, and comes back as it came."""
    try:
        numbers = texts.cast(pa.int64())
    except pa.ArrowException:
        return texts
    return numbers if numbers.cast(pa.string()).equals(texts) else texts


def _ids(column: pa.ChunkedArray) -> pa.Array:
    """Return identifiers as numbers or texts, which every answer's format can hold."""
    kind = column.type
    try:
        if not pa.types.is_integer(kind):
            column = column.cast(pa.float64() if pa.types.is_floating(kind) else pa.string())
        return column.combine_chunks()
    except (pa.ArrowException, NotImplementedError):
        raise TableUnreadableError("Column id is neither texts nor numbers.", field="body.id") from None


def _axes_of(names: Sequence[str]) -> tuple[str, str]:
    for pair in _AXES:
        if all(names.count(name) == 1 for name in pair):
            return pair
    raise ColumnMissingError("The table needs columns lon and lat (or x and y), each once.", field="body")


def _numbers(table: pa.Table, name: str) -> NDArray[np.float64]:
    column = table.column(name)
    try:
        floats = column.cast(pa.float64())
    except (pa.ArrowException, NotImplementedError):
        row, odd = next(((row, text) for row, text in _texts(column) if _is_odd(text)), (None, ""))
        raise TableUnreadableError(
            (
                "Column {name} is not all numbers."
                if row is None
                else "Column {name} is not all numbers, such as {odd} in row {row}."
            ),
            values={"name": name, "odd": f"{odd[:40]!r}", "row": row},
            field=f"body.{name}",
        ) from None
    return np.asarray(floats.to_numpy(), np.float64)


def _from_json(body: bytes) -> Points:
    try:
        content = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise field_invalid("points", Detail("not JSON: {error}", {"error": error})) from None
    if isinstance(content, dict):
        for axes in _AXES:
            if axes[0] in content and axes[1] in content:
                x, y = (_column(content[name], name) for name in axes)
                if x.size != y.size:
                    values = {"count": y.size, "other": axes[0], "other_count": x.size}
                    raise field_invalid(axes[1], Detail("{count} values, but {other} has {other_count}", values))
                accuracy = content.get("accuracy_m")
                if accuracy is not None and (not isinstance(accuracy, list) or len(accuracy) != x.size):
                    raise field_invalid("accuracy_m", "a list as long as the others")
                return Points(x, y, accuracy, axes=axes)
        raise field_invalid("lon", "columns lon and lat (or x and y) are needed")
    if not isinstance(content, list):
        raise field_invalid("points", "a list of points, or an object of columns")
    return _from_rows(content)


def _from_rows(rows: list[Any]) -> Points:
    axes = next((pair for pair in _AXES if rows and isinstance(rows[0], dict) and pair[0] in rows[0]), _AXES[0])
    try:
        xs, ys = [row[axes[0]] for row in rows], [row[axes[1]] for row in rows]
        accuracies = [row.get("accuracy_m") for row in rows]
    except (TypeError, KeyError, IndexError, AttributeError):
        wrong = next(
            n for n, row in enumerate(rows) if not (isinstance(row, dict) and axes[0] in row and axes[1] in row)
        )
        values = {"x": axes[0], "y": axes[1]}
        raise field_invalid(f"{wrong}", Detail("a point is an object with {x} and {y}", values)) from None
    return Points(_column(xs, axes[0]), _column(ys, axes[1]), accuracies, row_wise=True, axes=axes)


def _column(values: Any, name: str) -> NDArray[np.float64]:  # noqa: ANN401 (JSON)
    if not isinstance(values, list):
        raise field_invalid(name, "a list of numbers")
    if not set(map(type, values)) <= {int, float}:
        wrong = next(n for n, value in enumerate(values) if type(value) not in {int, float})
        raise field_invalid(f"{wrong}.{name}", "a number")
    return np.array(values, np.float64)


def columns(index: ReleaseIndex | None, answers: Answers | None, size: int, *, full: bool) -> dict[str, pa.Array]:
    """Return the columns of many answers; without a release all are unassigned."""
    if index is None or answers is None:
        return {"code": pa.nulls(size, pa.string()), "method": pa.array(["unassigned"] * size, pa.string())}
    rows = pa.array(answers.row)
    methods = pa.array([*map(str, METHODS)], pa.string())
    found = {"code": index.table.arrow("codes").take(rows), "method": methods.take(pa.array(answers.method))}
    if full:
        found |= {name: index.table.arrow(column).take(rows) for name, column in _FULL.items()}
        found |= {f"{level}_code": index.table.arrow(level).take(rows) for level in index.layer.levels}
        found["distance_to_edge_m"] = pa.array(answers.distance_to_edge_m, from_pandas=True)
        found["release"] = pa.array(np.full(size, index.release.number, np.int32))
    return found


_FULL: Final = {"level": "levels", "name": "names", "unit": "units"}


def compact_json(index: ReleaseIndex, answers: Answers, head: Mapping[str, Any]) -> bytes:
    """Write the compact columnar answer."""
    return orjson.dumps(
        {
            **head,
            "code": index.table.codes[answers.row].tolist(),
            "method": _METHOD_NAMES[answers.method].tolist(),
        }
    )


def write(found: Mapping[str, pa.Array], media_type: str, head: Mapping[str, Any]) -> bytes:
    """Write answer columns in a format; `head` is what JSON and Arrow (as metadata) hold of all rows."""
    if media_type == JSON:
        return orjson.dumps({**head, **{name: column.to_pylist() for name, column in found.items()}})
    table = pa.table(dict(found))
    sink = io.BytesIO()
    if media_type == CSV:
        csv.write_csv(table, sink)
    else:
        table = table.replace_schema_metadata({"wangge": orjson.dumps(head)})
        with ipc.new_stream(sink, table.schema) as writer:
            writer.write_table(table)
    return sink.getvalue()


def _texts(column: pa.ChunkedArray) -> Iterator[tuple[int, str]]:
    """Yield the texts of a column that holds no numbers, each with its row."""
    if pa.types.is_string(column.type):
        yield from ((row, text) for row, text in enumerate(column.to_pylist(), 1) if text is not None)


def _is_odd(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return True
    return False
