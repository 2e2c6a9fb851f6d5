"""How commands show long work: on a terminal a line that moves, otherwise a plain line every few seconds, on stderr."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from cli.cluster import console
from cli.stopping import Stopped
from core import progress
from core.errors import Detail
from presentation.words.details import in_language

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import Console

_EVERY_S: Final = 5.0
# The subject is a file, or a level of the layer.
STEPS: Final = {
    "reading": "reading {subject}",
    "edges": "checking the edges of level {subject}",
    "overlaps": "checking overlaps of level {subject}",
    "nesting": "comparing level {subject} with its parents",
    "gaps": "looking for gaps of level {subject}",
}


@contextmanager
def shown(language: str, screen: Console = console) -> Iterator[None]:
    """Show the progress of the block's work; after a stop, print that nothing was changed."""
    view = _Bar(screen, language) if screen.is_terminal else _Lines(screen, language)
    try:
        with view.open(), progress.shown_by(view.show):
            yield
    except (Stopped, KeyboardInterrupt):
        screen.print(in_language(Detail("stopped: nothing was changed"), language))
        raise


def _words(step: progress.Step, language: str) -> str:
    return in_language(Detail(STEPS[step.code], {"subject": step.subject}), language)


class _Bar:
    def __init__(self, screen: Console, language: str) -> None:
        columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
        self._progress = Progress(*columns, TimeElapsedColumn(), console=screen, transient=True)
        self._language = language
        self._task = self._progress.add_task("", total=None)

    @contextmanager
    def open(self) -> Iterator[None]:
        with self._progress:
            yield

    def show(self, step: progress.Step) -> None:
        self._progress.update(
            self._task, description=_words(step, self._language), completed=step.done, total=step.of or None
        )


class _Lines:
    def __init__(self, screen: Console, language: str) -> None:
        self._screen, self._language = screen, language
        self._started = self._last = time.monotonic()

    @contextmanager
    def open(self) -> Iterator[None]:
        yield

    def show(self, step: progress.Step) -> None:
        now = time.monotonic()
        if now - self._last < _EVERY_S:
            return
        self._last = now
        parts = f" {step.done:,}/{step.of:,}" if step.of else ""
        words = f"{now - self._started:.0f} s  {_words(step, self._language)}{parts}"
        self._screen.print(words, highlight=False, markup=False, soft_wrap=True)
