"""What a locating index is built from: rows in EPSG:4326, as files and tables hold them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shapely.geometry.base import BaseGeometry


@dataclass(frozen=True, slots=True)
class RoadRow:
    """A piece of a road: its names and its centre line (LineString or MultiLineString, EPSG:4326)."""

    name: str
    geometry: BaseGeometry
    aliases: tuple[str, ...] = ()
    former_names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """A named place: a point or a polygon, EPSG:4326."""

    name: str
    geometry: BaseGeometry
    aliases: tuple[str, ...] = ()
    former_names: tuple[str, ...] = ()
    kind: str = ""


@dataclass(frozen=True, slots=True)
class AddressRow:
    """A numbered point: ``owner`` is the name of a road (then ``number``) or of a place (then ``building``)."""

    owner: str
    lon: float
    lat: float
    number: int | None = None
    suffix: str = ""
    building: str = ""


@dataclass(frozen=True, slots=True)
class RangeRow:
    """Door numbers ``low``..``high`` along a line; ``parity`` is ``odd``, ``even`` or ``all``."""

    road: str
    low: int
    high: int
    parity: str
    geometry: BaseGeometry


@dataclass(frozen=True, slots=True)
class AreaRow:
    """An administrative area: its name, level, code and polygon, EPSG:4326."""

    name: str
    level: str
    code: str
    geometry: BaseGeometry


@dataclass(frozen=True, slots=True)
class CrossingRow:
    """A crossing known beforehand, EPSG:4326."""

    first: str
    second: str
    lon: float
    lat: float


@dataclass(frozen=True, slots=True)
class GazetteerRows:
    """Everything an index is built from. ``context`` names what surrounds the areas (河南省, 郑州市).

    ``crossings`` of None are computed from the roads.
    """

    roads: Sequence[RoadRow] = ()
    places: Sequence[PlaceRow] = ()
    addresses: Sequence[AddressRow] = ()
    ranges: Sequence[RangeRow] = ()
    areas: Sequence[AreaRow] = ()
    context: Sequence[str] = ()
    crossings: Sequence[CrossingRow] | None = None
