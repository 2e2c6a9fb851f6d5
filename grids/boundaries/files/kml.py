"""KML, parsed without entities, without links and without GDAL: placemarks with polygons, and their data.

Coordinates of KML are WGS 84 by its standard (OGC 07-147r2 §6.2); a file in GCJ-02 or BD-09 is declared by whoever
imports it.
"""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Any
from xml.etree.ElementTree import Element, ParseError

import numpy as np
import shapely
from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse

from grids.boundaries.errors import FileTooLargeError, FileUnreadableError
from grids.boundaries.files import notes, text
from grids.boundaries.files.raw import RawFeatures

if TYPE_CHECKING:
    from pathlib import Path

    from grids.boundaries.files.limits import Limits

_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_DECLARED = re.compile(rb"""^[^>]{0,200}encoding=["']([A-Za-z0-9_.-]{1,40})["']""")
_FOLDERS = {"Document", "Folder"}


def read(path: Path, limits: Limits, encoding: str | None) -> RawFeatures:
    """Read every placemark; the name of its innermost folder is its table.

    Raises
    ------
    FileUnreadableError, FileTooLargeError
    """
    raw = path.read_bytes()
    declared = _DECLARED.match(raw)
    said = encoding or (declared.group(1).decode() if declared else None)
    content, used = text.decoded(raw, said)
    found = RawFeatures(crs="WGS84", encoding=used)
    found.remarks += text.remarks(used, said)
    # expat reads few encodings itself: it gets UTF-8, without a declaration of another.
    stream = io.BytesIO(_DECLARATION.sub("", content).encode())
    try:
        _walk(stream, found, limits)
    except DefusedXmlException as error:
        raise FileUnreadableError("The KML declares entities or a document type, which are refused.") from error
    except ParseError as error:
        raise FileUnreadableError("Not well-formed XML: {error}.", values={"error": error}) from error
    return found


def _walk(stream: io.BytesIO, found: RawFeatures, limits: Limits) -> None:
    folders: list[str] = []
    types: dict[str, str] = {}
    depth = 0
    for event, element in iterparse(stream, events=("start", "end"), forbid_dtd=True):
        tag = _local(element)
        depth += 1 if event == "start" else -1
        if depth > 100:
            raise FileUnreadableError("The KML's elements are nested more than 100 deep.")
        if tag in _FOLDERS:
            folders.append("") if event == "start" else folders.pop()
        if event == "start":
            continue
        if tag == "name" and folders and not folders[-1]:
            folders[-1] = (element.text or "").strip()
        elif tag == "SimpleField":
            types[element.get("name") or ""] = element.get("type") or ""
        elif tag == "Data" and element.get("name") == notes.KEY:
            found.note = next((c.text or "" for c in element if _local(c) == "value"), "")
        elif tag == "Placemark":
            if len(found.geometries) >= limits.max_features:
                raise FileTooLargeError(
                    "More than {max_features:,} placemarks.", values={"max_features": limits.max_features}
                )
            table = next((name for name in reversed(folders) if name), "")
            found.add(_geometry(element, len(found.geometries) + 1), _data(element, types), table)
            element.clear()


def _data(placemark: Element, types: dict[str, str]) -> dict[str, Any]:
    data: dict[str, Any] = {}
    for child in placemark:
        tag = _local(child)
        if tag in {"name", "description"} and child.text and child.text.strip():
            data[tag] = child.text.strip()
    for element in placemark.iter():
        tag, name = _local(element), element.get("name")
        if name and tag == "SimpleData":
            data[name] = _typed((element.text or "").strip(), types.get(name, ""))
        elif name and tag == "Data":
            value = next((c.text for c in element if _local(c) == "value"), None)
            data[name] = (value or "").strip()
    return data


def _typed(content: str, kind: str) -> str | float | bool:
    """Return a value as its schema types it; what does not fit its type stays text."""
    try:
        if kind in {"int", "uint", "short", "ushort"}:
            return int(content)
        if kind in {"float", "double"}:
            return float(content)
    except ValueError:
        return content
    return content in {"1", "true"} if kind == "bool" else content


def _geometry(placemark: Element, number: int) -> shapely.Geometry | None:
    polygons = [_polygon(element, number) for element in placemark.iter() if _local(element) == "Polygon"]
    if not polygons:
        return None
    return polygons[0] if len(polygons) == 1 else shapely.MultiPolygon(polygons)


def _polygon(element: Element, number: int) -> shapely.Polygon:
    shell: list[np.ndarray[tuple[int, int], np.dtype[np.float64]]] = []
    holes: list[np.ndarray[tuple[int, int], np.dtype[np.float64]]] = []
    for border in element:
        kept = {"outerBoundaryIs": shell, "innerBoundaryIs": holes}.get(_local(border))
        if kept is not None:
            kept += [_ring(c.text or "", number) for c in border.iter() if _local(c) == "coordinates"]
    if not shell:
        return shapely.Polygon()
    try:
        return shapely.Polygon(shell[0], holes)
    except (ValueError, shapely.errors.GEOSException) as error:
        raise FileUnreadableError("Placemark {number}: {error}.", values={"number": number, "error": error}) from error


def _ring(content: str, number: int) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    try:
        rows = [[float(v) for v in position.split(",")[:2]] for position in content.split()]
        ring = np.array(rows, dtype=np.float64).reshape(len(rows), 2)
    except ValueError as error:
        raise FileUnreadableError(
            "Placemark {number}: its coordinates are not lon,lat pairs.", values={"number": number}
        ) from error
    return ring


def _local(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]
