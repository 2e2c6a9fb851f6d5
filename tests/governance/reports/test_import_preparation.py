"""What an import writes of many points at once says the same as what is written of each point alone."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import numpy as np
import orjson
import pytest
import shapely

from geo.point_location.index import PointLocationIndex
from governance.reports.importing.preparation import Preparation, Row, _Placed
from governance.reports.placement import PlacementContext
from governance.reports.rules import ReportDraft
from grids.assignment.release_index import AreaFacts, LayerFacts, ReleaseFacts, ReleaseIndex

AT = datetime(2026, 7, 1, tzinfo=UTC)
ODD = 'a\\b\t"c"\n{distance_m}"distance_m":0.5'
"""A name with every sign that JSON or COPY writes in its own way."""
_ESCAPED = {"n": "\n", "t": "\t", "r": "\r", "\\": "\\"}


@pytest.fixture(scope="module")
def release() -> ReleaseIndex:
    """A district of three columns, of which two are grids."""
    boxes = {"g0": shapely.box(113, 34, 113.01, 34.03), "g1": shapely.box(113.01, 34, 113.02, 34.03)}
    district = shapely.box(113, 34, 113.03, 34.03)
    layer = LayerFacts(1, "admin", ("district", "grid"), is_coverage=True)
    areas = {
        "district": [AreaFacts("district", "D", "区", None, None, None)],
        "grid": [AreaFacts("grid", code, ODD, "D", None, None) for code in boxes],
    }
    indexes = {
        "district": PointLocationIndex.from_geometries([district]),
        "grid": PointLocationIndex.from_geometries(list(boxes.values())),
    }
    return ReleaseIndex(layer, ReleaseFacts(1, 3, "c", AT, 50.0), areas, indexes)


def read(answer: str) -> dict[str, Any]:
    """Read the columns as COPY does; the distance apart."""
    plain = [re.sub(r"\\([ntr\\])", lambda found: _ESCAPED[found[1]], column) for column in answer.split("\t")]
    names = ("layer", "release", "method", "path", "distance_to_edge_m", "candidates", "code", "values")
    columns: dict[str, Any] = dict(zip(names, plain, strict=True))
    return columns | {"values": orjson.loads(columns["values"])}


def distances(of: Any) -> list[float]:
    if isinstance(of, dict):
        own = [of.pop("distance_m")] if "distance_m" in of else []
        return own + [distance for value in of.values() for distance in distances(value)]
    return []


def test_many_points_at_once_get_the_reasons_of_each_alone(release: ReleaseIndex) -> None:
    random = np.random.default_rng(3)
    points = np.vstack([
        random.uniform((112.995, 33.995), (113.035, 34.035), (300, 2)),
        [[113.01, 34.02], [113.0 - 1e-4, 34.01], [113.02, 34.0], [115.0, 36.0]],  # an edge, near, a corner, far
    ])  # fmt: skip
    accuracies = [None, 30.0, 2000.0]
    drafts = [
        ReportDraft("12345", "占道", "", "WGS84", x=x, y=y, accuracy_m=accuracies[n % 3])
        for n, (x, y) in enumerate(points.tolist())
    ]
    context = PlacementContext(release, AT, None)
    batch = Preparation(context, client_id=1).batch([Row(n, draft) for n, draft in enumerate(drafts)])
    seen = set()
    for draft, text in zip(drafts, batch.texts, strict=True):
        alone, together = (
            read(_Placed.from_placement(context.place(draft)).answer),
            read("\t".join(text.split("\t")[-8:])),
        )
        for columns in (alone, together):
            distance = columns.pop("distance_to_edge_m")
            columns["distances"] = [0.0 if distance == "\\N" else float(distance), *distances(columns["values"])]
        assert alone.pop("distances") == pytest.approx(together.pop("distances"), abs=0.11)
        assert alone == together
        seen.add(alone["code"])
    assert {"inside", "nearest", "nothing_near", "without_finest", "on_shared_edge", "reaches_over"} <= seen
