"""The planner's guide lists every method and every parameter as the code has them."""

from __future__ import annotations

from pathlib import Path

from governance.hotspots.catalogue import HotspotMethod
from governance.hotspots.study.parameters import described
from presentation.words.hotspots import method_label, method_words, sentence_of

GUIDE = Path(__file__).resolve().parents[4] / "docs" / "guides" / "planner.md"


def method_table() -> str:
    rows = [
        f"| `{method}` | {method_label(method)} | "
        f"{method_words(method, 'asks', 'en')} | {method_words(method, 'tests', 'en')} |"
        for method in HotspotMethod
    ]
    return "\n".join(["| Method | On the map | Asks | Tests? |", "|---|---|---|---|", *rows]).replace("*", r"\*")


def parameter_table() -> str:
    rows = []
    for one in described():
        allowed = ", ".join(f"`{c}`" for c in one["choices"]) if one["choices"] else ""
        if one["minimum"] is not None:
            allowed = f"{one['minimum']:,} to {one['maximum']:,}"
        rows.append(
            f"| `{one['name']}` | `{one['default']}` | {allowed} | {sentence_of('parameter/' + one['name'], 'en')} |"
        )
    return "\n".join(["| Parameter | Default | Range | What it is |", "|---|---|---|---|", *rows])


def test_the_guide_lists_every_method() -> None:
    assert method_table() in GUIDE.read_text(encoding="utf-8")


def test_the_guide_lists_every_parameter() -> None:
    assert parameter_table() in GUIDE.read_text(encoding="utf-8")
