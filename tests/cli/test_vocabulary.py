"""One word for one thing over all commands: what an option of another name would be called is held here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer

from cli import app

if TYPE_CHECKING:
    from collections.abc import Iterator

REPLACED = {
    "--to": "--output",
    "--out": "--output",
    "--effective": "--effective-at",
    "--lang": "--language",
    "--author": "--actor",
    "--field": "--map",
    "--column": "--map",
}
"""Words that no command may use, with the word that stands for the same thing."""


def commands(command: Any, name: str = "wangge") -> Iterator[tuple[str, Any]]:
    inside = getattr(command, "commands", None)
    if inside is None:
        yield name, command
        return
    for word, below in inside.items():
        yield from commands(below, f"{name} {word}")


def test_no_command_has_another_word_for_the_same_option() -> None:
    options = [
        (name, word)
        for name, command in commands(typer.main.get_command(app))
        for parameter in command.params
        for word in (*parameter.opts, *parameter.secondary_opts)
    ]
    assert len(options) > 100
    assert [f"{name} {word}: say {REPLACED[word]}" for name, word in options if word in REPLACED] == []


LISTS = ("list", "releases", "holders", "drafts", "lineage", "handovers", "topics", "wordings", "failures")
WITHOUT_JSON = {"wangge hotspots policy list", "wangge hotspots holidays list"}
"""Lists that are no rows of one kind."""


def test_every_list_can_be_read_by_programs() -> None:
    lists = [(name, command) for name, command in commands(typer.main.get_command(app)) if name.split()[-1] in LISTS]
    assert len(lists) > 20
    without = {name for name, command in lists if "--json" not in {word for p in command.params for word in p.opts}}
    assert without == WITHOUT_JSON


SAME_MEANING = {
    "--output": ("-o", None),
    "--layer": ("-l", None),
    "--map": ("-m", "MEANING=COLUMN"),
    "--json": (None, None),
}


def test_an_option_has_one_short_form_and_one_metavar() -> None:
    for name, command in commands(typer.main.get_command(app)):
        for parameter in command.params:
            for word, (short, metavar) in SAME_MEANING.items():
                if word not in parameter.opts:
                    continue
                others = set(parameter.opts) - {word}
                assert others <= {short}, f"{name}: {others}"
                if metavar is not None:
                    assert parameter.metavar == metavar, name
