"""Shapes of GeoJSON (RFC 7946), of which each feature's own features and collections are made.

Coordinates are longitude, latitude in WGS 84 unless an answer names another system. They are not described number by
number: checking them would take longer than writing them.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, Field


class Geometry(BaseModel):
    """A GeoJSON geometry."""

    type: Literal["Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon"]
    coordinates: list[Any] = Field(description="As RFC 7946 nests them for the type.")


class GeometryCollection(BaseModel):
    """Several GeoJSON geometries as one."""

    type: Literal["GeometryCollection"]
    geometries: list[Geometry]


AnyGeometry = Geometry | GeometryCollection


class Feature(BaseModel):
    """A GeoJSON feature; each feature folder adds its `properties`."""

    type: Literal["Feature"] = "Feature"
    geometry: AnyGeometry | None


class FeatureCollection(BaseModel):
    """A GeoJSON FeatureCollection; each feature folder adds its `features`."""

    type: Literal["FeatureCollection"] = "FeatureCollection"
