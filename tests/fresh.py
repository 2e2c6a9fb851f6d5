"""Programs in processes that have imported nothing of ours: what lives on what another imported fails there."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


@dataclass(frozen=True, slots=True)
class Ended:
    """How a program ended, and what it wrote to both of its streams."""

    code: int
    said: str


class FreshProcesses:
    """Runs programs one by one, each in a process of its own (tests/fork_server.py)."""

    def __init__(self, asked: IO[str], answered: IO[str]) -> None:
        self._asked, self._answered = asked, answered

    def command(self, words: list[str], **environment: str) -> Ended:
        """Run a command of `wangge`."""
        return self._run({"words": words}, environment)

    def program(self, program: str, **environment: str) -> Ended:
        """Run lines of Python."""
        return self._run({"program": program}, environment)

    def _run(self, asked: dict[str, Any], environment: Mapping[str, str]) -> Ended:
        print(json.dumps(asked | {"environment": environment}), file=self._asked, flush=True)
        return Ended(**json.loads(self._answered.readline()))


@contextmanager
def fresh_processes() -> Iterator[FreshProcesses]:
    """Start the process that the programs are forked from; it ends with the block."""
    script = Path(__file__).with_name("fork_server.py")
    with subprocess.Popen(
        [sys.executable, script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=script.parents[1], text=True
    ) as server:
        assert server.stdin is not None
        assert server.stdout is not None
        yield FreshProcesses(server.stdin, server.stdout)
        server.stdin.close()
