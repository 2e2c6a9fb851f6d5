"""Every command that a guide prints runs: on the sample district, with the files that lie beside the guides."""

from __future__ import annotations

import re
import shutil
import socket
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest
import uvicorn

from api.app import create_app
from core.settings import Settings
from governance.reports.numbers import report_number
from tests import missing
from tests.conftest import fresh_database
from tests.guides.runner import Reader, commands_of

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
GUIDES = ROOT / "docs" / "guides"
# What a page takes for done, as it says itself or another page does.
BEFORE = {
    "addresses.md": ["wangge reports import doubtful.csv --channel 12345"],
    "ogc.md": [
        "wangge keys create liu --role gis-editor",
        "wangge boundaries draft admin --title 外业修测 --key $LIU",
    ],
    "cases.md": [
        "wangge units state 410106003 --name 新安路街道办事处 --kind street",
        "wangge units answer 410106003 --area admin/410106003 --category E0102",
        "wangge units state 410106-cg --name 区城市管理局 --kind department",
        "wangge units state 410106-zr --name 区自然资源局 --kind department",
        "wangge reports import rubbish.csv --channel 12345 --crs WGS84",
    ],
    "assessment.md": ["wangge units state 410106003 --name 新安路街道办事处 --kind street"],
    "quick-notes.md": ["wangge units state 410106003 --name 新安路街道办事处 --kind street"],
    "intake.md": ["wangge boundaries import data/boundaries/sanitation.geojson"],
}
BLOCKED = {"wangge boundaries check spoiled.geojson": 1}
"""Commands that end with another exit code than 0, as their page tells."""
DOUBTFUL = "编号,类别,描述,地址,上报时间\n" + "".join(
    f"D-{n},道路破损,（示例）,{where},2026-06-0{n} 09:00\n"
    for n, where in enumerate(("新乡路", "冯沟村附近", "不知名的地方", "济源路"), start=1)
)
RUBBISH = (
    "编号,类别,描述,经度,纬度,上报时间\nR-1,垃圾清运,（示例）,113.274,34.802,2026-06-01 09:00\n"
    "R-2,咨询,（示例）犬只在哪里登记,113.274,34.802,2026-06-01 10:00\n"
)
OWN_REPORTS = ("SJ2607000731-4", "SJ2607000732-2")
"""The numbers that a guide prints for the first and the second report of the reader's own."""
PAGES = (
    "addresses.md",
    "assessment.md",
    "bulletins.md",
    "cases.md",
    "connectors.md",
    "tables.md",
    "gis-staff.md",
    "intake.md",
    "meetings.md",
    "notifications.md",
    "people.md",
    "personal-information.md",
    "quick-notes.md",
    pytest.param("ogc.md", marks=missing.needs_gdal),
)
ELSEWHERE = {
    "training.md": "tests/guides/test_training_guide.py",
    "your-own-district.md": "tests/cli/test_own_district_guide.py",
    "planner.md": "tests/e2e/test_demo.py",
}
"""Guides that need a district without the sample, or the demonstration's runs, and the tests that run them."""


def wait_for_releases(url: str) -> None:
    """Wait until the releases announced are in force: whoever types the next line takes longer."""
    with psycopg.connect(url, autocommit=True) as connection:
        row = connection.execute(
            "SELECT greatest(extract(epoch FROM max(effective_at) - clock_timestamp()), 0) FROM release"
        ).fetchone()
    time.sleep(min(float(row[0] or 0.0), 5.0) if row else 0.0)


@pytest.fixture(scope="module")
def sample_template(server_url: str, template_database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The name of a database with the sample district, to copy from."""
    with fresh_database(server_url, template_database) as url:
        district = ROOT / "data" / "boundaries" / "shangjie.geojson"
        code, said = Reader(tmp_path_factory.mktemp("sample"), url).type(f"wangge boundaries import {district}")
        assert code == 0, said
        wait_for_releases(url)
        yield url.rpartition("/")[2]


@pytest.fixture
def reader(server_url: str, sample_template: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Reader]:
    """A reader in a folder with the guides' files, beside a running service."""
    folder = tmp_path / "here"
    shutil.copytree(GUIDES / "files", folder)
    (folder / "data").symlink_to(ROOT / "data")
    (folder / "doubtful.csv").write_text(DOUBTFUL, encoding="utf-8")
    (folder / "rubbish.csv").write_text(RUBBISH, encoding="utf-8")
    monkeypatch.chdir(folder)
    monkeypatch.setenv("WANGGE_STATE_DIR", str(tmp_path / "state"))
    with fresh_database(server_url, sample_template) as url:
        app = create_app(Settings(DATABASE_URL=url, cache_dir=tmp_path / "cache", log_level="ERROR"))
        listener = socket.create_server(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(app, log_level="critical", access_log=False))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        while not server.started:
            assert thread.is_alive(), "the service did not start"
            time.sleep(0.02)
        yield Reader(folder, url, f"http://127.0.0.1:{listener.getsockname()[1]}")
        server.should_exit = True
        thread.join(30)
        listener.close()


def own_report(url: str, place: int) -> str:
    """Return the number of the reader's report at a place, the first at 0; those of an old system are not counted."""
    with psycopg.connect(url) as connection:
        row = connection.execute(
            "SELECT id FROM report WHERE external_id IS NULL OR external_id NOT LIKE 'GD-%%' ORDER BY id"
            " OFFSET %s LIMIT 1", [place],
        ).fetchone()  # fmt: skip
    assert row is not None
    return report_number(row[0])


@pytest.mark.parametrize("page", PAGES)
def test_the_commands_of_a_guide_run_as_printed(page: str, reader: Reader) -> None:
    for printed in [*BEFORE.get(page, []), *commands_of(GUIDES / page)]:
        command = printed
        for place, number in enumerate(OWN_REPORTS):
            if number in command:
                command = command.replace(number, own_report(reader.database_url, place))
        code, said = reader.type(command)
        wanted = next((other for start, other in BLOCKED.items() if command.startswith(start)), 0)
        assert code == wanted, f"{command}\n{said}"
        if "boundaries publish" in command or "boundaries import" in command:
            wait_for_releases(reader.database_url)


def test_every_guide_with_commands_is_run() -> None:
    with_commands = {path.name for path in GUIDES.glob("*.md") if commands_of(path)}
    pages = {page if isinstance(page, str) else page.values[0] for page in PAGES}
    assert with_commands == pages | ELSEWHERE.keys()
    for page, test in ELSEWHERE.items():
        assert page in (ROOT / test).read_text(encoding="utf-8")


def test_both_readmes_have_the_same_sections_commands_and_links() -> None:
    pages = [(ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "README.zh-CN.md")]
    command = r"(?:[A-Z_]+=\S+ )?\./wangge|curl|pg_|createdb|git"
    for pattern in (r"^(#+) ", r"^\| \*\*", rf"^(?:{command})[^#\n]*?(?= *#|$)"):
        english, chinese = (re.findall(pattern, page, re.MULTILINE) for page in pages)
        assert english == chinese
    english, chinese = (sorted(set(re.findall(r"\]\(([^)]+)\)", page))) for page in pages)
    assert [link for link in english if "README" not in link] == [link for link in chinese if "README" not in link]
    for link in english:
        assert (ROOT / link.partition("#")[0]).exists()


def test_the_readmes_requests_are_answered(reader: Reader) -> None:
    requests = [command for command in commands_of(ROOT / "README.md") if command.startswith("curl")]
    assert len(requests) == 2
    for command in requests:
        code, said = reader.type(command)
        assert code == 0, f"{command}\n{said}"
    assert (reader.folder / "grids.zst").stat().st_size > 10_000
