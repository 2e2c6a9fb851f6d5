"""Clusters on a map: a layer per method, a card for each, and the numbered list of places they are about."""

from __future__ import annotations

import html
import unicodedata
from datetime import date
from typing import TYPE_CHECKING, Any

import orjson
import shapely

from governance.hotspots.catalogue import ABOUT, Finds
from governance.hotspots.grounds import stability_grade
from presentation.charts import trend_svg
from presentation.colours import fill_of, outline_of, var_of
from presentation.pages.features import FeatureText, card_html
from presentation.pages.map_page import LegendEntry, MapLayer
from presentation.words.days import span
from presentation.words.hotspots import (
    about,
    class_words,
    masked,
    message_of,
    method_label,
    method_words,
    number,
    probability,
    sentence_of,
    title_of,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.words import Words
    from governance.hotspots.catalogue import HotspotMethod, LegendClass
    from governance.hotspots.findings import Finding
    from governance.hotspots.result_format import Cluster, Result

Frames = list[tuple[date, date]]


def list_heading(result: Result, found: Sequence[Finding], words: Words) -> str:
    """Head the list of places; nothing where no method that tests was asked."""
    if found:
        return words("list/heading", count=len(found))
    asked = any(ABOUT[m].finds is Finds.CLUSTERS and ABOUT[m].tested for m in result.methods)
    return words("list/none") if asked else ""


def cluster_layers(result: Result, frames: Frames, sources: dict[str, bytes], words: Words) -> list[MapLayer]:
    """Make a layer of each method that looks for clusters, also where it found none: that is a finding too."""
    layers = []
    for method, about_it in ABOUT.items():
        own = [c for c in result.clusters if c.method == method]
        if about_it.finds is not Finds.CLUSTERS or not (own or method in result.methods):
            continue
        (patch,) = about_it.classes
        text = FeatureText()
        for cluster in own:
            title = title_of(cluster, result, words.language)
            text.add(
                orjson.dumps(cluster.geometry),
                {
                    "tip": words("tip/reports", name=title, reports=cluster.observed),
                    "card": cluster_card(cluster, title, result.period.start, words),
                    "style": _style(method, patch, tested=about_it.tested),
                    "frames": frames_of(cluster, frames),
                },
            )
        sources[str(method)] = text.collection()
        meaning = class_words(method, patch.code, words.language)
        meaning = words("legend/found", words=meaning, count=len(own)) if own else words("legend/nothing")
        outline = "dashed" if patch.dash else "solid"
        border = f"2px {outline} {var_of(outline_of(method, patch.code))}"
        legend = [LegendEntry(fill_of(method, patch.code), meaning, border=border, opacity=0.35)]
        label, told = method_label(method, words.language), method_words(method, "words", words.language)
        layers.append(MapLayer(label, str(method), shown=about_it.followed, legend=legend, words=told))
    return layers


def _style(method: HotspotMethod, patch: LegendClass, *, tested: bool) -> dict[str, Any]:
    """Draw what is tested firmly, what is only dense lightly."""
    style: dict[str, Any] = {
        "color": var_of(outline_of(method, patch.code)),
        "weight": 2.5 if tested else 1.5,
        "fillColor": var_of(fill_of(method, patch.code)),
        "fillOpacity": 0.35 if tested else 0.2,
    }
    return style | ({"dashArray": patch.dash} if patch.dash else {})


def finding_layer(found: Sequence[Finding], result: Result, frames: Frames, words: Words) -> bytes:
    """Put the number of each place where its surest cluster is."""
    text = FeatureText()
    for place in found:
        spans = [frames_of(c, frames) for c in place.clusters]
        text.add(
            orjson.dumps(shapely.geometry.mapping(_spot(place))),
            {
                "number": place.number,
                "tip": message_of(place.title, words.language),
                "card": place_card(place, result.period.start, words),
                "frames": [min(s[0] for s in spans), max(s[1] for s in spans)],
            },
        )
    return text.collection()


def _spot(place: Finding) -> shapely.Point:
    shape = shapely.from_geojson(orjson.dumps(place.clusters[0].geometry).decode())
    point = shapely.centroid(shape)
    return point if shape.covers(point) else shapely.point_on_surface(shape)


def list_entry(place: Finding, words: Words) -> dict[str, Any]:
    """Return a place as the list beside the map shows it."""
    spot = _spot(place)
    methods = dict.fromkeys(_short_label(c.method, words.language) for c in place.clusters)
    return {
        "number": place.number,
        "title": message_of(place.title, words.language),
        "words": words(
            "list/words",
            observed=place.observed or 0,
            basis=sentence_of(f"basis/{place.method}", words.language),
            expected=number(place.expected or 0.0),
            methods=list(methods),
        ),
        "at": [round(spot.y, 6), round(spot.x, 6)],
    }


def _short_label(method: HotspotMethod, language: str) -> str:
    """Return the name of a method without what stands in brackets behind it, of any width."""
    return unicodedata.normalize("NFKC", method_label(method, language)).partition("(")[0].rstrip()


def frames_of(cluster: Cluster, frames: Frames) -> list[int]:
    """Return the first and last frame that a cluster lives in."""
    touched = [k for k, (a, b) in enumerate(frames) if cluster.first <= b and cluster.last >= a]
    return [touched[0], touched[-1]] if touched else [-1, -1]


def place_card(place: Finding, period_start: date, words: Words) -> str:
    """Write the surest cluster's card, and what other methods found of the same place and category."""
    others = "".join(f"<li>{html.escape(_also_found(cluster, words))}</li>" for cluster in place.clusters[1:])
    also = f"<p>{words('card/also')}</p><ul>{others}</ul>" if others else ""
    title = words("card/numbered", number=place.number, title=message_of(place.title, words.language))
    return cluster_card(place.clusters[0], title, period_start, words, more=also)


def _also_found(cluster: Cluster, words: Words) -> str:
    return words(
        "card/also_found",
        method=method_label(cluster.method, words.language),
        days=span(cluster.first, cluster.last, words.language),
        observed=cluster.observed,
        basis=sentence_of(f"basis/{cluster.method}", words.language),
        expected=number(cluster.expected or 0.0),
        probability=about(cluster.adjusted_p or 0.0, words.language),
    )


def cluster_card(cluster: Cluster, title: str, period_start: date, words: Words, *, more: str = "") -> str:
    """Write what a cluster is, how sure it is, and what it consists of."""
    if cluster.adjusted_p is None:
        sure = f'<p class="wg-none">{words("card/dense_only")}</p>'
    else:
        chance = about(cluster.adjusted_p, words.language)
        sure = f'<p class="wg-sure">{words("card/sure", probability=chance)}</p>'
    samples = [masked(report, words.language) for report in cluster.samples]
    chart = trend_svg(cluster.trend, since=period_start, language=words.language)
    after = f"{more}<p>{words('card/trend')}</p>{chart}<p><small>{words('card/samples', samples=samples)}</small></p>"
    return card_html(title, rows=_card_rows(cluster, words), before=sure, after=after)


def _card_rows(cluster: Cluster, words: Words) -> list[tuple[str, str]]:
    language = words.language
    rows = [
        (words("card/method"), method_label(cluster.method, language)),
        (words("card/time"), span(cluster.first, cluster.last, language)),
        (words("card/observed"), words("card/reports", count=cluster.observed)),
    ]
    if cluster.expected is not None:
        risk, basis = cluster.relative_risk, sentence_of(f"basis/{cluster.method}", language)
        times = words("card/risk_times", times=risk) if risk is not None else words("card/risk_only_inside")
        rows += [
            (words("card/expected"), words("card/expected_basis", expected=number(cluster.expected), basis=basis)),
            (words("card/risk"), times),
            (words("card/p"), probability(cluster.p or 0.0, language)),
            (words("card/adjusted_p"), probability(cluster.adjusted_p or 0.0, language)),
        ]
    if cluster.recurrence_interval_days is not None:
        rows.append((words("card/recurrence"), _recurrence(cluster.recurrence_interval_days, words)))
    if cluster.stability is not None:
        grade = sentence_of(f"stability/{stability_grade(cluster.stability)}", language)
        rows.append((words("card/stability"), words("card/stability_grade", value=cluster.stability, grade=grade)))
    if cluster.radius_m:
        rows.append((words("card/radius"), words("card/radius_m", radius=cluster.radius_m)))
    if cluster.area_m2:
        rows.append((words("card/size"), words("card/size_ha", size=cluster.area_m2 / 10_000)))
    main = [words("card/category", category=c.category, reports=c.reports) for c in cluster.categories]
    rows.append((words("card/areas"), words("card/areas_count", count=len(cluster.areas))))
    rows.append((words("card/categories"), words("card/list", items=main)))
    return rows


def _recurrence(days: float, words: Words) -> str:
    """Write how rarely chance alone makes as strong a signal."""
    years = days / 365.25
    if years < 1:
        return words("recurrence/days", days=days)
    return words("recurrence/years", years=years) if years < 10_000 else words("recurrence/longest")
