"""The page of a redesign: today's grids beside the proposed ones, by how far their loads are from the mean."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import orjson

from core.words import FIRST_LANGUAGE, Words
from grids.geojson import geojson
from presentation.colours import LOAD_OPACITY, LOADS, var_of
from presentation.pages.features import FeatureText, box_of, card_html, label_properties
from presentation.pages.map_page import LegendEntry, MapLayer, Pane, map_page
from presentation.words.boundary_desk import CATALOGUE

if TYPE_CHECKING:
    from collections.abc import Sequence

    import shapely

    from geo.regionalise import Measures
    from grids.change_sets.operations import Redesign


def load_classes(words: Words) -> list[tuple[str, str]]:
    """Return the classes of loads beside the mean, each with its colour and words, the lowest first."""
    return [(color, words(f"redesign/class/{number}")) for number, color in enumerate(LOADS)]


def load_colour(load: float, mean: float) -> str:
    """Return the colour of a load beside the mean of all: in steps at 20 % and 50 % below and above."""
    off = load / mean - 1 if mean else 0.0
    return LOADS[2 + (off > 0.2) + (off > 0.5) - (off < -0.2) - (off < -0.5)]


def redesign_sides(
    redesign: Redesign, words: Words
) -> list[tuple[str, Sequence[shapely.Geometry], Measures, list[str]]]:
    """Return today's grids and the proposed ones: what they are called, their shapes, measures and names."""
    names = [words("redesign/piece", number=number) for number in range(1, len(redesign.pieces) + 1)]
    today = [cast("Any", record.geom) for record in redesign.today]
    return [
        (words("side/today"), today, redesign.before, [record.name for record in redesign.today]),
        (words("side/proposed"), list(redesign.pieces), redesign.after, names),
    ]


def redesign_page(redesign: Redesign, basemap_url: str = "", *, language: str = FIRST_LANGUAGE) -> bytes:
    """Write the page of a proposal: today's grids on the left, the proposed ones on the right."""
    words = Words(CATALOGUE, language)
    panes = []
    for side, shapes, measures, names in redesign_sides(redesign, words):
        text = FeatureText()
        mean = float(measures.loads.mean())
        for shape, load, name, compact in zip(shapes, measures.loads, names, measures.compactness, strict=True):
            off = (float(load) / mean - 1) if mean else 0.0
            text.add(
                orjson.dumps(geojson(shape)),
                {
                    "find": name,
                    "tip": words("redesign/tip", name=name, load=float(load), off=off),
                    "card": card_html(
                        name,
                        rows=[
                            (words("redesign/load"), words("redesign/load_off", load=float(load), off=off)),
                            (words("redesign/compactness"), f"{compact:.2f}"),
                        ],
                    ),
                    "style": {
                        "color": var_of("border-above"),
                        "weight": 1.5,
                        "fillColor": var_of(load_colour(float(load), mean)),
                        "fillOpacity": LOAD_OPACITY,
                    },
                }
                | label_properties([f"{load:.0f}"], [shape])[0],
            )
        panes.append(
            Pane(
                title=words("page/titled", title=redesign.parent_name or redesign.parent_code, side=side),
                subtitle=words(
                    "redesign/subtitle",
                    grids=len(shapes),
                    imbalance=measures.imbalance,
                    compactness=float(measures.compactness.mean()),
                    border_km=measures.border_m / 1000,
                ),
                sources={"areas": text.collection()},
                layers=[
                    MapLayer(
                        words("redesign/off_mean"),
                        "areas",
                        legend=[LegendEntry(color, said, opacity=LOAD_OPACITY) for color, said in load_classes(words)],
                    )
                ],
                bounds=box_of(shapes),
                notes=[
                    words("redesign/method"),
                    words("redesign/moved", on_roads=redesign.cut_on_roads, load=redesign.moved_load),
                ],
                source=words(
                    "redesign/source", layer=redesign.layer_name, load=words(f"redesign/load/{redesign.load}")
                ),
                layer_name=redesign.layer_name,
                side=side,
                basemap_url=basemap_url,
                language=language,
            )
        )
    return map_page(*panes)
