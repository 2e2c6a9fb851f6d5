"""Map pages that open anywhere: folium's map with its assets inlined, so that no request leaves the file.

What a page shows is a `Pane`: sources (GeoJSON), layers drawn from them, legends in words, notes, and frames of a time
slider. assets/page.js draws it.
"""

from __future__ import annotations

import html
import secrets
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import folium
import numpy as np
import orjson
import shapely
from branca.element import Element, Figure, MacroElement
from jinja2 import Template

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from geo.map.simplify import ObjectArray

ASSETS = Path(__file__).parent / "assets"


@dataclass(frozen=True, slots=True)
class LegendEntry:
    """One colour and what it means."""

    color: str
    text: str
    dot: bool = False
    border: str = ""

    def as_json(self) -> dict[str, Any]:
        """Return what page.js reads."""
        return {"color": self.color, "text": self.text, "dot": self.dot, "border": self.border}


@dataclass(frozen=True, slots=True)
class MapLayer:
    """One layer: features of a source, each drawn with the property `style` names.

    Of the `base` layers one is shown at a time. A layer without a name is always drawn. `step_styles` are the styles
    of a frame of the slider: a feature's property `<style>_steps` names one for each frame.
    """

    name: str
    source: str
    style: str = "style"
    base: bool = False
    shown: bool = True
    interactive: bool = True
    legend: Sequence[LegendEntry] = ()
    words: str = ""
    step_styles: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Return what page.js reads."""
        return {
            "name": self.name,
            "source": self.source,
            "style": self.style,
            "base": self.base,
            "shown": self.shown,
            "interactive": self.interactive,
            "legend": [entry.as_json() for entry in self.legend],
            "words": self.words,
            "stepStyles": self.step_styles,
        }


@dataclass(frozen=True, slots=True)
class Pane:
    """One map. `sources` hold finished GeoJSON text; `bounds` are (west, south, east, north).

    `entries` are listed beside the map, each with `number`, `title`, `words` and `at` (latitude, longitude): a click
    goes there.
    """

    title: str
    subtitle: str
    sources: Mapping[str, bytes]
    layers: Sequence[MapLayer]
    bounds: tuple[float, float, float, float] | None
    notes: Sequence[str] = ()
    frames: Sequence[str] = ()
    entries: Sequence[Mapping[str, Any]] = ()
    entries_heading: str = ""
    base_heading: str = "着色"
    basemap_url: str = ""

    def as_json(self) -> bytes:
        """Return what page.js reads, safe inside a script element."""
        west, south, east, north = self.bounds or (0, 0, 0, 0)
        config = {
            "title": self.title,
            "subtitle": self.subtitle,
            "sources": {name: orjson.Fragment(text) for name, text in self.sources.items()},
            "layers": [layer.as_json() for layer in self.layers],
            "bounds": [[south, west], [north, east]] if self.bounds else None,
            "notes": list(self.notes),
            "frames": list(self.frames),
            "entries": list(self.entries),
            "entriesHeading": self.entries_heading,
            "baseHeading": self.base_heading,
            "basemap": self.basemap_url,
        }
        return orjson.dumps(config).replace(b"<", b"\\u003c").replace(b"\xe2\x80\xa8", b"\\u2028")


class OfflineMap(folium.Map):
    """A folium map that asks no CDN for anything."""

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 (folium's)
        super().__init__(**options)
        self.default_js: list[tuple[str, str]] = []
        self.default_css: list[tuple[str, str]] = []


class _Drawn(MacroElement):
    """The pane's content, drawn by page.js. What is in it takes its place only when the page is made."""

    _template = Template(
        "{% macro script(this, kwargs) %}wanggePane({{ this._parent.get_name() }}, {{ this.place }});{% endmacro %}"
    )

    def __init__(self, place: str) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._name = "Drawn"
        self.place = place


class _Together(MacroElement):
    """Two maps that move as one."""

    _template = Template(
        "{% macro script(this, kwargs) %}"
        "wanggeSync({{ this.one.get_name() }}, {{ this.other.get_name() }});"
        "{% endmacro %}"
    )

    def __init__(self, one: OfflineMap, other: OfflineMap) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._name = "Together"
        self.one, self.other = one, other


@cache
def _inlined() -> str:
    css = "\n".join((ASSETS / name).read_text(encoding="utf-8") for name in ("leaflet/leaflet.css", "page.css"))
    # Its pictures (layer switch, default marker) are not used.
    css = "\n".join(line for line in css.splitlines() if "url(" not in line)
    scripts = [(ASSETS / name).read_text(encoding="utf-8") for name in ("leaflet/leaflet.js", "page.js")]
    return f"<style>{css}</style>" + "".join(f"<script>{script}</script>" for script in scripts)


def map_page(pane: Pane, beside: Pane | None = None) -> bytes:
    """Write the page of one map, or of two side by side that move together.

    folium makes a template of what its elements render: a name with braces in it would be run there as code. So the
    panes' content is put into the finished page, in places that no content can name.
    """
    figure = Figure(title=html.escape(pane.title))
    figure.header.add_child(Element(_inlined()), name="assets")
    panes = [pane] if beside is None else [pane, beside]
    maps, places = [], [f"wangge{secrets.token_hex(16)}" for _ in panes]
    for number, one in enumerate(panes):
        west, south, east, north = one.bounds or (73.0, 18.0, 135.0, 54.0)
        drawn = OfflineMap(
            location=[(south + north) / 2, (west + east) / 2],
            zoom_start=12,
            tiles=None,
            prefer_canvas=False,
            zoom_snap=0.25,
            width=f"{100 / len(panes)}%",
            left=f"{100 / len(panes) * number}%",
            position="absolute",
        )
        drawn.add_child(_Drawn(places[number]))
        figure.add_child(drawn)
        maps.append(drawn)
    if len(maps) == 2:
        figure.html.add_child(Element('<div class="wg-divider"></div>'), name="divider")
        figure.add_child(_Together(*maps))
    page = str(figure.render()).encode()
    for place, one in zip(places, panes, strict=True):
        page = page.replace(place.encode(), one.as_json(), 1)
    return page


def label_properties(names: Sequence[str], shapes: Sequence[shapely.Geometry] | ObjectArray) -> list[dict[str, Any]]:
    """Return the properties by which each shape's name is written in it, where the scale leaves room."""
    outlines = np.asarray(shapes, dtype=object)
    middles = shapely.centroid(outlines)
    spots = np.where(shapely.covers(outlines, middles), middles, shapely.point_on_surface(outlines))
    lon, lat = np.round(shapely.get_x(spots), 6).tolist(), np.round(shapely.get_y(spots), 6).tolist()
    return [{"name": name, "at": at} for name, at in zip(names, zip(lat, lon, strict=True), strict=True)]


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
