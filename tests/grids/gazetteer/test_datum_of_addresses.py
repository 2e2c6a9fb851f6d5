"""Points with addresses name their datum: the address is located, the point weighed against it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from geo.address.locating import locate
from geo.datum import detect_datum, from_wgs84

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from geo.address.index import LocatingIndex

TRIALS = 100


@pytest.fixture(scope="module")
def texts(
    sample_features: Callable[[str], list[dict[str, object]]], sample_index: LocatingIndex
) -> NDArray[np.float64]:
    """True and located positions of 600 address texts that are certain: columns lon, lat, lon, lat."""
    listed = sample_features("gazetteer/addresses.geojson")
    chosen = np.random.default_rng(1).choice(len(listed), 600, replace=False)
    rows = []
    for i in chosen:
        feature = listed[int(i)]
        best = locate(feature["properties"]["full"], sample_index).best  # type: ignore[index]
        if best is not None:
            rows.append((*feature["geometry"]["coordinates"], best.lon, best.lat))  # type: ignore[index]
    return np.array(rows)


@pytest.mark.parametrize("name", ["WGS84", "GCJ-02", "BD-09"])
def test_two_hundred_points_name_the_right_datum_in_99_of_100_trials(texts: NDArray[np.float64], name: str) -> None:
    right = 0
    for seed in range(TRIALS):
        generator = np.random.default_rng(seed)
        some = texts[generator.choice(len(texts), 200, replace=False)]
        # Phones are 30 m off, and one caller in ten names an address somewhere else in the district.
        sent = some[:, :2] + generator.normal(0, 3e-4, (200, 2))
        elsewhere = generator.random(200) < 0.1
        sent[elsewhere] += generator.normal(0, 1e-2, (int(elsewhere.sum()), 2))
        points = np.column_stack(from_wgs84(sent[:, 0], sent[:, 1], name))
        right += detect_datum(points, some[:, 2:]).datum == name
    assert right >= 99


def test_thin_evidence_names_nothing(texts: NDArray[np.float64]) -> None:
    points = np.column_stack(from_wgs84(texts[:5, 0], texts[:5, 1], "GCJ-02"))
    assert detect_datum(points, texts[:5, 2:]).datum is None
