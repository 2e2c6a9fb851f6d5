"""What tests need that not every machine has: one reason for each, so that the end of a run can count and name them.

A test is skipped for nothing else (tests/architecture/test_skips.py).
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections import Counter
from pathlib import Path
from typing import Final, NoReturn

import pytest

from cli import node

LAYERS: Final = "the public boundary layers are not here: sh tests/datasets/fetch.sh gets them, over the network"
GENERATORS: Final = "the generator of Python clients is not here: sh tests/clients/fetch.sh gets them, over the network"
PUBLISHED: Final = "the published hotspot results are not here: WANGGE_SHARED names their folder"
CONSOLE: Final = "the console is not built: npm ci could not fetch its packages, over the network"
OGCTESTS: Final = "ogctests is not here: sh tests/api/ogc/ogctests.sh gets it, over the network"
CHROMIUM: Final = "chromium is not installed: apt-get install chromium"
GDAL: Final = "ogr2ogr is not installed: apt-get install gdal-bin"
QGIS: Final = "QGIS is not installed: apt-get install python3-qgis"
REASONS: Final = (LAYERS, GENERATORS, CONSOLE, PUBLISHED, OGCTESTS, CHROMIUM, GDAL, QGIS)

ROOT = Path(__file__).parents[1]
GENERATORS_DIR = ROOT / ".wangge" / "clients"
OGCTESTS_PYTHON = Path(os.environ.get("WANGGE_OGCTESTS", ROOT / ".wangge" / "ogctests" / "bin" / "python"))
SYSTEM_PYTHON = "/usr/bin/python3"


def skip(reason: str) -> NoReturn:
    """Skip the running test for one of the reasons above."""
    pytest.skip(reason)


def layer(path: Path) -> Path:
    """Return the path of a public layer, or skip the test where it was not fetched."""
    if not path.exists():
        skip(LAYERS)
    return path


def tell(terminalreporter: pytest.TerminalReporter) -> None:
    """Write at the end of a run how many tests did not run, and what each of them misses."""
    reports = terminalreporter.stats.get("skipped", [])
    if not reports:
        return
    counted = Counter(_reason(report) for report in reports)
    terminalreporter.section(f"tests that did not run, as something is missing: {len(reports)}", yellow=True)
    for reason, count in counted.most_common():
        terminalreporter.write_line(f"{count:5}  {reason}")


def _reason(report: pytest.TestReport | pytest.CollectReport) -> str:
    told = report.longrepr
    return (told[2] if isinstance(told, tuple) else str(told)).removeprefix("Skipped: ")


def _has_qgis() -> bool:
    words = [SYSTEM_PYTHON, "-c", "import qgis.core"]
    return Path(SYSTEM_PYTHON).exists() and subprocess.run(words, capture_output=True, check=False).returncode == 0


needs_chromium = pytest.mark.skipif(shutil.which("chromium") is None, reason=CHROMIUM)
needs_gdal = pytest.mark.skipif(shutil.which("ogr2ogr") is None, reason=GDAL)
needs_qgis = pytest.mark.skipif(not _has_qgis(), reason=QGIS)
needs_generators = pytest.mark.skipif(not (GENERATORS_DIR / ".fetched-python_packages").exists(), reason=GENERATORS)
needs_console = pytest.mark.skipif(not (node.is_built() and node.is_installed(with_tests=True)), reason=CONSOLE)
needs_ogctests = pytest.mark.skipif(not OGCTESTS_PYTHON.exists(), reason=OGCTESTS)
