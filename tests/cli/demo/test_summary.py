"""What the demonstration prints can be read in a terminal of 80 columns."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from cli.demo.flagging import Flagged
from cli.demo.summary import print_hotspots, print_keys
from governance.hotspots.catalogue import HotspotMethod
from governance.hotspots.result_format.model import Area
from tests.factories.hotspot_results import cluster, result

if TYPE_CHECKING:
    from governance.hotspots.result_format.model import Cluster


CODE = "410106001004006"


def found(
    method: HotspotMethod,
    adjusted_p: float,
    first: date = date(2025, 6, 1),
    last: date = date(2025, 6, 30),
) -> Cluster:
    return cluster(
        method, category="机动车乱停放", areas=[CODE], adjusted_p=adjusted_p, observed=152, expected=13.75, first=first,
        last=last,
    )  # fmt: skip


def printed(*clusters: Cluster) -> str:
    run = result(
        clusters=list(clusters),
        areas=[Area(code=CODE, above=[CODE[:6], CODE[:9], CODE[:12]])],
        names={CODE: "淮北社区06号网格", CODE[:12]: "淮北社区", CODE[:9]: "济源路街道", CODE[:6]: "上街区"},
        units=[],
    )
    console = Console(file=io.StringIO(), width=80)
    print_hotspots(console, [Flagged(2, date(2025, 6, 1), run)])
    return console.file.getvalue()  # type: ignore[attr-defined, no-any-return]


def test_a_matter_that_several_tests_found_is_one_row_and_fits_into_80_columns() -> None:
    words = printed(
        found(HotspotMethod.CONCENTRATION, 2e-16),
        found(HotspotMethod.POPULATION, 1e-9),
        found(HotspotMethod.SCAN, 0.0123, date(2025, 6, 9), date(2025, 6, 22)),
    )
    rows = [line for line in words.splitlines() if "机动车乱停放" in line]
    assert len(rows) == 1
    assert "济源路街道淮北社区" in rows[0]
    assert "06-01–06-30" in rows[0], "the days are those of the test whose counts stand beside them"
    assert rows[0].split()[-4:] == ["152", "13.8", "<", "0.0001"]
    assert "…" not in words


def test_what_one_scan_found_keeps_its_p() -> None:
    assert "0.0123" in printed(found(HotspotMethod.SCAN, 0.0123))


def test_the_keys_are_named_by_what_people_do_with_them() -> None:
    console = Console(file=io.StringIO(), width=80)
    print_keys(console, Path("keys.json"), ["12345", "planner", "gis-editor"])
    words = console.file.getvalue()  # type: ignore[attr-defined]
    assert "planner, gis-editor: keys.json" in words
    assert "12345" not in words
