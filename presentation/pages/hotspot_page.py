"""The map of a run, or of two side by side: a layer per method, what each finding is, how sure, what was set aside."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

import orjson
import shapely

from core.words import FIRST_LANGUAGE, Words
from geo.map.geojson import polygon_geojson
from geo.map.simplify import simplify_level, zoom_tolerance_deg
from governance.hotspots.catalogue import HotspotMethod
from governance.hotspots.findings import significant_places
from presentation.colours import var_of
from presentation.pages.features import FeatureText, card_html, label_properties
from presentation.pages.hotspot_clusters import (
    cluster_layers,
    finding_layer,
    list_entry,
    list_heading,
)
from presentation.pages.hotspot_units import DETAIL_ZOOM, PLAIN, as_array, unit_layers, unit_source
from presentation.pages.hotspot_warnings import warning_layer, warning_notes, warning_source
from presentation.pages.map_page import LegendEntry, MapLayer, Pane, map_page
from presentation.words.days import span
from presentation.words.hotspot_maps import CATALOGUE
from presentation.words.hotspots import account_words, note_sentence

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from governance.hotspots.result_format import Result

WEEK_DAYS = 7


@dataclass(frozen=True, slots=True)
class RunView:
    """A finished run as a map needs it: polygons of its areas, and of the areas warnings are given for.

    `only_area` and `only_categories` are what the run was limited to; `release` is the number of the boundaries'.
    """

    number: int
    layer_name: str
    result: Result
    shapes: Mapping[str, shapely.Geometry]
    outlines: Mapping[str, shapely.Geometry] = field(default_factory=dict)
    only_area: str = ""
    only_categories: tuple[str, ...] = ()
    release: int = 0


def hotspot_page(
    view: RunView, beside: RunView | None = None, *, basemap_url: str = "", language: str = FIRST_LANGUAGE
) -> bytes:
    """Write the page of a run, or of two that are compared."""
    return map_page(*(_pane(one, basemap_url, Words(CATALOGUE, language)) for one in (view, beside) if one is not None))


def _pane(view: RunView, basemap_url: str, words: Words) -> Pane:
    result, language = view.result, words.language
    start, end = result.period.start, result.period.end
    days = span(start, end - timedelta(days=1), language)
    frames = _frames(result, start, end)
    sources = {"units": unit_source(result, view.shapes, len(frames), words)}
    layers = unit_layers(result, words)
    warned = warning_source(result, {**view.shapes, **view.outlines}, words)
    if warned is not None:
        sources["warned"] = warned
        layers.append(warning_layer(result, words, shown=not layers))
    if not layers:
        layers.append(MapLayer("", "units", "by_gi"))
    layers += cluster_layers(result, frames, sources, words)
    layers += _context(view, sources, words)
    found = significant_places(result)
    if found:
        sources["places"] = finding_layer(found, result, frames, words)
        legend = LegendEntry("surface", words("numbers/legend"), dot=True, border=f"1px solid {var_of('number')}")
        layers.append(MapLayer(words("numbers/layer"), "places", legend=[legend]))
    shapes = list(view.shapes.values())
    return Pane(
        title=words("page/title", layer=view.layer_name),
        subtitle=words(
            "page/subtitle",
            days=days,
            reports=result.input.incidents_in_period,
            run=view.number,
            only=_limits(view, words),
        ),
        sources=sources,
        layers=layers,
        bounds=tuple(shapely.total_bounds(shapes).tolist()) if shapes else None,
        notes=[
            *warning_notes(result, words),
            account_words(result, language),
            *(note_sentence(note, language) for note in result.notes),
        ],
        frames=[words("page/frame", first=f"{a:%m-%d}", last=f"{b:%m-%d}") for a, b in frames],
        entries=[list_entry(place, words) for place in found],
        entries_heading=list_heading(result, found, words),
        source=words("page/source", layer=view.layer_name, release=view.release, days=days),
        layer_name=view.layer_name,
        side=words("page/run", run=view.number),
        basemap_url=basemap_url,
        language=language,
    )


def _limits(view: RunView, words: Words) -> str:
    """Return what the run was limited to, each on a line of its own."""
    where = words("page/only_area", area=view.only_area) if view.only_area else ""
    return where + (words("page/only_categories", categories=view.only_categories) if view.only_categories else "")


def _frames(result: Result, start: date, end: date) -> list[tuple[date, date]]:
    """Whole steps back from the period's end, over the period and what findings reach back to."""
    judged = result.steps
    step = (judged[0].last - judged[0].first).days + 1 if judged else WEEK_DAYS
    firsts = [c.first for c in result.clusters if c.method == HotspotMethod.SCAN]
    firsts += [judged[0].first] if judged else []
    steps = max(1, -(-(end - min([start, *firsts])).days // step))
    days = [end - timedelta(days=step * k) for k in range(steps, 0, -1)]
    return [(day, day + timedelta(days=step - 1)) for day in days]


def _context(view: RunView, sources: dict[str, bytes], words: Words) -> list[MapLayer]:
    """Add what helps to read the map: the streets' borders, and the default geocodes set aside."""
    layers = []
    if view.outlines:
        sources["outlines"] = _outlines(view.outlines, view.result.names)
        layers.append(MapLayer(words("context/borders"), "outlines", interactive=False))
    if view.result.input.pile_ups:
        sources["piles"] = _pile_ups(view.result, words)
        legend = [LegendEntry("pile", words("context/piles_legend"), dot=True)]
        layers.append(MapLayer(words("context/piles"), "piles", legend=legend))
    return layers


def _pile_ups(result: Result, words: Words) -> bytes:
    text = FeatureText()
    style = {"radius": 9, "color": var_of("pile-line"), "weight": 1.5, "fillColor": var_of("pile"), "fillOpacity": 0.8}
    for pile in result.input.pile_ups:
        told = words("pile/words", reports=pile.reports)
        card = card_html(words("pile/title"), before=f'<p class="wg-none">{told}</p>')
        geometry = orjson.dumps({"type": "Point", "coordinates": [pile.lon, pile.lat]})
        text.add(geometry, {"tip": words("pile/tip", reports=pile.reports), "card": card, "style": style})
    return text.collection()


def _outlines(shapes: Mapping[str, shapely.Geometry], names: Mapping[str, str]) -> bytes:
    text = FeatureText()
    simple = simplify_level(as_array(list(shapes.values())), zoom_tolerance_deg(DETAIL_ZOOM))
    style = {**PLAIN, "color": var_of("border-above"), "weight": 2, "fill": False}
    labels = label_properties([names[code] for code in shapes], simple)
    for label, geometry in zip(labels, polygon_geojson(list(shapely.to_wkb(simple))), strict=True):
        text.add(geometry, {"style": style} | label)
    return text.collection()
