"""The page of the borders in doubt: the thicker, the more often."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import orjson
import shapely

from grids.geojson import geojson
from presentation.colours import var_of
from presentation.pages.features import FeatureText, box_of, card_html
from presentation.pages.map_page import LegendEntry, MapLayer, Pane, map_page

if TYPE_CHECKING:
    from collections.abc import Sequence

    from governance.boundary_changes.dispute_queries import Dispute


def disputes_page(title: str, disputes: Sequence[Dispute], basemap_url: str = "") -> bytes:
    """Write the map of borders in doubt: the thicker, the more often."""
    text = FeatureText()
    drawn = [d for d in disputes if d.edge is not None]
    lines = shapely.from_wkb(np.array([d.edge for d in drawn], dtype=object))
    for dispute, line in zip(drawn, lines, strict=True):
        total = dispute.ambiguous + dispute.moved
        words = f"{dispute.one} 与 {dispute.other}：界上或两可 {dispute.ambiguous} 件，人工改派 {dispute.moved} 件"
        text.add(
            orjson.dumps(geojson(line)),
            {
                "find": f"{dispute.one} 与 {dispute.other}",
                "tip": words,
                "card": card_html(words),
                "style": {
                    "color": var_of("dispute-moved" if dispute.moved else "dispute-ambiguous"),
                    "weight": min(3 + float(np.log2(1 + total)) * 2, 14),
                    "opacity": 0.85,
                    **({} if dispute.moved else {"dashArray": "8 6"}),
                },
            },
        )
    pane = Pane(
        title=f"{title} · 争议界线",
        subtitle=f"{len(disputes)} 条界线上有归属两可或改派",
        sources={"edges": text.collection()},
        layers=[
            MapLayer(
                "争议界线",
                "edges",
                legend=[
                    LegendEntry("dispute-moved", "有人工改派"),
                    LegendEntry("dispute-ambiguous", "仅归属两可（虚线）"),
                ],
            )
        ],
        bounds=box_of(lines) if drawn else None,
        notes=["线越粗，次数越多。两可：点在界上，或其精度圈跨过界线。"],
        source=title,
        layer_name=title,
        basemap_url=basemap_url,
    )
    return map_page(pane)
