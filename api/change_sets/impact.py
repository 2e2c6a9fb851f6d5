"""The preview of a draft's impact as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, Field

from api.shapes.geojson import AnyGeometry
from grids.geojson import geojson

if TYPE_CHECKING:
    from governance.boundary_changes.impact import Balance
    from governance.boundary_changes.operations import Preview


class AreaChangeOut(BaseModel):
    """What happens to one area, sizes in m²."""

    code: str
    name: str
    level: str
    kind: Literal["changed", "created", "retired", "renamed"]
    before_m2: float
    after_m2: float
    gained_m2: float
    lost_m2: float
    unit_before: str | None
    unit_after: str | None


class LandOut(BaseModel):
    """Land that comes from one area under another; null: nobody's."""

    from_area: str | None
    to_area: str | None
    m2: float
    ground: AnyGeometry | None = Field(default=None, description="Where it lies, as GeoJSON: with `outlines=true`.")


class MovedOut(BaseModel):
    """Matters that come under another area, or only under another unit (the same area twice)."""

    from_area: str | None
    to_area: str | None
    from_unit: str | None
    to_unit: str | None
    in_a_year: int
    still_open: int


class BalanceOut(BaseModel):
    """What somebody gains and loses: land in m², open matters, matters of the last year."""

    gained_m2: float
    lost_m2: float
    open_gained: int
    open_lost: int
    year_gained: int
    year_lost: int


class UnitChangeOut(BalanceOut):
    """What a responsible unit gains and loses."""

    unit: str
    unit_name: str


class WorkerChangeOut(BalanceOut):
    """What a grid worker gains and loses; number and name are masked for keys without `workers:read`."""

    staff_number: str
    name: str
    unit: str | None
    areas_before: list[str]
    areas_after: list[str] = Field(description="Who works an area that ends goes on in the one that gets most of it.")


class ImpactOut(BaseModel):
    """What publishing the draft would do."""

    areas: list[AreaChangeOut]
    land: list[LandOut] = Field(description="Pieces on the finest level, the largest first.")
    examined: int = Field(description="Reports of the last year around the change that were looked at.")
    open_moved: int = Field(description="Open matters that come under another area: what the handover will move.")
    year_moved: int = Field(description="The same of the last year's reports.")
    open_other_unit: int = Field(description="Open matters for which another unit will answer.")
    year_other_unit: int
    moved: list[MovedOut]
    units: list[UnitChangeOut]
    workers: list[WorkerChangeOut] = Field(description="Grid workers concerned, by unit.")
    areas_without_worker: list[str] = Field(
        description="Areas of the finest level that the draft changes and that have no grid worker on record then."
    )


def impact_out(preview: Preview, *, outlines: bool) -> ImpactOut:
    """Show a preview; `outlines` tells where each piece of land lies."""
    impact = preview.impact
    return ImpactOut(
        areas=[AreaChangeOut.model_validate(change, from_attributes=True) for change in impact.areas],
        land=[
            LandOut(
                from_area=piece.from_area,
                to_area=piece.to_area,
                m2=piece.m2,
                ground=geojson(piece.geom) if outlines else None,  # type: ignore[arg-type]
            )
            for piece in impact.land
        ],
        examined=impact.examined,
        open_moved=impact.open_moved,
        year_moved=impact.year_moved,
        open_other_unit=impact.open_other_unit,
        year_other_unit=impact.year_other_unit,
        moved=[MovedOut.model_validate(move, from_attributes=True) for move in impact.moved],
        units=[
            UnitChangeOut(unit=unit, unit_name=preview.unit_names.get(unit, unit), **_balance(balance))
            for unit, balance in impact.units.items()
        ],
        workers=[
            WorkerChangeOut(
                staff_number=change.worker.number,
                name=change.worker.name,
                unit=change.worker.unit,
                areas_before=list(change.before),
                areas_after=list(change.after),
                **_balance(change.balance),
            )
            for change in impact.workers
        ],
        areas_without_worker=list(impact.vacant),
    )


def _balance(balance: Balance) -> dict[str, Any]:
    return {name: getattr(balance, name) for name in BalanceOut.model_fields}
