"""What the demonstration prints can be read in a terminal of 80 columns."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path
from typing import Any

from rich.console import Console

from cli.demo.flagging import Flagged
from cli.demo.summary import print_hotspots, print_keys


def cluster(method: str, adjusted_p: float, first: str = "2025-06-01", last: str = "2025-06-30") -> dict[str, Any]:
    return {
        "method": method, "category": "机动车乱停放", "areas": ["410106001004006"], "significant": True,
        "adjusted_p": adjusted_p, "observed": 152, "expected": 13.75, "first": first, "last": last,
    }  # fmt: skip


def printed(*clusters: dict[str, Any]) -> str:
    code = "410106001004006"
    above = [code[:6], code[:9], code[:12]]
    result = {
        "clusters": list(clusters),
        "areas": [{"code": code, "above": above}],
        "names": {code: "淮北社区06号网格", code[:12]: "淮北社区", code[:9]: "济源路街道", code[:6]: "上街区"},
        "units": [{"gi": 1}, {"gi": 0}, {}],
        "warnings": [{}],
        "input": {"repeat_calls": 484},
    }
    console = Console(file=io.StringIO(), width=80)
    print_hotspots(console, [Flagged(2, date(2025, 6, 1), result)])
    return console.file.getvalue()  # type: ignore[attr-defined, no-any-return]


def test_a_matter_that_several_tests_found_is_one_row_and_fits_into_80_columns() -> None:
    words = printed(
        cluster("concentration", 2e-16),
        cluster("population", 1e-9),
        cluster("scan", 0.0123, "2025-06-09", "2025-06-22"),
    )
    rows = [line for line in words.splitlines() if "机动车乱停放" in line]
    assert len(rows) == 1
    assert "济源路街道淮北社区" in rows[0]
    assert "06-09–06-22" in rows[0], "a burst has its own days"
    assert rows[0].split()[-4:] == ["152", "13.8", "<", "0.0001"]
    assert "…" not in words


def test_what_one_scan_found_keeps_its_p() -> None:
    assert "0.0123" in printed(cluster("scan", 0.0123))


def test_the_keys_are_named_by_what_people_do_with_them() -> None:
    console = Console(file=io.StringIO(), width=80)
    print_keys(console, Path("keys.json"), ["12345", "planner", "gis-editor"])
    words = console.file.getvalue()  # type: ignore[attr-defined]
    assert "planner, gis-editor: keys.json" in words
    assert "12345" not in words
