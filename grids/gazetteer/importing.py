"""Take a file in as the next release of a theme of the gazetteer, with its provenance and what was left out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import geoalchemy2.shape
import numpy as np
import shapely
from sqlalchemy import func, insert, select

from core import audit, clock
from core.errors import DomainError, Kind
from geo.address.crossings import compute_crossings
from geo.address.frame import Frame
from grids.gazetteer import reading, rules
from grids.gazetteer.states import Theme
from grids.gazetteer.tables import AddressPoint, AddressRange, Crossing, GazetteerRelease, Place, Road

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from shapely.geometry.base import BaseGeometry
    from sqlalchemy.orm import Session

    from identity.actors import Actor

    Row = dict[str, Any]
    Numbered = list[tuple[int, Row, BaseGeometry]]


class ThemeUnknownError(DomainError):
    """The gazetteer has no such theme; there are roads, places, addresses and ranges."""

    code = "gazetteer-theme-unknown"
    kind = Kind.INVALID


class NothingToImportError(DomainError):
    """Not one row of the file could be taken."""

    code = "gazetteer-nothing-to-import"
    kind = Kind.INVALID


def import_release(  # noqa: PLR0913 (provenance is many facts)
    session: Session,
    *,
    theme: str,
    path: Path,
    author: Actor,
    note: str = "",
    licence: str = "",
    url: str = "",
    crs: str | None = None,
    layer: str | None = None,
    mapping: Mapping[str, str] | None = None,
    context: Sequence[str] = (),
    effective_at: datetime | None = None,
    max_bytes: int = 256 * 2**20,
) -> GazetteerRelease:
    """Take a file in as the next release of a theme; rows that cannot be used are left out and counted.

    Raises
    ------
    ThemeUnknownError, NothingToImportError, reading.GazetteerFileError, reading.GazetteerFileTooLargeError
    """
    if theme not in set(Theme):
        raise ThemeUnknownError(
            "No theme {theme}; there are {themes}.", values={"theme": theme, "themes": [*Theme]}, field="theme"
        )
    features = reading.read(path, theme, crs=crs, layer=layer, max_bytes=max_bytes)
    report = rules.ImportReport(read=len(features.geometries))
    rows = _ROWS[theme](_usable(theme, features, mapping or {}, report, _OWNERS[theme]), report)
    report.taken = len(rows)
    if not rows:
        raise NothingToImportError(
            "{name}: {left_out}.",
            values={"name": path.name, "left_out": report.left_out or "no features"},
            left_out=report.left_out,
        )
    now = clock.now()
    latest = session.scalar(select(func.max(GazetteerRelease.number)).where(GazetteerRelease.theme == theme))
    release = GazetteerRelease(
        theme=theme,
        number=(latest or 0) + 1,
        author=author.name,
        note=note,
        licence=licence,
        source={"file": path.name, "url": url, "crs": features.crs, "layer": layer},
        checksum=features.checksum,
        context=list(context),
        row_count=len(rows),
        import_report=report.as_json(),
        effective_at=effective_at or now,
        published_at=now,
    )
    session.add(release)
    session.flush()
    session.execute(insert(_TABLE[theme]), [_stored(row, release.id) for row in rows])
    if theme == "roads" and (crossings := _crossings(rows)):
        session.execute(insert(Crossing), [_stored(row, release.id) for row in crossings])
    audit.record(
        session,
        actor=author,
        action="gazetteer.import",
        subject=f"gazetteer/{theme}/{release.number}",
        file=path.name,
        rows=len(rows),
    )
    return release


def _stored(row: Row, release_id: int) -> Row:
    geometry = geoalchemy2.shape.from_shape(row["geom"], srid=4326)
    return row | {"release_id": release_id, "geom": geometry}


def _usable(
    theme: str,
    features: reading.FileFeatures,
    mapping: Mapping[str, str],
    report: rules.ImportReport,
    owners: Sequence[str],
) -> Numbered:
    """Return the rows that have a name and a geometry of the theme: row number, our attributes, geometry."""
    usable = []
    wanted = rules.FIELDS[theme]
    for i, (properties, geometry) in enumerate(zip(features.properties, features.geometries, strict=True)):
        ours = {name: rules.attribute(properties, theme, name, mapping) for name in wanted}
        ours["owner"] = str(next((ours[o] for o in owners if ours[o] is not None), "")).strip()
        wrong = rules.defect(theme, ours["owner"], geometry)
        if wrong is not None or geometry is None:
            report.leave_out(wrong or "no geometry", i)
        else:
            usable.append((i, ours, geometry))
    return usable


def _named_rows(usable: Numbered, _report: rules.ImportReport) -> list[Row]:
    return [
        {
            "name": ours["owner"],
            "aliases": rules.names(ours["aliases"]),
            "former_names": rules.names(ours["former_names"]),
            "kind": str(ours["kind"] or ""),
            "geom": shapely.MultiLineString([geometry]) if isinstance(geometry, shapely.LineString) else geometry,
        }
        for _, ours, geometry in usable
    ]


def _address_rows(usable: Numbered, report: rules.ImportReport) -> list[Row]:
    rows = []
    for i, ours, geometry in usable:
        number = None if ours["number"] is None else rules.door_number(ours["number"])
        building = ours["building"] if ours["road"] is None else None
        if number is None and building is None:
            report.leave_out("no door number or building", i)
            continue
        rows.append(
            {
                "owner": ours["owner"],
                "number": None if number is None else number[0],
                "suffix": "" if number is None else number[1],
                "building": "" if building is None else rules.building_label(building),
                "geom": geometry,
            }
        )
    return rows


def _range_rows(usable: Numbered, report: rules.ImportReport) -> list[Row]:
    rows = []
    for i, ours, geometry in usable:
        low, high = rules.door_number(ours["low"]), rules.door_number(ours["high"])
        parity = rules.PARITY.get(str(ours["parity"] or "").strip().lower())
        if low is None or high is None or parity is None:
            report.leave_out("range not understood", i)
            continue
        # Numbers rise along the line.
        ends, line = ((low, high), geometry) if low[0] <= high[0] else ((high, low), geometry.reverse())
        rows.append({"road": ours["owner"], "low": ends[0][0], "high": ends[1][0], "parity": parity, "geom": line})
    return rows


def _crossings(rows: list[Row]) -> list[Row]:
    """Compute the crossings of a release's roads, in metres around their middle."""
    shapes = [row["geom"] for row in rows]
    west, south, east, north = shapely.total_bounds(np.array(shapes, dtype=object)).tolist()
    frame = Frame((west + east) / 2, (south + north) / 2)
    numbers: dict[str, int] = {}
    roads = [numbers.setdefault(row["name"], len(numbers)) for row in rows]
    named = list(numbers)
    found = compute_crossings(frame.geometries(shapes), roads)
    points = frame.all_to_degrees(np.column_stack([found.x, found.y]))
    return [
        {"first_road": named[a], "second_road": named[b], "geom": shapely.Point(lon, lat)}
        for a, b, (lon, lat) in zip(found.first.tolist(), found.second.tolist(), points.tolist(), strict=True)
    ]


_OWNERS: Final = {"roads": ("name",), "places": ("name",), "addresses": ("road", "place"), "ranges": ("road",)}
_ROWS: Final[dict[str, Callable[[Numbered, rules.ImportReport], list[Row]]]] = {
    "roads": _named_rows,
    "places": _named_rows,
    "addresses": _address_rows,
    "ranges": _range_rows,
}
_TABLE: Final[dict[str, type[Road | Place | AddressPoint | AddressRange]]] = {
    "roads": Road,
    "places": Place,
    "addresses": AddressPoint,
    "ranges": AddressRange,
}
