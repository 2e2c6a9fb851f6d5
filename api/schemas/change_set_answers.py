"""Drafts, proposals and lineage in the form they are shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson
import shapely

from api.schemas.change_sets import (
    ChangeSetOut,
    EditOut,
    LineageStepOut,
    MeasuresOut,
    RedesignOut,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from geo.regionalise import Measures
    from grids.boundaries.records import AreaRecord
    from grids.change_sets.operations import Redesign
    from grids.change_sets.queries import LineageStep
    from grids.change_sets.tables import ChangeSet, ChangeSetEdit


def change_set_out(
    change_set: ChangeSet, layer: str, base: int, published: int | None, edits: Iterable[ChangeSetEdit] | None = None
) -> ChangeSetOut:
    """Show a draft."""
    return ChangeSetOut(
        id=change_set.id, layer=layer, base_release=base, title=change_set.title, author=change_set.author,
        state=change_set.state,  # type: ignore[arg-type]
        version=change_set.version, created_at=change_set.created_at, updated_at=change_set.updated_at,
        submitted_by=change_set.submitted_by, approved_by=change_set.approved_by, approved_at=change_set.approved_at,
        effective_at=change_set.effective_at, published_release=published,
        edits=None if edits is None else [EditOut.model_validate(e, from_attributes=True) for e in edits],
    )  # fmt: skip


def redesign_out(redesign: Redesign, *, taken: bool) -> RedesignOut:
    """Show a proposal."""
    return RedesignOut(
        parent_code=redesign.parent_code,
        load=redesign.load,
        seed=redesign.seed,
        method="recombination of spanning trees (DeFord, Duchin & Solomon 2021)",
        before=_measures(redesign.before),
        after=_measures(redesign.after),
        cut_on_roads=redesign.cut_on_roads,
        moved_load=redesign.moved_load,
        grids={
            "type": "FeatureCollection",
            "features": [
                {
                    "type": "Feature",
                    "geometry": geojson(piece),
                    "properties": {"number": number, "load": float(redesign.after.loads[number - 1])},
                }
                for number, piece in enumerate(redesign.pieces, start=1)
            ],
        },
        taken=taken,
    )


def lineage_steps(steps: Iterable[LineageStep]) -> list[LineageStepOut]:
    """Show steps of lineage."""
    return [
        LineageStepOut(
            predecessor=s.predecessor, successor=s.successor, share_of_predecessor=s.share_of_predecessor,
            share_of_successor=s.share_of_successor, release=s.release_number, effective_at=s.effective_at,
        )
        for s in steps
    ]  # fmt: skip


def features(areas: Mapping[str, AreaRecord | None], **properties: object) -> dict[str, Any]:
    """Show areas as a FeatureCollection; a retired one has no geometry."""
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "id": code,
                "geometry": None if record is None else geojson(record.geom),
                "properties": {"code": code, "retired": True, **properties}
                if record is None
                else {
                    "code": code, "name": record.name, "level": record.level, "parent_code": record.parent_code,
                    "unit_code": record.unit_code, "unit_name": record.unit_name, "retired": False, **properties,
                },
            }
            for code, record in areas.items()
        ],
    }  # fmt: skip


def geojson(geometry: shapely.Geometry | None) -> dict[str, Any] | None:
    """Show a geometry as GeoJSON, exterior rings counter-clockwise (RFC 7946)."""
    if geometry is None:
        return None
    oriented = shapely.orient_polygons(geometry)
    found: dict[str, Any] = orjson.loads(shapely.to_geojson(oriented))
    return found


def _measures(measures: Measures) -> MeasuresOut:
    return MeasuresOut(
        loads=measures.loads.tolist(),
        imbalance=measures.imbalance,
        compactness=measures.compactness.tolist(),
        border_m=measures.border_m,
    )
