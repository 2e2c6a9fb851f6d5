"""Units on a map: grids or hexagons coloured by Gi*, local Moran and how their heat developed."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING, Any

import numpy as np
import orjson
import shapely

from geo.map.geojson import polygon_geojson
from geo.map.simplify import simplify_level, zoom_tolerance_deg
from governance.hotspots.catalogue import ABOUT, Finds, HotspotMethod, class_of
from governance.hotspots.findings import legend_of
from governance.hotspots.place_names import unit_message
from presentation.colours import COUNT_OPACITY, fill_of, var_of
from presentation.pages.features import FeatureText, card_html
from presentation.pages.map_page import LegendEntry, MapLayer
from presentation.words.hotspots import (
    class_words,
    message_of,
    method_label,
    method_words,
    probability,
    rate_words,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from core.words import Words
    from geo.map.simplify import ObjectArray
    from governance.hotspots.result_format import Result, Unit, UnitJudgement

Style = dict[str, Any]
DETAIL_ZOOM = 15
#: A longer legend shows only the classes that occur.
LONGEST_LEGEND = 8
UNIT_METHODS = [method for method, about in ABOUT.items() if about.finds is Finds.UNITS]
PLAIN: Style = {"color": var_of("border"), "weight": 0.7, "fillColor": var_of("gi-none"), "fillOpacity": 0.5}
STEP_STYLES: dict[str, Style] = {
    "0": PLAIN,
    "1": {**PLAIN, "fillColor": var_of("step-high"), "fillOpacity": 0.8},
    "-1": {**PLAIN, "fillColor": var_of("step-low"), "fillOpacity": 0.8},
}


def unit_source(result: Result, shapes: Mapping[str, shapely.Geometry], frames: int, words: Words) -> bytes:
    """Write the units: shape, card, a style for each method, and the steps of the slider."""
    found = ((unit, _shape(unit, shapes)) for unit in result.units)
    drawn = [(unit, shape) for unit, shape in found if shape is not None]
    simple = simplify_level(as_array([shape for _, shape in drawn]), zoom_tolerance_deg(DETAIL_ZOOM))
    text = FeatureText()
    for geometry, (unit, _) in zip(polygon_geojson(list(shapely.to_wkb(simple))), drawn, strict=True):
        name = message_of(unit_message(unit, result), words.language)
        properties: dict[str, Any] = {
            "code": unit.code,
            "find": words("find", name=name, code=unit.code),
            "tip": words("tip/reports_now", name=name, reports=unit.reports) if unit.reports is not None else name,
            "card": _card(unit, name, result, words),
        }
        for method in UNIT_METHODS:
            judged = unit.judged.get(method)
            properties[f"by_{method}"] = {**PLAIN, **_style(method, judged)}
            if judged is not None and judged.steps is not None:
                steps = judged.steps[-frames:] if frames else []
                properties[f"by_{method}_steps"] = [0] * (frames - len(steps)) + steps
        text.add(geometry, properties)
    return text.collection()


def unit_layers(result: Result, words: Words) -> list[MapLayer]:
    """Make a layer of each method that judged the units; one is shown at a time."""
    layers: list[MapLayer] = []
    for method in UNIT_METHODS:
        judged = [unit.judged[method] for unit in result.units if method in unit.judged]
        if not judged:
            continue
        entries = legend_of(result, method)
        if len(entries) > LONGEST_LEGEND:
            entries = [entry for entry in entries if entry.count or not entry.legend.is_finding]
        legend = [
            LegendEntry(
                fill_of(method, entry.legend.code),
                class_words(method, entry.legend.code, words.language),
                opacity=COUNT_OPACITY,
            )
            for entry in entries
        ]
        told, step_styles = method_words(method, "words", words.language), {}
        if any(one.steps is not None for one in judged):
            told, step_styles = told + words("legend/slide"), STEP_STYLES
            legend += [
                LegendEntry("step-high", words("legend/step_high"), opacity=0.8),
                LegendEntry("step-low", words("legend/step_low"), opacity=0.8),
            ]
        layers.append(
            MapLayer(
                method_label(method, words.language),
                "units",
                style=f"by_{method}",
                base=True,
                shown=not layers,
                legend=legend,
                words=told,
                step_styles=step_styles,
            )
        )
    return layers


def as_array(shapes: Sequence[shapely.Geometry]) -> ObjectArray:
    """Put shapes into an array of objects, also where there are none."""
    array = np.empty(len(shapes), dtype=object)
    array[:] = shapes
    return array


def _shape(unit: Unit, shapes: Mapping[str, shapely.Geometry]) -> shapely.Geometry | None:
    if unit.geometry is not None:
        return shapely.from_geojson(orjson.dumps(unit.geometry).decode())
    return shapes.get(unit.code)


def _style(method: HotspotMethod, judged: UnitJudgement | None) -> Style:
    """Return the colour of a unit's class where that was found; nothing where it is as everywhere."""
    if judged is None:
        return {}
    code = class_of(method, judged.found, judged.q)
    if not any(one.code == code and one.is_finding for one in ABOUT[method].classes):
        return {}
    return {"fillColor": var_of(fill_of(method, code)), "fillOpacity": COUNT_OPACITY}


def _card(unit: Unit, name: str, result: Result, words: Words) -> str:
    rows = [] if unit.near_name is not None else [(words("unit/code"), unit.code)]
    if unit.reports is not None:
        rows.append((words("unit/reports"), words("card/reports", count=unit.reports)))
    if unit.rate is not None:
        rows.append(rate_words(unit.rate, result.rate_per, words.language))
    sure = ""
    for method, judged in unit.judged.items():
        code = class_of(method, judged.found, judged.q)
        meaning = class_words(method, code, words.language)
        rows.append((method_label(method, words.language), meaning))
        if judged.z is not None and judged.q is not None:
            q = probability(judged.q, words.language)
            rows.append((words("unit/z_q"), words("unit/z_q_values", z=judged.z, q=q)))
        if method == HotspotMethod.GI:
            sure = f'<p class="{"wg-sure" if judged.flag else "wg-none"}">{html.escape(meaning)}</p>'
    return card_html(name, rows=rows, before=sure)
