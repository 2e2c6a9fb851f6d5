"""The sample district's gazetteer: its files, and a locating index over them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from shapely.geometry import shape

from geo.address.index import LocatingIndex
from geo.address.rows import AddressRow, AreaRow, GazetteerRows, PlaceRow, RoadRow

if TYPE_CHECKING:
    from collections.abc import Callable

DATA = Path(__file__).resolve().parents[3] / "data"
CONTEXT = ("河南省", "郑州市")


def features(path: str) -> list[dict[str, Any]]:
    return list(json.loads((DATA / path).read_text(encoding="utf-8"))["features"])


def sample_rows() -> GazetteerRows:
    roads = []
    for f in features("gazetteer/roads.geojson"):
        p = f["properties"]
        roads.append(RoadRow(p["name"], shape(f["geometry"]), tuple(p["aliases"]), tuple(p["former_names"])))
    places = []
    for f in features("gazetteer/places.geojson"):
        p = f["properties"]
        places.append(PlaceRow(p["name"], shape(f["geometry"]), tuple(p["aliases"]), (), p["kind"]))
    addresses = []
    for f in features("gazetteer/addresses.geojson"):
        p = f["properties"]
        lon, lat = f["geometry"]["coordinates"]
        building = f"{p['building']}号楼" if p["building"] is not None else ""
        addresses.append(AddressRow(p["road"] or p["estate"], lon, lat, p["number"], "", building))
    areas = []
    for f in features("boundaries/shangjie.geojson"):
        p = f["properties"]
        if p["level"] != "grid":
            areas.append(AreaRow(p["name"], p["level"], p["code"], shape(f["geometry"])))
    return GazetteerRows(roads, places, addresses, (), areas, CONTEXT)


@pytest.fixture(scope="session")
def sample_index() -> LocatingIndex:
    """The sample district, ready for locating."""
    return LocatingIndex(sample_rows())


@pytest.fixture(scope="session")
def data_dir() -> Path:
    """The folder of the sample data."""
    return DATA


@pytest.fixture(scope="session")
def sample_features() -> Callable[[str], list[dict[str, Any]]]:
    """Read a file of the sample data."""
    return features
