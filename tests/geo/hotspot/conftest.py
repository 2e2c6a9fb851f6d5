"""Where the published results lie, and small shared builders."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import orjson
import pytest
import shapely

from geo import datum
from geo.hotspot.local import Neighbours
from tests import missing


@pytest.fixture(scope="session")
def published() -> Path:
    """Folder of published hotspot results; the test is skipped, saying so, where it is absent."""
    root = os.environ.get("WANGGE_SHARED") or str(Path(__file__).resolve().parents[4] / "shared" / "data")
    found = [folder for folder in (Path(root) / "hotspot", Path(root) / "data" / "hotspot") if folder.is_dir()]
    if not found:
        missing.skip(missing.PUBLISHED)
    return found[0]


@pytest.fixture(scope="session")
def chessboard() -> Neighbours:
    """Queen neighbours of a 20 by 20 board, row by row."""
    return board(20)


def board(side: int) -> Neighbours:
    """Queen neighbours of a square board, row by row."""
    number = np.arange(side * side).reshape(side, side)
    pairs = [
        np.column_stack([a.ravel(), b.ravel()])
        for a, b in (
            (number[:-1], number[1:]),
            (number[:, :-1], number[:, 1:]),
            (number[:-1, :-1], number[1:, 1:]),
            (number[:-1, 1:], number[1:, :-1]),
        )
    ]
    return Neighbours.from_pairs(side * side, np.vstack(pairs), symmetric=True)


def sample_grids() -> tuple[Neighbours, np.ndarray]:
    """Return who touches whom among the 327 grids of the sample district, and their land in square metres."""
    district = Path(__file__).resolve().parents[3] / "data" / "boundaries" / "shangjie.geojson"
    features = [f for f in orjson.loads(district.read_bytes())["features"] if f["properties"]["level"] == "grid"]
    shapes = [shapely.from_geojson(orjson.dumps(f["geometry"]).decode()) for f in features]
    metric = datum.metric_crs_for(tuple(shapely.total_bounds(shapes).tolist()))
    shapes_m = [datum.transform_geometry(shape, datum.WGS84, metric) for shape in shapes]
    return Neighbours.touching(shapes_m, tolerance_m=1.0), np.asarray(shapely.area(shapes_m))
