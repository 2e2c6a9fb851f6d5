"""What commands print of what they did has its Chinese: each text that a command gives to print or echo."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cli.lines import CATALOGUE, Console, line_in

if TYPE_CHECKING:
    from collections.abc import Iterator

CLI = Path(__file__).resolve().parents[2] / "cli"
CHINESE = re.compile("[\u4e00-\u9fff]")
MARKUP = re.compile(r"\[/?[a-z_ ]*\]")
#: What is no sentence: an address, a file with its size, names of programs.
NO_SENTENCE = ("{}/sign-in#token={}", "{}  {} bytes", "wangge {}", "the console is built: {}")


def said(node: ast.expr) -> str | None:
    """Return a text with {} for each of its values; None for what is no text."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)
    return None


def lines_of(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if not (isinstance(node, ast.Call) and node.args and ast.unparse(node.func).endswith((".print", ".echo"))):
            continue
        first = node.args[0]
        for one in (first.body, first.orelse) if isinstance(first, ast.IfExp) else (first,):
            line = said(one)
            if line is not None and re.search("[A-Za-z]{3}", MARKUP.sub("", line.replace("{}", ""))):
                yield line


LINES = {line: path.name for path in sorted(CLI.rglob("*.py")) for line in lines_of(path) if line not in NO_SENTENCE}


def test_each_line_that_commands_print_has_its_chinese() -> None:
    assert len(LINES) > 200
    without = [f"{LINES[line]}: {line}" for line in LINES if not CHINESE.search(line_in(line.replace("{}", "7"), "zh"))]
    assert without == []


def test_the_catalogue_holds_no_line_that_nobody_prints() -> None:
    printed = {re.sub("{}", "{_}", line) for line in LINES}
    kept = {re.sub(r"\{\w+\}", "{_}", english) for english in CATALOGUE.sentences("zh") if "{" in english}
    assert kept - printed == set()


@pytest.mark.parametrize(
    ("line", "chinese"),
    [
        ("grant [bold]7[/]: 王静 is leader in all areas", "授权 [bold]7[/]：王静 在 全部区域 任 leader"),
        ("ended 1 session of [bold]王静[/]", "已结束 [bold]王静[/] 的 1 个会话"),
        ("case [bold]A-1[/] is accepted, unit none", "案件 [bold]A-1[/]：accepted，单位 无"),
        ("… and 1,203 more", "… 另有 1,203 项"),
        ("路灯不亮", "路灯不亮"),
    ],
)
def test_a_line_keeps_its_values_in_chinese(line: str, chinese: str) -> None:
    assert line_in(line, "zh") == chinese
    assert line_in(line, "en") == line


def test_the_console_prints_in_the_language_of_the_terminal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for locale, printed in (("zh_CN.UTF-8", "已停止\n"), ("C", "stopped\n")):
        monkeypatch.setenv("LC_ALL", locale)
        Console().print("stopped")
        assert capsys.readouterr().out == printed
