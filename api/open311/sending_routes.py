"""GeoReport v2 to send: requests become reports by the one rule of intake, updates notes in the histories of cases."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from anyio import to_thread
from fastapi import Request
from starlette.responses import Response

from api.http.openapi import feature_router
from api.http.services import services_of
from api.open311 import photos
from api.open311.callers import caller
from api.open311.formats import Form, GeoReportRoute, answer
from api.open311.routes import said
from api.open311.sent_forms import read_form
from api.shapes import intake
from api.shapes.uploaded import COST
from core import clock
from core.errors import Detail, DomainError
from core.instants import read_instant
from governance.channels.rules import choose
from governance.open311 import operations, queries
from governance.open311.operations import PeerUpdate
from governance.open311.rules import Open311InvalidError, Open311KeyError
from governance.reports import operations as reports
from governance.reports.numbers import report_number
from governance.reports.rules import DraftFieldError, IntakeDefaults, draft_from
from identity.grants import Scope

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from api.http.services import Services
    from api.open311.sent_forms import SentForm
    from governance.attachments.operations import Stored
    from identity.keys import Principal

router = feature_router(prefix="/open311/v2", include_in_schema=False)
router.route_class = GeoReportRoute
LONGEST: Final = 4000
OF_FIELDS: Final = {
    "text": "description", "lon": "long", "lat": "lat", "address": "address_string",
    "external_id": "attribute[fixmystreet_id]", "category": "service_code", "reported_at": "requested_datetime",
}  # fmt: skip


@router.post("/requests.{form}", status_code=201)
async def post_request(request: Request, form: Form) -> Response:
    """Take a request with its photos: a report of the key's channel. By the peer's own id it is there once."""
    given = await read_form(request)
    sent = given.fields
    principal = await _sender(request, sent)
    services = services_of(request.app)
    await intake.spend(services, principal, 1 + COST * len(given.photos))
    kept = await to_thread.run_sync(photos.store, services, principal, given.photos) if given.photos else []
    category = await to_thread.run_sync(_category, services, sent.get("service_code", ""))
    binding = choose(None, await intake.bindings_of(services, principal))
    context = await intake.ground(services)
    try:
        # The standard's lat and long are WGS 84, whatever datum the channel declares for its own coordinates.
        draft = draft_from(_fields(given, category), IntakeDefaults(binding.channel, "WGS84"), context.at)
    except DraftFieldError as error:
        raise Open311InvalidError(
            "{problem}", values={"problem": error.words}, field=OF_FIELDS.get(error.field, error.field)
        ) from error
    if sent.get("email"):
        draft = replace(draft, set_aside=(*draft.set_aside, ("reporter.email", sent["email"][:320])))
    placed = reports.place_report(draft, context, client_id=principal.client_id)
    outcome = await services.intake.submit(placed)
    if isinstance(outcome, DomainError):
        raise outcome
    if kept:
        await to_thread.run_sync(photos.hang_all, services, outcome.id, kept, principal)
    found = {
        "service_request_id": report_number(outcome.id), "service_notice": said("notice"),
        "account_id": sent.get("account_id"),
    }  # fmt: skip
    return answer(form, "service_requests", "request", [found], 200 if outcome.replayed else 201)


@router.post("/servicerequestupdates.{form}", status_code=201)
async def post_request_update(request: Request, form: Form) -> Response:
    """Take an update to a request that the same key sent: a note in the history of its case, which moves nothing."""
    given = await read_form(request)
    principal = await _sender(request, given.fields)
    services = services_of(request.app)
    await intake.spend(services, principal, 1 + COST * len(given.photos))
    update = _update(given.fields)
    kept = await to_thread.run_sync(photos.store, services, principal, given.photos) if given.photos else []
    step, is_new = await to_thread.run_sync(_add, services, update, kept, principal)
    found = {"update_id": step, "service_request_id": update.number}
    return answer(form, "service_request_updates", "request_update", [found], 201 if is_new else 200)


async def _sender(request: Request, sent: Mapping[str, str]) -> Principal:
    """Return the key that sends; it needs reports:write for everything, as every way of intake does."""
    principal = await caller(request, sent.get("api_key"))
    if not principal.holds(Scope.REPORTS_WRITE):
        raise Open311KeyError("The key may not send reports.")
    return principal


def _category(services: Services, code: str) -> str:
    if not code:
        raise Open311InvalidError("The field is missing.", field="service_code")
    with services.database.snapshot() as session:
        return queries.service(session, code, clock.now()).category


def _fields(given: SentForm, category: str) -> dict[str, Any]:
    sent = given.fields
    has_point = bool(sent.get("lat") and sent.get("long"))
    if not has_point and not sent.get("address_string"):
        raise Open311InvalidError("Send lat and long, or address_string.", field="lat")
    name = " ".join(part for key in ("last_name", "first_name") if (part := sent.get(key, "").strip()))
    if sent.get("first_name", "").isascii():
        name = " ".join(part for key in ("first_name", "last_name") if (part := sent.get(key, "").strip()))
    return {
        "category": category,
        "text": sent.get("description"),
        "lon": sent["long"] if has_point else None,
        "lat": sent["lat"] if has_point else None,
        "address": sent.get("address_string") or None,
        "external_id": sent.get("attribute[fixmystreet_id]") or sent.get("attribute[external_id]"),
        "reporter_name": name or None,
        "reporter_phone": sent.get("phone") or None,
        "photos": given.links or None,
        "reported_at": _instant(sent, "requested_datetime"),
    }


def _update(sent: Mapping[str, str]) -> PeerUpdate:
    values = {
        "service_request_id": sent.get("service_request_id", ""),
        "update_id": sent.get("update_id") or sent.get("update_id_ext", ""),
        "description": sent.get("description", "").strip(),
    }
    missing = next((name for name, value in values.items() if not value), None)
    if missing is not None:
        raise Open311InvalidError("The field is missing.", field=missing)
    longest = {"service_request_id": 40, "update_id": 100, "description": LONGEST}
    long = next((name for name, value in values.items() if len(value) > longest[name] or "\0" in value), None)
    if long is not None:
        raise Open311InvalidError(
            "The field is longer than {longest} characters, or holds some that cannot be kept.",
            values={"longest": longest[long]}, field=long,
        )  # fmt: skip
    status = sent.get("status", "").strip().lower()[:40] or None
    updated_at = _instant(sent, "updated_datetime")
    return PeerUpdate(values["service_request_id"], values["update_id"], values["description"], status, updated_at)


def _instant(sent: Mapping[str, str], name: str) -> datetime | None:
    words = sent.get(name)
    if not words:
        return None
    try:
        return read_instant(words)
    except ValueError as error:
        raise Open311InvalidError("{problem}", values={"problem": Detail(str(error))}, field=name) from error


def _add(services: Services, update: PeerUpdate, kept: Sequence[Stored], principal: Principal) -> tuple[str, bool]:
    with services.database.transaction() as session:
        if kept:
            report = operations.own_request(session, update.number, client_id=principal.client_id)
            update = replace(update, photos=photos.hang(session, report, kept, principal))
        return operations.add_update(session, update, client_id=principal.client_id, actor=principal.actor)
