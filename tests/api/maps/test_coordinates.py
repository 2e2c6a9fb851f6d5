"""Coordinates in another system are those of the service's own conversion, to the last digit that is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyproj
import pytest

from geo import datum

if TYPE_CHECKING:
    from collections.abc import Callable

    from fastapi.testclient import TestClient

URL = "/v1/coordinates"
PLACES = [(113.2741, 34.8023), (113.2690017, 34.7998124)]


@pytest.fixture
def ask(client: TestClient, make_key: Callable[..., dict[str, str]]) -> Callable[..., Any]:
    """Ask for places in another system."""
    key = make_key("intake")

    def asked(places: list[tuple[float, float]], **query: str) -> Any:
        return client.get(URL, params={"place": [f"{x!r},{y!r}" for x, y in places], **query}, headers=key)

    return asked


@pytest.mark.parametrize("name", ["WGS84", "CGCS2000", "EPSG:4547", "EPSG:3857", "GCJ-02", "BD-09"])
def test_places_come_as_the_conversion_of_imports_gives_them_and_back_to_a_centimetre(
    ask: Callable[..., Any], name: str
) -> None:
    told = ask(PLACES, target=name).json()
    expected = np.column_stack(datum.from_wgs84(*np.array(PLACES).T, name))
    assert np.abs(np.array(told["places"]) - expected).max() <= (5e-8 if told["unit"] == "degree" else 5e-4)
    back = ask([(x, y) for x, y in told["places"]], crs=name).json()["places"]
    assert np.abs(np.array(back) - np.array(PLACES)).max() <= 1.01e-7


def test_a_projected_system_agrees_with_proj_itself(ask: Callable[..., Any]) -> None:
    told = ask(PLACES, target="EPSG:4547").json()
    transformer = pyproj.Transformer.from_crs("EPSG:4490", "EPSG:4547", always_xy=True)
    expected = [transformer.transform(*place) for place in PLACES]
    assert told["places"] == [pytest.approx(pair, abs=1e-3) for pair in expected]
    assert (told["crs"], told["unit"]) == ("EPSG:4547", "metre")


@pytest.mark.parametrize(
    ("query", "status", "code", "field"),
    [
        ({"place": "113.2"}, 400, "parameter-invalid", "query.place"),
        ({"place": "a,b"}, 400, "parameter-invalid", "query.place"),
        ({"place": "nan,34"}, 400, "point-not-finite", "lon"),
        ({"place": "34.8,113.2"}, 400, "point-swapped", "lon"),
        ({"place": "1,1", "crs": "EPSG:4547"}, 400, "point-outside-crs", "x"),
        ({"place": "0,0", "target": "EPSG:4547"}, 400, "parameter-invalid", "query.target"),
        ({"place": "113.2,34.8", "target": "WGS85"}, 400, "crs-unknown", "crs"),
        ({}, 400, "parameter-invalid", "query.place"),
    ],
)
def test_what_is_no_place_is_refused_with_its_field(
    client: TestClient,
    make_key: Callable[..., dict[str, str]],
    query: dict[str, str],
    status: int,
    code: str,
    field: str,
) -> None:
    answer = client.get(URL, params=query, headers=make_key("intake"))
    told = answer.json()
    assert (answer.status_code, told["type"].rpartition(":")[2], told.get("field")) == (status, code, field)
