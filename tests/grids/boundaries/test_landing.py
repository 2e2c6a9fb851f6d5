"""Where a delivery lands: outside its system's area, off its latest release, or by a guess, it is refused in words."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import orjson
import pytest
import shapely

from geo import datum
from grids.boundaries import errors, operations
from grids.boundaries.files.staging import copy_with_siblings

from .conftest import upload

if TYPE_CHECKING:
    from collections.abc import Callable

    from grids.boundaries.operations import Imported

INPUTS = Path(__file__).parent / "inputs"
SQUARES = (INPUTS / "four_squares.geojson").read_bytes()


def moved(system: str, change: Callable[[Any], Any] = lambda xy: xy) -> bytes:
    """The four squares in another system, their numbers changed."""
    document = orjson.loads(SQUARES)
    for feature in document["features"]:
        there = datum.transform_geometry(shapely.from_geojson(orjson.dumps(feature["geometry"])), "WGS84", system)
        feature["geometry"] = shapely.transform(there, change).__geo_interface__
    return orjson.dumps(document)


@pytest.fixture
def grids(make_layer: Callable[..., None]) -> None:
    make_layer(levels=["grid"], code_rule="free")


pytestmark = pytest.mark.usefixtures("grids")


def test_numbers_in_the_order_of_surveyors_are_refused_and_the_axes_named(bring: Callable[..., Imported]) -> None:
    file = moved("EPSG:4547", lambda xy: xy[:, ::-1])
    with pytest.raises(errors.FileRefusedError, match=r"3\.4394 N\. Its axes are exchanged"):
        bring(upload("a.geojson", file), crs="EPSG:4547")


def test_another_zone_is_refused_outside_the_declared_ones_area(bring: Callable[..., Imported]) -> None:
    uploads = copy_with_siblings(INPUTS / "wrong_zone" / "w4546.shp")
    try:
        with pytest.raises(errors.FileRefusedError, match=r"outside the area of EPSG:4547 .* another zone"):
            bring(*uploads, crs="EPSG:4547")
    finally:
        for opened in uploads:
            opened.stream.close()


def test_another_zone_within_the_declared_ones_area_is_blocked_by_the_latest_release(
    bring: Callable[..., Imported],
) -> None:
    bring(upload("a.geojson", SQUARES))
    with pytest.raises(errors.ImportBlockedError) as caught:
        bring(upload("b.geojson", moved("EPSG:4547")), crs="EPSG:4546")
    (defect,) = [f for f in caught.value.context["defects"]["features"] if f["properties"]["severity"] == "blocks"]
    assert defect["properties"]["kind"] == "elsewhere"
    assert defect["properties"]["size"] == pytest.approx(274_000, rel=0.01)
    assert "to the west" in defect["properties"]["message_en"]
    assert "以西" in defect["properties"]["message_zh"]


@pytest.mark.parametrize("system", ["EPSG:4214", "EPSG:2435", "EPSG:4610", "EPSG:2383"])
def test_a_datum_from_which_no_transformation_is_known_is_refused(bring: Callable[..., Imported], system: str) -> None:
    with pytest.raises(errors.CrsUnknownError, match="no transformation is known"):
        bring(upload("a.geojson", moved(system)), crs=system)


@pytest.mark.parametrize("system", ["WGS84", "EPSG:4490", "EPSG:4547", "EPSG:3857", "EPSG:32649", "GCJ-02", "BD-09"])
def test_what_is_exact_is_taken_and_not_remarked_on(bring: Callable[..., Imported], system: str) -> None:
    imported = bring(upload("a.geojson", moved(system)), crs=system)
    assert not any("accuracy" in remark for remark in imported.delivery.remarks)


def test_the_accuracy_of_a_transformation_is_told() -> None:
    taipei = datum.conversion_of(datum.parse_crs("EPSG:3826"), 250_000, 2_700_000)
    assert (taipei.accuracy_m, taipei.is_ballpark) == (1.0, False)
    new_york = datum.conversion_of(datum.parse_crs("EPSG:2263"), 1_000_000, 200_000)
    assert (new_york.accuracy_m, new_york.is_ballpark) == (4.0, False)


@pytest.mark.parametrize("pair", [("GCJ-02", "BD-09"), ("BD-09", "GCJ-02")])
def test_one_shifted_datum_declared_for_the_other_is_suspected(
    bring: Callable[..., Imported], pair: tuple[str, str]
) -> None:
    declared, meant = pair
    bring(upload("a.geojson", SQUARES))
    report = bring(upload("b.geojson", moved(meant)), crs=declared, dry_run=True).report
    (defect,) = [d for d in report.defects if d.kind.value == "suspected_datum"]
    assert defect.cause == "other_shift"
    assert (dict(defect.values)["datum"], dict(defect.values)["read_as"]) == (meant, declared)
    # BD-09 adds 0.0065 and 0.006 degrees to GCJ-02, and ripples of some metres.
    assert defect.size == pytest.approx(np.hypot(0.0065 * 91_500, 0.006 * 111_000), rel=0.03)


def test_a_layers_first_delivery_has_to_lie_in_the_district(
    bring: Callable[..., Imported], make_layer: Callable[..., None]
) -> None:
    bring(upload("a.geojson", SQUARES))
    make_layer("police", levels=["grid"], code_rule="free")
    far = orjson.loads(SQUARES)
    for feature in far["features"]:
        (ring,) = feature["geometry"]["coordinates"]
        feature["geometry"]["coordinates"] = [[[x + 2.7, y] for x, y in ring]]
    there = upload("b.geojson", orjson.dumps(far))
    with pytest.raises(
        operations.BlockedImport, match=r"no ground with the district: it lies about 2\d\d.*km to the east"
    ):
        bring(there, layer="police", district="admin")
    assert bring(upload("a.geojson", SQUARES), layer="police", district="admin").published is not None
    make_layer("other", levels=["grid"], code_rule="free")
    assert bring(upload("b.geojson", orjson.dumps(far)), layer="other", district="none").published is not None
