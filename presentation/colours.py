"""The colours of maps, pages and prints: one name for each, with its value on a light and on a dark ground.

Pages use them as custom properties of CSS (`var_of`), so that a dark page has ramps of its own; prints use the light
values. Counts go from light to dark of one hue, more and less from orange to blue; what must be distinguished is taken
from Okabe & Ito's palette (2008). tests/presentation/test_colours.py computes how far apart they are drawn, also as
people with protanopia, deuteranopia and tritanopia see them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from governance.hotspots.catalogue import ABOUT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from governance.hotspots.catalogue import HotspotMethod


@dataclass(frozen=True, slots=True)
class Colour:
    """A colour on a light and on a dark ground (#rrggbb)."""

    light: str
    dark: str


#: How strongly fills cover the ground.
COUNT_OPACITY: Final = 0.75
CHANGE_OPACITY: Final = 0.65
LOAD_OPACITY: Final = 0.8

#: Reports of an area, from few to many.
COUNTS: Final = ("count-0", "count-1", "count-2", "count-3", "count-4")
#: A grid's load beside the mean, from far below to far above.
LOADS: Final = ("load-far-below", "load-below", "load-near", "load-above", "load-far-above")
#: Units that answer for neighbouring areas; neighbours get different ones.
UNITS: Final = tuple(f"unit-{number}" for number in range(8))

_OWN: Final[Mapping[str, Colour]] = {
    "ground": Colour("#f2f3f5", "#1b1e23"),
    "surface": Colour("#ffffff", "#24282e"),
    "text": Colour("#1f2328", "#e8eaed"),
    "muted": Colour("#57606a", "#aab1ba"),
    "line": Colour("#d5d9de", "#40464e"),
    "control": Colour("#7a828c", "#8b939d"),
    "accent": Colour("#0b5cad", "#7cb8ff"),
    "warning": Colour("#8a4b00", "#ffb454"),
    "warning-surface": Colour("#fff4e0", "#3a2c14"),
    "quiet-surface": Colour("#eef0f2", "#30353c"),
    "halo": Colour("#ffffff", "#1b1e23"),
    "border": Colour("#6b7178", "#8b929b"),
    "border-above": Colour("#30343a", "#d2d6db"),
    "number": Colour("#8c2d04", "#ffb38a"),
    "unknown": Colour("#dfe2e6", "#3a3f47"),
    "selected": Colour("#0b5cad", "#7cb8ff"),
    "count-0": Colour("#fff3dc", "#33291d"),
    "count-1": Colour("#fbcf85", "#6a4a22"),
    "count-2": Colour("#ee9440", "#a86f28"),
    "count-3": Colour("#cb5a1e", "#e0a040"),
    "count-4": Colour("#8c2410", "#ffdf9e"),
    "change-unchanged": Colour("#ffffff", "#33383f"),
    "change-changed": Colour("#f0dc32", "#d9c51a"),
    "change-created": Colour("#0072b2", "#4aa8ea"),
    "change-retired": Colour("#c44e00", "#b9480c"),
    "change-renamed": Colour("#868b93", "#7d828a"),
    "land-out": Colour("#a33e00", "#ff9a5c"),
    "land-in": Colour("#00568a", "#7cc4ff"),
    "report-open": Colour("#1d1d1d", "#ffffff"),
    "report-other": Colour("#ffffff", "#1b1e23"),
    "dispute-moved": Colour("#c44e00", "#ff8a3d"),
    "dispute-ambiguous": Colour("#3d9bd6", "#4aa8ea"),
    "load-far-below": Colour("#2166ac", "#6ab4ff"),
    "load-below": Colour("#85bbdc", "#2a5f96"),
    "load-near": Colour("#f7f7f7", "#3a3f47"),
    "load-above": Colour("#fdb863", "#9c6a25"),
    "load-far-above": Colour("#b35806", "#ffb454"),
    "unit-0": Colour("#a8c8e4", "#35597a"),
    "unit-1": Colour("#f3cf8f", "#7a5a1e"),
    "unit-2": Colour("#9fd5c2", "#1f6350"),
    "unit-3": Colour("#e3b5cd", "#74405c"),
    "unit-4": Colour("#f4ef9f", "#6e691c"),
    "unit-5": Colour("#e7a98a", "#7c3f20"),
    "unit-6": Colour("#c9ccd1", "#50565e"),
    "unit-7": Colour("#8cb5a0", "#2e4d3d"),
    "pile": Colour("#636363", "#9aa0a8"),
    "pile-line": Colour("#252525", "#e8eaed"),
    "step-high": Colour("#ef8a62", "#d9542f"),
    "step-low": Colour("#92c5de", "#3f7fa8"),
    "trend": Colour("#c0562b", "#ff9a66"),
    "trend-before": Colour("#d8c3b4", "#6b5a4e"),
}


def _of_methods() -> Iterator[tuple[str, Colour]]:
    for method, about in ABOUT.items():
        for one in about.classes:
            yield fill_of(method, one.code), Colour(one.fill, one.dark_fill)
            if one.outline:
                yield outline_of(method, one.code), Colour(one.outline, one.dark_outline)


def fill_of(method: HotspotMethod, code: str) -> str:
    """Return the name of the fill of a class of a method's legend."""
    return f"{method}-{code.replace('/', '-')}"


def outline_of(method: HotspotMethod, code: str) -> str:
    """Return the name of the outline of a class of a method's legend."""
    return f"{fill_of(method, code)}-line"


COLOURS: Final[Mapping[str, Colour]] = {**_OWN, **dict(_of_methods())}


def var_of(name: str) -> str:
    """Return how CSS and SVG in a page name a colour."""
    if name not in COLOURS:
        raise KeyError(name)
    return f"var(--{name})"


def on_paper(name: str) -> str:
    """Return a colour's value in print."""
    return COLOURS[name].light


def style_sheet() -> str:
    """Write the custom properties of all colours: light, dark where the reader prefers that, light in print."""
    light, dark = (
        "".join(f"--{name}:{value};" for name, value in values)
        for values in (
            [(name, colour.light) for name, colour in COLOURS.items()],
            [(name, colour.dark) for name, colour in COLOURS.items()],
        )
    )
    return f":root{{color-scheme:light dark;{light}}}@media screen and (prefers-color-scheme:dark){{:root{{{dark}}}}}"
