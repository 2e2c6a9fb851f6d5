"""Programs in processes that have imported nothing of ours: what lives on what another imported fails there.

Where a test wants a process to be killed or stopped and does not ask what it imports, the process is forked from one
that has loaded the whole service (`FreshProcesses.loaded`): it is there at once.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    import signal
    from collections.abc import Iterator, Mapping


@dataclass(frozen=True, slots=True)
class Ended:
    """How a program ended, and what it wrote to both of its streams."""

    code: int
    said: str


class FreshProcesses:
    """Runs programs, each in a process of its own (tests/fork_server.py)."""

    def __init__(self, asked: IO[str], answered: IO[str]) -> None:
        self._asked, self._answered = asked, answered

    def command(self, words: list[str], **environment: str) -> Ended:
        """Run a command of `wangge`."""
        return Ended(**self.ask({"words": words, "environment": environment}))

    def program(self, program: str, **environment: str) -> Ended:
        """Run lines of Python."""
        return Ended(**self.ask({"program": program, "environment": environment}))

    def start(self, program: str, environment: Mapping[str, str]) -> Staying:
        """Start lines of Python that run beside the test."""
        asked = {"program": program, "environment": environment, "stays": True}
        return Staying(self, self.ask(asked)["process"])

    def ask(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Ask the process that forks; give its answer."""
        print(json.dumps(asked), file=self._asked, flush=True)
        answer: dict[str, Any] = json.loads(self._answered.readline())
        return answer

    @contextmanager
    def loaded(self, *modules: str) -> Iterator[FreshProcesses]:
        """Fork one that has also loaded these modules of ours, and runs programs the same way."""
        with tempfile.TemporaryDirectory() as folder:
            asked, answered = Path(folder, "asked"), Path(folder, "answered")
            os.mkfifo(asked)
            os.mkfifo(answered)
            self.ask({"modules": modules, "asked": str(asked), "answered": str(answered)})
            with asked.open("w", encoding="utf-8") as asking, answered.open(encoding="utf-8") as answers:
                yield FreshProcesses(asking, answers)


class Staying:
    """A process that runs beside the test."""

    def __init__(self, processes: FreshProcesses, pid: int) -> None:
        self._processes, self.pid = processes, pid
        self._code: int | None = None

    def send_signal(self, number: signal.Signals) -> None:
        """Send a signal, unless the process was found to have ended."""
        if self._code is None:
            os.kill(self.pid, number)

    def is_running(self) -> bool:
        """Tell whether the process has not ended."""
        return self._ended(0) is None

    def wait(self, timeout_s: float) -> int:
        """Return the exit code, negative for the signal that ended the process."""
        code = self._ended(timeout_s)
        if code is None:
            raise TimeoutError(f"process {self.pid} runs after {timeout_s} s")
        return code

    def _ended(self, within_s: float) -> int | None:
        if self._code is None:
            self._code = self._processes.ask({"ended": self.pid, "within_s": within_s})["code"]
        return self._code


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
