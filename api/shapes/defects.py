"""Defects of a coverage as GeoJSON, as checks, imports and edits answer them."""

from __future__ import annotations

from typing import Any, Final, Literal

from fastapi import Depends, Response
from pydantic import BaseModel, Field

from api.http.language import ENGLISH, in_language, language_among
from api.shapes.geojson import Feature, FeatureCollection
from geo.coverage import DefectKind
from grids.boundaries.defect_words import CATALOGUE


def defects_language() -> str:
    """Return the language of defects that the request asks for; English where none fits."""
    return language_among(CATALOGUE.languages, ENGLISH)


def _name_language(response: Response) -> None:
    in_language(response, defects_language())


#: A dependency of routes that read defects: the answer names the language of their sentences.
NAMES_DEFECTS_LANGUAGE: Final = Depends(_name_language)


class DefectFacts(BaseModel):
    """What is wrong with which areas, how large it is, and what to do."""

    kind: DefectKind
    severity: Literal["blocks", "warns"]
    level: str
    codes: list[str] = Field(description="The areas concerned, the one to look at first in front.")
    cause: str | None = Field(description="What a sliver comes from, or which rule a code breaks.")
    size: float | None
    unit: Literal["m2", "m"] | None = Field(description="Unit of `size`.")
    values: dict[str, Any] = Field(
        description="What the sentences name, in no language: labels of areas, figures, codes of reasons and rules.",
        examples=[{"width_m": 1.0, "areas": ["A1 新安社区", "A2 香园社区"]}],
    )
    message: str = Field(
        description="What is wrong and what to do, in the language of `?lang=` or `Accept-Language`; else English.",
        examples=["A1 新安社区 and A2 香园社区 overlap by 812 m²: reports there belong to two units. …"],
    )
    message_zh: str = Field(
        description="The same in Chinese. Use `message` with `lang=zh`.", json_schema_extra={"deprecated": True}
    )
    message_en: str = Field(
        description="The same in English. Use `message` with `lang=en`.", json_schema_extra={"deprecated": True}
    )


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
