"""One word for one thing, as an office writes it: what pages and notices no longer say."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.factories import pages

# A report is 上报, its category 类别, what is followed 热点事项 (or 事项 in its own table).
UNNATURAL = [
    "把握", "与谁比", "往期预期", "同长时段", "群众诉求", "界线进来", "离界", "各自应有", "停在某一段", "未再出现",
    "某类事项", "各类事项", "同类事项", "易手", "改名改属", "得地最多", "没有责任单位的得失", "相邻同动", "上级随动",
    "内存应答", "到点生效", "暗自", "来件", "该段显著", "件案件",
]  # fmt: skip
# Every catalogue of pages, prints, problems, commands and the console.
CATALOGUES = sorted(
    [
        *(file for folder in ("presentation/words", "cli/words", "grids") for file in Path(folder).rglob("zh.py")),
        *Path("web/src/words/zh").glob("*.ts"),
    ]
)


def read(words: str) -> list[str]:
    return [one for one in UNNATURAL if one in words]


@pytest.mark.parametrize("name", ["hotspots", "impact", "redesign", "disputes", "board", "notice", "start"])
def test_pages_are_worded_as_an_office_does(name: str) -> None:
    assert read(pages.PAGES[name]().decode()) == []


@pytest.mark.parametrize("path", CATALOGUES, ids=str)
def test_catalogues_are_worded_as_an_office_does(path: Path) -> None:
    assert len(CATALOGUES) > 10
    assert [line for line in path.read_text(encoding="utf-8").splitlines() if read(line)] == []


def test_the_readme_and_guides_are_worded_as_an_office_does() -> None:
    for path in [Path("README.zh-CN.md"), *Path("docs/guides").glob("*.md")]:
        text = "".join(re.findall(r"[\u4e00-\u9fff，。：；]+", path.read_text(encoding="utf-8")))
        assert read(text) == [], path
