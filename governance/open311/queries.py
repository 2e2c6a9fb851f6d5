"""Reads for GeoReport v2: what a key may see of requests and their updates, with people masked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import text

from core.personal import masked_text
from governance.attachments import queries as attachments
from governance.attachments.states import AttachmentKind
from governance.cases.lifecycle.queries import OF_CASE
from governance.cases.lifecycle.states import CaseState, Verb
from governance.categories import queries as categories
from governance.open311 import rules
from governance.open311.rules import RequestStatus, ServiceNotFoundError
from governance.reports.numbers import report_number
from governance.reports.queries import box_condition
from governance.reports.reach_queries import reach_condition

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from governance.attachments.tables import Attachment
    from governance.categories.tables import CategoryState
    from identity.grants import Reach

# Of sensitive and confidential reports, and of those that accuse somebody, only the sender hears.
_VISIBLE: Final = """
((r.client_id = :sender) OR ({reached} AND c.id IS NOT NULL
    AND NOT EXISTS (SELECT FROM report_sensitivity s WHERE s.report_id = r.id)
    AND NOT EXISTS (SELECT FROM report_confidential x WHERE x.report_id = r.id)
    AND NOT EXISTS (SELECT FROM report_accused a WHERE a.report_id = r.id)))
"""
_JOINED: Final = """
FROM report r JOIN report_place p ON p.report_id = r.id LEFT JOIN case_record c ON c.id = r.id
LEFT JOIN layer l ON l.id = p.layer_id
"""
_REQUESTS: Final = f"""
SELECT r.id, r.channel, r.reported_at, r.received_at, r.category AS word, r.description, r.address_text,
       c.state, c.category_path, c.changed_at, c.due_at, ST_X(p.geom) AS lon, ST_Y(p.geom) AS lat,
       (SELECT u.name FROM unit_state u WHERE u.unit_code = c.unit_code AND u.superseded_at IS NULL
        ORDER BY lower(u.valid_during) DESC LIMIT 1) AS unit,
       EXISTS (SELECT FROM report_sensitivity s WHERE s.report_id = r.id) AS is_sensitive
{_JOINED}
WHERE {{where}}
ORDER BY r.reported_at DESC, r.id DESC LIMIT :limit OFFSET :offset
"""
_UPDATES: Final = f"""
SELECT t.id, t.case_id, t.at, t.verb, t.led_to,
       (SELECT u.name FROM unit_state u WHERE u.unit_code = t.unit_code AND u.superseded_at IS NULL
        ORDER BY lower(u.valid_during) DESC LIMIT 1) AS unit
{_JOINED} JOIN case_step t ON t.case_id = c.id
WHERE t.verb = ANY (:verbs) AND t.at >= :first AND t.at <= :behind AND {{where}}
ORDER BY t.at, t.id LIMIT :limit OFFSET :offset
"""
_ENDED: Final = """
SELECT case_id, max(at) FROM case_step WHERE case_id = ANY (:ids) AND verb = ANY (:verbs) GROUP BY case_id
"""
_AFTER: Final = "(r.reported_at, r.id) < (:last_at, :last_id)"
MOST_A_PORTION: Final = 2_000
_CONDITIONS: Final = {
    "ids": "r.id = ANY (:ids)",
    "first": "r.reported_at >= :first AND r.id >= report_first_id(:first)",
    "behind": "r.reported_at <= :behind",
    "updated_after": "coalesce(c.changed_at, r.received_at) > :updated_after",
    "categories": "(c.category_path && CAST(:categories AS text[]) OR r.category = ANY (:categories))",
}


@dataclass(frozen=True, slots=True)
class Service:
    """A kind of request that can be sent: a category without others below it."""

    code: str
    category: str
    name: str
    description: str
    group: str


@dataclass(frozen=True, slots=True)
class ServiceRequest:
    """A report as clients of the standard see it; people in its texts are masked, and it bears no person."""

    id: int
    status: RequestStatus
    state: CaseState | None
    service: Service | None
    word: str
    description: str
    unit: str | None
    requested_at: datetime
    updated_at: datetime
    expected_at: datetime | None
    address: str | None
    lon: float | None
    lat: float | None
    photo: Attachment | None

    @property
    def number(self) -> str:
        """The number of the report."""
        return report_number(self.id)


@dataclass(frozen=True, slots=True)
class BulkRow:
    """A request of an export: with the channel by which it came, and when its case ended last."""

    request: ServiceRequest
    channel: str
    closed_at: datetime | None


@dataclass(frozen=True, slots=True)
class RequestUpdate:
    """A step of a case as clients see it."""

    update_id: str
    number: str
    at: datetime
    verb: Verb
    status: RequestStatus
    unit: str | None


@dataclass(frozen=True, slots=True)
class Reader:
    """Who asks: the reports that the key sent itself, and those that its grants reach (None: of others none)."""

    client_id: int
    reach: Reach | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestFilter:
    """Which requests; ids override the rest."""

    ids: Sequence[int] | None = None
    first: datetime | None = None
    behind: datetime | None = None
    updated_after: datetime | None = None
    categories: Sequence[str] | None = None
    statuses: frozenset[RequestStatus] = frozenset(RequestStatus)
    bbox: tuple[float, float, float, float] | None = None


def services(session: Session, at: datetime) -> list[Service]:
    """Return the services at an instant: the ends of the tree of categories, by code."""
    rows = categories.categories_at(session, at)
    above = {row.parent_code for row in rows}
    names = {row.category_code: row.public_name for row in rows}
    return [_service(row, names) for row in rows if row.category_code not in above]


def service(session: Session, code: str, at: datetime) -> Service:
    """Return a service by its code, or that of its category.

    Raises
    ------
    ServiceNotFoundError
    """
    found = {one.category: one for one in services(session, at)}
    found |= {one.code: one for one in found.values()}
    if code not in found:
        raise ServiceNotFoundError("There is no service '{code}'.", values={"code": code[:80]}, field="service_code")
    return found[code]


def requests_page(
    session: Session, wanted: RequestFilter, reader: Reader, *, at: datetime, limit: int, offset: int = 0
) -> list[ServiceRequest]:
    """Return requests that a key may see, the latest first."""
    conditions, values = _visible(session, reader)
    given = {name: value for name in _CONDITIONS if (value := getattr(wanted, name)) is not None}
    conditions += [_CONDITIONS[name] for name in given]
    if wanted.bbox is not None:
        condition, edges = box_condition(wanted.bbox)
        conditions, given = [*conditions, condition], given | edges
    if wanted.statuses != frozenset(RequestStatus):
        is_done = "coalesce(c.state = ANY (:done), false)"
        conditions.append(is_done if RequestStatus.CLOSED in wanted.statuses else f"NOT {is_done}")
        given["done"] = [str(state) for state in rules.DONE]
    statement = _REQUESTS.format(where=" AND ".join(conditions))
    rows = session.execute(text(statement), values | given | {"limit": limit, "offset": offset}).all()
    known = {one.category: one for one in services(session, at)} if rows else {}
    photos = _photos(session, [row.id for row in rows if not row.is_sensitive])
    return [_request(row, known, photos) for row in rows]


def bulk_rows(
    session: Session, reader: Reader, *, first: datetime | None, behind: datetime | None, at: datetime
) -> Iterator[BulkRow]:
    """Yield all requests that a key may see, the latest first, in portions; of a span if one is given.

    Needs a session on one snapshot.
    """
    conditions, values = _visible(session, reader)
    given = {name: value for name, value in (("first", first), ("behind", behind)) if value is not None}
    conditions = [*conditions, *(_CONDITIONS[name] for name in given)]
    known = {one.category: one for one in services(session, at)}
    page: dict[str, Any] = {}
    while True:
        where = " AND ".join([*conditions, *([_AFTER] if page else [])])
        asked = values | given | page | {"limit": MOST_A_PORTION, "offset": 0}
        rows = session.execute(text(_REQUESTS.format(where=where)), asked).all()
        ended = _ended(session, [row.id for row in rows if row.state in rules.DONE])
        for row in rows:
            yield BulkRow(_request(row, known, {}), row.channel, ended.get(row.id))
        if len(rows) < MOST_A_PORTION:
            return
        page = {"last_at": rows[-1].reported_at, "last_id": rows[-1].id}


def _ended(session: Session, case_ids: Sequence[int]) -> dict[int, datetime]:
    """Return when cases ended last."""
    if not case_ids:
        return {}
    rows = session.execute(text(_ENDED), {"ids": list(case_ids), "verbs": [str(verb) for verb in rules.ENDING]})
    return {row[0]: row[1] for row in rows}


def updates_page(
    session: Session, reader: Reader, *, first: datetime, behind: datetime, limit: int, offset: int = 0
) -> list[RequestUpdate]:
    """Return what happened to requests that a key may see in a span, in the order of time."""
    conditions, values = _visible(session, reader)
    statement = _UPDATES.format(where=" AND ".join(conditions))
    given = {"verbs": [str(verb) for verb in rules.UPDATES], "first": first, "behind": behind}
    rows = session.execute(text(statement), values | given | {"limit": limit, "offset": offset})
    return [
        RequestUpdate(
            str(row.id), report_number(row.case_id), row.at, Verb(row.verb), rules.status_of(CaseState(row.led_to)),
            row.unit,
        )
        for row in rows
    ]  # fmt: skip


def _visible(session: Session, reader: Reader) -> tuple[list[str], dict[str, Any]]:
    """Return the condition of what a reader may see, with its values."""
    conditions, values = (["false"], {}) if reader.reach is None else reach_condition(
        session, reader.reach, category=OF_CASE
    )  # fmt: skip
    reached = " AND ".join(conditions) or "true"
    return [_VISIBLE.format(reached=reached)], values | {"sender": reader.client_id}


def _service(row: CategoryState, names: dict[str, str]) -> Service:
    group = names.get(row.parent_code or "", "")
    return Service(row.open311_code or row.category_code, row.category_code, row.public_name, row.name, group)


def _request(row: Any, known: dict[str, Service], photos: dict[int, Attachment]) -> ServiceRequest:  # noqa: ANN401 (a row)
    state = None if row.state is None else CaseState(row.state)
    path = row.category_path or [row.word]
    return ServiceRequest(
        id=row.id, status=rules.status_of(state), state=state, service=known.get(path[0]), word=masked_text(row.word),
        description=masked_text(row.description), unit=row.unit, requested_at=row.reported_at,
        updated_at=row.changed_at or row.received_at, expected_at=row.due_at,
        address=None if row.address_text is None else masked_text(row.address_text), lon=row.lon, lat=row.lat,
        photo=photos.get(row.id),
    )  # fmt: skip


def _photos(session: Session, report_ids: Sequence[int]) -> dict[int, Attachment]:
    """Return the last photo of each report that the office has cleared for the public."""
    rows = attachments.of_reports(session, report_ids)
    cleared = attachments.cleared(session, [one.id for one in rows])
    return {one.subject_id: one for one in rows if one.id in cleared and one.kind == AttachmentKind.PHOTO}
