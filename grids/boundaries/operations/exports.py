"""Export: a release, or the areas of one level, as a file or a delivery package."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from core.personal import without_people
from grids.boundaries import queries
from grids.boundaries.errors import ReleaseNotFoundError
from grids.boundaries.files import delivery, writing
from grids.boundaries.operations.imports import check

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from grids.boundaries.files.writing import Written
    from grids.boundaries.tables import Layer, Release

PACKAGE = "package"


def export(
    session: Session,
    *,
    layer: Layer,
    release: Release | None = None,
    file_format: str = "geojson",
    crs: str = "WGS84",
    level: str | None = None,
    encoding: str = "utf-8",
    with_people: bool = False,
) -> Written:
    """Write a release (the latest by default) to one file; format 'package' makes the delivery package.

    Columns about people are left out, and people in others masked, unless `with_people`.

    Raises
    ------
    ReleaseNotFoundError, FormatUnknownError, CrsUnknownError
    """
    release = release or queries.latest_release(session, layer)
    if release is None:
        raise ReleaseNotFoundError("Layer '{code}' has no release yet.", values={"code": layer.code})
    stored = queries.areas_of_release(session, layer, release, only=queries.AreaFilter(level=level))
    areas = [area.record for area in stored]
    if not with_people:
        areas = [replace(area, attributes=without_people(area.attributes)) for area in areas]
    title = writing.Title(layer.code, layer.name, release.number, release.effective_at.isoformat())
    if file_format != PACKAGE:
        return writing.write(areas, title, file_format=file_format, crs=crs, encoding=encoding)
    facts = {
        "layer": layer.code,
        "layer_name": layer.name,
        "release": release.number,
        "author": release.author,
        "note": release.note,
        "effective_at": release.effective_at.isoformat(),
        "published_at": release.published_at.isoformat(),
        "checksum": release.checksum,
        "source": release.source,
    }
    answering = queries.rules_of_release(session, layer, release)
    return delivery.package(
        areas, title, report=check(session, layer, areas, answering=answering), release=facts, crs=crs
    )
