"""Layers, releases, areas and imports as JSON."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from api.http.instants import Instant
from api.http.texts import LAYER_CODE, TEXT_PATTERN, Line
from api.shapes.defects import FirstDefects, defects_language
from api.shapes.geojson import Feature, FeatureCollection, Geometry
from api.shapes.release_rules import GapOut, MeantIn
from api.shapes.releases import ReleaseOut, release_out
from core.personal import without_people
from grids.geojson import geojson
from presentation.words.remarks import remark_in

if TYPE_CHECKING:
    from grids.boundaries.operations import Imported, Published
    from grids.boundaries.queries import StoredArea
    from grids.boundaries.release_rules import ReleaseRules
    from grids.boundaries.tables import Layer

_LEVELS = [["district", "street", "community", "grid"]]
_MAPPING = [{"code": "GRID_CODE", "name": "GRID_NAME"}]


class LayerDefinition(BaseModel):
    """What a layer is: its levels from the coarsest to the finest, and its rules."""

    model_config = ConfigDict(extra="forbid")

    name: Line = Field(examples=["行政网格"])
    levels: list[str] = Field(min_length=1, max_length=10, examples=_LEVELS)
    code_rule: Literal["gb15", "free"] = Field(
        default="free", description="gb15: 6, 9, 12, 15 digits, each code beginning with its parent's."
    )
    is_coverage: bool = Field(default=True, description="Areas of a level must neither overlap nor leave gaps.")
    nearest_tolerance_m: float = Field(
        default=50,
        ge=0,
        le=100_000,
        description="How far outside every area a point may lie and still get the nearest. Its first release answers "
        "by it; later ones have their own, changed with a draft.",
    )
    field_mapping: dict[Line, Line] = Field(
        default_factory=dict,
        description="Which column of a file means code, name, parent, level, unit_code, unit_name.",
        examples=_MAPPING,
    )


class LayerIn(LayerDefinition):
    """A new layer."""

    code: str = LAYER_CODE


class LayerOut(LayerDefinition):
    """A layer as it is."""

    code: str = LAYER_CODE
    created_at: datetime


class LayerListOut(BaseModel):
    """All layers."""

    layers: list[LayerOut]


class ReleaseListOut(BaseModel):
    """A layer's releases, latest first."""

    releases: list[ReleaseOut]


class ChangesOut(BaseModel):
    """How many areas came, changed, went and stayed."""

    added: int = Field(examples=[2])
    changed: int = Field(examples=[3])
    retired: int = Field(examples=[1])
    unchanged: int = Field(examples=[392])


class PublishedOut(BaseModel):
    """The release that now holds the content."""

    release: ReleaseOut
    is_new: bool = Field(description="False when the latest release had this content already.")
    changes: ChangesOut


class ImportOut(BaseModel):
    """What came of an import: the check's defects, and the release or the draft (both null when only checked)."""

    blocked: bool = Field(description="Whether the defects forbid publishing.")
    areas: int = Field(examples=[398])
    remarks: list[str] = Field(examples=[["streets: text read as gb18030"]])
    defects: FirstDefects = Field(
        description="GeoJSON of the defects, what blocks first, at most 1,000; `summary` counts them all."
    )
    published: PublishedOut | None = None
    change_set: int | None = Field(
        default=None, description="The draft that waits for a second person's approval.", examples=[7]
    )


class WithdrawalIn(BaseModel):
    """Why a release shall not take effect."""

    model_config = ConfigDict(extra="forbid")

    reason: str = Field(min_length=1, max_length=2000, pattern=TEXT_PATTERN, examples=["生效年份写错"])


class WithdrawalOut(BaseModel):
    """A withdrawal: asked for, or carried out (with who approved it)."""

    layer: str = Field(examples=["admin"])
    number: int = Field(description="The release's number.", examples=[3])
    reason: str
    requested_by: str
    requested_at: datetime
    approved_by: str | None
    approved_at: datetime | None


class RollbackIn(MeantIn):
    """Which release's content to publish again."""

    model_config = ConfigDict(extra="forbid")

    release: int = Field(ge=1, le=2**31 - 1, examples=[2])
    note: str = Field(default="", max_length=2000, pattern=TEXT_PATTERN, examples=["第 3 版划错了边界"])
    effective_at: Instant | None = None


class GapListOut(BaseModel):
    """A layer's declared gaps."""

    gaps: list[GapOut]


class AreaOut(BaseModel):
    """One area as it was at the instant asked."""

    level: str = Field(examples=["grid"])
    code: str = Field(examples=["410106001001001"])
    name: str = Field(examples=["济源路社区第一网格"])
    parent_code: str | None = Field(examples=["410106001001"])
    unit_code: str | None
    unit_name: str | None
    attributes: dict[str, Any]
    area_m2: float = Field(examples=[183204.5])
    valid_from: datetime
    valid_to: datetime | None = Field(description="Null while it is valid.")
    release: int = Field(description="The release that brought this state.", examples=[1])
    geometry: Geometry | None = Field(default=None, description="GeoJSON MultiPolygon, when asked for.")


class ExportedAreaFacts(BaseModel):
    """Facts of an exported area; its free attributes stand beside them."""

    model_config = ConfigDict(extra="allow")

    level: str
    code: str
    name: str


class ExportedArea(Feature):
    """An exported area."""

    properties: ExportedAreaFacts


class ExportedAreas(FeatureCollection):
    """A release as GeoJSON; `crs` names the system where it is not WGS 84."""

    model_config = ConfigDict(extra="allow")

    name: str
    description: str
    features: list[ExportedArea]


class AreaListOut(BaseModel):
    """Areas, coarsest level first, then by code."""

    layer: str
    at: datetime
    areas: list[AreaOut]
    next: str | None = Field(default=None, description="`after` of the next page; null on the last.")


class AreaHistoryOut(BaseModel):
    """Every state an area has had, oldest first."""

    layer: str
    states: list[AreaOut]


def layer_out(layer: Layer, answering: ReleaseRules) -> LayerOut:
    """Return a layer as JSON, with the tolerance of its latest release."""
    out = LayerOut.model_validate(layer, from_attributes=True)
    return out.model_copy(update={"nearest_tolerance_m": answering.nearest_tolerance_m})


def published_out(published: Published, layer: str) -> PublishedOut:
    """Return what publishing did as JSON."""
    return PublishedOut(
        release=release_out(published.release, layer),
        is_new=published.is_new,
        changes=ChangesOut(**published.changes.counts),
    )


def import_out(imported: Imported, layer: str, defects: dict[str, Any], change_set: int | None = None) -> ImportOut:
    """Return what came of an import as JSON."""
    return ImportOut(
        blocked=imported.report.blocks,
        areas=len(imported.delivery.areas),
        remarks=[remark_in(remark, defects_language()) for remark in imported.delivery.remarks],
        defects=FirstDefects.model_validate(defects),
        published=None if imported.published is None else published_out(imported.published, layer),
        change_set=change_set,
    )


def area_out(area: StoredArea, *, with_people: bool = False) -> AreaOut:
    """Return an area as JSON; attributes about people only `with_people`."""
    record = area.record
    return AreaOut(
        level=record.level,
        code=record.code,
        name=record.name,
        parent_code=record.parent_code,
        unit_code=record.unit_code,
        unit_name=record.unit_name,
        attributes=record.attributes if with_people else without_people(record.attributes),
        area_m2=round(area.area_m2, 1),
        valid_from=area.valid_from,
        valid_to=area.valid_to,
        release=area.release_number,
        geometry=None if record.geom is None else Geometry.model_validate(geojson(record.geom)),
    )
