"""Reads the commands that a page prints in its fenced blocks, and runs them as a reader would type them.

A block whose lines begin with `$ ` shows a session: those lines are commands, the others what was printed. In other
blocks without a language, or with `sh`, every line is a command; a line that ends with a backslash, or inside a
quotation, goes on in the next. A block of another language (`text`, `python`, `json`) holds no commands.

`wangge` runs in this process on the database given; everything else in bash, where http://127.0.0.1:8000 is the service
that the test started. `wangge keys create liu` puts the key into $LIU, `wangge triage list` the numbers that it prints
into $FIRST, $SECOND, $THIRD, and what a service answers the first number in it into $FIRST.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
from dataclasses import dataclass, field
from string import Template
from typing import TYPE_CHECKING

from typer.testing import CliRunner

from cli import app

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SERVICE = "http://127.0.0.1:8000"
_BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_NUMBER = re.compile(r"\bSJ\d{8,}-\d\b")
# A page's curl fails where the service refuses: what is printed has to work.
_CURL = 'curl() { command curl --fail-with-body --silent --show-error --noproxy "*" "$@"; }\n'


def commands_of(page: Path) -> list[str]:
    """Return the commands of a page, in order, each on one line."""
    found: list[str] = []
    for language, block in _BLOCK.findall(page.read_text(encoding="utf-8")):
        if language not in {"", "sh"}:
            continue
        lines = block.splitlines()
        session = any(line.startswith("$ ") for line in lines)
        found += _joined(lines, session=session)
    return found


def _joined(lines: list[str], *, session: bool) -> Iterator[str]:
    left = iter(lines)
    for line in left:
        if session and not line.startswith("$ "):
            continue
        command = line.removeprefix("$ ")
        while command.endswith("\\") or not _is_whole(command):
            command = command.removesuffix("\\").rstrip() + ("\n" if not command.endswith("\\") else " ") + next(left)
        if shlex.split(command, comments=True):
            yield command


def _is_whole(command: str) -> bool:
    try:
        shlex.split(command, comments=True)
    except ValueError:
        return False
    return True


@dataclass(slots=True)
class Reader:
    """Somebody who types what a page prints: a folder, a database, a service, and the variables set so far."""

    folder: Path
    database_url: str
    service: str = SERVICE
    variables: dict[str, str] = field(default_factory=dict)

    def type(self, command: str) -> tuple[int, str]:
        """Run one command; returns its exit code and all that it printed."""
        words = shlex.split(command, comments=True)
        if words[0] in {"wangge", "./wangge"}:
            return self._wangge([Template(word).substitute(self.variables) for word in words[1:]])
        if words[0] == "export":
            name, _, value = words[1].partition("=")
            self.variables[name] = Template(value).substitute(self.variables)
            return 0, ""
        set_here = re.fullmatch(r"([A-Z]+)=(\$\(.*\))", command, re.DOTALL)
        code, said = self._bash(command if set_here is None else f"echo {set_here[2]}")
        numbers = _NUMBER.findall(said)
        if numbers:
            self.variables["FIRST"] = numbers[0]
        if set_here is not None:
            self.variables[set_here[1]] = said.strip()
        return code, said

    def _wangge(self, words: list[str]) -> tuple[int, str]:
        environment = {"DATABASE_URL": self.database_url, "COLUMNS": "200", **self.variables}
        result = CliRunner(env=environment).invoke(app, words)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            return 1, f"{result.output}\n{result.exception!r}"
        if words[:2] == ["keys", "create"]:
            self.variables[words[2].upper().replace("-", "_")] = re.findall(r"^wg_\S+$", result.output, re.MULTILINE)[0]
        if words[:2] == ["triage", "list"]:
            self.variables |= dict(zip(("FIRST", "SECOND", "THIRD"), _NUMBER.findall(result.output), strict=False))
        return result.exit_code, result.output

    def _bash(self, command: str) -> tuple[int, str]:
        done = subprocess.run(
            ["bash", "-c", _CURL + command.replace(SERVICE, self.service)],
            cwd=self.folder,
            env={"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "DATABASE_URL": self.database_url, **self.variables},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        return done.returncode, done.stdout + done.stderr
