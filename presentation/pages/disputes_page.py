"""The page of the borders in doubt: the thicker, the more often."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import orjson
import shapely

from core import clock
from core.words import FIRST_LANGUAGE, Words
from geo.map.geojson import polygon_geojson
from geo.map.simplify import simplify_level, zoom_tolerance_deg
from governance.boundary_changes import operations as boundary_changes
from grids.boundaries.queries import AreaFilter, areas_at, get_layer
from grids.geojson import geojson
from presentation.colours import CHANGE_OPACITY, var_of
from presentation.pages.features import FeatureText, box_of, card_html, label_properties
from presentation.pages.map_page import LegendEntry, MapLayer, Pane, map_page
from presentation.words.boundary_desk import CATALOGUE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy.orm import Session

    from governance.boundary_changes.dispute_queries import Dispute
    from grids.boundaries.records import AreaRecord

DETAIL_ZOOM = 15


@dataclass(frozen=True, slots=True)
class DisputesView:
    """The borders in doubt of a layer, with its areas of the finest level today."""

    layer_name: str
    disputes: Sequence[Dispute]
    areas: Mapping[str, AreaRecord]


def read_disputes(session: Session, *, layer: str, days: int) -> DisputesView:
    """Read what the page shows of the last days.

    Raises
    ------
    LayerNotFoundError
    """
    found = get_layer(session, layer)
    stored = areas_at(session, found, clock.now(), only=AreaFilter(level=found.levels[-1]))
    areas = {one.record.code: one.record for one in stored}
    return DisputesView(found.name, boundary_changes.disputes(session, layer=layer, days=days), areas)


def disputes_page(view: DisputesView, basemap_url: str = "", *, language: str = FIRST_LANGUAGE) -> bytes:
    """Write the map of borders in doubt: the thicker, the more often."""
    disputes, words = view.disputes, Words(CATALOGUE, language)
    text = FeatureText()
    drawn = [d for d in disputes if d.edge is not None]
    lines = shapely.from_wkb(np.array([d.edge for d in drawn], dtype=object))
    for dispute, line in zip(drawn, lines, strict=True):
        total = dispute.ambiguous + dispute.moved
        one, other = (view.areas[c].name if c in view.areas else c for c in (dispute.one, dispute.other))
        told = words("disputes/edge", one=one, other=other, ambiguous=dispute.ambiguous, moved=dispute.moved)
        text.add(
            orjson.dumps(geojson(line)),
            {
                "find": words("disputes/find", one=one, other=other, codes=[dispute.one, dispute.other]),
                "tip": told,
                "card": card_html(told),
                "style": {
                    "color": var_of("dispute-moved" if dispute.moved else "dispute-ambiguous"),
                    "weight": min(3 + float(np.log2(1 + total)) * 2, 14),
                    "opacity": 0.85,
                    **({} if dispute.moved else {"dashArray": "8 6"}),
                },
            },
        )
    pane = Pane(
        title=words("disputes/title", layer=view.layer_name),
        subtitle=words("disputes/subtitle", count=len(disputes)),
        sources={"areas": _areas(view), "edges": text.collection()},
        layers=[
            MapLayer(words("disputes/areas"), "areas", interactive=False),
            MapLayer(
                words("disputes/edges"),
                "edges",
                legend=[
                    LegendEntry("dispute-moved", words("disputes/moved")),
                    LegendEntry("dispute-ambiguous", words("disputes/ambiguous")),
                ],
            ),
        ],
        bounds=box_of(_lands(view)) if view.areas else None,
        notes=[words("disputes/note")],
        source=view.layer_name,
        layer_name=view.layer_name,
        basemap_url=basemap_url,
        language=language,
    )
    return map_page(pane)


def _lands(view: DisputesView) -> list[shapely.Geometry]:
    return [record.geom for record in view.areas.values() if record.geom is not None]


def _areas(view: DisputesView) -> bytes:
    """Draw the areas under the borders, with their names where there is room."""
    text = FeatureText()
    lands = _lands(view)
    names = [record.name for record in view.areas.values() if record.geom is not None]
    simple = simplify_level(np.array(lands, dtype=object), zoom_tolerance_deg(DETAIL_ZOOM))
    style = {
        "color": var_of("border"), "weight": 0.7, "fillColor": var_of("change-unchanged"), "fillOpacity": CHANGE_OPACITY
    }  # fmt: skip
    for geometry, label in zip(
        polygon_geojson(list(shapely.to_wkb(simple))), label_properties(names, simple), strict=True
    ):
        text.add(geometry, {"style": style} | label)
    return text.collection()
