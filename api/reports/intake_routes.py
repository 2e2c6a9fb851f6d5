"""Intake over HTTP: one report, or many in one call.

Both are direct routes (api/http/direct_routes.py) on the event loop: key and place come from memory, the row goes into
the group commit, and the answer is sent when it is on disk.
"""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import orjson
from anyio import to_thread
from fastapi import Header, Request
from fastapi.exceptions import RequestValidationError
from pydantic import TypeAdapter, ValidationError
from pydantic_core import from_json
from starlette.responses import Response

from api.http import problems
from api.http.access import Sender
from api.http.answers import json_response
from api.http.dependencies import PRINCIPAL
from api.http.direct_routes import answered_by, field_invalid, payload_invalid
from api.http.openapi import feature_router
from api.http.problems import responses
from api.http.services import services_of
from api.reports import answers
from api.reports.schemas import BatchResult, ReportBatchIn, ReportIn, ReportReceipt
from api.shapes import intake
from api.shapes.reasons import in_reasons_language
from core.errors import DatabaseUnavailableError, Detail, DomainError, Kind
from governance.channels.rules import Binding, choose
from governance.reports import operations, queries, rules
from identity.keys import Principal

if TYPE_CHECKING:
    from datetime import datetime

    from api.http.services import Services
    from governance.reports.placement import PlacementContext

router = feature_router(prefix="/v1/reports", tags=["reports"])

_REPORT = TypeAdapter(ReportIn)
_KEY = re.compile(r"^[!-~]{1,255}$")
_BATCH_TURN = 250
_REPLAYED: dict[str, Any] = {
    "headers": {
        "Idempotent-Replayed": {"description": "true: this is the first answer again.", "schema": {"type": "string"}}
    },
    "description": "The same report was stored before; this is its first answer.",
    "model": ReportReceipt,
}
_CREATED: dict[str, Any] = {
    "headers": {"Location": {"description": "Path of the stored report.", "schema": {"type": "string"}}},
    "description": "Stored.",
}


class BatchTooLargeError(DomainError):
    """More rows than one call takes. Send them in parts."""

    code = "batch-too-large"
    kind = Kind.TOO_LARGE


@dataclass(frozen=True, slots=True)
class _From:
    """The key that sends, and what it sends for."""

    client_id: int
    bindings: tuple[Binding, ...]


def _draft(report: ReportIn, sender: _From, now: datetime) -> rules.ReportDraft:
    """Turn a payload that is well-formed into a draft, or raise the error of the field that contradicts the rest."""
    binding = choose(report.channel, sender.bindings)
    defaults = rules.IntakeDefaults(binding.channel, binding.crs)
    reporter = report.reporter
    caller = {"reporter_name": reporter.name, "reporter_phone": reporter.phone} if reporter else {}
    try:
        return rules.draft_from(vars(report) | caller, defaults, now)
    except rules.DraftFieldError as error:
        raise field_invalid(error.field, error.problem) from None


async def _sender(services: Services, principal: Principal) -> _From:
    return _From(principal.client_id, await intake.bindings_of(services, principal))


def _placed(
    context: PlacementContext, report: ReportIn, sender: _From, idempotency_key: str | None = None
) -> operations.PlacedReport:
    draft = _draft(report, sender, context.at)
    return operations.place_report(draft, context, client_id=sender.client_id, idempotency_key=idempotency_key)


async def _take_report(request: Request) -> Response:
    """Store one report and answer with its receipt."""
    principal: Principal = request.scope[PRINCIPAL]
    services = services_of(request.app)
    await intake.spend(services, principal, 1)
    key = request.headers.get("idempotency-key")
    if key is not None and not _KEY.match(key):
        raise field_invalid("Idempotency-Key", "1 to 255 printable ASCII characters", where="header")
    try:
        report = _REPORT.validate_json(await request.body())
    except ValidationError as error:
        raise payload_invalid(error) from None
    placed = _placed(await intake.ground(services), report, await _sender(services, principal), key)
    outcome = await services.intake.submit(placed)
    if isinstance(outcome, DomainError):
        raise outcome
    if outcome.replayed:
        first = (await to_thread.run_sync(_first_answers, services, [outcome.id])).get(outcome.id)
        if first is None:
            raise rules.ReportDetachedError
        headers = {"Idempotent-Replayed": "true", "Location": answers.report_path(first["number"])}
        return in_reasons_language(json_response(first, headers=headers))
    receipt = answers.receipt_of(outcome.id, placed)
    return in_reasons_language(json_response(receipt, 201, {"Location": answers.report_path(receipt["number"])}))


async def _take_batch(request: Request) -> Response:
    """Store many reports, each for itself."""
    principal: Principal = request.scope[PRINCIPAL]
    services = services_of(request.app)
    body = await request.body()
    try:
        parsed = await to_thread.run_sync(from_json, body)
    except ValueError as error:
        raise field_invalid("reports", Detail("not JSON: {error}", {"error": error})) from None
    rows = parsed.get("reports") if isinstance(parsed, dict) else None
    if not isinstance(rows, list) or set(parsed) != {"reports"}:
        raise field_invalid("reports", "an object with one member, reports, a list")
    if len(rows) > services.settings.max_reports_per_call:
        raise BatchTooLargeError(
            "At most {max_reports_per_call} rows a call; send them in parts.",
            values={"max_reports_per_call": services.settings.max_reports_per_call},
        )
    await intake.spend(services, principal, len(rows))
    sender = await _sender(services, principal)
    results: list[dict[str, Any]] = []
    for start in range(0, len(rows), _BATCH_TURN):
        results += await _take_rows(services, sender, rows[start : start + _BATCH_TURN], start)
        await asyncio.sleep(0)  # single reports get their turn
    if results and all(result["status"] == 503 for result in results):
        raise DatabaseUnavailableError
    statuses = [result["status"] for result in results]
    stored, replayed = statuses.count(201), statuses.count(200)
    refused = len(rows) - stored - replayed
    return in_reasons_language(
        json_response({"stored": stored, "replayed": replayed, "refused": refused, "results": results})
    )


async def _take_rows(services: Services, sender: _From, rows: list[Any], start: int) -> list[dict[str, Any]]:
    placed_reports: dict[int, operations.PlacedReport] = {}
    context = await intake.ground(services)
    results: dict[int, dict[str, Any]] = {}
    for index, row in enumerate(rows, start):
        try:
            placed_reports[index] = _placed(context, _REPORT.validate_python(row), sender)
        except (ValidationError, RequestValidationError, DomainError) as error:
            results[index] = _refused(error, index)
    outcomes = await services.intake.submit_many(list(placed_reports.values()))
    earlier = [o.id for o in outcomes if isinstance(o, operations.Stored) and o.replayed]
    first = await to_thread.run_sync(_first_answers, services, earlier) if earlier else {}
    for (index, placed), outcome in zip(placed_reports.items(), outcomes, strict=True):
        if isinstance(outcome, operations.Stored):
            receipt = first.get(outcome.id) if outcome.replayed else answers.receipt_of(outcome.id, placed)
            if receipt is None:
                results[index] = _refused(rules.ReportDetachedError(), index)
            else:
                results[index] = {"index": index, "status": 200 if outcome.replayed else 201, "report": receipt}
        else:
            results[index] = _refused(outcome, index)
    return [results[index] for index in sorted(results)]


def _refused(error: BaseException, index: int) -> dict[str, Any]:
    """Return why a row was not taken, in the same words as a refused request."""
    body = orjson.loads(problems.from_any(payload_invalid(error) if isinstance(error, ValidationError) else error).body)
    shown = {name: body[name] for name in ("type", "title", "status", "detail", "field") if name in body}
    return {"index": index, "status": body["status"], "problem": shown}


def _first_answers(services: Services, report_ids: list[int]) -> dict[int, dict[str, Any]]:
    with services.database.snapshot() as session:
        return {key: answers.receipt(record) for key, record in queries.receipts(session, report_ids).items()}


async def post_report(
    report: ReportIn,
    principal: Sender,
    idempotency_key: Annotated[
        str | None, Header(description="1 to 255 printable ASCII characters, unique for each report of this key.")
    ] = None,
) -> ReportReceipt:
    """Store one report with the area it belongs to, durably, and answer with its number.

    Sending again is harmless under the same `Idempotency-Key`, or the same channel and external id: the first answer
    comes back (200, `Idempotent-Replayed: true`). Other content under the same key is a 409. A report whose
    coordinates are missing or lead nowhere is kept as `unassigned` for triage; its `reason` says why.
    503 means nothing is known to be stored: send it again under the same key.
    """
    raise NotImplementedError  # pragma: no cover (answered by _take_report)


async def post_reports(batch: ReportBatchIn, principal: Sender) -> BatchResult:
    """Store up to 10,000 reports; each row is taken or refused for itself.

    The answer is 200 with one result a row: 201 stored, 200 stored before, or the problem that a single report
    would have met. Rows are made harmless to send again by their external id.
    """
    raise NotImplementedError  # pragma: no cover (answered by _take_batch)


router.add_api_route(
    "",
    post_report,
    methods=["POST"],
    status_code=201,
    response_model=ReportReceipt,
    responses=responses(400, 401, 403, 409, 413, 422, 429, 503) | {201: _CREATED, 200: _REPLAYED},
    route_class_override=answered_by(_take_report),
)
router.add_api_route(
    "/batch",
    post_reports,
    methods=["POST"],
    response_model=BatchResult,
    responses=responses(401, 403, 413, 422, 429, 503),
    route_class_override=answered_by(_take_batch),
)
