"""A test that is skipped is counted at the end of the run, with what it misses."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from tests import missing

TESTS = Path(__file__).parents[1]
SKIPS = re.compile(r"pytest\.skip\(|mark\.skip|importorskip")
SUITE = """
import pytest
from tests import missing

@pytest.mark.parametrize("number", range(3))
def test_layer(number, tmp_path):
    missing.layer(tmp_path / "none.geojson")

@pytest.mark.skipif(True, reason=missing.GDAL)
def test_program():
    pass

def test_runs():
    pass
"""


def test_a_test_is_skipped_only_for_what_is_named_in_one_place() -> None:
    own = {TESTS / "missing.py", Path(__file__)}
    assert [p.name for p in TESTS.rglob("*.py") if p not in own and SKIPS.search(p.read_text())] == []


def test_the_end_of_a_run_counts_the_skipped_tests_and_names_what_they_miss(tmp_path: Path) -> None:
    assert "\npytest_terminal_summary = missing.tell\n" in (TESTS / "conftest.py").read_text()
    (tmp_path / "conftest.py").write_text("from tests.missing import tell as pytest_terminal_summary\n")
    (tmp_path / "test_it.py").write_text(SUITE)
    # Of the plugins that are installed only the one in question is loaded: all of them take seconds.
    environment = os.environ | {"PYTHONPATH": str(TESTS.parent), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    for parallel in ([], ["-p", "xdist", "-n", "1"]):
        words = [sys.executable, "-m", "pytest", "-q", "-c", "/dev/null", "--rootdir", ".", *parallel, "."]
        done = subprocess.run(
            words, cwd=tmp_path, env=environment, capture_output=True, text=True,
            timeout=120, check=False,
        )  # fmt: skip
        assert "tests that did not run, as something is missing: 4" in done.stdout, done.stdout + done.stderr
        assert f"    3  {missing.LAYERS}\n    1  {missing.GDAL}\n" in done.stdout
        assert "1 passed, 4 skipped" in done.stdout
