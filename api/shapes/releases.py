"""Releases of a layer as JSON."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, Field

from api.shapes.defects import defects_language
from core.personal import masked_text
from grids.boundaries.defect_words import with_sentences
from grids.boundaries.states import TieBreak

if TYPE_CHECKING:
    from grids.boundaries.tables import Release


class ReleaseOut(BaseModel):
    """A published, immutable state of a layer."""

    layer: str = Field(examples=["admin"])
    number: int = Field(examples=[3])
    author: str = Field(examples=["gis-desk"])
    note: str = Field(examples=["新安路街道网格调整"])
    checksum: str = Field(description="SHA-256 of the canonical content, in hex.", examples=["9f2c…"])
    effective_at: datetime = Field(description="From this instant on it answers.")
    published_at: datetime
    withdrawn_at: datetime | None = Field(description="Set: it was withdrawn before it took effect, and never will.")
    area_count: int = Field(examples=[398])
    nearest_tolerance_m: float = Field(description="How far outside every area a point still got the nearest.")
    tie_break: TieBreak = Field(description="Which area answers where several cover a point.")
    source: dict[str, Any] = Field(description="The files it came from, or the release it rolls back to.")
    check_report: dict[str, Any] = Field(
        description="What the check found: counts by kind, and the warnings in codes and values. "
        "`message` of a warning states it in the language of `?lang=` or `Accept-Language`, else English."
    )


def release_out(release: Release, layer: str) -> ReleaseOut:
    """Return a release as JSON."""
    facts = {name: getattr(release, name) for name in ReleaseOut.model_fields if name != "layer"}
    kept = {**release.check_report}
    if "warnings" in kept:  # releases of before keep the sentences of their time
        kept["warnings"] = [with_sentences(warning, defects_language()) for warning in kept["warnings"]]
    return ReleaseOut(layer=layer, **facts | {"note": masked_text(release.note), "check_report": kept})
