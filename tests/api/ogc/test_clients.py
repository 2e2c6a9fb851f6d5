"""Programs that GIS staff have read the collections: ogr2ogr, OWSLib and QGIS, over a real server."""

from __future__ import annotations

import json
import os
import subprocess
from typing import TYPE_CHECKING

import pytest
import shapely
from shapely.geometry import shape

from tests.missing import SYSTEM_PYTHON, needs_gdal, needs_qgis

if TYPE_CHECKING:
    from pathlib import Path

    from tests.api.ogc.conftest import Served


WAYS_TO_SEND_A_KEY = {
    "a file of headers": {"GDAL_HTTP_HEADER_FILE": "X-API-Key: {key}"},
    "a token in that file": {"GDAL_HTTP_HEADER_FILE": "Authorization: Bearer {key}"},
    "a password": {"GDAL_HTTP_USERPWD": "gis:{key}"},
}


def ogr2ogr(served: Served, target: Path, *arguments: str, sending: str = "a password") -> list[dict[str, object]]:
    named = {name: value.format(key=served.key) for name, value in WAYS_TO_SEND_A_KEY[sending].items()}
    if "GDAL_HTTP_HEADER_FILE" in named:
        file = target.with_name("headers.txt")
        file.write_text(named["GDAL_HTTP_HEADER_FILE"])
        named["GDAL_HTTP_HEADER_FILE"] = str(file)
    command = ["ogr2ogr", "-f", "GeoJSON", str(target), f"OAPIF:{served.url}/ogc", *arguments]
    done = subprocess.run(command, env=os.environ | named, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    features: list[dict[str, object]] = json.loads(target.read_text())["features"]
    return features


@needs_gdal
@pytest.mark.parametrize("sending", WAYS_TO_SEND_A_KEY)
def test_ogr2ogr_reads_a_draft_with_a_key_that_it_stores(served: Served, tmp_path: Path, sending: str) -> None:
    name = f"draft-{served.draft}.street"
    features = ogr2ogr(served, tmp_path / "out.geojson", name, sending=sending)
    assert sorted(feature["properties"]["code"] for feature in features) == served.codes("street")  # type: ignore[index]


@needs_gdal
@pytest.mark.parametrize("collection", ["admin.grid", "admin.community", "draft-{draft}.grid"])
def test_ogr2ogr_reads_every_feature(served: Served, tmp_path: Path, collection: str) -> None:
    name = collection.format(draft=served.draft)
    features = ogr2ogr(served, tmp_path / "out.geojson", "-oo", "PAGE_SIZE=10", name)
    codes = [feature["properties"]["code"] for feature in features]  # type: ignore[index]
    assert sorted(codes) == served.codes(name.rpartition(".")[2])
    for code, feature in zip(codes, features, strict=True):
        land = shape(feature["geometry"])  # type: ignore[arg-type]
        assert land.symmetric_difference(served.land(code)).area < 1e-10
    facts = {feature["properties"]["code"]: feature["properties"] for feature in features}  # type: ignore[index]
    for record in (r for r in served.records if r.code in facts):
        got = facts[record.code]
        assert (got["name"], got["parent_code"], got["unit_code"], got.get("households")) == (
            record.name, record.parent_code or None, record.unit_code, record.attributes.get("households")
        )  # fmt: skip


@needs_gdal
def test_ogr2ogr_reads_a_box(served: Served, tmp_path: Path) -> None:
    west, south, east, north = served.land(served.codes()[3]).bounds
    middle = (west + east) / 2
    features = ogr2ogr(
        served, tmp_path / "out.geojson", "-spat", str(west), str(south), str(middle), str(north), "admin.grid"
    )
    box = shapely.box(west, south, middle, north)
    wanted = [code for code in served.codes() if served.land(code).intersects(box)]
    assert sorted(feature["properties"]["code"] for feature in features) == wanted  # type: ignore[index]


def test_owslib_reads_every_feature(served: Served) -> None:
    from owslib.ogcapi.features import Features

    service = Features(f"{served.url}/ogc", headers={"X-API-Key": served.key})
    assert "admin.grid" in service.feature_collections()
    assert service.api()["openapi"].startswith("3.")
    assert len(service.conformance()["conformsTo"]) > 5
    assert service.collection("admin.grid")["id"] == "admin.grid"
    assert "households" in service.collection_queryables("admin.grid")["properties"]
    body = service.collection_items("admin.grid", limit=1000)
    assert [feature["id"] for feature in body["features"]] == served.codes()
    for feature in body["features"]:
        record = next(r for r in served.records if r.code == feature["id"])
        assert shape(feature["geometry"]).equals(record.geom)
        assert feature["properties"]["households"] == record.attributes["households"]
    code = served.codes()[0]
    assert service.collection_item("admin.grid", code)["id"] == code
    filtered = service.collection_items("admin.grid", filter=f"code = '{code}'")
    assert [feature["id"] for feature in filtered["features"]] == [code]


QGIS_READS = """
import json, os, sys
from qgis.core import QgsApplication, QgsVectorLayer
application = QgsApplication([], False)
application.initQgis()
layer = QgsVectorLayer(f"typename='admin.grid' url='{sys.argv[1]}'", "grids", "OAPIF")
assert layer.isValid(), layer.error().message()
found = {
    f["code"]: [f["name"], f["households"], f.geometry().asWkb().toHex().data().decode()] for f in layer.getFeatures()
}
print("FOUND", json.dumps(found), flush=True)
os._exit(0)  # Taking QGIS apart at the end of a script is not what is tested, and crashes now and then.
"""


@needs_qgis
def test_qgis_reads_every_feature(served: Served, tmp_path: Path) -> None:
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen", "XDG_RUNTIME_DIR": str(tmp_path), "HOME": str(tmp_path)}
    done = subprocess.run(
        [SYSTEM_PYTHON, "-c", QGIS_READS, f"{served.url}/ogc"],
        env=environment, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    told = next(line for line in done.stdout.splitlines() if line.startswith("FOUND "))
    found = json.loads(told.removeprefix("FOUND "))
    assert sorted(found) == served.codes()
    for record in (r for r in served.records if r.level == "grid"):
        name, households, wkb = found[record.code]
        assert (name, households) == (record.name, record.attributes["households"])
        assert shapely.from_wkb(wkb).symmetric_difference(record.geom).area < 1e-10
