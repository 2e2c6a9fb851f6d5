"""The commands of the GIS staff's guide do what it says."""

from __future__ import annotations

import io
import json
import os
import signal
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import shapely
from rich.console import Console
from typer.testing import CliRunner

from cli import app, boundaries, boundary_findings, layers
from cli import progress as cli_progress
from cli.progress import shown
from cli.stopping import Stopped, stoppable
from core import confinement
from geo.coverage import AreaSet, LayerRules
from grids.boundaries.checking import check_confined
from grids.boundaries.errors import FileTooSlowError
from grids.boundaries.files.limits import Limits

if TYPE_CHECKING:
    from collections.abc import Callable

    from click.testing import Result

SAMPLE = Path(__file__).resolve().parents[2] / "data" / "boundaries"


@pytest.fixture
def wangge(database_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., Result]:
    monkeypatch.setenv("DATABASE_URL", database_url)
    for module in (boundaries, boundary_findings, layers):
        monkeypatch.setattr(module, "out", Console(width=200))
    monkeypatch.chdir(tmp_path)
    return lambda *words: CliRunner().invoke(app, [str(word) for word in words], catch_exceptions=True)


def test_check_import_export_and_rollback(wangge: Callable[..., Result], tmp_path: Path) -> None:
    first = wangge("boundaries", "import", SAMPLE)
    assert first.exit_code == 0, first.output
    assert "398 added" in first.output
    assert "has this content already" in wangge("boundaries", "import", SAMPLE / "shangjie.geojson").output
    described = wangge("layers", "describe", "admin").output
    assert "环" not in described
    assert "gb15" in described

    document = json.loads((SAMPLE / "shangjie.geojson").read_text(encoding="utf-8"))
    document["features"][-1]["properties"]["code"] = "41010"
    spoiled = tmp_path / "spoiled.geojson"
    spoiled.write_text(json.dumps(document), encoding="utf-8")
    assert wangge("boundaries", "check", spoiled, "-l", "admin").exit_code == 1
    blocked = wangge("boundaries", "import", spoiled, "-l", "admin")
    assert blocked.exit_code == 1
    assert "编码不合规则" in blocked.output
    assert json.loads((tmp_path / "admin-defects.geojson").read_text(encoding="utf-8"))["summary"]["blocks"]

    assert wangge("boundaries", "export", "admin", "--format", "kml", "--output", "out").exit_code == 0
    assert (tmp_path / "out" / "admin-r1.kml").exists()
    assert "● │ 1" in wangge("boundaries", "releases", "admin").output
    assert "has this content already" in wangge("boundaries", "rollback", "admin", "1").output


def test_a_trusted_file_has_no_time_limit_but_the_one_that_is_asked_for(
    wangge: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int | None] = []
    run = confinement.run

    def noted(*words: Any, seconds: int | None, **rest: Any) -> Any:
        asked.append(seconds)
        if len(asked) == 6:
            raise TimeoutError
        return run(*words, seconds=seconds, **rest)

    monkeypatch.setattr(confinement, "run", noted)
    assert wangge("boundaries", "check", SAMPLE / "shangjie.geojson").exit_code == 0
    assert wangge("boundaries", "import", SAMPLE / "shangjie.geojson").exit_code == 0
    assert asked == [None] * 4
    slow = wangge("boundaries", "check", SAMPLE / "shangjie.geojson", "--time-limit", 90)
    assert asked[4:] == [90, 90]
    assert isinstance(slow.exception, FileTooSlowError)
    assert "took longer than 90 s" in slow.exception.detail
    assert "--time-limit" in slow.exception.detail
    assert "larger" not in slow.exception.detail + slow.exception.title


def children() -> set[str]:
    """Return the numbers of this process's children, the ended ones that nobody waited for among them."""
    found = set()
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            parent = (process / "stat").read_text().rpartition(")")[2].split()[1]
            found |= {process.name} if parent == str(os.getpid()) else set()
    return found


def test_a_check_that_is_stopped_ends_its_process_and_tells_that_nothing_changed() -> None:
    def comb(turned: int) -> shapely.Geometry:
        x, top = np.arange(20_000) * 5e-6, np.tile([0.0, 0.09], 10_000)
        teeth = shapely.Polygon([*zip(x, top, strict=True), (0.1, 0.1), (0.0, 0.1)])
        return shapely.affinity.translate(shapely.affinity.rotate(teeth, turned, origin=(0.05, 0.05)), 113.2, 34.8)

    areas = AreaSet.from_areas(levels=["a", "a"], codes=["1", "2"], geometries=[comb(0), comb(90)])
    screen, before = Console(file=io.StringIO(), width=100), children()
    threading.Timer(1.5, os.kill, (os.getpid(), signal.SIGINT)).start()
    started = time.monotonic()
    with stoppable(although_ignored=True), pytest.raises(Stopped), shown("en", screen):
        check_confined(areas, LayerRules(levels=("a",)), Limits(seconds=None))
    assert time.monotonic() - started < 20
    assert "stopped: nothing was changed" in screen.file.getvalue()  # type: ignore[attr-defined]
    assert children() == before


def test_progress_is_told_by_the_confined_process_and_shown_as_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    x, y = (part.ravel() * 0.01 for part in np.mgrid[0:30, 0:30])
    boxes = shapely.segmentize(shapely.box(113 + x, 34 + y, 113.0101 + x, 34.01 + y), 0.002)
    areas = AreaSet.from_areas(levels=["grid"] * 900, codes=[str(n) for n in range(900)], geometries=boxes)
    monkeypatch.setattr(cli_progress, "_EVERY_S", 0.0)
    screen = Console(file=io.StringIO(), width=100)
    with shown("zh", screen):
        report = check_confined(areas, LayerRules(levels=("grid",)), Limits(seconds=None))
    assert report.counts["overlap"] == 870
    said = screen.file.getvalue()  # type: ignore[attr-defined]
    assert [words in said for words in ("grid 层各区域的边界", "grid 层的重叠 0/", "grid 层的空隙")] == [True] * 3


def test_a_check_of_a_layer_that_is_not_there_yet_defines_nothing(wangge: Callable[..., Result]) -> None:
    assert wangge("boundaries", "check", SAMPLE).exit_code == 0
    assert "admin" not in wangge("layers", "list").output
