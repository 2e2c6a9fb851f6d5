"""The page of a redesign: today's grids beside the proposed ones, by how far their loads are from the mean."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import orjson

from grids.geojson import geojson
from presentation.colours import LOAD_OPACITY, LOADS, var_of
from presentation.pages.features import FeatureText, box_of, card_html, label_properties
from presentation.pages.map_page import LegendEntry, MapLayer, Pane, map_page

if TYPE_CHECKING:
    from grids.change_sets.operations import Redesign

LOAD_NAMES = {"households": "户数", "reports": "近一年上报件数"}
LOAD_WORDS = ("低于均值 50% 以上", "低于均值 20%–50%", "与均值相差 20% 以内", "高于均值 20%–50%", "高于均值 50% 以上")


def load_colour(load: float, mean: float) -> str:
    """Return the colour of a load beside the mean of all: in steps at 20 % and 50 % below and above."""
    off = load / mean - 1 if mean else 0.0
    return LOADS[2 + (off > 0.2) + (off > 0.5) - (off < -0.2) - (off < -0.5)]


def redesign_page(redesign: Redesign, basemap_url: str = "") -> bytes:
    """Write the page of a proposal: today's grids on the left, the proposed ones on the right."""
    sides = (
        ("现行网格", [cast("Any", r.geom) for r in redesign.today], redesign.before, [r.name for r in redesign.today]),
        ("建议网格", list(redesign.pieces), redesign.after, [f"建议 {i}" for i in range(1, len(redesign.pieces) + 1)]),
    )
    panes = []
    for words, shapes, measures, names in sides:
        text = FeatureText()
        mean = float(measures.loads.mean())
        for shape, load, name, compact in zip(shapes, measures.loads, names, measures.compactness, strict=True):
            off = (float(load) / mean - 1) if mean else 0.0
            text.add(
                orjson.dumps(geojson(shape)),
                {
                    "find": name,
                    "tip": f"{name}：{load:.0f}（{off:+.0%}）",
                    "card": card_html(
                        name, rows=[("负荷", f"{load:.0f}（与均值之差 {off:+.0%}）"), ("紧凑度", f"{compact:.2f}")]
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
                title=f"{redesign.parent_name or redesign.parent_code} · {words}",
                subtitle=f"{len(shapes)} 个网格；最大偏差 {measures.imbalance:.0%}；"
                f"平均紧凑度 {measures.compactness.mean():.2f}；内部界线 {measures.border_m / 1000:.1f} 公里",
                sources={"areas": text.collection()},
                layers=[
                    MapLayer(
                        "负荷与均值之差",
                        "areas",
                        legend=[
                            LegendEntry(color, said, opacity=LOAD_OPACITY)
                            for color, said in zip(LOADS, LOAD_WORDS, strict=True)
                        ],
                    )
                ],
                bounds=box_of(shapes),
                notes=[
                    "方法：生成树重组（DeFord、Duchin、Solomon 2021），连片、均衡、尽量沿道路。",
                    (
                        f"新界线沿道路的比例 {redesign.cut_on_roads:.0%}；"
                        f"改由其他网格负责的负荷 {redesign.moved_load:.0f}。"
                    ),
                ],
                source=f"{redesign.layer_name}；负荷按{LOAD_NAMES[redesign.load]}",
                layer_name=redesign.layer_name,
                side=words,
                basemap_url=basemap_url,
            )
        )
    return map_page(*panes)
