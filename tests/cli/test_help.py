"""What `--help` says, and what it costs: nothing that computes is loaded for a command that does not compute."""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from cli import app

if TYPE_CHECKING:
    from collections.abc import Iterator

    import typer

ROOT = Path(__file__).resolve().parents[2]
NAMED_BY_THE_README = (
    "demo", "test", "serve", "worker", "migrate", "assign", "boundaries import", "boundaries check",
    "boundaries export", "boundaries releases", "reports import", "hotspots run", "hotspots map", "keys create",
)  # fmt: skip


def commands(group: typer.Typer, prefix: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for command in group.registered_commands:
        assert command.callback is not None
        yield (*prefix, command.name or command.callback.__name__.replace("_", "-"))
    for part in group.registered_groups:
        assert part.typer_instance is not None
        yield from commands(part.typer_instance, (*prefix, str(part.name)))


ALL = sorted(commands(app))


def test_every_command_of_the_main_job_is_there() -> None:
    assert {tuple(name.split()) for name in NAMED_BY_THE_README} <= set(ALL)


@pytest.mark.parametrize("words", ALL, ids=" ".join)
def test_each_command_helps_with_an_example(words: tuple[str, ...]) -> None:
    said = CliRunner().invoke(app, [*words, "--help"])
    assert said.exit_code == 0
    assert f"Example: wangge {' '.join(words)}" in said.output


def test_the_version_is_the_project_file_s() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    said = CliRunner().invoke(app, ["--version"])
    assert (said.exit_code, said.output.strip()) == (0, f"wangge {project['version']}")


def test_the_shell_can_complete_commands() -> None:
    said = CliRunner().invoke(app, ["--help"])
    assert "--install-completion" in said.output


def loaded_by(code: str) -> set[str]:
    program = f"{code}\nimport json, sys; print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    return set(json.loads(done.stdout.splitlines()[-1]))


def test_help_loads_neither_database_nor_computation() -> None:
    heavy = {"numpy", "numba", "scipy", "shapely", "pandas", "sqlalchemy", "psycopg", "alembic", "fastapi", "uvicorn"}
    assert heavy.isdisjoint(loaded_by("import cli"))


def test_managing_keys_loads_no_compiler_and_no_web_framework() -> None:
    heavy = {"numba", "scipy.stats", "sklearn", "geopandas", "pandas", "matplotlib", "weasyprint", "fastapi", "uvicorn"}
    assert heavy.isdisjoint(loaded_by("import cli.keys, core.db, identity.keys, geo.datum, migrations.run"))
