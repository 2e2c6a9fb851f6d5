"""Features of a map page: their text, the places of their names, their cards."""

from __future__ import annotations

import html
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import orjson
import shapely

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from geo.map.simplify import ObjectArray


def label_properties(names: Sequence[str], shapes: Sequence[shapely.Geometry] | ObjectArray) -> list[dict[str, Any]]:
    """Return the properties by which each shape's name is written in it, where the scale leaves room."""
    outlines = np.asarray(shapes, dtype=object)
    middles = shapely.centroid(outlines)
    spots = np.where(shapely.covers(outlines, middles), middles, shapely.point_on_surface(outlines))
    lon, lat = np.round(shapely.get_x(spots), 6).tolist(), np.round(shapely.get_y(spots), 6).tolist()
    return [{"name": name, "at": at} for name, at in zip(names, zip(lat, lon, strict=True), strict=True)]


def box_of(shapes: Sequence[shapely.Geometry] | ObjectArray) -> tuple[float, float, float, float]:
    """Return west, south, east, north of some shapes, in their own units."""
    west, south, east, north = (float(value) for value in shapely.total_bounds(np.asarray(shapes, dtype=object)))
    return west, south, east, north


@dataclass(slots=True)
class FeatureText:
    """Collects features as GeoJSON text, geometry already written."""

    parts: list[bytes] = field(default_factory=list)

    def add(self, geometry: bytes, properties: Mapping[str, Any]) -> None:
        """Add one feature."""
        self.parts.append(b'{"type":"Feature","properties":%b,"geometry":%b}' % (orjson.dumps(properties), geometry))

    def collection(self) -> bytes:
        """Return the FeatureCollection."""
        return b'{"type":"FeatureCollection","features":[%b]}' % b",".join(self.parts)


def card_html(title: str, *, rows: Iterable[tuple[str, str]] = (), before: str = "", after: str = "") -> str:
    """Write a card: a title and rows of a heading and its value, all escaped; `before` and `after` them is HTML."""
    return f'<div class="wg-card"><h2>{html.escape(title)}</h2>{before}{table_html(rows)}{after}</div>'


def table_html(rows: Iterable[tuple[str, str]]) -> str:
    """Write rows of a heading and its value, escaped; nothing without rows."""
    cells = "".join(f'<tr><th scope="row">{html.escape(a)}</th><td>{html.escape(b)}</td></tr>' for a, b in rows)
    return f"<table>{cells}</table>" if cells else ""
