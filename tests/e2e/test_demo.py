"""`demo` as a newcomer runs it: a process of its own on an empty database, twice, and ended with Ctrl-C."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import httpx2
import psycopg
import pytest

from cli.demo import centre
from tests.conftest import fresh_database
from tests.factories.sign_in import PASSWORD
from tests.guides.runner import Reader, commands_of

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_S = 300


@pytest.fixture(scope="module")
def place(server_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """An empty database and a folder for all that the demonstration keeps."""
    with fresh_database(server_url) as url:
        yield url, tmp_path_factory.mktemp("demo")


def start(place: tuple[str, Path], *words: str) -> subprocess.Popen[str]:
    url, kept = place
    environment = os.environ | {"DATABASE_URL": url, "COLUMNS": "200", "PYTHONUNBUFFERED": "1"}
    return subprocess.Popen(
        [sys.executable, str(ROOT / "main.py"), "demo", "--as-of", "2025-06-30", *words],
        env=environment | {"WANGGE_STATE_DIR": str(kept)},
        cwd=ROOT,
        text=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        preexec_fn=ignore_interrupts,  # noqa: PLW1509 (nothing else runs in the child)
    )


def ignore_interrupts() -> None:
    """Start as a shell starts what it runs in the background."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


@pytest.fixture(scope="module")
def first_run(place: tuple[str, Path]) -> str:
    """What the demonstration printed on an empty database."""
    process = start(place, "--no-serve")
    printed, _ = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 0, printed
    return printed


def count(place: tuple[str, Path], what: str) -> int:
    with psycopg.connect(place[0]) as connection:
        row = connection.execute(f"SELECT count(*) FROM {what}").fetchone()  # type: ignore[arg-type]
    assert row is not None
    return int(row[0])


def test_it_stores_9037_reports_and_says_what_became_of_them(place: tuple[str, Path], first_run: str) -> None:
    assert count(place, "report WHERE channel <> 'quick-notes'") == 9037
    assert "stored now 9,037 · stored before 0 · refused 0" in first_run
    for channel in ("12345热线", "郑好拍", "110非警务", "网格巡查", "数字城管"):
        assert channel in first_run
    assert "272 reports on one and the same point" in first_run


@pytest.mark.usefixtures("first_run")
def test_nearly_all_are_assigned_and_the_far_ones_are_kept_for_triage(place: tuple[str, Path]) -> None:
    assert count(place, "report WHERE method IN ('covered', 'boundary')") > 8900
    assert 18 <= count(place, "report WHERE method = 'nearest'") <= 24
    # 26 points lie too far outside; 38 texts name a whole village or community and nothing in it.
    assert count(place, "report WHERE method = 'unassigned' AND x IS NOT NULL") == 26
    assert count(place, "report WHERE method = 'unassigned' AND x IS NULL") == 38


@pytest.mark.usefixtures("first_run")
def test_the_last_months_hotspots_are_the_planted_ones_and_no_others(place: tuple[str, Path]) -> None:
    with psycopg.connect(place[0]) as connection:
        stored = connection.execute("SELECT result FROM hotspot_run WHERE status = 'done' ORDER BY id").fetchall()
    found = [
        {(c["method"], c["category"]) for c in json.loads(bytes(result))["clusters"] if c["significant"]}
        for (result,) in stored
    ]
    # What stands all the time is denser per household than elsewhere, and no burst in time.
    standing = {(method, "机动车乱停放") for method in ("concentration", "population")}
    methods = ("scan", "concentration", "population")
    may = {(method, "施工噪声扰民") for method in methods} | standing
    june = {(method, what) for method in methods for what in ("占道经营", "暴露垃圾")} | standing
    assert found == [may, june]


@pytest.mark.usefixtures("first_run")
def test_the_months_maps_and_notice_lie_there_as_files(place: tuple[str, Path]) -> None:
    files = {path.name: path.read_bytes() for path in (place[1] / "demo").iterdir()}
    assert len(files.pop("hotspots-2025-06.html")) > 100_000
    assert len(files.pop("hotspots-2025-06-compared.html")) > 100_000
    assert len(files.pop("responsibility.html")) > 100_000
    assert files.pop("notice-2025-06.pdf").startswith(b"%PDF")
    assert "占道经营" in files.pop("topics.html").decode()
    assert files == {}


def test_the_reports_have_whole_histories_and_nearly_all_are_closed(place: tuple[str, Path], first_run: str) -> None:
    assert "9,037, closed 9,006 (99.7%), led through the API now 50" in " ".join(first_run.split())
    assert count(place, "case_record WHERE state IN ('closed', 'rated')") == 9006
    assert count(place, "quick_note") == 467
    # Every history has each number up to the case's version, and led to the state of its case.
    assert count(place, "case_step") > 9 * 8000
    assert count(place, "case_record c WHERE c.state <> (SELECT led_to FROM case_step s WHERE s.case_id = c.id"
                 " AND s.number = c.version) OR c.version <> (SELECT count(*) FROM case_step s WHERE s.case_id = c.id)"
                 ) == 0  # fmt: skip
    assert count(place, "(SELECT case_id FROM case_step GROUP BY 1 HAVING bool_or(detail->>'by' IS NULL)) t") == 50


def test_the_results_show_the_figures_of_the_half_year_and_open_to_its_cases(
    place: tuple[str, Path], first_run: str
) -> None:
    assert "results (samples): 办结率 9,006 / 9,037 = 99.66%" in " ".join(first_run.split())
    assert count(place, "(SELECT DISTINCT case_id FROM assessment_fact WHERE counted = 'cases') t") == 9037
    assert count(place, "assessment_fact WHERE counted = 'cases' AND 'done' = ANY (marks)") == 9006
    assert count(place, "assessment_value WHERE grouping = 'unit'") > 50


def test_most_grids_have_a_sample_worker_since_the_boundaries_count(place: tuple[str, Path], first_run: str) -> None:
    assert count(place, "grid_worker_post WHERE valid_during @> timestamptz '2025-01-01 12:00+08'") == 314
    assert "grid workers (samples, no people): 314 grids have one" in first_run


@pytest.mark.usefixtures("first_run")
def test_the_story_told_in_words_reaches_its_street(place: tuple[str, Path]) -> None:
    story = "report WHERE address_text = '上街区新乡路与孟津路交叉口' AND category = '违法建设'"
    assert count(place, f"{story} AND '410106003' = ANY(area_path) AND x IS NULL") == 1


def test_run_again_it_doubles_nothing_serves_until_ctrl_c_and_leaves_nothing_running(
    place: tuple[str, Path], first_run: str
) -> None:
    assert "published" in first_run
    process = start(place)
    assert process.stdout is not None
    printed = ""
    end = time.monotonic() + PATIENCE_S
    while "until Ctrl-C" not in printed:
        assert time.monotonic() < end
        line = process.stdout.readline()
        assert line, printed
        printed += line
    assert "stored now 0 · stored before 9,037 · refused 0" in printed
    assert "already there" in printed
    assert "closed 9,006 (99.7%), led through the API now 0" in " ".join(printed.split())
    (base,) = re.findall(r"serving at (http://\S+)", printed)
    planner = json.loads((place[1] / "demo-keys.json").read_text())["planner"]
    page = httpx2.get(f"{base}/v1/reports", params={"area": "410106003"}, headers={"X-API-Key": planner})
    assert page.status_code == 200
    assert page.json()["items"]
    assert "这个点归谁管" in httpx2.get(f"{base}/start").text
    assert '<div id="app"' in httpx2.get(f"{base}/").text
    seated = json.loads((place[1] / "demo-links.json").read_text())
    assert Counter(row["role"] for row in seated) == Counter(
        [role for zone in centre.ZONES.values() for role in zone] + [*centre.OUTSIDE] * 6 + ["grid-worker"]
    )
    with httpx2.Client(base_url=base) as dispatcher:
        token = seated[0]["link"].partition("#token=")[2]
        said = dispatcher.post("/v1/passwords", json={"token": token, "password": PASSWORD})
        assert said.json() == {"name": "调度员（示例）01", "login": seated[0]["login"].casefold()}
        known = {"login": seated[0]["login"], "password": PASSWORD}
        assert dispatcher.post("/v1/sessions", json=known).status_code == 201
        assert [grant["role"] for grant in dispatcher.get("/v1/me").json()["grants"]] == ["dispatcher"]
    process.send_signal(signal.SIGINT)
    rest, _ = process.communicate(timeout=30)
    assert process.returncode == 0
    assert "stopped" in rest
    assert count(place, "report") == 9037 + 467
    assert count(place, "case_record") == 9037
    assert count(place, "release") == 2
    assert count(place, "grid_worker_post") == 314
    assert count(place, "hotspot_run") == 2
    with pytest.raises(httpx2.ConnectError):
        httpx2.get(f"{base}/healthz")


@pytest.mark.usefixtures("first_run")
def test_the_planners_guide_runs_as_printed_on_the_demonstrations_database(
    place: tuple[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    guides = ROOT / "docs" / "guides"
    shutil.copytree(guides / "files", tmp_path / "here")
    monkeypatch.chdir(tmp_path / "here")
    reader = Reader(tmp_path / "here", place[0])
    for command in commands_of(guides / "planner.md"):
        code, said = reader.type(command)
        assert code == 0, f"{command}\n{said}"
    assert (tmp_path / "here" / "june.html").stat().st_size > 100_000
    assert (tmp_path / "here" / "june.pdf").read_bytes().startswith(b"%PDF")
