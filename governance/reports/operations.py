"""Writes of reports: a draft becomes a stored report with its place, once; later decisions move it.

The statement of intake is one for all ways in: it takes rows as one JSON parameter, stores what is new and says nothing
about what is there already; those are read back and compared (core.db.group_commit runs it, many requests at once).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson
from psycopg.errors import CheckViolation, UndefinedTable
from psycopg.rows import dict_row, tuple_row
from sqlalchemy import text

from core import audit
from core.db.locks import LockSpace, lock_all
from core.observability import REPORTS
from governance.reports import differences, numbers, partitions, queries, rules

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    import psycopg
    from sqlalchemy.orm import Session

    from governance.reports.placement import Placement, PlacementContext
    from governance.reports.rules import Decision, ReportDraft
    from governance.reports.states import ReassignmentCause
    from identity.actors import Actor
    from identity.grants import Reach

# All rows of all callers of a transaction in one statement. A row whose key is known already gets no key here
# (ON CONFLICT DO NOTHING) and is not stored: FIND then returns the one it repeats.
STORE = """
WITH sent AS MATERIALIZED (
    SELECT report_new_id(s.received_at) AS id, s.*
    FROM json_to_recordset(%s::text::json) AS s (
        client_id integer, channel text, external_id text, idempotency_key text, body_sha256 bytea, category text,
        description text, address_text text, x float8, y float8, crs text, lon float8, lat float8,
        accuracy_m float8, reported_at timestamptz, received_at timestamptz, photos text[], layer_id integer,
        release_number integer, method text, area_path text[], distance_to_edge_m float8, candidates jsonb,
        reason_code text, reason_values jsonb, reporter_name text, reporter_phone text, caller_hash bytea,
        set_aside jsonb, sensitive text[])
), keyed AS (
    INSERT INTO report_key (report_id, client_id, idempotency_key, channel, external_id, body_sha256)
    SELECT id, client_id, idempotency_key, channel, external_id, body_sha256 FROM sent
    WHERE idempotency_key IS NOT NULL OR external_id IS NOT NULL
    ON CONFLICT DO NOTHING
    RETURNING report_id
), stored AS (
    INSERT INTO report (id, client_id, channel, external_id, idempotency_key, body_sha256, category, description,
        address_text, x, y, crs, geom, accuracy_m, reported_at, received_at, photos, layer_id, release_number,
        method, area_path, distance_to_edge_m, candidates, reason_code,
        reason_values)
    SELECT id, client_id, channel, external_id, idempotency_key, body_sha256, category, description,
        address_text, x, y, crs, ST_SetSRID(ST_MakePoint(lon, lat), 4326), accuracy_m, reported_at, received_at,
        photos, layer_id, release_number, method, area_path, distance_to_edge_m, candidates, reason_code,
        reason_values
    FROM sent
    WHERE (idempotency_key IS NULL AND external_id IS NULL) OR id IN (SELECT report_id FROM keyed)
    RETURNING id
), people AS (
    INSERT INTO reporter (report_id, name, phone, caller_hash, set_aside)
    SELECT id, reporter_name, reporter_phone, caller_hash, set_aside FROM sent JOIN stored USING (id)
    WHERE reporter_name IS NOT NULL OR reporter_phone IS NOT NULL OR set_aside IS NOT NULL
), marked AS (
    INSERT INTO report_sensitivity (report_id, kind, set_at, set_by)
    SELECT id, kind, received_at, channel FROM sent JOIN stored USING (id) CROSS JOIN LATERAL unnest(sensitive) AS kind
)
SELECT sent.id, stored.id IS NOT NULL FROM sent LEFT JOIN stored USING (id) ORDER BY sent.id
"""

# Two joins and not one with OR, so that each uses its unique index.
FIND = """
WITH sent AS MATERIALIZED (
    SELECT * FROM json_to_recordset(%s::text::json) AS s (
        place integer, client_id integer, idempotency_key text, channel text, external_id text)
)
SELECT place, k.report_id, k.body_sha256 FROM sent JOIN report_key k USING (client_id, idempotency_key)
UNION
SELECT place, k.report_id, k.body_sha256 FROM sent JOIN report_key k USING (channel, external_id)
ORDER BY 1, 2
"""

# What somebody decided meanwhile, after this decision's reading, stands.
REASSIGN = """
INSERT INTO report_reassignment
    (report_id, decided_at, actor, cause, layer_id, release_number, method, area_path, geom, accuracy_m, reason_code,
     reason_values)
SELECT d.report_id, :at, :actor, :cause, :layer, :number, d.method, d.path,
       CASE WHEN d.lon IS NOT NULL THEN ST_SetSRID(ST_MakePoint(d.lon, d.lat), 4326) END, d.accuracy_m,
       d.reason_code, d.reason_values
FROM jsonb_to_recordset(CAST(:decisions AS jsonb)) AS d
    (report_id bigint, seen bigint, method text, path text[], lon float8, lat float8, accuracy_m float8,
     reason_code text, reason_values jsonb)
WHERE d.seen = COALESCE((SELECT max(id) FROM report_reassignment a WHERE a.report_id = d.report_id), 0)
ORDER BY d.report_id
"""


@dataclass(frozen=True, slots=True)
class Stored:
    """What became of one sent report: its id, and whether it had been stored before."""

    id: int
    replayed: bool


Outcome = Stored | rules.DifferentContentError


@dataclass(frozen=True, slots=True)
class PlacedReport:
    """A draft with its place, ready to be stored."""

    client_id: int
    draft: ReportDraft
    placement: Placement
    received_at: datetime
    idempotency_key: str | None = None
    caller: bytes | None = None

    @property
    def reported_at(self) -> datetime:
        """When it happened by the sender's word, or when it reached us."""
        return self.draft.reported_at or self.received_at

    def row(self) -> dict[str, Any]:
        """Return the row as STORE names its columns."""
        draft, placement = self.draft, self.placement
        return {
            "client_id": self.client_id,
            "channel": draft.channel,
            "external_id": draft.external_id,
            "idempotency_key": self.idempotency_key,
            "body_sha256": "\\x" + rules.content_digest(draft).hex(),
            "category": draft.category,
            "description": draft.description,
            "address_text": draft.address_text,
            "x": _number(draft.x),
            "y": _number(draft.y),
            "crs": draft.crs,
            "lon": placement.lon,
            "lat": placement.lat,
            "accuracy_m": placement.accuracy_m,
            "reported_at": self.reported_at,
            "received_at": self.received_at,
            "photos": draft.photos,
            "layer_id": placement.layer_id,
            "release_number": placement.release_number,
            "method": placement.method,
            "area_path": placement.area_path,
            "distance_to_edge_m": placement.distance_to_edge_m,
            "candidates": placement.candidates,
            "reason_code": placement.reason["code"],
            "reason_values": placement.reason.get("values", {}),
            "reporter_name": draft.reporter_name,
            "reporter_phone": draft.reporter_phone,
            "caller_hash": "\\x" + self.caller.hex() if self.caller else None,
            "set_aside": dict(draft.set_aside) or None,
            "sensitive": draft.sensitive or None,
        }


def _number(value: float | str | None) -> str | float | None:
    """Return a coordinate as PostgreSQL's float8 reads it from JSON, None when it is none."""
    if value is None or isinstance(value, str):
        return None
    return value if abs(value) < 1e308 else str(value)


def place_report(
    draft: ReportDraft, context: PlacementContext, *, client_id: int, idempotency_key: str | None = None
) -> PlacedReport:
    """Place a draft and stamp it with the instant whose release placed it."""
    caller = rules.caller_hash(draft.reporter_phone, context.caller_key)
    return PlacedReport(client_id, draft, context.place(draft), context.at, idempotency_key, caller)


async def store(connection: psycopg.AsyncConnection[Any], placed_reports: Sequence[PlacedReport]) -> list[Outcome]:
    """Store placed reports in one statement; one stored before returns its first id, or a conflict if it differs.

    Raises
    ------
    psycopg.Error
        When the database refuses a row: then none of them is stored.
    """
    async with connection.cursor(row_factory=tuple_row) as cursor:
        payload = orjson.dumps([placed.row() for placed in placed_reports]).decode()
        try:
            await cursor.execute(STORE, (payload,))
        except (UndefinedTable, CheckViolation) as error:
            if not partitions.is_missing(error):
                raise
            # The month of receipt has no partition yet, or no more: it is made, and nothing is refused.
            await cursor.execute(partitions.MAKE, ([placed.received_at for placed in placed_reports],))
            await cursor.execute(STORE, (payload,))
        found = await cursor.fetchall()
        outcomes: list[Outcome] = []
        for placed, (new_id, is_new) in zip(placed_reports, found, strict=True):
            outcomes.append(Stored(new_id, replayed=not is_new))
            if is_new:
                REPORTS.labels(placed.draft.channel, placed.placement.method).inc()
        again = [place for place, (_, is_new) in enumerate(found) if not is_new]
        if again:
            for place, outcome in zip(again, await _earlier(cursor, [placed_reports[p] for p in again]), strict=True):
                outcomes[place] = outcome
        for place, outcome in enumerate(outcomes):
            if isinstance(outcome, rules.DifferentContentError) and outcome.report_id is not None:
                async with connection.cursor(row_factory=dict_row) as reading:
                    await reading.execute(differences.STORED, (outcome.report_id,))
                    outcomes[place] = _naming_fields(outcome, placed_reports[place].draft, await reading.fetchone())
        return outcomes


def store_in(session: Session, placed: PlacedReport) -> Stored:
    """Store one placed report in a session's transaction, beside what else that writes.

    Raises
    ------
    DifferentContentError
        When another report was stored under its key.
    """
    driver = session.connection().connection.driver_connection
    if driver is None:  # no transaction is without one
        raise RuntimeError("the session has no connection")
    with driver.cursor(row_factory=tuple_row) as cursor:
        cursor.execute(partitions.MAKE, ([placed.received_at],))
        cursor.execute(STORE, (orjson.dumps([placed.row()]).decode(),))
        (new_id, is_new) = cursor.fetchone()
        if is_new:
            REPORTS.labels(placed.draft.channel, placed.placement.method).inc()
            return Stored(new_id, replayed=False)
        cursor.execute(FIND, (_keys([placed]),))
        found = _compared(placed, [(report_id, bytes(digest)) for _, report_id, digest in cursor.fetchall()])
    if isinstance(found, rules.DifferentContentError):
        with driver.cursor(row_factory=dict_row) as reading:
            stored = reading.execute(differences.STORED, (found.report_id,)).fetchone()
        raise _naming_fields(found, placed.draft, stored)
    return found


async def _earlier(cursor: psycopg.AsyncCursor[Any], placed_reports: Sequence[PlacedReport]) -> list[Outcome]:
    """Return what was stored before each placed report: the same report, or another under its key."""
    await cursor.execute(FIND, (_keys(placed_reports),))
    earlier: dict[int, list[tuple[int, bytes]]] = {place: [] for place in range(len(placed_reports))}
    for place, report_id, digest in await cursor.fetchall():
        earlier[place].append((report_id, bytes(digest)))
    return [_compared(placed, earlier[place]) for place, placed in enumerate(placed_reports)]


def _keys(placed_reports: Sequence[PlacedReport]) -> str:
    keys = [
        {
            "place": place,
            "client_id": placed.client_id,
            "idempotency_key": placed.idempotency_key,
            "channel": placed.draft.channel,
            "external_id": placed.draft.external_id,
        }
        for place, placed in enumerate(placed_reports)
    ]
    return orjson.dumps(keys).decode()


def _compared(placed: PlacedReport, earlier: list[tuple[int, bytes]]) -> Outcome:
    # What was erased has no digest any more: sent again, it stays erased.
    if len(earlier) == 1 and earlier[0][1] in {rules.content_digest(placed.draft), b""}:
        return Stored(earlier[0][0], replayed=True)
    known = ", ".join(numbers.report_number(report_id) for report_id, _ in earlier)
    conflict = rules.DifferentContentError(
        "Report {known} was stored under this key with other content.",
        values={"known": known},
        field="Idempotency-Key" if placed.idempotency_key else "external_id",
    )
    conflict.report_id = earlier[0][0] if len(earlier) == 1 else None
    return conflict


def _naming_fields(
    conflict: rules.DifferentContentError, draft: ReportDraft, stored: dict[str, Any] | None
) -> rules.DifferentContentError:
    fields = differences.differing_fields(draft, stored) if stored is not None else []
    if not fields:
        return conflict
    return rules.DifferentContentError(
        "Report {known} was stored under this key with other content: {fields}.",
        values={**conflict.particular.values, "fields": ", ".join(fields)},
        field=conflict.field,
    )


def reassign(
    session: Session,
    decisions: Sequence[Decision],
    *,
    cause: ReassignmentCause,
    actor: Actor,
    layer_id: int,
    release_number: int,
    at: datetime,
) -> int:
    """Write where reports belong from now on, by areas of a release; return how many decisions were written.

    The only way in which a report gets another place. A decision is left out when the report got a place after what
    the decision knew: whoever decides under the lock first is not overwritten by one who had not seen it.
    """
    lock_all(session, LockSpace.REPORT_PLACE, [decision.report_id for decision in decisions])
    rows = [
        {"report_id": decision.report_id, "seen": decision.seen, "method": place.method, "path": place.path,
         "lon": place.lon, "lat": place.lat, "accuracy_m": place.accuracy_m,
         "reason_code": place.reason["code"], "reason_values": place.reason.get("values", {})}
        for decision in decisions
        for place in [decision.place]
    ]  # fmt: skip
    values = {"at": at, "actor": actor.name, "cause": cause, "layer": layer_id, "number": release_number}
    written = session.execute(text(REASSIGN), values | {"decisions": orjson.dumps(rows).decode()})
    return int(written.rowcount)  # type: ignore[attr-defined]


def read_reporter(session: Session, report_id: int, *, reach: Reach, actor: Actor) -> dict[str, Any]:
    """Return a report's number and its reporter in clear; that the actor read it is written into the audit.

    Raises
    ------
    ReportUnknownError
        When there is no such report in the reach, or nothing is known of who sent it.
    """
    found = queries.reporter(session, report_id, reach=reach)
    if found is None:
        raise rules.ReportUnknownError("There is no such report, or it came without a reporter.")
    number = numbers.report_number(report_id)
    audit.record(session, actor=actor, action="reporters.read", subject=number)
    return {"number": number} | found


def audit_texts_read_in_clear(session: Session, *, actor: Actor, subject: str, reports: Sequence[str]) -> None:
    """Write into the audit that an actor read texts of reports, by number, with the people in them, and where."""
    audit.record(
        session, actor=actor, action="reports.read_in_clear", subject=subject, reports=list(dict.fromkeys(reports))
    )


def erase_words(session: Session, report_ids: Sequence[int]) -> None:
    """Empty what the senders of reports said and remove who they were; report_erasure must name the reports before."""
    session.execute(text("SELECT erase_report_words(CAST(:ids AS bigint[]))"), {"ids": list(report_ids)})
