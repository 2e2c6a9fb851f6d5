"""What `--help` says, and what it costs: nothing that computes is loaded for a command that does not compute."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import typer
from typer.testing import CliRunner

from cli import app
from cli.help_language import chinese, translated, tree
from cli.languages import asked_language, users_language

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.fresh import FreshProcesses

ROOT = Path(__file__).resolve().parents[2]
NAMED_BY_THE_README = (
    "demo", "test", "serve", "worker", "migrate", "assign", "boundaries import", "boundaries check",
    "boundaries export", "boundaries releases", "reports import", "hotspots run", "hotspots map", "keys create",
)  # fmt: skip


def commands(command: Any, words: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    below = getattr(command, "commands", None)
    if below is None:
        yield words
        return
    for name, one in below.items():
        yield from commands(one, (*words, name))


ALL = sorted(commands(typer.main.get_command(app)))


def test_every_command_of_the_main_job_is_there() -> None:
    assert {tuple(name.split()) for name in NAMED_BY_THE_README} <= set(ALL)


@pytest.mark.parametrize("words", ALL, ids=" ".join)
def test_each_command_helps_with_an_example(words: tuple[str, ...]) -> None:
    said = CliRunner().invoke(app, [*words, "--help"])
    assert said.exit_code == 0
    assert f"Example: wangge {' '.join(words)}" in said.output


def test_the_version_is_the_project_file_s() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    said = CliRunner().invoke(app, ["--version"])
    assert (said.exit_code, said.output.strip()) == (0, f"wangge {project['version']}")


def test_the_shell_can_complete_commands() -> None:
    said = CliRunner().invoke(app, ["--help"])
    assert "--install-completion" in said.output


def loaded_by(code: str) -> set[str]:
    program = f"{code}\nimport json, sys; print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    return set(json.loads(done.stdout.splitlines()[-1]))


RUN = "import sys; sys.argv = ['wangge', *{}]\ntry:\n    __import__('cli').main()\nexcept SystemExit: pass"


def test_help_loads_neither_database_nor_computation() -> None:
    heavy = {"numpy", "numba", "scipy", "shapely", "pandas", "sqlalchemy", "psycopg", "alembic", "fastapi", "uvicorn"}
    loaded = loaded_by(RUN.format(["--help"]))
    assert {"cli.boundaries", "cli.seats"} <= loaded
    assert heavy.isdisjoint(loaded)


def test_a_command_line_loads_the_module_of_its_own_command_alone() -> None:
    """So `--version` takes 0.3 s of the processor; with all commands it took 1.6."""
    assert {"pydantic", "rich.console", "cli.help_language"}.isdisjoint(loaded_by(RUN.format(["--version"])))
    loaded = loaded_by(RUN.format(["keys", "--help"]))
    assert "cli.keys" in loaded
    assert {"cli.boundaries", "cli.hotspots", "cli.reports", "cli.people", "cli.help_language"}.isdisjoint(loaded)


def test_managing_keys_loads_no_compiler_and_no_web_framework() -> None:
    heavy = {"numba", "scipy.stats", "sklearn", "geopandas", "pandas", "matplotlib", "weasyprint", "fastapi", "uvicorn"}
    assert heavy.isdisjoint(loaded_by("import cli.keys, core.db, identity.keys, geo.datum, migrations.run"))


def test_every_help_text_has_its_chinese_and_no_chinese_is_left_over() -> None:
    sentences, texts = chinese(), set()
    for command in tree(typer.main.get_command(app)):
        paragraphs = (command.help or "").split("\n\n")
        texts |= {" ".join(text.split()) for text in paragraphs if not text.lstrip().startswith("Example:")}
        texts |= {" ".join(told.split()) for p in command.params if (told := getattr(p, "help", None))}
    texts.discard("")
    assert sorted(text for text in texts if translated(text, sentences) is None) == []
    frame = {text for text in sentences if re.fullmatch(r"\w+:?|\[.*\]|One of .*|Show this message and exit\.", text)}
    assert sorted(sentences.keys() - texts - frame) == []
    for english, words in sentences.items():
        for name in re.findall(r"(?<![\w-])--[a-z][a-z-]+", english):
            assert name in words, english


def test_help_is_chinese_where_it_is_asked_for(fresh: FreshProcesses) -> None:
    def help_of(*words: str, lang: str) -> str:
        done = fresh.command([*words], LC_ALL=lang, COLUMNS="200")
        assert done.code == 0, done.said
        return done.said

    chinese_help = help_of("--language", "zh", "boundaries", "check", "--help", lang="C.UTF-8")
    assert "按 `import` 的方式读取并检查" in chinese_help
    assert "不填则不限时" in chinese_help
    assert "示例：wangge boundaries check" in chinese_help
    assert "显示本帮助后退出" in chinese_help
    assert "后台任务" in help_of("partitions", "make", "--help", lang="zh_CN.UTF-8")
    assert "the worker does it each night" in help_of("partitions", "make", "--help", lang="C.UTF-8")


@pytest.mark.parametrize(
    ("words", "language"),
    [
        (["--language", "zh", "--help"], "zh"),
        (["boundaries", "check", "--language=en"], "en"),
        (["keys", "list"], None),
        (["--language"], None),
        ([], None),
        (["--language", "fr"], None),
    ],
)
def test_the_language_of_help_is_read_before_the_commands_are_made(words: list[str], language: str | None) -> None:
    assert asked_language(words) == language


def test_the_language_asked_for_is_that_of_all_a_command_writes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    assert users_language() == "en"
    monkeypatch.setattr("sys.argv", ["wangge", "--language", "zh", "reports", "import", "a.csv"])
    assert users_language() == "zh"


def test_the_shell_completes_commands() -> None:
    asked = {"_WANGGE_COMPLETE": "complete_bash", "COMP_WORDS": "wangge boundaries exp", "COMP_CWORD": "2"}
    done = CliRunner().invoke(app, [], prog_name="wangge", env=asked)
    assert done.output.split() == ["export"]
