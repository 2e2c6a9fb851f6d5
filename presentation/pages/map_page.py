"""Map pages that open anywhere: folium's map with its assets inlined, so that no request leaves the file.

What a page shows is a `Pane`: sources (GeoJSON), layers drawn from them, legends in words, notes, and frames of a time
slider. The scripts in assets/ draw it; its colours are names of presentation/colours.py.

Properties of a feature that the scripts read: `tip`, `card` (HTML), `find` (the name under which the search field of
the page finds it), `code` (by which an address selects it), `number`, `name` with `at` (written where there is room),
`frames`, and styles.
"""

from __future__ import annotations

import html
import secrets
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import folium
import orjson
from branca.element import Element, Figure, MacroElement
from folium.template import Template

from core.words import FIRST_LANGUAGE
from presentation.colours import style_sheet, var_of
from presentation.words.pages import html_language, sample_words, sentence_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


ASSETS = Path(__file__).parent / "assets"
SCRIPTS = ("leaflet/leaflet.js", "pane.js", "panel.js", "labels.js", "slider.js")
#: What the scripts write on every page; each is `frame/<name>` of the words of pages.
FRAME_WORDS = (
    "allTime", "base", "card", "close", "find", "findHint", "fold", "kilometres", "layers", "map", "metres", "north",
    "northUp", "notFound", "notes", "notesOfRun", "pause", "play", "sides", "time", "unfold", "zoomIn", "zoomOut",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class LegendEntry:
    """One colour, named as in presentation/colours.py, and what it means.

    It is shown as strongly as the map draws it. `hatch` (out, in) are the patterns of `hatched`.
    """

    color: str
    text: str
    dot: bool = False
    border: str = ""
    opacity: float = 1.0
    hatch: str = ""

    def as_json(self) -> dict[str, Any]:
        """Return what the scripts read."""
        return {
            "color": var_of(self.color),
            "text": self.text,
            "dot": self.dot,
            "border": self.border,
            "opacity": self.opacity,
            "hatch": self.hatch,
        }


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
        """Return what the scripts read."""
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
    goes there. `source` tells what the data are and of when; `layer_name` tells whether they are a sample; `side` is
    what one of two maps side by side is called.
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
    source: str = ""
    layer_name: str = ""
    side: str = ""
    basemap_url: str = ""
    language: str = FIRST_LANGUAGE

    def as_json(self) -> bytes:
        """Return what the scripts read, safe inside a script element."""
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
            "source": self.source,
            "sample": sample_words(self.layer_name, self.language),
            "side": self.side,
            "words": {name: sentence_of(f"frame/{name}", self.language) for name in FRAME_WORDS},
            "basemap": self.basemap_url,
        }
        return orjson.dumps(config).replace(b"<", b"\\u003c").replace(b"\xe2\x80\xa8", b"\\u2028")


class OfflineMap(folium.Map):
    """A folium map that asks no CDN for anything, and lets readers zoom the page."""

    _template = Template(
        """
        {% macro html(this, kwargs) %}<div class="folium-map" id={{ this.get_name()|tojson }}></div>{% endmacro %}
        {% macro script(this, kwargs) %}
            var {{ this.get_name() }} = L.map({{ this.get_name()|tojson }}, {
                center: {{ this.location|tojson }}, ...{{ this.options|tojavascript }}
            });
        {% endmacro %}
        """
    )

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 (folium's)
        super().__init__(**options)
        self.default_js: list[tuple[str, str]] = []
        self.default_css: list[tuple[str, str]] = []


class _Page(Figure):
    """A whole page, in a language."""

    _template = Template(
        "<!DOCTYPE html>\n"
        '<html lang="{{ this.language }}">\n'
        "<head>\n"
        '<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        "<title>{{ this.title }}</title>\n"
        "{{ this.header.render(**kwargs) }}\n"
        "</head>\n"
        "<body>\n"
        '<main class="wg-page">{{ this.html.render(**kwargs) }}</main>\n'
        "<script>{{ this.script.render(**kwargs) }}</script>\n"
        "</body>\n"
        "</html>\n",
    )

    def __init__(self, title: str, language: str) -> None:
        super().__init__(title=title)
        self.language = language


class _Drawn(MacroElement):
    """The pane's content, drawn by pane.js. What is in it takes its place only when the page is made."""

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
    scripts = [(ASSETS / name).read_text(encoding="utf-8") for name in SCRIPTS]
    return f"<style>{style_sheet()}{css}</style>" + "".join(f"<script>{script}</script>" for script in scripts)


def hatched(way: str) -> str:
    """Return how a style names the hatching of land that goes `out` or comes `in`."""
    return f"url(#wg-hatch-{way})"


def _hatches() -> str:
    """Define the hatchings; they differ by direction too, so that they do in grey."""
    patterns = "".join(
        f'<pattern id="wg-hatch-{way}" width="6" height="6" patternUnits="userSpaceOnUse" '
        f'patternTransform="rotate({turn})"><rect width="3" height="6" fill="{var_of(color)}"/></pattern>'
        for way, turn, color in (("out", 45, "land-out"), ("in", -45, "land-in"), ("retired", 45, "change-retired"))
    )
    style = "position:absolute"
    return f'<svg width="0" height="0" style="{style}" aria-hidden="true"><defs>{patterns}</defs></svg>'


def map_page(pane: Pane, beside: Pane | None = None) -> bytes:
    """Write the page of one map, or of two side by side that move together.

    folium makes a template of what its elements render: a name with braces in it would be run there as code. So the
    panes' content is put into the finished page, in places that no content can name.
    """
    figure = _Page(html.escape(pane.title), html_language(pane.language))
    figure.header.add_child(Element(_inlined()), name="assets")
    figure.html.add_child(Element(_hatches()), name="hatches")
    panes = [pane] if beside is None else [pane, beside]
    maps, places = [], [f"wangge{secrets.token_hex(16)}" for _ in panes]
    for place, one in zip(places, panes, strict=True):
        west, south, east, north = one.bounds or (73.0, 18.0, 135.0, 54.0)
        drawn = OfflineMap(
            location=[(south + north) / 2, (west + east) / 2],
            zoom_start=12,
            tiles=None,
            zoom_control=False,
            prefer_canvas=False,
            zoom_snap=0.1,
        )
        drawn.add_child(_Drawn(place))
        figure.add_child(drawn)
        maps.append(drawn)
    if len(maps) == 2:
        figure.add_child(_Together(*maps))
    page = str(figure.render()).encode()
    for place, one in zip(places, panes, strict=True):
        page = page.replace(place.encode(), one.as_json(), 1)
    return page
