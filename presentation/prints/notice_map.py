"""The map of the monthly notice: where its topics are, each with its number."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from presentation.colours import on_paper
from presentation.pages.features import box_of
from presentation.prints.paper_map import PaperMap

if TYPE_CHECKING:
    from collections.abc import Sequence

    from governance.hotspots.topics.tables import HotspotTopic, HotspotTopicEvent
    from presentation.pages.hotspot_page import RunView


def map_svg(view: RunView, places: Sequence[tuple[HotspotTopic, HotspotTopicEvent]], language: str) -> str:
    """Draw the areas, the places and their numbers; a number keeps clear of those before it."""
    ground = PaperMap(box_of(list(view.shapes.values())), 330.0, 285.0, filled=0.97)
    pale = f'fill="{on_paper("ground")}" stroke="{on_paper("line")}" stroke-width=".5"'
    drawn = [ground.path(shape, pale) for shape in view.shapes.values()]
    labels: list[str] = []
    taken: list[tuple[float, float]] = []
    order = sorted(enumerate(places, 1), key=lambda item: item[1][1].finding.get("method") != "warning")
    for position, (topic, event) in order:
        parts = [view.shapes[code] for code in topic.area_codes if code in view.shapes]
        if not parts:
            continue
        shape = shapely.union_all(parts)
        is_strong = "concentrated" in event.finding.get("kinds", [])
        color, opacity = (on_paper("land-out"), 0.6) if is_strong else (on_paper("count-2"), 0.3)
        drawn.append(ground.path(shape, f'fill="{color}" fill-opacity="{opacity}" stroke="{color}"'))
        spot = ground.drawn(shape.centroid if is_strong else shapely.point_on_surface(shape))
        at = float(shapely.get_x(spot)), float(shapely.get_y(spot))
        labels.append(_number_svg(position, at, taken))
    line = f'fill="none" stroke="{on_paper("border-above")}" stroke-width="1.2"'
    outlines = [ground.path(shape, line) for shape in view.outlines.values()]
    return ground.svg("".join([*drawn, *outlines, *labels]), language)


def _number_svg(position: int, at: tuple[float, float], taken: list[tuple[float, float]]) -> str:
    """Write a number in a circle at its place, or beside it at the end of a line where another one stands."""
    x, y = at
    for step in range(40):
        far, turn = -(-step // 8) * 21.0, step % 8 * np.pi / 4
        x, y = at[0] + far * float(np.cos(turn)), at[1] + far * float(np.sin(turn))
        if not any((x - a) ** 2 + (y - b) ** 2 < 20**2 for a, b in taken):
            break
    taken.append((x, y))
    ink = on_paper("text")
    return (
        f'<path d="M{at[0]:.1f} {at[1]:.1f} L{x:.1f} {y:.1f}" stroke="{ink}"/>'
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="9" fill="#fff" stroke="{ink}"/>'
        f'<text x="{x:.1f}" y="{y + 4:.1f}" text-anchor="middle" font-size="11" '
        f'font-family="sans-serif">{position}</text>'
    )
