"""Remarks on a delivery have their Chinese: every one that the readers of files can make."""

from __future__ import annotations

import ast
import re
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from presentation.words.remarks import remark_in

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
SOURCES = (
    *sorted((ROOT / "grids/boundaries/files").glob("*.py")),
    ROOT / "grids/boundaries/operations/imports.py",
    ROOT / "core/personal/columns.py",
)
CHINESE = re.compile("[\u4e00-\u9fff]")
#: Functions that return remarks rather than add them to a list.
RETURNING = {
    "with_people_kept", "told_of_people", "conversion_remarks", "system_of", "remarks", "_mended", "_add_unit_remarks",
    "of_shapefile",
}  # fmt: skip


def said(node: ast.AST) -> str | None:
    """Return a text with an example for each of its values; None for what is no text."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "a1" for part in node.values)
    return None


def remarks_of(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("remarks.append"):
            yield from filter(None, map(said, node.args))
        elif isinstance(node, ast.FunctionDef) and node.name in RETURNING:
            texts = (said(part) for part in ast.walk(node) if isinstance(part, ast.JoinedStr))
            yield from (text for text in texts if text and len(text.split()) > 3)


REMARKS = sorted(set(chain.from_iterable(map(remarks_of, SOURCES))))
#: Parts of a remark, and forms of which every value is only known when it is made.
PARTS = (
    "a1 says a1",
    " and a1 more",
    "column 'a1'a1",
    "a1: a1",
    "mended: a1 a1 (a1)",
    "derived: a1, put together by a1",
)


@pytest.mark.parametrize("remark", [one for one in REMARKS if not one.startswith(PARTS)])
def test_each_remark_has_its_chinese(remark: str) -> None:
    assert CHINESE.search(remark_in(remark, "zh")), remark
    assert remark_in(remark, "en") == remark


def test_a_remark_keeps_its_values_and_the_name_of_its_file() -> None:
    mended = "mended: 12 outlines have necks or holes narrower than the 1 cm that is stored; these were closed (a, b)"
    for remark, chinese in {
        "grids: text read as gb18030": "grids：文字按 gb18030 读取",
        "column '电话' is about people and in none of the files: kept as it was": (
            "“电话”列涉及个人信息，各文件均无此列：保留原值"
        ),
        f"街道: {mended}": "街道：已修补：12 个轮廓有窄于存储精度 1 厘米的颈部或孔洞，已闭合（a, b）",
        "derived: 3 areas of level street from 9 of level grid, put together by column 'jd'": (
            "已合成 street 层区域 3 个，来自 grid 层 9 个，依据：column 'jd'"
        ),
        "column 'x' holds lists or objects, which are left out": "“x”列为列表或对象，未读取",
        "what nobody has put into words": "what nobody has put into words",
    }.items():
        assert remark_in(remark, "zh") == chinese
