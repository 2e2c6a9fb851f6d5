"""Calls that a seat of the centre takes: the case is open while the caller is on the line."""

from __future__ import annotations

from fastapi import Response
from pydantic import BaseModel, ConfigDict, Field

from api.cases.schemas import CaseSummaryOut
from api.cases.summaries import summary
from api.http.access import LocalCaseOpener
from api.http.dependencies import SessionDep
from api.http.direct_routes import field_invalid
from api.http.openapi import feature_router
from api.http.problems import responses
from api.http.services import ServicesDep
from api.http.texts import Line, Text
from core import clock
from governance.cases import calls
from governance.reports.placement import PlacementContext
from governance.reports.rules import DraftFieldError

router = feature_router(prefix="/v1/cases", tags=["cases"])


class TakenCallerIn(BaseModel):
    """Who calls: kept apart from the report, masked in every answer."""

    model_config = ConfigDict(extra="forbid")

    name: Line | None = Field(default=None, max_length=64)
    phone: Line | None = Field(default=None, max_length=64)


class TakenCallIn(BaseModel):
    """What is said in a call."""

    model_config = ConfigDict(extra="forbid")

    id: str = Field(
        pattern=r"^[0-9A-Za-z_-]{8,64}$",
        description="The seat's own id of the call: sent again under it, it is there once.",
        examples=["0197a2c4-5b1e-7c3a-9a51-3f1f4f0c9d10"],
    )
    category: Line = Field(max_length=200, description="Code of a category, or a word for one.", examples=["E0102"])
    text: Text = Field(min_length=1, max_length=2000, examples=["楼下垃圾桶满了三天没人清"])
    address: Line | None = Field(default=None, max_length=500)
    lon: float | None = Field(default=None, ge=-180, le=180, description="WGS 84; the place that was pointed at.")
    lat: float | None = Field(default=None, ge=-90, le=90)
    reporter: TakenCallerIn | None = None


@router.post(
    "/calls",
    status_code=201,
    responses={200: {"model": CaseSummaryOut}, **responses(400, 401, 403, 409, 422, 429, 503)},
)
def take_call(
    session: SessionDep, services: ServicesDep, response: Response, seat: LocalCaseOpener, body: TakenCallIn
) -> CaseSummaryOut:
    """Take a call: store it as a report of the channel `centre-call` and open its case; sent again it is one (200).

    Where neither a point nor the address says the place for certain, the report waits for triage, and its case is open.
    """
    services.keyring.spend(seat, 1)
    context = PlacementContext.now(services.releases, services.gazetteer, services.settings.caller_key_bytes)
    fields = body.model_dump(exclude={"id", "reporter"}, exclude_none=True)
    fields |= {"external_id": f"{seat.client_id}/{body.id}"}
    if body.reporter is not None:
        fields |= {"reporter_name": body.reporter.name, "reporter_phone": body.reporter.phone}
    try:
        view, is_new = calls.take_call(session, fields, context, client_id=seat.client_id, actor=seat.actor)
    except DraftFieldError as error:
        raise field_invalid(error.field, error.problem) from None
    response.status_code = 201 if is_new else 200
    return CaseSummaryOut.model_validate(summary(view, clock.now()))
