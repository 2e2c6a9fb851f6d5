"""Boundary files looked into before they are imported: what they are, which columns they have, where they lie."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import File, Form, UploadFile
from pydantic import BaseModel, Field

from api.http.access import Editor
from api.http.dependencies import SessionDep
from api.http.openapi import feature_router
from api.http.problems import responses
from api.http.services import ServicesDep
from api.http.texts import LayerCode
from api.shapes.defects import defects_language
from api.shapes.geojson import Feature, FeatureCollection
from grids.boundaries import operations, queries
from grids.boundaries.files.limits import Limits
from grids.boundaries.files.staging import Upload
from grids.geojson import geojson
from presentation.words.remarks import remark_in

router = feature_router(prefix="/v1/layers", tags=["boundaries"])


class ColumnOut(BaseModel):
    """A column of a file."""

    name: str = Field(examples=["WGBM"])
    filled: int = Field(description="Features with a value there.", examples=[327])
    samples: list[str] = Field(description="A few values; none where it is about people.", examples=[["4101060010010"]])
    about_people: bool = Field(description="Whether it names people, who are shown to few.")


class InspectedFileOut(BaseModel):
    """One file as it is understood."""

    name: str = Field(examples=["网格.shp"])
    format: str = Field(examples=["shapefile"])
    encoding: str | None = Field(description="Of its texts; null where the format settles it.", examples=["gb18030"])
    stated_crs: str | None = Field(description="System that the file states; null: none.", examples=["EPSG:4547"])
    crs: str | None = Field(description="System its numbers are read in; null: `crs` has to name it.")
    in_degrees: bool = Field(description="Whether its numbers are degrees, else metres or feet.")
    features: int = Field(examples=[327])
    columns: list[ColumnOut]
    mapping: dict[str, str] = Field(
        description="Meaning → column, as far as names tell.", examples=[{"code": "WGBM", "name": "WGMC"}]
    )
    levels: dict[str, str | None] = Field(
        description="Table → level that its name or the file's tells; null: none.", examples=[{"网格": "grid"}]
    )
    remarks: list[str]


class PreviewFacts(BaseModel):
    """Which area an outline is of."""

    file: str
    code: str
    name: str


class PreviewFeature(Feature):
    """An outline as it would lie on the map: simplified, to be looked at only."""

    properties: PreviewFacts


class PreviewOut(FeatureCollection):
    """Outlines of the first areas, at most 2,000."""

    features: list[PreviewFeature]


class InspectionOut(BaseModel):
    """What files are before they are imported."""

    files: list[InspectedFileOut]
    effective_at: datetime | None = Field(
        description="When the layer's latest release takes effect; an import becomes a draft. Null: it has none."
    )
    preview: PreviewOut


@router.post("/{layer}/inspections", responses=responses(400, 401, 403, 404, 409, 413, 422, 503))
def inspect_boundary_files(
    session: SessionDep,
    services: ServicesDep,
    _editor: Editor,
    layer: LayerCode,
    files: Annotated[list[UploadFile], File(description="As an import takes them.")],
    crs: Annotated[str | None, Form(max_length=200, description="As an import takes it.", examples=["GCJ-02"])] = None,
    encoding: Annotated[str | None, Form(max_length=40, description="Of the texts, for example gbk.")] = None,
) -> InspectionOut:
    """Look into boundary files: format, encoding, system, columns, and where the areas would lie. Nothing is stored."""
    found = queries.get_layer(session, layer)
    latest = queries.latest_release(session, found)
    options = operations.ReadingOptions(crs=crs or None, encoding=encoding or None)
    limits = Limits(max_bytes=services.settings.max_upload_bytes)
    uploads = [Upload(file.filename or "", file.file) for file in files]
    try:
        inspected = operations.inspect_delivery(found, uploads, options, limits)
    finally:
        for file in files:
            file.file.close()
    return _inspection_out(inspected, None if latest is None else latest.effective_at)


def _inspection_out(inspected: list[operations.Inspected], effective_at: datetime | None) -> InspectionOut:
    drawn = [
        {"geometry": geojson(outline), "properties": {"file": file.name, "code": code, "name": name}}
        for file in inspected
        for code, name, outline in file.drawn
    ]
    return InspectionOut(
        files=[_file_out(file) for file in inspected],
        effective_at=effective_at,
        preview=PreviewOut.model_validate({"features": drawn}),
    )


def _file_out(file: operations.Inspected) -> InspectedFileOut:
    facts: dict[str, Any] = {
        name: getattr(file, name) for name in ("name", "format", "in_degrees", "features", "mapping", "levels")
    }
    return InspectedFileOut(
        **facts,
        remarks=[remark_in(remark, defects_language()) for remark in file.remarks],
        encoding=file.encoding or None,
        stated_crs=file.stated_crs[:200] or None,
        crs=None if file.crs is None else file.crs.name[:200],
        columns=[
            ColumnOut(name=c.name, filled=c.filled, samples=c.samples, about_people=c.is_about_people)
            for c in file.columns
        ],
    )
