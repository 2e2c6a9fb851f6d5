"""What commands print: no word is lost, an error says what is wrong before it says what to do."""

from __future__ import annotations

import datetime as dt
import io
import json
from typing import TYPE_CHECKING

from rich.console import Console

from cli.printing import Listing, Table, print_error
from cli.refusals import refusal
from core.errors import DomainError
from grids.boundaries.errors import LayerNotFoundError

if TYPE_CHECKING:
    import pytest


def console(width: int = 80) -> Console:
    return Console(file=io.StringIO(), width=width)


def printed(out: Console) -> str:
    words: str = out.file.getvalue()  # type: ignore[attr-defined]
    return words


def test_a_cell_that_is_too_long_goes_on_in_the_next_line() -> None:
    out = console(30)
    table = Table("name", "why")
    table.add_row("demo-digital-urban-management", "地址文字只到方顶村内，精度约六百八十二米")
    out.print(table)
    words = printed(out)
    assert "…" not in words
    letters = "".join(c for c in words if c.isalnum() or c == "-")
    assert all(c in letters for c in "demo-digital-urban-management地址文字只到方顶村内精度约六百八十二米")


def test_an_error_says_what_is_wrong_and_then_what_to_do() -> None:
    out = console(200)
    print_error(LayerNotFoundError("There is no layer 'x'."), out)
    assert printed(out).splitlines() == ["There is no layer 'x'.", LayerNotFoundError().title]


def test_an_error_is_in_chinese_for_who_asks_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    out = console(200)
    print_error(LayerNotFoundError("There is no layer '{code}'.", values={"code": "x"}), out, "zh")
    assert printed(out).splitlines() == [
        "没有图层“x”。",
        "没有这个图层。GET /v1/layers（或 `wangge layers list`）列出全部图层。",
    ]
    only_title = console(200)
    print_error(LayerNotFoundError(), only_title, "zh")
    assert printed(only_title).splitlines()[0].startswith("没有这个图层。")
    monkeypatch.setattr("sys.argv", ["wangge", "layers", "--language", "zh"])
    assert refusal("give one folder, or files").message == "请给出一个文件夹或若干文件"


def test_an_error_says_nothing_twice() -> None:
    class TwiceError(DomainError):
        """The output exists. Name another."""

    for detail in (None, "a.csv exists. Name another with --output."):
        out = console(200)
        print_error(TwiceError(detail), out)
        assert len(printed(out).splitlines()) == 1


def test_brackets_in_an_error_are_text() -> None:
    out = console(200)
    print_error(DomainError("There is no file [red]x[/]."), out)
    assert "[red]x[/]" in printed(out)


def test_a_list_is_a_table_for_people_and_one_object_a_line_for_programs() -> None:
    rows = Listing(id="no.", name="name", since="since", roles="roles", title_="title")
    at = dt.datetime(2026, 12, 1, tzinfo=dt.UTC)
    rows.add(1200, "刘[洋]", at, ["viewer", "planner"], None, shown={"id": "1,200"})
    out = console(100)
    rows.print(as_json=False, out=out)
    assert "│ 1,200 │ 刘[洋] │ 2026-12-01 08:00:00+08:00 │ viewer, planner │       │" in printed(out)
    out = console(20)
    rows.print(as_json=True, out=out)
    row = {
        "id": 1200,
        "name": "刘[洋]",
        "since": "2026-12-01T00:00:00+00:00",
        "roles": ["viewer", "planner"],
        "title": None,
    }
    assert json.loads(printed(out)) == row
