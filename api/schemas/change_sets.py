"""Change sets, edits, checks and previews as JSON."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal

import orjson
import shapely
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from api.schemas.boundaries import TEXT, LayerCode, Line

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from governance.boundary_changes.rules import Impact
    from grids.boundaries.records import AreaRecord
    from grids.change_sets.operations import Redesign
    from grids.change_sets.queries import LineageStep
    from grids.change_sets.tables import ChangeSet, ChangeSetEdit

Text = Annotated[str, StringConstraints(pattern=TEXT, max_length=2000)]
_LINE = [{"type": "LineString", "coordinates": [[113.29, 34.801], [113.30, 34.803]]}]
COORDINATES = 200_000
"""Numbers a drawn geometry may have: a district's outline has a tenth of them."""


class ChangeSetIn(BaseModel):
    """A new draft on top of the layer's latest release."""

    model_config = ConfigDict(extra="forbid")

    layer: str = LayerCode
    title: Line = Field(examples=["新安路街道三网格调整"])


class EditIn(BaseModel):
    """One edit of geometry on the finest level; coarser levels follow."""

    model_config = ConfigDict(extra="forbid")

    verb: Literal["split", "merge", "transfer", "reshape", "create", "retire", "recut"] = Field(
        description="split: cut `codes[0]` along lines. merge: `codes` into `into`. transfer: the part of `codes[0]` "
        "under a polygon to `codes[1]`. reshape: the border of two areas runs along the line. create: uncovered land "
        "under a polygon, below `parent_code`. retire: `codes[0]`, its land to `into` or uncovered. recut: the land of "
        "`codes` into the polygons."
    )
    codes: list[Line] = Field(default_factory=list, max_length=1000, examples=[["410106003001004"]])
    into: Line | None = None
    geometry: dict[str, Any] | None = Field(default=None, description="GeoJSON, WGS 84.", examples=_LINE)
    new_codes: list[Line] = Field(
        default_factory=list, max_length=1000, description="Else the next numbers of the community, W to E, N to S."
    )
    parent_code: Line | None = None
    name: Line | None = None


class FactsIn(BaseModel):
    """Facts of one area to change; what is left out stays."""

    model_config = ConfigDict(extra="forbid")

    code: Line | None = None
    name: Line | None = None
    parent_code: Line | None = None
    unit_code: Line | None = None
    unit_name: Line | None = None
    attributes: dict[Line, str | float | bool | None] | None = None


class ReasonIn(BaseModel):
    """Why a draft goes back."""

    model_config = ConfigDict(extra="forbid")

    reason: Text = Field(min_length=1)


class ApprovalIn(BaseModel):
    """When the release takes effect; as soon as it is published if left out."""

    model_config = ConfigDict(extra="forbid")

    effective_at: AwareDatetime | None = None


class SettlementIn(BaseModel):
    """Which side of a conflict counts for one area."""

    model_config = ConfigDict(extra="forbid")

    code: Line
    keep: Literal["mine", "theirs"]


class RepairIn(BaseModel):
    """The proposals to take, by their keys; all of them when left out."""

    model_config = ConfigDict(extra="forbid")

    keys: list[Line] | None = Field(default=None, max_length=10_000)


class RedesignIn(BaseModel):
    """What to redesign and how."""

    model_config = ConfigDict(extra="forbid")

    parent_code: Line = Field(description="A community or street.", examples=["410106003001"])
    k: int = Field(ge=1, le=500, description="How many grids.")
    load: Literal["households", "reports"] = "households"
    seed: int = Field(default=0, ge=0, le=2**31 - 1)
    take: bool = Field(default=False, description="Take the proposal into the draft, as one edit.")


class EditOut(BaseModel):
    """One edit as it was asked for."""

    number: int
    verb: str
    arguments: dict[str, Any]
    actor: str
    made_at: datetime


class ChangeSetOut(BaseModel):
    """A draft."""

    id: int
    layer: str
    base_release: int = Field(description="The release the draft stands on.")
    title: str
    author: str
    state: Literal["open", "submitted", "approved", "published", "withdrawn"]
    version: int = Field(description="Grows with every edit; also the ETag.")
    created_at: datetime
    updated_at: datetime
    submitted_by: str | None
    approved_by: str | None
    approved_at: datetime | None
    effective_at: datetime | None
    published_release: int | None
    edits: list[EditOut] | None = None


class ChangeSetListOut(BaseModel):
    """Drafts, latest first."""

    change_sets: list[ChangeSetOut]


class RebasedOut(BaseModel):
    """Whether the draft now stands on the latest release, and which areas both sides changed."""

    change_set: ChangeSetOut
    is_current: bool
    conflicts: list[str]


class ProposalOut(BaseModel):
    """One way to mend one defect, with the ground it moves."""

    key: str
    defect: str
    verb: str
    moves: list[dict[str, Any]]
    message_zh: str
    message_en: str


class ProposalListOut(BaseModel):
    """Proposals, to be taken one by one or all."""

    proposals: list[ProposalOut]


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


class MovedOut(BaseModel):
    """Matters that change their area."""

    from_area: str | None
    to_area: str | None
    in_a_year: int
    still_open: int


class UnitChangeOut(BaseModel):
    """What a responsible unit gains and loses."""

    unit: str
    open_gained: int
    open_lost: int
    year_gained: int
    year_lost: int


class ImpactOut(BaseModel):
    """What publishing the draft would do."""

    areas: list[AreaChangeOut]
    examined: int = Field(description="Reports of the last year around the change that were looked at.")
    open_moved: int
    year_moved: int
    moved: list[MovedOut]
    units: list[UnitChangeOut]


class MeasuresOut(BaseModel):
    """A set of grids in numbers."""

    loads: list[float]
    imbalance: float = Field(description="Largest deviation of a load from the mean, as a share of the mean.")
    compactness: list[float] = Field(description="Polsby–Popper, 1 for a circle.")
    border_m: float


class RedesignOut(BaseModel):
    """A proposal beside today's grids; `grids` is GeoJSON."""

    parent_code: str
    load: str
    seed: int
    method: str
    before: MeasuresOut
    after: MeasuresOut
    cut_on_roads: float = Field(description="Share of the new inner borders that follow roads.")
    moved_load: float = Field(description="Load that would come under another grid.")
    grids: dict[str, Any]
    taken: bool


class LineageStepOut(BaseModel):
    """How much of one area's land became another's."""

    predecessor: str
    successor: str
    share_of_predecessor: float
    share_of_successor: float
    release: int
    effective_at: datetime


class LineageOut(BaseModel):
    """What an area became, and came from."""

    code: str
    became: list[LineageStepOut]
    came_from: list[LineageStepOut]


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


def impact_out(impact: Impact) -> ImpactOut:
    """Show a preview."""
    return ImpactOut(
        areas=[AreaChangeOut.model_validate(change, from_attributes=True) for change in impact.areas],
        examined=impact.examined,
        open_moved=impact.open_moved,
        year_moved=impact.year_moved,
        moved=[MovedOut(from_area=a, to_area=b, in_a_year=n, still_open=m) for a, b, n, m in impact.moved],
        units=[
            UnitChangeOut(
                unit=unit, open_gained=c.open_gained, open_lost=c.open_lost, year_gained=c.year_gained,
                year_lost=c.year_lost,
            )
            for unit, c in impact.units.items()
        ],
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


def _measures(measures: Any) -> MeasuresOut:  # noqa: ANN401 (geo.regionalise.Measures)
    return MeasuresOut(
        loads=measures.loads.tolist(),
        imbalance=measures.imbalance,
        compactness=measures.compactness.tolist(),
        border_m=measures.border_m,
    )
