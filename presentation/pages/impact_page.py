"""The page of a draft: before and after, what changes hands, and who is concerned."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import orjson

from core.clock import LOCAL
from core.personal import masked_text
from core.words import FIRST_LANGUAGE, Words
from grids.geojson import geojson
from presentation.colours import CHANGE_OPACITY, var_of
from presentation.pages.features import FeatureText, box_of, card_html, label_properties
from presentation.pages.map_page import LegendEntry, MapLayer, Pane, hatched, map_page
from presentation.words.boundary_desk import CATALOGUE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from governance.boundary_changes.impact import Balance, Impact
    from governance.boundary_changes.operations import Preview
    from grids.boundaries.records import AreaRecord

KINDS = ("changed", "created", "retired", "renamed")
MOST_LISTED = 40
MOST_VACANT = 6
MOST_DOTS = 5000
"""Points a page draws: more would only slow it down."""


def impact_page(preview: Preview, basemap_url: str = "", *, language: str = FIRST_LANGUAGE) -> bytes:
    """Write the page of a draft: before on the left, after on the right, what changes hands in colour."""
    impact, finest, words = preview.impact, preview.layer.levels[-1], Words(CATALOGUE, language)
    sides = (("before", preview.before, "from_area"), ("after", preview.after, "to_area"))
    shapes = [r.geom for _, side, _ in sides for r in side.values() if r.level == finest] or [
        r.geom for _, side, _ in sides for r in side.values()
    ]
    bounds = box_of(cast("Any", shapes)) if shapes else None
    notes = [facts(preview, words), *worker_notes(preview, words)]
    dots = _reports(preview, words)
    if len(preview.matters) > MOST_DOTS:
        notes.append(words("impact/dots_cut", all=len(preview.matters), drawn=MOST_DOTS))
    panes = []
    for when, records, end in sides:
        way = "out" if end == "from_area" else "in"
        panes.append(
            Pane(
                title=words("page/titled", title=masked_text(preview.change_set.title), side=words(f"side/{when}")),
                subtitle=summary(impact, words),
                sources={
                    "around": _around(preview),
                    "areas": _areas(preview, records, when, words),
                    "land": _land(impact, end, way, words),
                    "reports": dots,
                },
                layers=_layers(way, words),
                bounds=bounds,
                notes=notes,
                entries=_people(preview, words) if end == "to_area" else (),
                entries_heading=words("impact/workers_heading") if end == "to_area" and impact.workers else "",
                source=words(
                    "impact/source",
                    layer=preview.layer.name,
                    release=preview.base.number,
                    change_set=preview.change_set.id,
                ),
                layer_name=preview.layer.name,
                side=words(f"side/{when}"),
                basemap_url=basemap_url,
                language=language,
            )
        )
    return map_page(*panes)


def _layers(way: str, words: Words) -> list[MapLayer]:
    """Return the layers of a side; `way` is how land changes hands on it, out or in."""
    changes = [
        LegendEntry(
            f"change-{kind}", words(f"change/{kind}"), opacity=CHANGE_OPACITY, hatch="out" if kind == "retired" else ""
        )
        for kind in KINDS
    ]
    unchanged = LegendEntry("change-unchanged", words("impact/unchanged"), opacity=CHANGE_OPACITY)
    land = LegendEntry(f"land-{way}", words(f"impact/land_{way}"), hatch=way)
    reports = [
        LegendEntry("report-open", words("impact/reports_open"), dot=True),
        LegendEntry(
            "report-other", words("impact/reports_other"), dot=True, border=f"1px solid {var_of('report-open')}"
        ),
    ]
    return [
        MapLayer(words("impact/around"), "around", legend=[unchanged]),
        MapLayer(words("impact/areas"), "areas", legend=changes, words=words("impact/areas_words")),
        MapLayer(words("impact/land"), "land", legend=[land]),
        MapLayer(words("impact/reports"), "reports", legend=reports),
    ]


def summary(impact: Impact, words: Words) -> str:
    """Return in one sentence what a draft does."""
    kinds = [
        words("impact/kind_count", kind=words(f"change/{kind}"), count=count)
        for kind in KINDS
        if (count := sum(change.kind == kind for change in impact.areas))
    ]
    return words(
        "impact/summary",
        kinds=kinds or words("impact/no_area_changes"),
        examined=impact.examined,
        moved=impact.year_moved,
        open_moved=impact.open_moved,
        other_unit=impact.year_other_unit,
        open_other_unit=impact.open_other_unit,
        units=len(impact.units),
        workers=len(impact.workers),
    )


def facts(preview: Preview, words: Words) -> str:
    """Return what the preview stands on, and when it was made."""
    change_set = preview.change_set
    state, effective = words(f"state/{change_set.state}"), change_set.effective_at
    if effective is not None:
        state = words("impact/state_effective", state=state, at=f"{effective.astimezone(LOCAL):%Y-%m-%d %H:%M}")
    return words(
        "impact/facts",
        change_set=change_set.id,
        state=state,
        layer=preview.layer.name,
        release=preview.base.number,
        author=change_set.author,
        at=f"{preview.made_at.astimezone(LOCAL):%Y-%m-%d %H:%M}",
    )


def worker_notes(preview: Preview, words: Words) -> list[str]:
    """Return which areas have no grid worker on record, and how posts go on."""
    vacant, notes = preview.impact.vacant, []
    if any(set(c.before) - set(c.after) for c in preview.impact.workers):
        notes.append(words("impact/posts_follow"))
    if vacant:
        code = "impact/vacant" if len(vacant) <= MOST_VACANT else "impact/vacant_more"
        notes.append(words(code, count=len(vacant), codes=vacant[:MOST_VACANT]))
    if preview.impact.workers and not preview.is_clear:
        notes.append(words("impact/names_masked"))
    return notes


def _people(preview: Preview, words: Words) -> list[dict[str, Any]]:
    """List the grid workers concerned, each at an area of theirs."""
    listed = []
    for number, change in enumerate(preview.impact.workers[:MOST_LISTED], 1):
        known = [preview.after.get(c) or preview.around.get(c) for c in change.after]
        known += [preview.before.get(c) for c in change.before]
        lands = [cast("Any", record.geom) for record in known if record is not None]
        if not lands:
            continue
        spot = lands[0].representative_point()
        listed.append(
            {
                "number": str(number),
                "title": words("impact/worker", name=change.worker.name, number=change.worker.number),
                "words": words(
                    "impact/worker_change",
                    unit=preview.unit_names.get(change.worker.unit or "", ""),
                    change=_change_in_words(change.balance, words),
                ),
                "at": (spot.y, spot.x),
            }
        )
    return listed


def _change_in_words(balance: Balance, words: Words) -> str:
    """Return what a unit or a grid worker gains and loses; what does not change is left out."""
    parts = [
        words(f"balance/{code}", amount=amount)
        for code, amount in (
            ("land_gained", balance.gained_m2),
            ("land_lost", balance.lost_m2),
            ("open_gained", balance.open_gained),
            ("open_lost", balance.open_lost),
            ("year_gained", balance.year_gained),
            ("year_lost", balance.year_lost),
        )
        if round(amount) > 0
    ]
    return words("balance/and").join(parts) or words("balance/unchanged")


def _around(preview: Preview) -> bytes:
    text = FeatureText()
    pale = {
        "color": var_of("border"), "weight": 0.7, "fillColor": var_of("change-unchanged"),
        "fillOpacity": CHANGE_OPACITY,
    }  # fmt: skip
    for record in preview.around.values():
        text.add(orjson.dumps(geojson(record.geom)), {"tip": record.name, "style": pale})
    return text.collection()


def _areas(preview: Preview, records: Mapping[str, AreaRecord], side: str, words: Words) -> bytes:
    """Draw areas of the finest level by the kind of their change, coarser ones as outlines above them."""
    text = FeatureText()
    changes = {change.code: change for change in preview.impact.areas}
    finest = preview.layer.levels[-1]
    gone: Counter[str | None] = Counter()
    come: Counter[str | None] = Counter()
    for move in preview.impact.moved:
        if move.is_rehomed:
            gone[move.from_area] += move.in_a_year
            come[move.to_area] += move.in_a_year
    workers: dict[str, list[str]] = {}
    for person in preview.impact.workers:
        for code in getattr(person, side):
            workers.setdefault(code, []).append(
                words("impact/worker", name=person.worker.name, number=person.worker.number)
            )
    for record in sorted(records.values(), key=lambda r: (r.level != finest, -cast("Any", r.geom).area)):
        change = changes.get(record.code)
        if record.level == finest:
            kind = change.kind if change is not None else "unchanged"
            fill = hatched("retired") if kind == "retired" else var_of(f"change-{kind}")
            style: dict[str, Any] = {
                "color": var_of("border-above"), "weight": 1.4, "fillColor": fill, "fillOpacity": CHANGE_OPACITY
            }  # fmt: skip
        else:
            style = {"color": var_of("border-above"), "weight": 2.2, "dashArray": "6 5", "fill": False}
        rows = [(words("card/code"), record.code), (words("card/unit"), record.unit_name or record.unit_code or "—")]
        if record.level == finest:
            named = workers.get(record.code)
            told = words("card/named", names=named) if named else words("card/no_workers")
            rows.append((words("card/workers"), told))
        tip = record.name
        if change is not None:
            tip = words("tip/changed", name=record.name, kind=words(f"change/{change.kind}"))
            rows += [
                (words("card/size"), words("card/size_change", before=change.before_m2, after=change.after_m2)),
                (
                    words("card/gain_loss"),
                    words("card/gain_loss_change", gained=change.gained_m2, lost=change.lost_m2),
                ),
            ]
        moves = words("card/in_out_change", come=come[record.code], gone=gone[record.code])
        rows.append((words("card/in_out"), moves))
        text.add(
            orjson.dumps(geojson(record.geom)),
            {
                "code": record.code,
                "find": words("page/find", name=record.name, code=record.code),
                "tip": tip,
                "card": card_html(record.name, rows=rows),
                "style": style,
            }
            | (label_properties([record.name], [cast("Any", record.geom)])[0] if record.level == finest else {}),
        )
    return text.collection()


def _land(impact: Impact, end: str, way: str, words: Words) -> bytes:
    text = FeatureText()
    for piece in impact.land:
        if getattr(piece, end) is None:
            continue
        tip = words(
            "tip/land",
            from_area=piece.from_area or words("tip/nobody"),
            to_area=piece.to_area or words("tip/nobody"),
            m2=piece.m2,
        )
        text.add(
            orjson.dumps(geojson(piece.geom)),
            {
                "tip": tip,
                "style": {"color": var_of(f"land-{way}"), "weight": 1.5, "fillColor": hatched(way), "fillOpacity": 0.9},
            },
        )
    return text.collection()


def _reports(preview: Preview, words: Words) -> bytes:
    text = FeatureText()
    order = np.argsort(preview.is_open, kind="stable")[::-1][:MOST_DOTS][::-1]  # open ones are drawn last, and kept
    for (lon, lat), still_open in zip(preview.matters[order].tolist(), preview.is_open[order].tolist(), strict=True):
        text.add(
            orjson.dumps({"type": "Point", "coordinates": [lon, lat]}),
            {
                "tip": words("tip/open" if still_open else "tip/year"),
                "style": {"radius": 3.5, "color": var_of("report-open"), "weight": 1, "fillOpacity": 0.9,
                          "fillColor": var_of("report-open" if still_open else "report-other")},
            },
        )  # fmt: skip
    return text.collection()
