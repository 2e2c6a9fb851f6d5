"""The example of docs/guides/scan-statistics.md runs, and finds what was planted."""

from __future__ import annotations

from pathlib import Path
from typing import Any

GUIDE = Path(__file__).resolve().parents[3] / "docs" / "guides" / "scan-statistics.md"


def test_the_guides_example_finds_its_cluster() -> None:
    names: dict[str, Any] = {}
    exec(GUIDE.read_text(encoding="utf-8").split("```python")[1].split("```")[0], names)  # noqa: S102 (our own text)
    best = names["best"]
    assert 7 in best.members
    assert best.p_value < 0.05
    assert best.recurrence_interval_days == 1 / best.p_value
