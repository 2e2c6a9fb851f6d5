"""The sample district is what its README says: reproducible, a true coverage, nested, correctly coded."""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
import shapely

from data.boundaries.generate.__main__ import generate

if TYPE_CHECKING:
    from collections.abc import Iterator

DATA = Path(__file__).resolve().parents[2] / "data"
FILES = (
    "boundaries/shangjie.geojson",
    "boundaries/sanitation.geojson",
    "gazetteer/roads.geojson",
    "gazetteer/places.geojson",
    "gazetteer/addresses.geojson",
)
LAYERS = json.loads((DATA / "boundaries" / "layers.json").read_text(encoding="utf-8"))


def features(file: str) -> list[tuple[dict[str, str], shapely.Geometry]]:
    collection = json.loads((DATA / file).read_text(encoding="utf-8"))
    return [(one["properties"], shapely.geometry.shape(one["geometry"])) for one in collection["features"]]


def nested() -> Iterator[tuple[str, str, str]]:
    for layer in LAYERS:
        for parent, child in zip(layer["levels"], layer["levels"][1:], strict=False):
            yield f"boundaries/{layer['file']}", parent, child


def road(name: str) -> shapely.Geometry:
    (line,) = (line for properties, line in features("gazetteer/roads.geojson") if properties["name"] == name)
    return line


def test_the_same_seed_writes_the_same_bytes(tmp_path: Path) -> None:
    generate(tmp_path)
    assert [file for file in FILES if (tmp_path / file).read_bytes() != (DATA / file).read_bytes()] == []


@pytest.mark.parametrize(("file", "parent", "child"), list(nested()))
def test_every_level_is_a_coverage_and_its_parents_are_the_unions(file: str, parent: str, child: str) -> None:
    rows = features(file)
    children = defaultdict(list)
    for properties, polygon in rows:
        if properties["level"] == child:
            children[properties["parent_code"]].append(polygon)
    parents = {properties["code"]: polygon for properties, polygon in rows if properties["level"] == parent}
    level = [polygon for group in children.values() for polygon in group]
    assert shapely.is_valid(level).all()
    assert shapely.coverage_is_valid(level)
    if not parents:
        return
    assert set(parents) == set(children)
    for code, polygon in parents.items():
        union = shapely.coverage_union_all(children[code])
        assert shapely.normalize(union) == shapely.normalize(polygon)  # vertex for vertex


def test_the_layers_cover_the_same_ground() -> None:
    zones = [polygon for one, polygon in features("boundaries/sanitation.geojson") if one["level"] == "zone"]
    (district,) = (polygon for one, polygon in features("boundaries/shangjie.geojson") if one["level"] == "district")
    assert shapely.normalize(shapely.coverage_union_all(zones)) == shapely.normalize(district)


def test_grid_codes_extend_their_community_and_number_its_grids() -> None:
    sequences = defaultdict(list)
    for one, _ in features("boundaries/shangjie.geojson"):
        if one["level"] == "grid":
            assert len(one["code"]) == 15
            assert one["code"].startswith(one["parent_code"])
            assert 300 <= int(one["households"]) <= 500
            sequences[one["parent_code"]].append(int(one["code"][12:]))
    assert len(sequences) == 64
    assert sum(map(len, sequences.values())) == 327
    assert all(sorted(numbers) == list(range(1, len(numbers) + 1)) for numbers in sequences.values())


def test_borders_in_town_follow_the_named_roads() -> None:
    """新安路 runs through its street: grids meet along it, none reaches over it."""
    inner = road("新安路")
    grids = [polygon for one, polygon in features("boundaries/shangjie.geojson") if one["level"] == "grid"]
    edges = shapely.boundary(grids)
    on_border = sum(shapely.length(shapely.intersection(inner.buffer(2e-6), edges))) / 2
    assert on_border > 0.9 * inner.length


def test_the_crossing_of_the_story_lies_inside_one_grid_of_its_street() -> None:
    crossing = road("新乡路").intersection(road("孟津路"))
    assert isinstance(crossing, shapely.Point)
    chain = {
        one["level"]: one["name"] for one, area in features("boundaries/shangjie.geojson") if area.contains(crossing)
    }
    assert chain["street"] == "新安路街道"
    assert chain["grid"] == "香园街社区06号网格"


def test_the_addresses_of_the_guides_exist_in_the_areas_they_name() -> None:
    full = {one["full"] for one, _ in features("gazetteer/addresses.geojson")}
    assert {"济源路126号", "鸿园小区3号楼"} <= full
    areas = {one["code"]: area for one, area in features("boundaries/shangjie.geojson")}
    for file in ("gazetteer/addresses.geojson", "gazetteer/places.geojson"):
        rows = features(file)
        inside = shapely.covers(
            np.array([areas[one["area_code"]] for one, _ in rows]), np.array([point for _, point in rows])
        )
        assert inside.all()


def test_fenggou_village_is_in_its_town_and_has_a_fourth_grid() -> None:
    names = {one["name"]: one["code"] for one, _ in features("boundaries/shangjie.geojson")}
    assert names["冯沟村04号网格"].startswith(names["峡窝镇"])
