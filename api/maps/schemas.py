"""The responsibility map as JSON."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, Field

from api.shapes.geojson import Feature, FeatureCollection


class MappedAreaFacts(BaseModel):
    """An area, who answers for it, and its reports.

    Counts are null where reports are not assigned to this layer, and where they are too small to be shown (see
    `counts_shown_from`).
    """

    code: str = Field(examples=["410106001001001"])
    name: str
    level: str
    parent_code: str | None
    unit_code: str | None = Field(examples=["410106001001"])
    unit_name: str | None = Field(examples=["济源路社区居民委员会"])
    area_m2: float
    reports_total: int | None
    reports_30d: int | None


class MappedAreaFeature(Feature):
    """An area on the map."""

    id: str
    properties: MappedAreaFacts


class ResponsibilityMap(FeatureCollection):
    """The level's areas in order of their codes."""

    name: str
    layer: str
    level: str
    release: int
    effective_at: datetime
    simplify: int | None = Field(description="The zoom that borders are simplified for; null: exact.")
    counts_shown_from: int = Field(
        description="Smaller counts than this, but not 0, are null; with a key that may read all reports it is 1."
    )
    features: list[MappedAreaFeature]
