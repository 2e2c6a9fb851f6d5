"""PyPI's ogctests, a checker of OGC API – Features by others: its core passes but for tests that demand other parts."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest

from tests.missing import OGCTESTS_PYTHON, needs_ogctests

if TYPE_CHECKING:
    from pathlib import Path

    from tests.api.ogc.conftest import Served

RUN = "import sys; from ogctests.main import run_ogctests; run_ogctests(sys.argv[1], sys.argv[2], sys.argv[3:])"
OTHER_PARTS: dict[str, set[str]] = {"features/core": set()}
"""Tests that may fail as they demand what is not claimed: none. (Its filtering part checks a draft of Part 3.)"""


@needs_ogctests
@pytest.mark.parametrize("scope", OTHER_PARTS)
def test_ogctests_finds_nothing_but_what_is_not_claimed(served: Served, scope: str, tmp_path: Path) -> None:
    report = tmp_path / "report.xml"
    own = tmp_path / "pytest.ini"  # not this project's, which makes of every warning a failure
    own.write_text("[pytest]\n")
    flags = ["-q", "-c", str(own), "-p", "no:cacheprovider", f"--junitxml={report}"]
    done = subprocess.run(
        [str(OGCTESTS_PYTHON), "-c", RUN, scope, f"{served.url}/ogc", *flags],
        env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1"}, cwd=tmp_path, capture_output=True, text=True, timeout=300,
        check=False,
    )  # fmt: skip
    assert report.exists(), done.stderr
    cases = list(ET.parse(report).iter("testcase"))  # noqa: S314 (pytest wrote it)
    failed = {case.get("name") for case in cases if case.find("failure") is not None or case.find("error") is not None}
    assert len(cases) > 20, done.stdout
    assert failed == OTHER_PARTS[scope], done.stdout[-3000:]
