"""Tables of points from strangers: what would swell, lie about its rows, or point outside itself is refused at once."""

from __future__ import annotations

import io
import random
import struct
import time
import tracemalloc
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pytest
from fastapi.exceptions import RequestValidationError
from pyarrow import ipc

from api.assignments import point_tables
from api.assignments.point_tables import ARROW, CSV, FORMATS, JSON
from core.errors import DomainError
from grids.assignment.errors import TableUnreadableError, TooManyPointsError

if TYPE_CHECKING:
    from collections.abc import Callable

MOST = 1000
REFUSED = (DomainError, RequestValidationError)


def stream(table: pa.Table | pa.RecordBatch, **options: Any) -> bytes:
    sink = io.BytesIO()
    with ipc.new_stream(sink, table.schema, options=ipc.IpcWriteOptions(**options)) as writer:
        writer.write(table)
    return sink.getvalue()


def points(**columns: Any) -> pa.Table:
    return pa.table({"lon": [113.0, 113.1], "lat": [34.0, 34.1], **columns})


def read(body: bytes, media: str) -> point_tables.Points:
    return point_tables.read(body, media, MOST)


@pytest.mark.parametrize("codec", ["zstd", "lz4"])
def test_a_compressed_stream_is_refused_before_it_is_unpacked(codec: str) -> None:
    bomb = stream(pa.table({"lon": np.zeros(10_000_000), "lat": np.zeros(10_000_000)}), compression=codec)
    before = pa.total_allocated_bytes()
    with pytest.raises(TableUnreadableError, match="without compression"):
        read(bomb, ARROW)
    assert pa.total_allocated_bytes() - before < 1 << 20


def test_a_compressed_dictionary_is_refused_too() -> None:
    words = pa.array(["x" * 10_000] * 3).dictionary_encode()
    body = stream(pa.table({"lon": [1.0] * 3, "lat": [2.0] * 3, "id": words}), compression="zstd")
    with pytest.raises(TableUnreadableError, match="without compression"):
        read(body, ARROW)


@pytest.mark.parametrize("rows", [MOST + 1, 10**9])
def test_rows_that_take_no_room_are_counted_before_they_do(rows: int) -> None:
    ends = pa.RunEndEncodedArray.from_arrays(pa.array([rows], pa.int64()), pa.array([1.0]))
    for column in (ends, pa.nulls(rows)):
        body = stream(pa.record_batch([column, column], names=["lon", "lat"]))
        with pytest.raises((TooManyPointsError, TableUnreadableError)):
            read(body, ARROW)


def test_rows_are_counted_over_all_batches() -> None:
    batch = pa.record_batch([[1.0] * 600, [2.0] * 600], names=["lon", "lat"])
    with pytest.raises(TooManyPointsError):
        read(stream(pa.Table.from_batches([batch, batch])), ARROW)
    assert read(stream(batch), ARROW).x.size == 600


def test_offsets_that_lead_outside_are_refused() -> None:
    body = bytearray(stream(points(id=["abcdefghijklmnop", "b"])))
    at = bytes(body).rfind(struct.pack("<iii", 0, 16, 17))
    body[at + 4 : at + 12] = struct.pack("<ii", 60_000, 70_000)
    with pytest.raises(TableUnreadableError):
        read(bytes(body), ARROW)


IDS: list[tuple[pa.DataType, Any]] = [
    (pa.string(), "七"),
    (pa.large_string(), "a"),
    (pa.string_view(), "a"),
    (pa.binary(), b"\xff"),
    (pa.binary(), b"a"),
    (pa.uint64(), 2**64 - 1),
    (pa.float16(), np.float16(1)),
    (pa.float64(), float("nan")),
    (pa.decimal128(10, 2), 1),
    (pa.timestamp("ns"), 1),
    (pa.timestamp("us", "Asia/Shanghai"), 1),
    (pa.duration("s"), 1),
    (pa.date32(), 1),
    (pa.bool_(), True),
    (pa.month_day_nano_interval(), (1, 2, 3)),
    (pa.list_(pa.int8()), [1]),
    (pa.list_(pa.null(), 10**6), [None] * 10**6),
    (pa.struct([("a", pa.int8())]), {"a": 1}),
    (pa.map_(pa.int64(), pa.int64()), [(1, 2)]),
    (pa.null(), None),
]


@pytest.mark.parametrize(("kind", "value"), IDS, ids=lambda value: str(value)[:24])
@pytest.mark.parametrize("given", FORMATS)
def test_an_identifier_of_any_type_comes_back_or_is_refused(kind: pa.DataType, value: Any, given: str) -> None:
    body = stream(points(id=pa.array([value, value], kind)))
    try:
        sent = read(body, ARROW)
    except TableUnreadableError:
        return
    assert sent.ids is not None
    assert point_tables.write({"id": sent.ids}, given, {})


def test_identifiers_of_a_csv_come_back_as_they_were() -> None:
    sent = read(b"id,lon,lat\n007,113,34\n2026-01-01,113,34\n=1+1,113,34\n", CSV)
    assert sent.ids is not None
    assert sent.ids.to_pylist() == ["007", "2026-01-01", "=1+1"]


@pytest.mark.parametrize(
    "body",
    [
        b"lon,lat\n" + b"1,2\n" * (MOST + 1),
        b"lon,lat," + b"a," * 200_000 + b"\n",
        b"lon,lat," + b"a," * 2_000_000 + b"\n",
        b"lon,lat\n" + b"\n" * 100_000,
        b'lon,lat\n"' + b"x" * 3_000_000,
        b"lon,lat,id\n1,2,\xff\n",
        b"\xff\xfel\x00o\x00n\x00",
        b"lon,lat\n" + b"9" * 5000 + b",1\n",
        b"\x00" * 100,
        b"lon,lat\r1,2\r" * 1000,
    ],
    ids=lambda body: str(body[:24]),
)
def test_a_hostile_csv_is_read_or_refused_quickly_and_in_little_memory(body: bytes) -> None:
    check(body, CSV)


@pytest.mark.parametrize(
    "body",
    [
        b"[" + b"[]," * 1_000_00 + b"[]]",
        b'{"lon":[1],"lat":[2],"lon":[3]}',
        b'{"lon":[1e400],"lat":[2]}',
        b'{"lon":[' + b"9" * 5000 + b'],"lat":[2]}',
        b'{"lon":["1"],"lat":[2],"accuracy_m":[[]]}',
        b'{"lon":[true],"lat":[2]}',
        b'[{"lon":1,"lat":2},null]',
        b'[{"lon":1,"lat":2},{"lon":{},"lat":2}]',
        b'["\\ud800"]',
        b"[" * 2000,
    ],
    ids=lambda body: str(body[:24]),
)
def test_a_hostile_json_is_read_or_refused_quickly_and_in_little_memory(body: bytes) -> None:
    check(body, JSON)


def check(body: bytes, media: str) -> None:
    """Read a body: an answer or a refusal, soon, without a hundred times its size in memory."""
    started = time.process_time()
    tracemalloc.start()
    before = pa.total_allocated_bytes()
    try:
        read(body, media)
    except REFUSED:
        pass
    finally:
        most = tracemalloc.get_traced_memory()[1] + pa.total_allocated_bytes() - before
        tracemalloc.stop()
    assert time.process_time() - started < 5
    assert most < 100 * len(body) + (1 << 20)


def _spoiled(body: bytes, dice: random.Random) -> bytes:
    spoiled = bytearray(body)
    for _ in range(dice.randrange(1, 5)):
        match dice.randrange(5):
            case 0:
                spoiled[dice.randrange(len(spoiled))] = dice.randrange(256)
            case 1:
                at = dice.randrange(len(spoiled))
                del spoiled[at : at + dice.randrange(1, 64)]
            case 2:
                at = dice.randrange(len(spoiled))
                spoiled[at:at] = dice.randbytes(dice.randrange(1, 64))
            case 3:
                at = dice.randrange(max(1, len(spoiled) - 8)) & ~7
                spoiled[at : at + 8] = struct.pack("<q", dice.choice([-1, 0, 1, 2**31, 2**40, 2**62, -(2**63)]))
            case 4:
                at = dice.randrange(len(spoiled))
                spoiled[at:at] = spoiled[at : at + dice.randrange(1, 200)]
        spoiled = spoiled or bytearray(b"\x00")
    return bytes(spoiled)


GOOD: dict[str, Callable[[], bytes]] = {
    ARROW: lambda: stream(points(id=["七", "b"], accuracy_m=[1.0, None])),
    CSV: lambda: b'id,lon,lat,accuracy_m\n"a,b",113.1,34.2,5\nb,113,34,\n',
    JSON: lambda: b'[{"lon":113.1,"lat":34.2,"accuracy_m":5},{"lon":113,"lat":34}]',
}


@pytest.mark.parametrize("media", FORMATS)
def test_a_spoiled_table_is_read_or_refused(media: str) -> None:
    dice, good = random.Random(7), GOOD[media]()
    for _ in range(2000):
        body = _spoiled(good, dice)
        try:
            sent = read(body, media)
            for given in FORMATS:
                if sent.ids is not None:
                    point_tables.write({"id": sent.ids}, given, {})
        except REFUSED:
            continue
        assert sent.x.size <= MOST
