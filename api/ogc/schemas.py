"""Documents of OGC API – Features and Tiles, as their standards name the members."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from api.shapes.geojson import Feature, FeatureCollection


class Link(BaseModel):
    """A link (RFC 8288)."""

    href: str
    rel: str
    type: str
    title: str
    templated: bool | None = None


class LandingPage(BaseModel):
    """What there is, by links."""

    title: str
    description: str
    links: list[Link]


class Conformance(BaseModel):
    """The conformance classes that are met."""

    conformsTo: list[str]


class ApiDefinition(BaseModel):
    """An OpenAPI 3.0 document."""

    model_config = ConfigDict(extra="allow")

    openapi: str
    info: dict[str, Any]
    paths: dict[str, Any]


class SpatialExtent(BaseModel):
    """Boxes that hold all features."""

    bbox: list[list[float]]
    crs: str


class TemporalExtent(BaseModel):
    """Intervals in which features are valid; null is an open end."""

    interval: list[list[str | None]]


class Extent(BaseModel):
    """Where and when features are."""

    spatial: SpatialExtent | None = None
    temporal: TemporalExtent | None = None


class CollectionOut(BaseModel):
    """One level of a layer, or of a draft of it."""

    id: str = Field(examples=["admin.grid"])
    title: str
    description: str
    links: list[Link]
    extent: Extent | None = None
    itemType: Literal["feature"]
    crs: list[str] = Field(description="Systems in which features are answered.")
    storageCrs: str


class CollectionsOut(BaseModel):
    """The collections that the caller may see."""

    links: list[Link]
    collections: list[CollectionOut]


class Queryable(BaseModel):
    """A property that features can be filtered by, as JSON Schema."""

    title: str
    type: str | None = None
    format: str | None = None


class Queryables(BaseModel):
    """A JSON Schema of what features can be filtered by."""

    schema_uri: str = Field(alias="$schema")
    id: str = Field(alias="$id")
    type: Literal["object"]
    title: str
    properties: dict[str, Queryable]
    additionalProperties: bool


class OgcAreaFacts(BaseModel):
    """Facts of an area; its free attributes stand beside them."""

    model_config = ConfigDict(extra="allow")

    code: str
    name: str
    level: str
    parent_code: str | None
    unit_code: str | None
    unit_name: str | None
    area_m2: float | None
    valid_from: datetime | None
    valid_to: datetime | None
    release: int | None


class OgcFeature(Feature):
    """One area, in the system of Content-Crs."""

    id: str
    properties: OgcAreaFacts
    links: list[Link]


class OgcItem(Feature):
    """One area of a page."""

    id: str
    properties: OgcAreaFacts


class OgcFeatures(FeatureCollection):
    """A page of areas in byte order of their codes; the link `next` leads to the following one."""

    features: list[OgcItem]
    links: list[Link]
    numberMatched: int
    numberReturned: int
    timeStamp: datetime


class TileMatrixSetEntry(BaseModel):
    """A tile matrix set in a list."""

    id: str
    title: str
    uri: str
    crs: str
    links: list[Link]


class TileMatrixSets(BaseModel):
    """The tile matrix sets offered."""

    tileMatrixSets: list[TileMatrixSetEntry]


class TileMatrix(BaseModel):
    """One zoom of a tile matrix set."""

    id: str
    scaleDenominator: float
    cellSize: float
    cornerOfOrigin: Literal["topLeft"]
    pointOfOrigin: list[float]
    matrixWidth: int
    matrixHeight: int
    tileWidth: int
    tileHeight: int


class TileMatrixSet(BaseModel):
    """A tile matrix set (OGC 17-083r4)."""

    id: str
    title: str
    uri: str
    crs: str
    orderedAxes: list[str]
    wellKnownScaleSet: str
    tileMatrices: list[TileMatrix]


class TileLimits(BaseModel):
    """The tiles of one zoom that are not empty."""

    tileMatrix: str
    minTileRow: int
    maxTileRow: int
    minTileCol: int
    maxTileCol: int


class BoundingBox(BaseModel):
    """A box by two corners."""

    lowerLeft: list[float]
    upperRight: list[float]
    crs: str


class TileLayer(BaseModel):
    """A layer inside each tile."""

    id: str
    dataType: Literal["vector"]
    geometryDimension: int


class TileSet(BaseModel):
    """A tile set; its `item` link is the template of the tiles' addresses."""

    title: str
    dataType: Literal["vector"]
    crs: str
    tileMatrixSetId: str
    tileMatrixSetURI: str
    tileMatrixSetLimits: list[TileLimits]
    boundingBox: BoundingBox | None = None
    links: list[Link]
    layers: list[TileLayer]


class TileSets(BaseModel):
    """The tile sets of a collection."""

    links: list[Link]
    tilesets: list[TileSet]
