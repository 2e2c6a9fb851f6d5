"""Names of coordinate reference systems.

Government files and map services name the same few systems in many spellings; this module maps each to one
value. The order of the numbers is always x (east, longitude) then y (north, latitude), whatever the authority
says; a reader that honours an authority's own order calls :func:`latitude_first`.
"""

from __future__ import annotations

import difflib
import functools
import re
from dataclasses import dataclass
from typing import Literal

import pyproj
from pyproj.exceptions import CRSError

from geo.refusals import SentenceError

Shift = Literal["none", "gcj02", "bd09"]
Bounds = tuple[float, float, float, float]

# The rectangle outside of which every published implementation of GCJ-02 leaves coordinates alone
# (west, south, east, north). Source: eviltransform, `outOfChina`; coordtransform, `out_of_china`.
CHINA_RECTANGLE: Bounds = (72.004, 0.8293, 137.8347, 55.8271)

_WORLD: Bounds = (-180.0, -90.0, 180.0, 90.0)
_EPSG_WGS84 = 4326
_EPSG_CGCS2000 = 4490


class UnknownCrsError(SentenceError):
    """The coordinate reference system is not known; the message lists the nearest names that are."""

    def __init__(self, name: str, suggestions: tuple[str, ...] = ()) -> None:
        """Keep the name as given and the names offered instead."""
        self.name = name
        self.suggestions = suggestions
        values = {"name": f"{name[:80]!r}", "suggestions": ", ".join(suggestions)}
        if suggestions:
            super().__init__("unknown coordinate reference system {name} (did you mean {suggestions}?)", values=values)
        else:
            super().__init__("unknown coordinate reference system {name}", values=values)


@dataclass(frozen=True, slots=True)
class Crs:
    """One coordinate reference system.

    `name` is the canonical name ('WGS84', 'CGCS2000', 'GCJ-02', 'BD-09', 'EPSG:4547' or a WKT text);
    `epsg` its code, None for the two shifted systems, which EPSG does not know, and for nameless WKT;
    `shift` the shift that leads from WGS 84 to it; `definition` what PROJ understands.
    """

    name: str
    epsg: int | None
    shift: Shift
    definition: str

    @property
    def is_geographic(self) -> bool:
        """Whether the coordinates are degrees."""
        return self.shift != "none" or _proj(self.definition).is_geographic

    def __str__(self) -> str:
        """Return the canonical name."""
        return self.name


WGS84 = Crs("WGS84", _EPSG_WGS84, "none", "EPSG:4326")
CGCS2000 = Crs("CGCS2000", _EPSG_CGCS2000, "none", "EPSG:4490")
GCJ02 = Crs("GCJ-02", None, "gcj02", "EPSG:4326")
BD09 = Crs("BD-09", None, "bd09", "EPSG:4326")

# Spellings seen in files, APIs and data dictionaries, without case, spaces, hyphens, underscores and dots.
_NAMES: dict[str, Crs] = {
    "wgs84": WGS84,
    "wgs1984": WGS84,
    "wgs": WGS84,
    "gps": WGS84,
    "crs84": WGS84,
    "ogc:crs84": WGS84,
    "ogc:1.3:crs84": WGS84,
    "gcswgs1984": WGS84,
    "epsg:4326": WGS84,
    "4326": WGS84,
    "世界大地坐标系": WGS84,
    "地球坐标": WGS84,
    "地球坐标系": WGS84,
    "cgcs2000": CGCS2000,
    "cgcs2k": CGCS2000,
    "gcschinageodeticcoordinatesystem2000": CGCS2000,
    "chinageodeticcoordinatesystem2000": CGCS2000,
    "epsg:4490": CGCS2000,
    "4490": CGCS2000,
    "国家2000": CGCS2000,
    "2000国家大地坐标系": CGCS2000,
    "大地2000": CGCS2000,
    "天地图": CGCS2000,
    "tianditu": CGCS2000,
    "gcj02": GCJ02,
    "gcj": GCJ02,
    "gcj2": GCJ02,
    "gcj02ll": GCJ02,
    "mars": GCJ02,
    "火星": GCJ02,
    "火星坐标": GCJ02,
    "火星坐标系": GCJ02,
    "国测局": GCJ02,
    "国测局坐标": GCJ02,
    "amap": GCJ02,
    "autonavi": GCJ02,
    "gaode": GCJ02,
    "高德": GCJ02,
    "高德坐标": GCJ02,
    "腾讯": GCJ02,
    "腾讯坐标": GCJ02,
    "tencent": GCJ02,
    "bd09": BD09,
    "bd09ll": BD09,
    "bd": BD09,
    "baidu": BD09,
    "百度": BD09,
    "百度坐标": BD09,
    "百度坐标系": BD09,
}
_SHOWN = (
    "WGS84",
    "CGCS2000",
    "GCJ-02",
    "BD-09",
    "EPSG:4326",
    "EPSG:4490",
    "EPSG:4547",
    "EPSG:3857",
    "OGC:CRS84",
)
_EPSG = re.compile(r"^(?:epsg:{0,2}(?:[\d.]*:)?|srid[=:]?)?(\d{4,6})$")
_URN = re.compile(r"^urn:(?:x-)?ogc:def:crs:(\w+):([\w.]*):(\w+)$")
_URI = re.compile(r"^https?://(?:www\.)?opengis\.net/(?:def/crs/(\w+)/[\w.]+/(\w+)|gml/srs/(epsg)\.xml#(\d+))$")
_CURIE = re.compile(r"^\[?(epsg|ogc|cgcs|crs):([\w.]+)\]?$")
_WKT = re.compile(
    r"^\s*(?:PROJCS|GEOGCS|PROJCRS|GEOGCRS|GEODCRS|COMPD_?CS|COMPOUNDCRS|BOUNDCRS)\s*[\[(]", re.IGNORECASE
)
_EPSG_ALIASES = {900913: 3857, 102100: 3857, 102113: 3857, 3785: 3857}
_LONGEST_NAME = 20_000


@functools.lru_cache(maxsize=256)
def parse_crs(name: str) -> Crs:
    """Return the reference system a name stands for.

    Parameters
    ----------
    name : str
        A common name in English or Chinese ('WGS84', 'gcj02', '火星坐标系', 'BD-09', '国家2000'), an EPSG
        code ('EPSG:4547', '4547'), 'OGC:CRS84', a URN or URI of the OGC ('urn:ogc:def:crs:EPSG::2263'), or
        the WKT text of a `.prj` file.

    Returns
    -------
    Crs
        Coordinates in it are read x, y (east, north), for every spelling.

    Raises
    ------
    UnknownCrsError
        If the name is empty, not recognised, or an EPSG code that does not exist; with suggestions.
    """
    text = name.strip()
    if not text or len(text) > _LONGEST_NAME:
        raise UnknownCrsError(name)
    if _WKT.match(text):
        return _from_wkt(text)
    folded = text.casefold()
    known = _known(folded)
    if known is not None:
        return known
    authority_and_code = _authority_and_code(folded)
    if authority_and_code is not None:
        authority, code = authority_and_code
        known = _known(f"{authority}:{code}")
        if known is not None:
            return known
        if authority == "epsg" and code.isdecimal():
            return _from_epsg(int(code), text)
    raise UnknownCrsError(name, _suggest(text))


def latitude_first(name: str) -> bool:
    """Whether a name, taken by the letter of its authority, puts latitude (or northing) first.

    True only for URNs and URIs of the EPSG registry whose first axis points north, such as
    'http://www.opengis.net/def/crs/EPSG/0/4326'; short names are read x, y by every tool.
    """
    folded = name.strip().casefold()
    if not (_URN.match(folded) or _URI.match(folded)):
        return False
    crs = parse_crs(name)
    if "crs84" in folded or crs.epsg is None:
        return False
    axes = pyproj.CRS.from_epsg(crs.epsg).axis_info
    return bool(axes) and axes[0].direction == "north"


@functools.lru_cache(maxsize=256)
def area_of_use(crs: Crs) -> Bounds:
    """Return the box (west, south, east, north; degrees of WGS 84) in which a system is meant to be used.

    GCJ-02 and BD-09 have the rectangle of their algorithm; WGS 84 and systems without a stated area the
    world. The west may be larger than the east: the box then crosses the antimeridian.
    """
    if crs.shift != "none":
        return CHINA_RECTANGLE
    if crs.epsg == _EPSG_WGS84:
        return _WORLD
    area = _proj(crs.definition).area_of_use
    return _WORLD if area is None else (area.west, area.south, area.east, area.north)


def _known(folded: str) -> Crs | None:
    bare = re.sub(r"[\s_\-.()\uff08\uff09]", "", folded)
    return _NAMES.get(folded) or _NAMES.get(bare) or _NAMES.get(re.sub(r"坐标系?$|datum$", "", bare))


def _authority_and_code(folded: str) -> tuple[str, str] | None:
    compact = re.sub(r"\s", "", folded)
    match = _EPSG.match(compact)
    if match:
        return "epsg", match.group(1)
    match = _URN.match(compact)
    if match:
        return match.group(1), match.group(3)
    match = _URI.match(compact)
    if match:
        return match.group(1) or match.group(3), match.group(2) or match.group(4)
    match = _CURIE.match(compact)
    if match:
        return match.group(1), match.group(2)
    return None


def _from_epsg(code: int, name: str) -> Crs:
    code = _EPSG_ALIASES.get(code, code)
    if code == _EPSG_WGS84:
        return WGS84
    if code == _EPSG_CGCS2000:
        return CGCS2000
    definition = f"EPSG:{code}"
    try:
        proj = _proj(definition)
    except CRSError as error:
        raise UnknownCrsError(name, _suggest(name)) from error
    if not (proj.is_geographic or proj.is_projected) or proj.is_geocentric:
        raise UnknownCrsError(name, _suggest(name))
    return Crs(definition, code, "none", definition)


def _from_wkt(text: str) -> Crs:
    try:
        proj = pyproj.CRS.from_wkt(text)
    except CRSError as error:
        raise UnknownCrsError(text[:60]) from error
    code = proj.to_epsg(min_confidence=70)
    if code is not None:
        return _from_epsg(code, text[:60])
    known = _known(proj.name.casefold())
    if known is not None and proj.is_geographic:
        return known
    return Crs(text, None, "none", text)


def _suggest(name: str) -> tuple[str, ...]:
    folded = re.sub(r"[\s_\-.]", "", name.casefold())
    folds = {re.sub(r"[\s_\-.]", "", shown.casefold()): shown for shown in _SHOWN}
    for spelling, crs in _NAMES.items():
        folds.setdefault(spelling, crs.name)
    near = difflib.get_close_matches(folded, folds, n=3, cutoff=0.5)
    return tuple(dict.fromkeys(folds[spelling] for spelling in near)) or _SHOWN[:4]


@functools.lru_cache(maxsize=256)
def _proj(definition: str) -> pyproj.CRS:
    return pyproj.CRS.from_user_input(definition)
