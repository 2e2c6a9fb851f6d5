"""Map pages that open anywhere: folium's map with its assets inlined, so that no request leaves the file.

What a page shows is a `Pane`: sources (GeoJSON), layers drawn from them, legends in words, notes, and frames of a time
slider. The scripts in assets/ draw it; its colours are names of presentation/colours.py.

Properties of a feature that the scripts read: `tip`, `card` (HTML), `find` (the name under which the search field of
the page finds it), `code` (by which an address selects it), `number`, `name` with `at` (written where there is room),
`frames`, and styles.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import orjson

from core.words import FIRST_LANGUAGE
from presentation.colours import var_of
from presentation.words.pages import sample_words, sentence_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


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
    goes there. `source` names the data and their date; `layer_name` shows whether they are a sample; `side` is
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


def hatched(way: str) -> str:
    """Return how a style names the hatching of land that goes `out` or comes `in`."""
    return f"url(#wg-hatch-{way})"


def map_page(pane: Pane, beside: Pane | None = None) -> bytes:
    """Write the page of one map, or of two side by side that move together."""
    from presentation.pages import folium_page  # noqa: PLC0415 (half a second to load, for those that draw only)

    return folium_page.folium_page(pane, beside)
