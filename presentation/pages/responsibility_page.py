"""The responsibility map as a page: who answers for which area, and how many reports came from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from core.clock import LOCAL
from core.words import FIRST_LANGUAGE
from presentation.colours import COUNT_OPACITY, COUNTS, UNITS, var_of
from presentation.pages.features import FeatureText, box_of, card_html, label_properties
from presentation.pages.map_page import LegendEntry, MapLayer, Pane, map_page
from presentation.words.pages import sentence_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from core.words import Value
    from grids.maps.level_map import AreaCounts, LevelMap

#: Levels that have a name in the catalogue.
_NAMED_LEVELS = {"district", "street", "community", "grid"}
#: Width of a level's borders, the coarsest first, in pixels.
WIDTHS = (2.5, 2.0, 1.2)
DETAIL_ZOOM = 15


@dataclass(frozen=True, slots=True)
class _Shown:
    """What is shown of each area: its counts from `least` on in classes of `breaks`, the colour of its unit."""

    counts: Mapping[str, AreaCounts] | None
    least: int
    breaks: Sequence[int]
    units: Mapping[str, str]
    language: str

    def sentence(self, code: str, /, **values: Value) -> str:
        """Return a sentence in the language of the page."""
        return sentence_of(f"responsibility/{code}", self.language, **values)

    def count(self, count: int | None) -> str:
        """Write a count, None where it is too small to be shown."""
        return self.sentence("fewer", least=self.least) if count is None else self.sentence("reports", count=count)

    def level(self, level: str) -> str:
        """Name a level."""
        return sentence_of(f"level/{level}", self.language) if level in _NAMED_LEVELS else level


def responsibility_page(
    areas: LevelMap,
    above: Sequence[LevelMap],
    counts: Mapping[str, AreaCounts] | None,
    *,
    within: str | None = None,
    as_of: datetime,
    counts_shown_from: int = 1,
    basemap_url: str = "",
    language: str = FIRST_LANGUAGE,
) -> bytes:
    """Write the page: the level's areas, the outlines of the levels `above` (coarsest first) over them.

    `as_of` ends what is counted. Counts smaller than `counts_shown_from`, but 0, are written as fewer than that.
    """
    rows = areas.rows_within(within)
    chosen = list(range(len(areas.columns.codes))) if rows is None else rows
    recents = [counts[code].recent for code in areas.columns.codes if code in counts] if counts else []
    breaks = _breaks(recents, counts_shown_from)
    shown = _Shown(counts, counts_shown_from, breaks, _unit_colours(areas), language)
    sentence = shown.sentence
    sources = {"areas": _areas(areas, above[-1] if above else None, chosen, shown)}
    layers = [
        MapLayer(
            sentence("by_count"), "areas", style="by_count", base=True,
            legend=_legend(shown) if counts is not None else [LegendEntry("unknown", sentence("no_counts"))],
        ),
        MapLayer(
            sentence("by_unit"), "areas", style="by_unit", base=True, shown=False, words=sentence("by_unit_words")
        ),
    ]  # fmt: skip
    for number, coarser in enumerate(above):
        if coarser.columns.codes:
            sources[f"above-{number}"] = _outlines(coarser, WIDTHS[min(number, 2)], is_named=coarser is above[-1])
            layers.append(
                MapLayer(sentence("borders", level=shown.level(coarser.level)), f"above-{number}", interactive=False)
            )
    level, effective = shown.level(areas.level), areas.effective_at.astimezone(LOCAL)
    until = sentence("counted_until", at=f"{as_of.astimezone(LOCAL):%Y-%m-%d %H:%M}") if counts is not None else ""
    pane = Pane(
        title=sentence("title", layer=areas.layer_name, level=level),
        subtitle=sentence(
            "subtitle", release=areas.release, at=f"{effective:%Y-%m-%d %H:%M}", areas=len(chosen), level=level
        )
        + (f"\n{until}" if until else ""),
        sources=sources,
        layers=layers,
        bounds=box_of(areas.shapes()[chosen]) if chosen else None,
        notes=[sentence("note")],
        source=sentence("source", layer=areas.layer_name, release=areas.release, day=f"{effective:%Y-%m-%d}"),
        layer_name=areas.layer_name,
        basemap_url=basemap_url,
        language=language,
    )
    return map_page(pane)


def _areas(areas: LevelMap, above: LevelMap | None, chosen: Sequence[int], shown: _Shown) -> bytes:
    """Write the areas with their cards, and their names without those of the areas above before them."""
    fragments, text = areas.fragments(DETAIL_ZOOM), FeatureText()
    names_above = dict(zip(above.columns.codes, above.columns.names, strict=True)) if above is not None else {}
    parents = [names_above.get(areas.columns.parent_codes[row] or "", "") for row in chosen]
    names = [_short(areas.columns.names[row], parent) for row, parent in zip(chosen, parents, strict=True)]
    for row, label in zip(chosen, label_properties(names, areas.shapes()[list(chosen)]), strict=True):
        text.add(fragments[row], _properties(areas, row, shown) | label)
    return text.collection()


def _properties(areas: LevelMap, row: int, shown: _Shown) -> dict[str, object]:
    c, sentence = areas.columns, shown.sentence
    code, name = c.codes[row], c.names[row]
    unit = c.unit_names[row] or c.unit_codes[row] or sentence("no_unit")
    found = shown.counts.get(code) if shown.counts is not None else None
    total, recent = (shown.count(count) for count in (found.shown_from(shown.least) if found else (0, 0)))
    step = int(np.searchsorted(shown.breaks, found.recent if found else 0, side="left"))
    border = {"color": var_of("border"), "weight": 0.7, "fillOpacity": COUNT_OPACITY}
    rows = [
        (sentence("row/code"), code),
        (sentence("row/unit"), unit),
        (sentence("row/size"), sentence("size", ha=c.areas_m2[row] / 1e4)),
    ]
    tip = sentence("tip", name=name, unit=unit)
    if shown.counts is not None:
        rows.append((sentence("row/reports"), sentence("counts", recent=recent, total=total)))
        tip = sentence("tip_counts", tip=tip, recent=recent)
    return {
        "code": code,
        "find": sentence("find", name=name, code=code),
        "tip": tip,
        "card": card_html(name, rows=rows),
        "by_count": {**border, "fillColor": var_of("unknown" if shown.counts is None else COUNTS[step])},
        "by_unit": {**border, "fillColor": var_of(shown.units[c.unit_codes[row] or ""])},
    }


def _breaks(values: Sequence[int], least: int) -> list[int]:
    """Upper bounds of the first four classes: the fifths of the areas that have reports, without repetition.

    Counts smaller than `least`, but 0, are in one class.
    """
    positive = [max(value, least - 1) for value in values if value > 0]
    if not positive:
        return []
    bounds = np.unique(np.quantile(positive, [0.2, 0.4, 0.6, 0.8]).astype(int)).tolist()
    return [0, *[b for b in bounds if b > 0]][: len(COUNTS) - 1]


def _legend(shown: _Shown) -> list[LegendEntry]:
    words, low = [], 0
    for high in shown.breaks:
        words.append(shown.count(low) if low == high else shown.sentence("between", low=low, high=high))
        low = high + 1
    words.append(shown.sentence("and_more", low=low) if shown.breaks else shown.count(0))
    return [LegendEntry(color, text, opacity=COUNT_OPACITY) for color, text in zip(COUNTS, words, strict=False)]


def _unit_colours(areas: LevelMap) -> dict[str, str]:
    """Return a colour for each unit, such that units whose areas touch have different ones while there are enough."""
    units, shapes = [code or "" for code in areas.columns.unit_codes], areas.shapes()
    beside: dict[str, set[str]] = {unit: set() for unit in units}
    for one, other in shapely.STRtree(shapes).query(shapes, predicate="intersects").T.tolist():
        if units[one] != units[other]:
            beside[units[one]].add(units[other])
    chosen: dict[str, str] = {}
    for unit in sorted(beside, key=lambda unit: (-len(beside[unit]), unit)):
        taken = [chosen[other] for other in beside[unit] if other in chosen]
        chosen[unit] = min(UNITS, key=lambda color: (taken.count(color), UNITS.index(color)))
    return chosen


def _outlines(level: LevelMap, width: float, *, is_named: bool) -> bytes:
    text = FeatureText()
    style = {"color": var_of("border-above"), "weight": width, "fill": False}
    names = [_short(name) if is_named else "" for name in level.columns.names]
    labels = label_properties(names, level.shapes())
    for label, fragment in zip(labels, level.fragments(DETAIL_ZOOM), strict=True):
        text.add(fragment, {"style": style} | label)
    return text.collection()


def _short(name: str, parent: str = "") -> str:
    """Shorten a name for the map: without its parent's before it, and without the kind of committee."""
    for kind in ("居民委员会", "村民委员会"):
        name, parent = name.removesuffix(kind) or name, parent.removesuffix(kind)
    return name.removeprefix(parent) or name
