"""An index on disk answers as it did; whatever happened to the file, an answer never comes from a damaged one."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import numpy as np
import pytest
import shapely

from geo.point_location.index import PointLocationIndex
from geo.point_location.storage import IndexFileError, load, load_or_build, path_for, save

if TYPE_CHECKING:
    from pathlib import Path

FACES = [shapely.box(column, 0, column + 1, 1) for column in range(5)]


def test_a_loaded_index_answers_as_the_built_one(tmp_path: Path) -> None:
    built = PointLocationIndex.from_geometries(FACES)
    save(built, tmp_path / "a")
    loaded = load(tmp_path / "a")
    x, y = np.random.default_rng(1).uniform(-1, 6, (2, 1000))
    np.testing.assert_array_equal(loaded.locate_many(x, y).areas, built.locate_many(x, y).areas)
    assert loaded.locate(1.0, 0.5) == built.locate(1.0, 0.5)
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


@pytest.mark.parametrize("damage", ["cut", "empty", "flipped", "version", "tail", "text"])
def test_a_damaged_file_is_refused_and_built_again(tmp_path: Path, damage: str) -> None:
    path = path_for(tmp_path, "key")
    load_or_build(tmp_path, "key", lambda: FACES)
    content = bytearray(path.read_bytes())
    match damage:
        case "cut":
            content = content[:-9]
        case "empty":
            content = bytearray()
        case "flipped":
            content[len(content) // 2] ^= 1
        case "version":
            content[8] += 1
        case "tail":
            content[-1] ^= 1
        case _:
            content = bytearray(b"not an index " * 1000)
    path.write_bytes(content)
    with pytest.raises(IndexFileError):
        load(path)
    index, built = load_or_build(tmp_path, "key", lambda: FACES)
    assert built
    assert index.locate(0.5, 0.5)[0] == 0
    assert load_or_build(tmp_path, "key", list)[1] is False


def test_a_folder_that_cannot_be_written_to_does_not_keep_the_index_from_answering(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    index, built = load_or_build(tmp_path / "file" / "folder", "key", lambda: FACES)
    assert built
    assert index.locate(0.5, 0.5)[0] == 0


def test_the_index_of_an_empty_layer_can_be_kept(tmp_path: Path) -> None:
    load_or_build(tmp_path, "none", list)
    index, built = load_or_build(tmp_path, "none", list)
    assert not built
    assert len(index) == 0


def test_importing_the_package_does_not_load_the_compiler() -> None:
    code = "import sys, geo.point_location, geo.point_location.layout; print('numba' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False\n"
