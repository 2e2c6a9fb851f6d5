"""What assignment answers over HTTP: the models that document it, and the same built from plain values."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, Field

from api.shapes.reasons import ReasonOut, reason_out
from grids.assignment.rules import AssignmentMethod

if TYPE_CHECKING:
    from grids.assignment.release_index import Assignment


class AssignedAreaOut(BaseModel):
    """One area of the chain."""

    level: str = Field(examples=["street"])
    code: str = Field(examples=["410106001"])
    name: str = Field(examples=["济源路街道"])
    unit: str | None = Field(description="Code of the responsible unit.", examples=["410106001"])
    unit_name: str | None = Field(examples=["济源路街道办事处"])


class AnsweringReleaseOut(BaseModel):
    """The published state of a layer that answered."""

    layer: str = Field(examples=["admin"])
    number: int = Field(examples=[1])
    effective_at: datetime


class AssignmentCandidateOut(BaseModel):
    """An area that the point may lie in."""

    level: str
    code: str
    name: str
    share: float = Field(description="Part of the circle about the point that lies in this area, 0 to 1.")


class AssignmentOut(ReasonOut):
    """Which area answers for a point, how it was found, and why."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "layer": "admin",
                    "release": {"layer": "admin", "number": 1, "effective_at": "2026-01-01T00:00:00+00:00"},
                    "lon": 113.2741,
                    "lat": 34.8023,
                    "method": "covered",
                    "areas": [
                        {"level": level, "code": code, "name": name, "unit": unit, "unit_name": unit_name}
                        for level, code, name, unit, unit_name in (
                            ("district", "410106", "上街区", "410106", "上街区新型智慧城市运行中心"),
                            ("street", "410106003", "新安路街道", "410106003", "新安路街道办事处"),
                            ("community", "410106003004", "香园街社区", "410106003004", "香园街社区居民委员会"),
                            ("grid", "410106003004006", "香园街社区06号网格", "410106003004", "香园街社区居民委员会"),
                        )
                    ],
                    "distance_to_edge_m": 167.43,
                    "candidates": [],
                    "outside_share": 0.0,
                    "reason": "The point lies inside grid 香园街社区06号网格, 167.4 m from its edge.",
                    "reason_zh": "该点位于网格“香园街社区06号网格”内，距边界 167.4 米。",
                    "reason_code": "inside",
                    "reason_values": {
                        "level": {"code": "level/grid"},
                        "name": "香园街社区06号网格",
                        "distance_m": 167.4,
                    },
                }
            ]
        }
    )

    layer: str
    release: AnsweringReleaseOut | None = Field(description="null when no release was in force at that instant.")
    lon: float = Field(description="The point in WGS 84.")
    lat: float
    method: AssignmentMethod
    areas: list[AssignedAreaOut] = Field(description="The chain, coarsest first; empty when unassigned.")
    distance_to_edge_m: float | None = Field(description="Metres to the edge of the last area of the chain.")
    candidates: list[AssignmentCandidateOut] = Field(
        description="All areas in question when the point lies on an edge or its accuracy circle reaches over one, "
        "the likeliest first."
    )
    outside_share: float = Field(description="Part of the circle about the point that lies in no area.")


class PointIn(BaseModel):
    """One point. `lon`, `lat` in degrees, or `x`, `y` (east, north) in the unit of the crs."""

    lon: float
    lat: float
    accuracy_m: float | None = Field(None, ge=0, le=10_000)


class PointColumnsIn(BaseModel):
    """Many points in columns."""

    lon: list[float]
    lat: list[float]


class AssignmentColumnsOut(BaseModel):
    """Many answers in columns; row i answers point i. The full answer has further columns."""

    model_config = ConfigDict(extra="allow")

    layer: str
    release: AnsweringReleaseOut | None
    code: list[str | None]
    method: list[AssignmentMethod]


class AssignmentListOut(BaseModel):
    """Many full answers, in the order of the points."""

    layer: str
    release: AnsweringReleaseOut | None
    answers: list[AssignmentOut]


class LayerAssignmentsOut(BaseModel):
    """What each layer answers for one point."""

    answers: list[AssignmentOut]


class LayerBatchesOut(BaseModel):
    """What each layer answers for many points."""

    answers: list[AssignmentListOut | AssignmentColumnsOut]


def release_out(answer: Any) -> dict[str, Any] | None:  # noqa: ANN401 (an Assignment or a ReleaseIndex)
    """Return the release of an answer as it is shown."""
    release = answer.release
    if release is None:
        return None
    return {"layer": answer.layer.code, "number": release.number, "effective_at": release.effective_at}


def assignment_out(answer: Assignment) -> dict[str, Any]:
    """Return an answer as it is shown."""
    distance = answer.distance_to_edge_m
    return {
        "layer": answer.layer.code,
        "release": release_out(answer),
        "lon": answer.lon,
        "lat": answer.lat,
        "method": answer.method,
        "areas": answer.areas,
        "distance_to_edge_m": None if distance is None else round(distance, 3),
        "candidates": [
            {"level": c.level, "code": c.code, "name": c.name, "share": round(c.share, 6)} for c in answer.candidates
        ],
        "outside_share": round(answer.outside_share, 6),
    } | reason_out(answer.reason)
