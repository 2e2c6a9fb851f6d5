"""Pages that folium makes of panes, with everything inlined."""

from __future__ import annotations

import html
import secrets
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import folium
from branca.element import Element, Figure, MacroElement
from folium.template import Template

from presentation.colours import style_sheet, var_of
from presentation.training_banner import with_banner
from presentation.words.pages import html_language

if TYPE_CHECKING:
    from presentation.pages.map_page import Pane

ASSETS = Path(__file__).parent / "assets"
SCRIPTS = ("leaflet/leaflet.js", "pane.js", "panel.js", "labels.js", "slider.js")


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


def _hatches() -> str:
    """Define the hatchings; they differ by direction too, so that they do in grey."""
    patterns = "".join(
        f'<pattern id="wg-hatch-{way}" width="6" height="6" patternUnits="userSpaceOnUse" '
        f'patternTransform="rotate({turn})"><rect width="3" height="6" fill="{var_of(color)}"/></pattern>'
        for way, turn, color in (("out", 45, "land-out"), ("in", -45, "land-in"), ("retired", 45, "change-retired"))
    )
    style = "position:absolute"
    return f'<svg width="0" height="0" style="{style}" aria-hidden="true"><defs>{patterns}</defs></svg>'


def folium_page(pane: Pane, beside: Pane | None = None) -> bytes:
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
    page = with_banner(str(figure.render())).encode()
    for place, one in zip(places, panes, strict=True):
        page = page.replace(place.encode(), one.as_json(), 1)
    return page
