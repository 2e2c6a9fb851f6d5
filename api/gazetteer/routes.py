"""Address text to places and back, and the wordings people use."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import Path, Query
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from api.gazetteer.schemas import LocatedManyOut, LocatedOut, ReversedOut, TextsIn
from api.http.access import Dispatcher, Viewer
from api.http.admission import costly
from api.http.answers import json_response
from api.http.dependencies import PrincipalDep, SessionDep, SnapshotDep
from api.http.instants import InstantQuery
from api.http.openapi import feature_router
from api.http.problems import responses
from api.http.services import ServicesDep
from api.http.shown import Shown, ShownDep
from api.http.texts import LINE_PATTERN
from api.shapes.reasons import in_reasons_language, reason_out, reason_words
from geo.address.tokens import LONGEST_TEXT
from grids.gazetteer import operations, queries
from grids.gazetteer.answers import located_out
from grids.gazetteer.states import WordingState

if TYPE_CHECKING:
    from grids.gazetteer.tables import GazetteerRelease, Wording

router = feature_router(prefix="/v1", tags=["addresses"])

_Address = Annotated[str, Query(max_length=LONGEST_TEXT, examples=["新乡路与孟津路交叉口"])]
_Area = Annotated[
    str | None, Query(max_length=32, pattern=LINE_PATTERN, description="Code of the area the caller says it lies in.")
]
_At = Annotated[InstantQuery | None, Query(description="Ask the gazetteer of a past instant.")]


@router.get("/locate", response_model=LocatedOut, responses=responses(400, 401, 429, 503))
def locate_address(
    session: SnapshotDep, _caller: PrincipalDep, address: _Address, area: _Area = None, at: _At = None
) -> Response:
    """Find the place an address text means: candidates with accuracy, score and reason, and a verdict.

    Only the verdict `certain` may be used without a human. Every word of the text is listed with what it was used for.
    """
    found = operations.locate(session, address, declared_area=area, at=at)
    return in_reasons_language(json_response(located_out(found, reason_words, reason_out)))


@router.post("/locate", response_model=LocatedManyOut, responses=responses(400, 401, 413, 422, 429, 503))
@costly("address look-ups", 2)
def locate_addresses(services: ServicesDep, session: SnapshotDep, caller: PrincipalDep, texts: TextsIn) -> Response:
    """Find the places of up to 10,000 address texts, all in the same gazetteer; each counts against the quota."""
    services.keyring.spend(caller, len(texts.texts))
    areas = [t.area for t in texts.texts]
    answers = operations.locate_many(session, [t.address for t in texts.texts], declared_areas=areas)
    results = [
        located_out(answer, reason_words, reason_out, text_id=t.id)
        for answer, t in zip(answers, texts.texts, strict=True)
    ]
    certain = sum(r["verdict"] == "certain" for r in results)
    return in_reasons_language(json_response({"count": len(results), "certain": certain, "results": results}))


@router.get("/reverse", response_model=ReversedOut, responses=responses(400, 401, 429, 503))
def describe_point(
    session: SnapshotDep,
    _caller: PrincipalDep,
    lon: Annotated[float, Query(ge=-180, le=180, allow_inf_nan=False)],
    lat: Annotated[float, Query(ge=-90, le=90, allow_inf_nan=False)],
    at: _At = None,
) -> Response:
    """Put a point into words: the nearest crossing, number or place, with direction and distance."""
    described, releases = operations.reverse(session, lon=lon, lat=lat, at=at)
    return json_response(
        {
            "text": described.text,
            "road": described.road,
            "areas": list(described.areas),
            "landmarks": [
                {
                    "kind": mark.kind,
                    "name": mark.name,
                    "distance_m": round(mark.distance_m, 1),
                    "bearing_deg": round(mark.bearing_deg, 1),
                }
                for mark in described.landmarks
            ],
            "gazetteer": releases,
        }
    )


class GazetteerReleaseOut(BaseModel):
    """A release of one theme of the gazetteer."""

    theme: str
    number: int
    author: str
    note: str
    licence: str
    source: dict[str, Any]
    checksum: str
    context: list[str]
    row_count: int
    import_report: dict[str, Any]
    effective_at: datetime
    published_at: datetime


@router.get("/gazetteer/releases", responses=responses(400, 401, 429, 503))
def list_gazetteer_releases(
    session: SnapshotDep,
    _caller: PrincipalDep,
    theme: Annotated[str | None, Query(max_length=20, pattern=LINE_PATTERN)] = None,
) -> list[GazetteerReleaseOut]:
    """List the releases of the gazetteer with their provenance, the latest first."""
    return [_release(r) for r in queries.releases(session, theme=theme)]


def _release(release: GazetteerRelease) -> GazetteerReleaseOut:
    return GazetteerReleaseOut.model_validate(release, from_attributes=True)


class WordingOut(BaseModel):
    """What people call a place."""

    id: int
    words: str
    label: str
    accuracy_m: float
    report_id: int | None
    state: WordingState
    proposed_by: str
    proposed_at: datetime
    decided_by: str | None
    decided_at: datetime | None
    decision_reason: str | None


class DecisionIn(BaseModel):
    """A decision with its reason."""

    model_config = ConfigDict(extra="forbid")

    take: bool
    reason: str = Field(min_length=1, max_length=500, pattern=LINE_PATTERN)


@router.get("/wordings", responses=responses(400, 401, 403, 429, 503))
def list_wordings(
    shown: ShownDep,
    session: SnapshotDep,
    _caller: Viewer,
    state: Annotated[WordingState | None, Query()] = None,
) -> list[WordingOut]:
    """List what people call places: proposed when triage settles a report, counting once taken."""
    return [_wording(w, shown) for w in queries.wordings(session, state=state)]


@router.post("/wordings/{wording_id}/decision", responses=responses(400, 401, 403, 404, 409, 422, 429, 503))
def decide_wording(
    shown: ShownDep,
    session: SessionDep,
    caller: Dispatcher,
    wording_id: Annotated[int, Path(ge=1, le=2**63 - 1)],
    decision: DecisionIn,
) -> WordingOut:
    """Take a proposed wording into the gazetteer, or refuse it."""
    decided = operations.decide_wording(
        session, wording_id=wording_id, take=decision.take, actor=caller.actor, reason=decision.reason
    )
    return _wording(decided, shown)


def _wording(wording: Wording, shown: Shown) -> WordingOut:
    said = WordingOut.model_validate(wording, from_attributes=True)
    clear = {name: shown.text(getattr(said, name), of=f"wording/{said.id}") for name in ("words", "label")}
    return said.model_copy(update=clear)
