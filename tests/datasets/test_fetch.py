"""fetch.sh gets every layer, also where only the development packages bring an npm."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

HERE = Path(__file__).parent
LAYER = b'{"type": "FeatureCollection", "features": []}'
NPM = ("npm", "npx", "node", "nodejs")


def package(folder: Path) -> Path:
    """Make an npm package with one layer, for which no network is needed."""
    (folder / "package").mkdir(parents=True)
    (folder / "package" / "package.json").write_text(json.dumps({"name": "layer", "version": "1.0.0"}))
    (folder / "package" / "layer.geojson").write_bytes(LAYER)
    made = folder / "layer-1.0.0.tgz"
    with tarfile.open(made, "w:gz") as archive:
        archive.add(folder / "package", "package")
    return made


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project whose locks name nothing but one package on this machine."""
    root = tmp_path / "project"
    datasets = root / "tests" / "datasets"
    datasets.mkdir(parents=True)
    for name in ("fetch.sh", "unpack.py"):
        shutil.copy(HERE / name, datasets)
    shutil.copy(HERE.parent / "fetching.sh", root / "tests")
    (root / "requirements-datasets.lock").write_text("")
    told = {"name": "layers", "version": "0.0.0", "private": True}
    (datasets / "package.json").write_text(json.dumps(told))
    lock = told | {"lockfileVersion": 3, "requires": True, "packages": {"": told}}
    (datasets / "package-lock.json").write_text(json.dumps(lock))
    tarball = package(tmp_path / "layer")
    digest = hashlib.sha512(tarball.read_bytes()).hexdigest()
    (datasets / "package-files.lock").write_text(f"{tarball} {digest} layer.geojson\n")
    return root


def path_without_npm(folder: Path) -> str:
    """Make a folder of all programs on the path but npm."""
    folder.mkdir()
    for place in os.environ["PATH"].split(os.pathsep):
        for program in Path(place).glob("*"):
            if program.name not in NPM and not (folder / program.name).exists():
                (folder / program.name).symlink_to(program)
    return str(folder)


def test_every_layer_is_fetched_where_no_npm_is_on_the_path(project: Path, tmp_path: Path) -> None:
    environment = os.environ | {"PATH": path_without_npm(tmp_path / "bin"), "WANGGE_DATASETS": str(tmp_path / "layers")}
    script = project / "tests" / "datasets" / "fetch.sh"
    done = subprocess.run(
        ["/bin/sh", script, sys.executable], env=environment, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "skipped" not in done.stderr
    assert sorted(p.name for p in (tmp_path / "layers").glob(".fetched-*")) == [
        ".fetched-npm_files", ".fetched-npm_packages", ".fetched-python_layers",
    ]  # fmt: skip
    assert [p.read_bytes() for p in tmp_path.rglob("layers/**/layer.geojson")] == [LAYER]
