"""Areas, borders and proposals of the boundary desk as GeoJSON."""

from __future__ import annotations

from pydantic import BaseModel, Field

from api.shapes.geojson import Feature, FeatureCollection


class DraftAreaFacts(BaseModel):
    """Facts of an area as the draft has it; of one that ended only its code."""

    code: str
    name: str | None = None
    level: str | None = None
    parent_code: str | None = None
    unit_code: str | None = None
    unit_name: str | None = None
    retired: bool = Field(description="Whether the draft ends the area.")
    edit: int | None = Field(default=None, description="The edit that left it so, where an edit is answered.")


class DraftAreaFeature(Feature):
    """An area as the draft has it; one that ended has no geometry."""

    id: str
    properties: DraftAreaFacts


class DraftAreas(FeatureCollection):
    """Areas as the draft has them."""

    features: list[DraftAreaFeature]


class DisputedEdgeFacts(BaseModel):
    """The two areas of a border in doubt, and how often it was in doubt."""

    areas: list[str] = Field(min_length=2, max_length=2)
    ambiguous: int = Field(description="Reports that could be either side's.")
    moved: int = Field(description="Reports that people moved across.")


class DisputedEdgeFeature(Feature):
    """A border in doubt; no geometry where the areas no longer touch."""

    properties: DisputedEdgeFacts


class DisputedEdges(FeatureCollection):
    """Borders in doubt, the most contested first."""

    features: list[DisputedEdgeFeature]


class ProposedGridFacts(BaseModel):
    """A proposed grid in numbers."""

    number: int = Field(description="From 1.")
    load: float


class ProposedGridFeature(Feature):
    """A proposed grid."""

    properties: ProposedGridFacts


class ProposedGrids(FeatureCollection):
    """Proposed grids, in order of their numbers."""

    features: list[ProposedGridFeature]
