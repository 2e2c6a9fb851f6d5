"""Triage: reports without a certain place, settled by a person."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import Query
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from api.http.access import LocalDispatcher
from api.http.answers import GEOJSON, GeoJsonResponse, json_response
from api.http.dependencies import SessionDep, SnapshotDep
from api.http.openapi import feature_router
from api.http.problems import responses
from api.http.services import ServicesDep
from api.http.shown import Shown, ShownDep
from api.http.texts import LINE_PATTERN
from api.shapes.geojson import Feature, FeatureCollection
from api.shapes.places import PlaceCandidateOut, WordOut
from api.shapes.reasons import ReasonOut, in_reasons_language, reason_out, reason_words
from governance.reports.numbers import report_id
from governance.triage import operations, queries
from governance.triage.neighbours import Neighbour, neighbours
from governance.triage.operations import PlaceChoice, TriageItem
from grids.gazetteer.answers import candidate_out
from grids.gazetteer.reasons import address_reason
from identity.grants import Scope
from presentation.words.places import reason_sentence

if TYPE_CHECKING:
    from core.words import StoredMessage

router = feature_router(prefix="/v1/triage", tags=["triage"])


_Channel = Annotated[str | None, Query(max_length=64, pattern=LINE_PATTERN)]


class WaitingOut(ReasonOut):
    """A report that waits for a place; `reason` is why intake could not place it."""

    number: str
    channel: str
    category: str
    text: str
    address: str | None
    received_at: datetime
    verdict: str | None
    address_reason: str | None = Field(description="What its address text may mean, in the language of `reason`.")
    address_reason_zh: str | None = Field(json_schema_extra={"deprecated": True})
    candidates: list[PlaceCandidateOut]
    words: list[WordOut]


class QueueOut(BaseModel):
    """What waits, the oldest first."""

    waiting: int
    items: list[WaitingOut]
    next: str | None = Field(description="`after` of the next page; null on the last.")


class NeighbourOut(BaseModel):
    """A report beside one that waits."""

    number: str
    received_at: datetime
    minutes: int = Field(description="Received so many minutes later; negative: earlier.")
    alike: float = Field(ge=0, le=1, description="How alike its address or text is.")
    channel: str
    category: str
    text: str
    address: str | None
    lon: float | None = Field(description="Where it belongs now; null: nowhere yet.")
    lat: float | None


class NeighboursOut(BaseModel):
    """What stands beside a report that waits, the most alike first."""

    neighbours: list[NeighbourOut]


class TriageMapFacts(BaseModel):
    """A place that a report may mean, with what is known of the report; people are masked."""

    report: str = Field(description="The report's number.")
    address: str | None
    category: str
    received_at: datetime
    why: str = Field(description="Why it waits, in the language of `?lang=` or `Accept-Language`; else English.")
    why_zh: str = Field(json_schema_extra={"deprecated": True})
    candidate: int = Field(description="Rank of the candidate from 1; 0 is the point that was sent.")
    label: str
    score: float | None = Field(default=None, description="Of candidates.")
    accuracy_m: int | None = Field(default=None, description="Of candidates.")


class TriageMapFeature(Feature):
    """A candidate, as point or stretch of road, or a point that was sent but led nowhere."""

    properties: TriageMapFacts


class TriageMap(FeatureCollection):
    """What waits, as a map."""

    features: list[TriageMapFeature]
    without_candidates: int = Field(description="Reports that have no place on the map.")


class SettlementIn(BaseModel):
    """Where the report belongs: a candidate's number (1 is the first), a point, or an area's code; and why."""

    model_config = ConfigDict(extra="forbid")

    candidate: int | None = Field(default=None, ge=1)
    lon: float | None = Field(default=None, ge=-180, le=180, allow_inf_nan=False)
    lat: float | None = Field(default=None, ge=-90, le=90, allow_inf_nan=False)
    area: str | None = Field(default=None, min_length=1, max_length=40, pattern=LINE_PATTERN)
    reason: str = Field(min_length=1, max_length=500, pattern=LINE_PATTERN)
    wording: str | None = Field(
        default=None, min_length=2, max_length=60, pattern=LINE_PATTERN, description="What the caller calls the place."
    )


class SettlementOut(ReasonOut):
    """Where it was settled."""

    number: str
    area_path: list[str]
    release: int
    lon: float | None
    lat: float | None
    wording_id: int | None = Field(description="The wording proposed; it counts once it is taken.")
    wording: str | None


@router.get("", response_model=QueueOut, responses=responses(400, 401, 403, 429, 503))
def list_triage(
    shown: ShownDep,
    session: SnapshotDep,
    caller: LocalDispatcher,
    limit: Annotated[int, Query(ge=1, le=operations.MOST_A_PAGE)] = 50,
    after: Annotated[
        str | None, Query(max_length=30, pattern=LINE_PATTERN, description="Report number to go on after.")
    ] = None,
    channel: _Channel = None,
) -> Response:
    """List the reports that wait for a place, with what their words may mean."""
    last = report_id(after) if after else 0
    reach = caller.reach(Scope.TRIAGE)
    items = operations.queue(session, reach=reach, limit=limit, after=last, channel=channel)
    shown.look_at(session, [report_id(item.number) for item in items])
    more = items[-1].number if len(items) == limit else None
    count = queries.count(session, reach=reach, channel=channel)
    waiting = {"waiting": count, "items": [_waiting(w, shown) for w in items], "next": more}
    return in_reasons_language(json_response(waiting))


@router.get(
    "/map.geojson",
    response_model=TriageMap,
    response_class=GeoJsonResponse,
    responses=responses(400, 401, 403, 429, 503),
)
def get_triage_map(
    services: ServicesDep, session: SnapshotDep, caller: LocalDispatcher, channel: _Channel = None
) -> Response:
    """Return the queue as a GeoJSON map: each candidate, and each point that was sent but led nowhere."""
    drawn = operations.map_file(session, _map_words, reach=caller.reach(Scope.TRIAGE), channel=channel)
    services.keyring.spend_read(caller, len({one["properties"]["report"] for one in drawn["features"]}))
    return in_reasons_language(json_response(drawn, media_type=GEOJSON))


@router.get(
    "/{number}/neighbours", response_model=NeighboursOut, responses=responses(400, 401, 403, 404, 409, 429, 503)
)
def list_neighbours(shown: ShownDep, session: SnapshotDep, caller: LocalDispatcher, number: str) -> Response:
    """List the reports that stand beside a waiting one: received within two hours of it, or alike in words (7 days)."""
    found = neighbours(session, report_id(number), reach=caller.reach(Scope.TRIAGE))
    shown.look_at(session, [report_id(one.number) for one in found])
    return json_response({"neighbours": [_neighbour(one, shown) for one in found]})


@router.post("/{number}/settlement", responses=responses(400, 401, 403, 404, 409, 422, 429, 503))
def settle_report(
    services: ServicesDep,
    session: SessionDep,
    caller: LocalDispatcher,
    response: Response,
    number: str,
    settlement: SettlementIn,
) -> SettlementOut:
    """Settle a report: it gets its area as of when it was received; the reason is kept; its wording is proposed."""
    where = PlaceChoice(settlement.candidate, settlement.lon, settlement.lat, settlement.area)
    settled = operations.resolve_place(
        session,
        services.releases,
        report_id=report_id(number),
        where=where,
        reason=settlement.reason,
        actor=caller.actor,
        reach=caller.reach(Scope.TRIAGE),
        wording=settlement.wording,
    )
    in_reasons_language(response)
    return SettlementOut(
        number=number,
        area_path=list(settled.area_path),
        release=settled.release_number,
        **reason_out(settled.reason),
        lon=settled.lon,
        lat=settled.lat,
        wording_id=settled.wording.id if settled.wording else None,
        wording=settled.wording.words if settled.wording else None,
    )


def _neighbour(one: Neighbour, shown: Shown) -> dict[str, Any]:
    row = one.report
    return {
        "number": one.number,
        "minutes": one.minutes,
        "alike": one.alike,
        "text": shown.text(row["description"], of=one.number),
        "address": shown.text(row["address_text"], of=one.number),
        **{name: row[name] for name in ("received_at", "channel", "category", "lon", "lat")},
    }


def _map_words(reason: StoredMessage) -> dict[str, str]:
    return {"": reason_words(reason), "_zh": reason_sentence(reason)}


def _waiting(waiting: TriageItem, shown: Shown) -> dict[str, Any]:
    row, located = waiting.report, waiting.located
    hides = shown.hides(waiting.number)
    words = located.words() if located and not hides else ()
    reason = reason_out(waiting.reason)
    meant = reason_out(address_reason(located)) if located and not hides else {"reason": None, "reason_zh": None}
    return {
        "number": waiting.number,
        "channel": row["channel"],
        "category": row["category"],
        "text": shown.text(row["description"], of=waiting.number),
        "address": shown.text(row["address_text"], of=waiting.number),
        "received_at": row["received_at"],
        "reason": shown.text(reason["reason"], of=waiting.number),
        "reason_zh": shown.text(reason["reason_zh"], of=waiting.number),
        "reason_code": reason["reason_code"],
        "reason_values": {} if hides else shown.text(reason["reason_values"], of=waiting.number),
        "verdict": located.verdict.value if located else None,
        "address_reason": meant["reason"],
        "address_reason_zh": meant["reason_zh"],
        "candidates": [candidate_out(candidate, reason_words) for candidate in waiting.candidates],
        "words": [
            {"said": w.said, "used_for": w.used_for, "start": w.start, "end": w.end, "read_as": w.read_as or None}
            for w in words
        ],
    }
