"""Early warnings on a map: streets coloured by alarm, with expected, observed and probability of each category."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING, Any

import shapely

from geo.map.geojson import polygon_geojson
from geo.map.simplify import simplify_level, zoom_tolerance_deg
from governance.hotspots.catalogue import ABOUT, HotspotMethod, class_of
from governance.hotspots.findings import series_class
from presentation.colours import CHANGE_OPACITY, fill_of, var_of
from presentation.pages.features import FeatureText, card_html
from presentation.pages.hotspot_units import DETAIL_ZOOM, PLAIN, as_array
from presentation.pages.map_page import LegendEntry, MapLayer
from presentation.words.hotspots import about, class_words, method_label, method_words, number, probability

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from core.words import Words
    from governance.hotspots.result_format import Result, SeriesJudgement

MOST_ROWS = 14
HEADS = ("category", "observed", "expected", "upper", "p")
METHOD = HotspotMethod.WARNING


def warning_source(result: Result, shapes: Mapping[str, shapely.Geometry], words: Words) -> bytes | None:
    """Write the areas that were judged; None where no series was."""
    by_area: dict[str, list[SeriesJudgement]] = {}
    for one in result.series:
        by_area.setdefault(one.area, []).append(one)
    codes = [code for code in by_area if code in shapes]
    if not codes:
        return None
    simple = simplify_level(as_array([shapes[code] for code in codes]), zoom_tolerance_deg(DETAIL_ZOOM))
    text = FeatureText()
    for code, geometry in zip(codes, polygon_geojson(list(shapely.to_wkb(simple))), strict=True):
        series = by_area[code]
        alarms = _alarms(series)
        name = series[0].area_name
        text.add(
            geometry,
            {
                "code": code,
                "find": words("find", name=name, code=code),
                "tip": words("tip/alarms", name=name, categories=[one.category for one in alarms])
                if alarms
                else words("tip/calm", name=name),
                "card": _card(name, series, words),
                "style": {**PLAIN, "weight": 1.2, **_style(series)},
            },
        )
    return text.collection()


def warning_layer(result: Result, words: Words, *, shown: bool) -> MapLayer:
    """Return the layer of the warnings, and those of the whole, which no street shows."""
    legend = [
        LegendEntry(fill_of(METHOD, one.code), class_words(METHOD, one.code, words.language), opacity=CHANGE_OPACITY)
        for one in ABOUT[METHOD].classes
    ]
    whole = [w for w in _alarms(result.series) if w.area == result.whole]
    items = words("warning/whole_between").join(
        words("warning/whole_item", category=w.category, observed=w.observed, expected=number(w.expected or 0.0))
        for w in whole
    )
    told = method_words(METHOD, "words", words.language)
    told += words("warning/whole", items=items) if whole else words("warning/whole_none")
    label = method_label(METHOD, words.language)
    return MapLayer(label, "warned", base=True, shown=shown, legend=legend, words=told)


def warning_notes(result: Result, words: Words, most: int = 5) -> list[str]:
    """Return the surest warnings in sentences."""
    return [
        words(
            "warning/note",
            area=w.area_name,
            category=w.category,
            observed=w.observed,
            expected=number(w.expected or 0.0),
            probability=about(w.p or 0.0, words.language),
        )
        for w in sorted(result.warnings, key=lambda w: w.p or 0.0)[:most]
    ]


def _alarms(series: Sequence[SeriesJudgement]) -> list[SeriesJudgement]:
    """Return those that raise an alarm, the surest first."""
    return sorted((one for one in series if one.alarm), key=lambda one: one.q or 0.0)


def _style(series: Sequence[SeriesJudgement]) -> dict[str, Any]:
    """Colour an area by its surest alarm; without one it is calm, or not judged where no series could be."""
    alarms = _alarms(series)
    judged = [one for one in series if one.p is not None]
    shown = (alarms or judged or list(series))[0]
    code = class_of(METHOD, series_class(shown), shown.q)
    return {"fillColor": var_of(fill_of(METHOD, code)), "fillOpacity": CHANGE_OPACITY}


def _card(name: str, series: Sequence[SeriesJudgement], words: Words) -> str:
    ordered = sorted(series, key=lambda s: (not s.alarm, s.p is None, s.p or 0.0, -s.observed))
    rows = "".join(
        f'<tr class="{"alarm" if s.alarm else ""}"><td>{html.escape(s.category)}</td><td>{s.observed}</td>'
        + (
            f"<td>{number(s.expected)}</td><td>{number(s.upper)}</td><td>{probability(s.p, words.language)}</td></tr>"
            if s.p is not None and s.expected is not None and s.upper is not None
            else f'<td colspan="3">{words("warning/too_short")}</td></tr>'
        )
        for s in ordered[:MOST_ROWS]
    )
    alarms = sum(s.alarm for s in series)
    told = (
        f'<p class="wg-sure">{words("warning/alarms", count=alarms)}</p>'
        if alarms
        else f'<p class="wg-none">{words("warning/calm")}</p>'
    )
    left = len(ordered) - MOST_ROWS
    more = f"<p><small>{words('warning/more', count=left)}</small></p>" if left > 0 else ""
    heads = "".join(f'<th scope="col">{words(f"warning/head/{head}")}</th>' for head in HEADS)
    grid = f'<table class="wg-grid"><tr>{heads}</tr>{rows}</table>'
    return card_html(words("warning/title", name=name), before=told + grid + more)
