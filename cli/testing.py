"""`test` and `lint`: the whole suite on a real PostGIS, and the linters."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Final

import typer

from cli import node
from cli.cluster import console, provide
from cli.stopping import Stopped, held, stoppable
from core.settings import PROJECT_ROOT

BIN = Path(sys.executable).parent
# One more than there are processors, as a test often waits for the database or a process beside it. Who has nothing
# left takes half of what another still has: none waits, and modules stay together.
PARALLEL = ("-n", str(len(os.sched_getaffinity(0)) + 1), "--dist", "worksteal")
FETCHED: Final = {
    "tests/datasets/fetch.sh": "the public boundary layers",
    "tests/clients/fetch.sh": "the generator of Python clients",
}
USE_THE_CONSOLE: Final = ("tests/web", "tests/clients")
"""Tests for which the console is built, where others are named it is not."""
PATIENCE_S: Final = 60.0
"""Seconds that a stopped suite may take to tear down."""


def test(context: typer.Context) -> None:
    """Run the whole suite on a real PostGIS; words after `test` go to pytest.

    Example: [bold]wangge test[/]   or   [bold]wangge test tests/geo -k datum[/]
    """
    with stoppable(although_ignored=True):
        _test(context.args)


def _test(words: list[str]) -> None:
    for script, words_for_it in FETCHED.items():
        fetched = subprocess.run(["/bin/sh", PROJECT_ROOT / script, sys.executable], check=False)  # noqa: S603
        if fetched.returncode:
            console.print(f"[yellow]{words_for_it} could not be fetched: their tests will be skipped[/]")
    named = [word for word in words if word.startswith("tests")]
    if not named or any(word.startswith(USE_THE_CONSOLE) for word in named):
        try:
            node.set_up(with_tests=True)
        except node.ConsoleToolsMissingError as error:
            console.print(f"[yellow]the console could not be built, its tests will be skipped: {error}[/]")
    with provide(name="pg-test", durable=False, database="wangge_test") as url:
        # A console reads its width once, when it is made: the tests' tables are as wide as a person's.
        environment = os.environ | {"DATABASE_URL": url, "COLUMNS": "200"}
        parallel = [] if any(w.startswith(("-n", "-p", "--pdb", "-s")) for w in words) or words else PARALLEL
        code = _run_to_its_end([sys.executable, "-m", "pytest", *parallel, *words], environment)
    raise typer.Exit(code)


def _run_to_its_end(command: list[str], environment: dict[str, str]) -> int:
    """Run pytest; when the command is stopped, let it tear down its servers and databases before it ends."""
    process: subprocess.Popen[bytes] | None = None
    try:
        with held():
            process = subprocess.Popen(command, cwd=PROJECT_ROOT, env=environment)  # noqa: S603
        return process.wait()
    except Stopped as told:
        with held():
            if process is not None:
                # Ctrl-C reaches all that runs in the terminal; a second SIGINT would break the teardown off.
                if not (told.number == signal.SIGINT and sys.stdin.isatty()):
                    process.send_signal(signal.SIGINT)
                try:
                    process.wait(timeout=PATIENCE_S)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()
        raise


def lint() -> None:
    """Run ruff, mypy and import-linter; on the console, ESLint and vue-tsc.

    Example: [bold]wangge lint[/]
    """
    commands = (["ruff", "check", "."], ["ruff", "format", "--check", "."], ["mypy"], ["lint-imports"])
    on_console = (
        ["node_modules/eslint/bin/eslint.js", "--max-warnings", "0", "."],
        ["node_modules/vue-tsc/bin/vue-tsc.js", "--noEmit", "-p", "tsconfig.json"],
    )
    node.install(with_tests=True)
    codes = [subprocess.run([BIN / c[0], *c[1:]], cwd=PROJECT_ROOT, check=False).returncode for c in commands]  # noqa: S603
    codes += [node.run_node(words) for words in on_console]
    raise typer.Exit(max(codes))
