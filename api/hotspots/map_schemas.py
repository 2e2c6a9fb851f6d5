"""What a run found, as GeoJSON."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from api.shapes.geojson import Feature, FeatureCollection


class HotspotFeature(Feature):
    """A cluster, a unit or a warning."""

    id: str
    properties: dict[str, Any] = Field(description="The columns of the CSV file of the same name.")


class HotspotFeatures(FeatureCollection):
    """The clusters, units or warnings of a run."""

    features: list[HotspotFeature]
