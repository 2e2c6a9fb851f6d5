"""Every process knows every table: one module imports them all, and each process imports that module."""

from __future__ import annotations

import ast
import json
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from core.db import Base
from migrations.tables import MODULES

if TYPE_CHECKING:
    from tests.fresh import FreshProcesses

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["root_packages"]
SOURCES = [path for package in PACKAGES for path in (ROOT / package).rglob("*.py")]
PROCESSES = ("api.app", "spatial_jobs.app", "migrations.run")
"""What the API, the worker and (next test) every command import before their first statement."""


def _module(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts)


def _maps_a_table(path: Path) -> bool:
    classes = (node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.ClassDef))
    return any(
        isinstance(base, ast.Name) and base.id in {"Base", "DatedBase"}
        for node in classes
        if "__abstract__ = True" not in ast.unparse(node)
        for base in node.bases
    )


def test_the_module_of_all_tables_names_every_file_that_maps_one() -> None:
    mapping = {_module(path) for path in SOURCES if _maps_a_table(path)}
    assert {module.__name__ for module in MODULES} == mapping


def test_every_file_named_tables_is_among_them() -> None:
    named = {_module(path) for path in SOURCES if path.name == "tables.py"} - {"migrations.tables"}
    assert named <= {module.__name__ for module in MODULES}


def test_every_foreign_key_finds_its_table() -> None:
    assert len(Base.metadata.sorted_tables) == len(Base.metadata.tables)


@pytest.mark.parametrize("module", PROCESSES)
def test_a_fresh_process_knows_every_table_before_it_opens_the_database(module: str, fresh: FreshProcesses) -> None:
    program = f"import json, {module}; from core.db import Base; print(json.dumps(sorted(Base.metadata.tables)))"
    assert json.loads(fresh.program(program).said) == sorted(Base.metadata.tables)


def test_every_command_that_opens_the_database_prepares_it_with_the_migrations() -> None:
    opening = [path for path in SOURCES if "Database(" in path.read_text() and path.parts[-2] != "db"]
    commands = [path for path in opening if _module(path).startswith("cli.")]
    assert commands
    assert [_module(path) for path in commands if "from migrations.run import move_to" not in path.read_text()] == []
