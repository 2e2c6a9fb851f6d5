"""Bulk intake: rows of a file, placed in process and stored by COPY, a batch a transaction.

What is stored is what the API would have stored, digest for digest: a report that came in by either way is known to
the other. Placing and writing of a batch run beside the database's storing of the batch before.
"""

from __future__ import annotations

import math
import re
import struct
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import orjson
import psycopg

from core import clock
from core.errors import DomainError
from governance.cases import rules
from governance.cases.placement import Placement, placement_of
from grids.assignment import points
from grids.assignment import rules as assignment_rules
from grids.assignment.rules import Facts, Method

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from governance.cases.placement import Ground
    from governance.cases.rules import ReportDraft
    from grids.assignment.release_index import ReleaseIndex

_COLUMNS = (
    "client_id, channel, external_id, idempotency_key, body_sha256, category, description, address_text, x, y, crs,"
    " geom, accuracy_m, reported_at, received_at, photos, layer_id, release_number, method, area_path,"
    " distance_to_edge_m, candidates, reason"
)
_PERSON = "reporter_name, reporter_phone, caller_hash"
STAGE = f"""
CREATE TEMP TABLE report_staging ON COMMIT DELETE ROWS AS
SELECT id, 0 AS line, {_COLUMNS}, ''::text AS reporter_name, ''::text AS reporter_phone, ''::bytea AS caller_hash
FROM report LIMIT 0;
ALTER TABLE report_staging ALTER id SET DEFAULT nextval('report_id_seq');
"""
COPY_REPORTS = f"COPY report (id, {_COLUMNS}) FROM STDIN"
COPY_REPORTERS = "COPY reporter (report_id, name, phone, caller_hash) FROM STDIN"
COPY = f"COPY report_staging (line, {_COLUMNS}, {_PERSON}) FROM STDIN"
STORE = f"""
WITH stored AS (
    INSERT INTO report (id, {_COLUMNS}) OVERRIDING SYSTEM VALUE
    SELECT id, {_COLUMNS} FROM report_staging ON CONFLICT DO NOTHING
    RETURNING id
), people AS (
    INSERT INTO reporter (report_id, name, phone, caller_hash)
    SELECT s.id, {_PERSON} FROM report_staging s JOIN stored USING (id)
    WHERE reporter_name IS NOT NULL OR reporter_phone IS NOT NULL
)
SELECT count(*) FROM stored
"""
CONFLICTS = """
SELECT DISTINCT s.line, r.id
FROM report_staging s
JOIN report r USING (channel, external_id)
WHERE r.id <> s.id AND r.body_sha256 <> s.body_sha256
ORDER BY 1
"""

_SPECIAL = re.compile(r"[\\\n\t\r]")
_ESCAPES = {"\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}
_NONE = "\\N"
# EWKB of a point with SRID 4326, little-endian, before its two doubles.
_POINT = "0101000020E6100000"
_METHODS = tuple(assignment_rules.METHODS)


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the file: its line, for the file of rejected rows, and what it says."""

    line: int
    draft: ReportDraft


@dataclass(slots=True)
class Tally:
    """What became of the rows so far."""

    stored: int = 0
    replayed: int = 0
    methods: Counter[str] = field(default_factory=Counter)
    expects_known: bool = False


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows in the form in which COPY takes them."""

    lines: list[int]
    texts: list[str]
    people: list[str]
    methods: list[str]

    def halves(self) -> tuple[Batch, Batch]:
        """Split, to find the row that the database refuses."""
        half = len(self.lines) // 2
        return (
            Batch(self.lines[:half], self.texts[:half], self.people[:half], self.methods[:half]),
            Batch(self.lines[half:], self.texts[half:], self.people[half:], self.methods[half:]),
        )


class Preparation:
    """Places rows by one release and writes them as COPY takes them: all of Python's share of the work."""

    def __init__(self, ground: Ground, *, client_id: int) -> None:
        self._ground = ground
        self._client_id = client_id
        self._seen: Counter[bytes] = Counter()
        self._bulk = _Bulk(ground.release) if ground.release is not None and ground.release.layer.is_coverage else None

    def batch(self, rows: Sequence[Row]) -> Batch:
        """Place and write rows."""
        now = clock.now().isoformat()
        placements = self._placed(rows)
        texts = [self._text(row, placed, now) for row, placed in zip(rows, placements, strict=True)]
        people = [_person(row.draft) for row in rows]
        return Batch([row.line for row in rows], texts, people, [placed.method for placed in placements])

    def _placed(self, rows: Sequence[Row]) -> list[_Placed]:
        placements: list[_Placed | None] = [None] * len(rows)
        if self._bulk is not None:
            by_crs: dict[str, list[int]] = {}
            for position, row in enumerate(rows):
                if isinstance(row.draft.x, float) and isinstance(row.draft.y, float):
                    by_crs.setdefault(row.draft.crs, []).append(position)
            for crs, positions in by_crs.items():
                self._bulk.place(rows, positions, crs, placements)
        return [
            placed if placed is not None else _Placed.of(self._ground.place(row.draft))
            for row, placed in zip(rows, placements, strict=True)
        ]

    def _text(self, row: Row, placed: _Placed, now: str) -> str:
        draft = row.draft
        digest = rules.content_digest(draft)
        key = _NONE
        if draft.external_id is None:
            # The n-th row of this content: importing the file again finds the same keys.
            self._seen[digest] += 1
            key = f"import:{digest.hex()}:{self._seen[digest]}"
        return "\t".join((
            str(self._client_id),
            _field(draft.channel),
            _field(draft.external_id),
            key,
            "\\\\x" + digest.hex(),
            _field(draft.category),
            _field(draft.description),
            _field(draft.address_text),
            _float(draft.x),
            _float(draft.y),
            _field(draft.crs),
            placed.text,
            _float(draft.accuracy_m) if placed.accuracy is None else placed.accuracy,
            draft.reported_at.isoformat() if draft.reported_at else now,
            now,
            _field(_array(draft.photos)) if draft.photos else "{}",
            placed.answer,
        ))  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Placed:
    """A placement as COPY takes it: the point; everything from the layer to the reason."""

    method: str
    text: str
    answer: str
    accuracy: str | None = None

    @classmethod
    def of(cls, placement: Placement) -> _Placed:
        has_point = placement.lon is not None and placement.lat is not None
        candidates = orjson.dumps(placement.candidates).decode() if placement.candidates else None
        answer = (
            _NONE if placement.layer_id is None else str(placement.layer_id),
            _NONE if placement.release_number is None else str(placement.release_number),
            placement.method,
            _field(_array(placement.area_path)),
            _float(placement.distance_to_edge_m),
            _field(candidates),
            _field(placement.reason),
        )
        text = _point(placement.lon or 0.0, placement.lat or 0.0) if has_point else _NONE
        return cls(placement.method, text, "\t".join(answer), _float(placement.accuracy_m))


class _Bulk:
    """Places many points of one release at once; the few that need more than their area go to the release singly."""

    def __init__(self, release: ReleaseIndex) -> None:
        self._release = release
        table, levels = release.table, release.layer.levels
        self._paths = [
            _field(_array([code for level in levels if (code := table.paths[level][row]) is not None]))
            for row in range(table.codes.size)
        ]
        self._head = f"{release.layer.id}\t{release.release.number}"

    def place(self, rows: Sequence[Row], positions: list[int], crs: str, placements: list[_Placed | None]) -> None:
        """Fill in the placements of these rows, except of those that are no usable points."""
        x = np.array([rows[p].draft.x for p in positions], dtype=np.float64)
        y = np.array([rows[p].draft.y for p in positions], dtype=np.float64)
        try:
            lon, lat, problems = points.check_many(x, y, points.named_crs(crs), self._release.extent)
        except DomainError:
            return  # Each row keeps the reason for itself.
        answers = self._release.assign_many(lon, lat, distances=True)
        distances = np.full(x.size, np.nan) if answers.distance_to_edge_m is None else answers.distance_to_edge_m
        columns = zip(
            positions, problems.tolist(), lon.tolist(), lat.tolist(), answers.row.tolist(), answers.method.tolist(),
            distances.tolist(), strict=True,
        )  # fmt: skip
        for position, problem, east, north, row, number, distance in columns:
            if problem:
                continue
            method = _METHODS[number]
            accuracy = rows[position].draft.accuracy_m
            if method is Method.BOUNDARY or (accuracy and not accuracy <= distance):
                found = self._release.assign(east, north, min(accuracy or 0.0, assignment_rules.LARGEST_ACCURACY_M))
                placements[position] = _Placed.of(placement_of(found, accuracy))
                continue
            placements[position] = _Placed(
                str(method), _point(east, north), self._answer(method, row, distance, accuracy)
            )

    def _answer(self, method: Method, row: int, distance: float, accuracy: float | None) -> str:
        table, layer = self._release.table, self._release.layer
        found = method is not Method.UNASSIGNED
        facts = Facts(
            method,
            level=table.levels[row] if found else "",
            name=table.names[row] if found else "",
            finest_level=layer.levels[-1],
            distance_m=distance,
            accuracy_m=accuracy,
            tolerance_m=layer.nearest_tolerance_m,
        )
        edge = repr(distance) if found else _NONE
        reason = _field(assignment_rules.reason(facts))
        return f"{self._head}\t{method}\t{self._paths[row] if found else '{}'}\t{edge}\t{_NONE}\t{reason}"


_NOBODY = "\\N\t\\N\t\\N"


def _person(draft: ReportDraft) -> str:
    if draft.reporter_name is None and draft.reporter_phone is None:
        return _NOBODY
    caller = rules.caller_hash(draft.reporter_phone)
    digest = "\\\\x" + caller.hex() if caller else _NONE
    return f"{_field(draft.reporter_name)}\t{_field(draft.reporter_phone)}\t{digest}"


def _field(text: str | None) -> str:
    if text is None:
        return _NONE
    return _SPECIAL.sub(lambda found: _ESCAPES[found[0]], text) if _SPECIAL.search(text) else text


def _array(items: Iterable[str]) -> str:
    quoted = ('"' + item.replace("\\", "\\\\").replace('"', '\\"') + '"' for item in items)
    return "{" + ",".join(quoted) + "}"


def _float(value: float | str | None) -> str:
    if value is None:
        return _NONE
    try:
        number = float(value)
    except ValueError:
        return _NONE
    if math.isfinite(number):
        return repr(number)
    return "NaN" if math.isnan(number) else ("Infinity" if number > 0 else "-Infinity")


def _point(lon: float, lat: float) -> str:
    return _POINT + struct.pack("<dd", lon, lat).hex()


Rejected = list[tuple[int, str]]


def open_staging(connection: psycopg.Connection[Any]) -> None:
    """Make the connection's staging table; once, before the first batch."""
    with connection.transaction():
        connection.execute(STAGE)


def store(connection: psycopg.Connection[Any], batch: Batch, tally: Tally) -> Rejected:
    """Store a batch in one transaction, add it to the tally, and return the rows that were refused, and why.

    New rows go straight into the ledger. A batch in which one is known already, or refused, goes through the staging
    table, and so do the batches after it while they bring known rows.
    """
    if not batch.lines:
        return []
    if not tally.expects_known:
        try:
            _copy_new(connection, batch)
        except (psycopg.DataError, psycopg.IntegrityError):
            tally.expects_known = True
        else:
            tally.stored += len(batch.lines)
            tally.methods.update(batch.methods)
            return []
    before = tally.replayed
    refused = _stage(connection, batch, tally)
    tally.expects_known = tally.replayed > before
    return refused


def _copy_new(connection: psycopg.Connection[Any], batch: Batch) -> None:
    with connection.transaction(), connection.cursor() as cursor:
        cursor.execute("SELECT nextval('report_id_seq') FROM generate_series(1, %s)", [len(batch.lines)])
        ids = [row[0] for row in cursor.fetchall()]
        with cursor.copy(COPY_REPORTS) as copy:
            copy.write("".join([f"{report_id}\t{text}\n" for report_id, text in zip(ids, batch.texts, strict=True)]))
        people = [f"{i}\t{person}\n" for i, person in zip(ids, batch.people, strict=True) if person is not _NOBODY]
        if people:
            with cursor.copy(COPY_REPORTERS) as copy:
                copy.write("".join(people))


def _stage(connection: psycopg.Connection[Any], batch: Batch, tally: Tally) -> Rejected:
    """Store what is new of a batch; one that the database refuses is halved until the refused row stands alone."""
    rows = zip(batch.lines, batch.texts, batch.people, strict=True)
    try:
        with connection.transaction(), connection.cursor() as cursor:
            with cursor.copy(COPY) as copy:
                copy.write("".join([f"{line}\t{text}\t{person}\n" for line, text, person in rows]))
            stored = int(cursor.execute(STORE).fetchone()[0])  # type: ignore[index]
            conflicts = cursor.execute(CONFLICTS).fetchall() if stored < len(batch.lines) else []
    except (psycopg.DataError, psycopg.IntegrityError) as error:
        if len(batch.lines) == 1:
            return [(batch.lines[0], f"the database refused it: {str(error).splitlines()[0]}")]
        first, second = batch.halves()
        return _stage(connection, first, tally) + _stage(connection, second, tally)
    reasons = {
        line: f"report {rules.report_number(report_id)} has the same external id and other content"
        for line, report_id in conflicts
    }
    tally.stored += stored
    tally.replayed += len(batch.lines) - stored - len(reasons)
    tally.methods.update(m for line, m in zip(batch.lines, batch.methods, strict=True) if line not in reasons)
    return list(reasons.items())
