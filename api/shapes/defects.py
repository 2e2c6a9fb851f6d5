"""Defects of a coverage as GeoJSON, as checks, imports and edits answer them."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field

from api.shapes.geojson import Feature, FeatureCollection
from geo.coverage import DefectKind


class DefectFacts(BaseModel):
    """What is wrong with which areas, how large it is, and what to do."""

    kind: DefectKind
    severity: Literal["blocks", "warns"]
    level: str
    codes: list[str] = Field(description="The areas concerned, the one to look at first in front.")
    cause: str | None = Field(description="What a sliver comes from, or which rule a code breaks.")
    size: float | None
    unit: Literal["m2", "m"] | None = Field(description="Unit of `size`.")
    message_zh: str
    message_en: str


class DefectFeature(Feature):
    """One defect where it lies; no geometry where it has no place."""

    id: str = Field(description="Stays the same while the defect does.")
    properties: DefectFacts


class CheckSummary(BaseModel):
    """What a check found in numbers."""

    blocks: bool = Field(description="Whether anything found forbids publishing.")
    areas_checked: int
    counts: dict[str, int] = Field(description="Defects by kind, of kinds that occur.")
    is_edge_matched: bool = Field(description="Whether every shared border has the same vertices on both sides.")
    beneath_notice: int = Field(description="Mismatches too narrow to be defects.")


class CheckReport(FeatureCollection):
    """All defects, what blocks first."""

    features: list[DefectFeature]
    summary: CheckSummary


class ShownSummary(CheckSummary):
    """What a check found in numbers, and how much of it is shown."""

    shown: int = Field(description="How many of the defects are among `features`.")


class FirstDefects(FeatureCollection):
    """The first thousand defects, what blocks first."""

    features: list[DefectFeature]
    summary: ShownSummary
