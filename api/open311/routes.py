"""GeoReport v2 to read: discovery, services, requests, tokens, updates."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Query, Request
from starlette.responses import Response

from api.http.dependencies import SnapshotDep
from api.http.instants import InstantQuery
from api.http.language import language_among
from api.http.openapi import feature_router
from api.http.parameters import box_of
from api.http.public_address import address_of
from api.open311.callers import ReaderDep
from api.open311.formats import MEDIA_TYPES, Form, GeoReportRoute, RequestsForm, answer, geojson, one
from api.shapes.attachments import link
from core import clock
from core.words import FIRST_LANGUAGE, sentence
from governance.attachments.rules import LINK_LASTS
from governance.attachments.states import Copy
from governance.open311 import queries, rules
from governance.open311.queries import RequestFilter, RequestUpdate, Service, ServiceRequest
from governance.open311.rules import Open311InvalidError, RequestNotFoundError, RequestStatus
from governance.reports.numbers import NumberMalformedError, report_id
from governance.reports.queries import current_id
from presentation.words.open311 import CATALOGUE

router = feature_router(prefix="/open311/v2", include_in_schema=False)
router.route_class = GeoReportRoute
PREFIX = "/open311/v2"
CHANGESET = "2026-07-01"
Page = Annotated[int, Query(ge=1, le=100_000)]
PageSize = Annotated[int, Query(ge=1, le=rules.MOST)]


@router.get("/discovery.{form}")
def discover(request: Request, form: Form) -> Response:
    """Tell clients where the endpoint is and what it speaks."""
    here = address_of(request)
    endpoint: dict[str, Any] = {
        "specification": "http://wiki.open311.org/GeoReport_v2", "url": f"{here}{PREFIX}", "changeset": CHANGESET,
        "type": "production", "formats": list(MEDIA_TYPES),
    }  # fmt: skip
    endpoints: list[Any] = [endpoint]
    if form is Form.XML:  # each member of a list is an element of its own
        endpoint["formats"] = [{"format": kind} for kind in MEDIA_TYPES]
        endpoints = [{"endpoint": endpoint}]
    about = {"changeset": CHANGESET, "contact": f"{here}/docs", "key_service": f"{here}/docs"}
    return one(form, "discovery", about | {"endpoints": endpoints})


@router.get("/services.{form}")
def list_services(session: SnapshotDep, form: Form) -> Response:
    """List what can be asked for: the ends of the tree of categories."""
    found = queries.services(session, clock.now())
    return answer(form, "services", "service", map(_service, found))


@router.get("/services/{code}.{form}")
def read_service(session: SnapshotDep, code: str, form: Form) -> Response:
    """Define a service: it has no attributes of its own."""
    found = queries.service(session, code, clock.now())
    return one(form, "service_definition", {"service_code": found.code, "attributes": []})


@router.get("/requests.{form}")
def list_requests(
    request: Request,
    session: SnapshotDep,
    reader: ReaderDep,
    form: RequestsForm,
    service_request_id: Annotated[str | None, Query(max_length=50_000)] = None,
    service_code: Annotated[str | None, Query(max_length=2000)] = None,
    status: Annotated[str | None, Query(max_length=40)] = None,
    start_date: InstantQuery | None = None,
    end_date: InstantQuery | None = None,
    updated_after: InstantQuery | None = None,
    bbox: Annotated[str | None, Query(max_length=200)] = None,
    page: Page = 1,
    page_size: PageSize = rules.MOST,
) -> Response:
    """List requests, the latest first: of 90 days and 1,000 at most, unless they are named by their ids."""
    now = clock.now()
    if service_request_id is not None:
        wanted = RequestFilter(ids=[current_id(session, _id(one)) for one in _parts(service_request_id)])
    else:
        first, behind = rules.span_of(start_date, end_date, now)
        codes = [queries.service(session, one, now).category for one in _parts(service_code or "")]
        wanted = RequestFilter(
            first=first, behind=behind, updated_after=updated_after, categories=codes or None,
            statuses=frozenset(map(_status, _parts(status or ""))) or frozenset(RequestStatus),
            bbox=None if bbox is None else box_of(bbox),
        )  # fmt: skip
    found = queries.requests_page(session, wanted, reader, at=now, limit=page_size, offset=(page - 1) * page_size)
    rows = [_request(request, one_of) for one_of in found]
    return geojson(rows) if form is RequestsForm.GEOJSON else answer(form, "service_requests", "request", rows)


@router.get("/requests/{number}.{form}")
def read_request(request: Request, session: SnapshotDep, reader: ReaderDep, number: str, form: Form) -> Response:
    """Return one request, as a list of one."""
    wanted = RequestFilter(ids=[current_id(session, _id(number))])
    found = queries.requests_page(session, wanted, reader, at=clock.now(), limit=1)
    if not found:
        raise RequestNotFoundError
    return answer(form, "service_requests", "request", [_request(request, found[0])])


@router.get("/tokens/{token}.{form}")
def read_token(session: SnapshotDep, reader: ReaderDep, token: str, form: Form) -> Response:
    """Return the request of a token: here a request has its number at once, which is its token too."""
    found = queries.requests_page(
        session, RequestFilter(ids=[current_id(session, _id(token))]), reader, at=clock.now(), limit=1
    )
    if not found:
        raise RequestNotFoundError
    return answer(form, "service_requests", "request", [{"token": token, "service_request_id": found[0].number}])


@router.get("/servicerequestupdates.{form}")
def list_request_updates(
    session: SnapshotDep,
    reader: ReaderDep,
    form: Form,
    start_date: InstantQuery | None = None,
    end_date: InstantQuery | None = None,
    page: Page = 1,
    page_size: PageSize = rules.MOST,
) -> Response:
    """List what happened to requests in a span, in the order of time, as FixMyStreet asks for it."""
    first, behind = rules.span_of(start_date, end_date, clock.now())
    found = queries.updates_page(
        session, reader, first=first, behind=behind, limit=page_size, offset=(page - 1) * page_size
    )
    return answer(form, "service_requests_updates", "request_update", map(_update, found))


def said(code: str, values: dict[str, str] | None = None) -> str:
    """Return a sentence in the language asked for."""
    spoken = language_among(CATALOGUE.languages, FIRST_LANGUAGE)
    return sentence(CATALOGUE, code, values or {}, spoken)


def _service(found: Service) -> dict[str, Any]:
    return {
        "service_code": found.code, "service_name": found.name, "description": found.description, "metadata": False,
        "type": "realtime", "keywords": ",".join(dict.fromkeys((found.name, found.description))), "group": found.group,
    }  # fmt: skip


def _request(request: Request, found: ServiceRequest) -> dict[str, Any]:
    photo = None if found.photo is None else link(request, found.photo, Copy.CLEAN, clock.now() + LINK_LASTS)
    return {
        "service_request_id": found.number, "status": str(found.status),
        "status_notes": said(f"state/{found.state or 'opened'}"),
        "service_name": found.service.name if found.service else found.word,
        "service_code": found.service.code if found.service else None, "description": found.description,
        "agency_responsible": found.unit, "service_notice": None,
        "requested_datetime": _instant(found.requested_at), "updated_datetime": _instant(found.updated_at),
        "expected_datetime": None if found.expected_at is None else _instant(found.expected_at),
        "address": found.address, "address_id": None, "zipcode": None, "lat": found.lat, "long": found.lon,
        "media_url": photo,
    }  # fmt: skip


def _update(found: RequestUpdate) -> dict[str, Any]:
    what = said(f"verb/{found.verb}")
    words = what if found.unit is None else said("by", {"what": what, "unit": found.unit})
    return {
        "update_id": found.update_id, "service_request_id": found.number, "status": str(found.status),
        "updated_datetime": _instant(found.at),
        "description": words, "media_url": None,
    }  # fmt: skip


def _instant(at: Any) -> str:  # noqa: ANN401 (a datetime)
    return str(at.astimezone(clock.LOCAL).isoformat(timespec="seconds"))


def _parts(words: str) -> list[str]:
    return [part for one_of in words.split(",") if (part := one_of.strip())]


def _id(number: str) -> int:
    try:
        return report_id(number)
    except NumberMalformedError as error:
        raise RequestNotFoundError(field="service_request_id") from error


def _status(word: str) -> RequestStatus:
    if word.lower() not in [*RequestStatus]:
        raise Open311InvalidError(
            "A status is open or closed, not '{word}'.", values={"word": word[:40]}, field="status"
        )
    return RequestStatus(word.lower())
