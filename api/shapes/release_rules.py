"""What a release answers by beside its areas, and whether its instant is meant: in bodies and answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import shapely
from pydantic import BaseModel, ConfigDict, Field

from api.http.texts import Line
from api.shapes.geojson import Geometry
from core.errors import Detail
from governance.reports.queries import first_report_at
from grids.boundaries.errors import GapInvalidError
from grids.boundaries.release_rules import ReleaseRules, RulesChange, gaps_of
from grids.boundaries.rules import Meant
from grids.boundaries.states import TieBreak
from grids.geojson import MOST_POINTS, geojson, read_geometry

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.orm import Session

    from grids.boundaries.tables import Layer


class GapIn(BaseModel):
    """One declared gap: a lake, a park."""

    model_config = ConfigDict(extra="forbid")

    name: Line = Field(examples=["汜水湖"])
    geometry: dict[str, Any] = Field(description="GeoJSON Polygon or MultiPolygon, WGS 84.")


class GapsIn(BaseModel):
    """Gaps to declare and to take out; the others stay. A gap is drawn anew by naming it in both."""

    model_config = ConfigDict(extra="forbid")

    gaps: list[GapIn] = Field(default_factory=list, max_length=10_000, description="To be declared.")
    remove: list[Line] = Field(
        default_factory=list, max_length=10_000, description="Names of gaps that are none any more."
    )


class RulesIn(GapsIn):
    """What the draft's release shall answer by; what is left out stays as it is."""

    nearest_tolerance_m: float | None = Field(
        default=None, ge=0, le=100_000, description="How far outside every area a point still gets the nearest."
    )


class GapOut(BaseModel):
    """One declared gap."""

    name: str
    geometry: Geometry


class RulesOut(BaseModel):
    """What a release answers by, beside its areas."""

    nearest_tolerance_m: float
    tie_break: TieBreak
    gaps: list[GapOut]


class MeantIn(BaseModel):
    """Whether an instant far off is meant."""

    model_config = ConfigDict(extra="forbid")

    confirm: bool = Field(default=False, description="An instant more than a month ahead is meant.")
    force: bool = Field(
        default=False, description="An instant more than a year ahead, or before the layer's first report, is meant."
    )


def meant(session: Session, layer: Layer, *, confirm: bool, force: bool) -> Meant:
    """Return what is known of whether a far instant is meant."""
    return Meant(confirm=confirm, force=force, first_report_at=first_report_at(session, layer.id))


def gaps_out(answering: ReleaseRules) -> list[GapOut]:
    """Return declared gaps as JSON."""
    return [GapOut(name=gap.name, geometry=Geometry.model_validate(geojson(gap.geom))) for gap in answering.gaps]


def rules_out(answering: ReleaseRules) -> RulesOut:
    """Return the rules of a release as JSON."""
    return RulesOut(
        nearest_tolerance_m=answering.nearest_tolerance_m, tie_break=answering.tie_break, gaps=gaps_out(answering)
    )


def rules_change(body: GapsIn) -> RulesChange:
    """Return what a body asks to become different.

    Raises
    ------
    GapInvalidError
    """

    def refusal(name: str) -> Callable[[Detail], GapInvalidError]:
        return lambda why: GapInvalidError(
            "The gap '{name}': {why}", values={"name": name[:80], "why": why}, field="gaps"
        )

    drawn = [(gap.name, read_geometry(gap.geometry, refusal(gap.name))) for gap in body.gaps]
    if sum(int(shapely.get_num_coordinates(geometry)) for _, geometry in drawn) > MOST_POINTS:
        raise GapInvalidError(
            "The gaps have more than {most_points} points together.", values={"most_points": MOST_POINTS}, field="gaps"
        )
    tolerance = body.nearest_tolerance_m if isinstance(body, RulesIn) else None
    return RulesChange(nearest_tolerance_m=tolerance, declare=gaps_of(drawn), remove=body.remove)
