"""The house's rules that a machine can hold."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from core.queue import TaskName
from spatial_jobs.tasks import tasks

ROOT = Path(__file__).resolve().parents[2]
CONTRACT = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
PACKAGES = sorted(CONTRACT["root_packages"])
SOURCES = [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]
IMPLIED = {"starlette", "pydantic", "pydantic_core", "anyio", "pandas", "branca", "click"}
"""Parts of what is declared: FastAPI's, geopandas', folium's and Typer's own foundations."""
FIXED = {"geo", "grids", "api", "spatial_jobs", "data", "docker-compose.yml", "main.py", "tests"}


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_the_fixed_top_level_stands() -> None:
    assert {entry.name for entry in ROOT.iterdir()} >= FIXED
    assert (ROOT / "data" / "boundaries").is_dir()


def test_every_top_level_package_is_in_the_contract_and_no_other() -> None:
    found = {
        p.parent.name
        for p in ROOT.glob("*/__init__.py")
        if not p.parent.name.startswith(".") and p.parent.name != "tests"
    }
    assert found == set(PACKAGES)


def test_no_module_is_named_after_nothing() -> None:
    vague = {"utils", "util", "helpers", "helper", "manager", "handler", "common", "misc"}
    assert [_name(p) for p in SOURCES if p.stem in vague or vague & set(p.relative_to(ROOT).parts)] == []


def test_only_the_clock_asks_what_time_it_is() -> None:
    pattern = re.compile(r"datetime\.(now|utcnow|today)\(|date\.today\(|\btime\.time\(")
    found = [_name(p) for p in SOURCES if pattern.search(p.read_text()) and _name(p) != "core/clock.py"]
    assert found == []


def test_only_core_db_commits() -> None:
    found = [_name(p) for p in SOURCES if ".commit()" in p.read_text() and not _name(p).startswith("core/db/")]
    assert found == []


def test_only_one_module_sends_to_other_services() -> None:
    clients = {
        "httpx",
        "httpx2",
        "requests",
        "aiohttp",
        "urllib3",
        "urllib.request",
        "http.client",
        "smtplib",
        "ftplib",
    }
    # The demonstration talks to the application that it has started itself.
    inside = ("core/outward.py", "cli/demo/")
    found = []
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text())):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and node.module:
                names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
            if clients & set(names) and not _name(path).startswith(inside):
                found.append(_name(path))
    # The exceptions of the client are caught where an answer is read.
    assert set(found) <= {"identity/sign_in/provider.py"}
    provider = (ROOT / "identity/sign_in/provider.py").read_text()
    assert set(re.findall(r"httpx2\.(\w+)", provider)) == {"HTTPError"}


def test_only_declared_dependencies_are_imported() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    declared = {re.split(r"[\[<>=~!; ]", d)[0].lower().replace("_", "-") for d in project["dependencies"]}
    provided = packages_distributions()
    own = {*PACKAGES, "main"}
    guilty = set()
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text())):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and node.module and not node.level:
                names = [node.module]
            for name in {n.split(".")[0] for n in names} - own - set(sys.stdlib_module_names) - IMPLIED:
                if not declared & {d.lower().replace("_", "-") for d in provided.get(name, [])}:
                    guilty.add(f"{_name(path)}: {name}")
    assert guilty == set()


def test_every_task_has_a_name_and_every_name_a_task() -> None:
    own = {name for name in tasks.tasks if not name.startswith(("procrastinate.", "builtin:"))}
    assert own == {str(name) for name in TaskName}


@pytest.mark.parametrize("path", SOURCES, ids=_name)
def test_a_module_says_what_it_is_for_and_stays_short(path: Path) -> None:
    source = path.read_text()
    assert ast.get_docstring(ast.parse(source)), "a module opens with what it is for"
    assert source.count("\n") <= 360, "split by verb"
