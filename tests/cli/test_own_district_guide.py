"""The page "your own district" runs as printed: streets with a gap between them, roads and reports to a hotspot map."""

from __future__ import annotations

import csv
import json
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import shapely

from core.settings import Settings
from tests.guides.runner import Reader, commands_of

if TYPE_CHECKING:
    import pytest

GUIDE = Path(__file__).parents[2] / "docs" / "guides" / "your-own-district.md"
SIDE = 0.012  # about 1.1 km
WEST, SOUTH = 113.28, 34.78
ROADS = ("新乡路", "孟津路", "登封路", "金华路")


def written(folder: Path) -> None:
    """Two districts of 2 × 3 streets, a gap of some metres at one of them; four roads; 300 reports of one month."""
    features = []
    for column in range(4):
        for row in range(3):
            west, south = WEST + column * SIDE, SOUTH + row * SIDE
            narrow = 0.00003 if (column, row) == (1, 1) else 0.0
            land = shapely.box(west + narrow, south, west + SIDE, south + SIDE)
            facts = {
                "JDDM": f"41019{column // 2}{column % 2}{row}",
                "JDMC": f"{column}{row}街道",
                "QXMC": f"{'东西'[column < 2]}区",
            }
            features.append({"type": "Feature", "properties": facts, "geometry": json.loads(shapely.to_geojson(land))})
    save(folder / "streets.geojson", features)
    lines = [
        [[WEST, SOUTH + SIDE * (0.5 + number)], [WEST + 4 * SIDE, SOUTH + SIDE * (0.5 + number)]]
        if number < 2
        else [[WEST + SIDE * (number - 1.5), SOUTH], [WEST + SIDE * (number - 1.5), SOUTH + 3 * SIDE]]
        for number in range(4)
    ]
    order = (0, 2, 1, 3)  # the first two names cross
    save(
        folder / "roads.geojson",
        [
            {
                "type": "Feature",
                "properties": {"LM": ROADS[k]},
                "geometry": {"type": "LineString", "coordinates": lines[order[k]]},
            }
            for k in range(4)
        ],
    )
    random = np.random.default_rng(7)
    with (folder / "reports.csv").open("w", encoding="utf-8-sig", newline="") as stream:
        rows = csv.writer(stream)
        rows.writerow(["工单编号", "诉求分类", "诉求内容", "诉求地址", "经度", "纬度", "受理时间"])
        for number in range(300):
            lon, lat = WEST + random.uniform(0, 4 * SIDE), SOUTH + random.uniform(0, 3 * SIDE)
            when = f"{5}/{1 + number % 28}/2026 {1 + number % 12}:05:09 {'AM' if number % 2 else 'PM'}"
            point = ["", ""] if number % 10 == 0 else [f"{lon:.6f}", f"{lat:.6f}"]
            rows.writerow([f"G{number:04d}", "占道经营", "路口有人占道", "新乡路与孟津路交叉口", *point, when])


def save(path: Path, features: list[dict[str, object]]) -> None:
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")


def test_the_page_of_ones_own_district_runs_as_printed(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written(tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("WANGGE_STATE_DIR", str(tmp_path / "state"))
    printed = {}
    reader = Reader(tmp_path, database_url)
    for command in commands_of(GUIDE):
        line = command.removeprefix("wangge ")
        code, printed[line] = reader.type(command)
        assert code == 0, f"{line}\n{printed[line]}"
        if line.startswith("boundaries publish"):
            time.sleep(Settings().release_lead_s)  # it takes effect then; whoever types the next line takes longer
    said = "\n".join(printed.values())
    assert "14 areas" in said or "14" in printed["boundaries releases admin"]
    assert "新乡路" in next(text for line, text in printed.items() if line.startswith("locate"))
    stored = next(
        text for line, text in printed.items() if line.startswith("reports import") and "--dry-run" not in line
    )
    assert "300" in stored
    assert (tmp_path / "hotspots.html").stat().st_size > 100_000
