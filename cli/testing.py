"""`test` and `lint`: the whole suite on a real PostGIS, and the linters."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import typer

from cli.cluster import console, provide
from core.settings import PROJECT_ROOT

BIN = Path(sys.executable).parent
# Who has nothing left takes half of what the other still has: neither waits, and modules stay together.
PARALLEL = ("-n", "2", "--dist", "worksteal")


def test(context: typer.Context) -> None:
    """Run the whole suite on a real PostGIS; words after `test` go to pytest.

    Example: [bold]wangge test[/]   or   [bold]wangge test tests/geo -k datum[/]
    """
    words = context.args
    fetched = subprocess.run(["/bin/sh", PROJECT_ROOT / "tests/datasets/fetch.sh", sys.executable], check=False)  # noqa: S603
    if fetched.returncode:
        console.print("[yellow]the public boundary layers could not be fetched: their tests will be skipped[/]")
    with provide(name="pg-test", durable=False, database="wangge_test") as url:
        # A console reads its width once, when it is made: the tests' tables are as wide as a person's.
        environment = os.environ | {"DATABASE_URL": url, "COLUMNS": "200"}
        parallel = [] if any(w.startswith(("-n", "-p", "--pdb", "-s")) for w in words) or words else PARALLEL
        code = subprocess.run(  # noqa: S603
            [sys.executable, "-m", "pytest", *parallel, *words],
            cwd=PROJECT_ROOT,
            env=environment,
            check=False,
        ).returncode
    raise typer.Exit(code)


def lint() -> None:
    """Run ruff, mypy and import-linter.

    Example: [bold]wangge lint[/]
    """
    commands = (["ruff", "check", "."], ["ruff", "format", "--check", "."], ["mypy"], ["lint-imports"])
    codes = [subprocess.run([BIN / c[0], *c[1:]], cwd=PROJECT_ROOT, check=False).returncode for c in commands]  # noqa: S603
    raise typer.Exit(max(codes))
