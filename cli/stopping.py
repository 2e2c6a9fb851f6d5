"""Ending in order: a signal to stop becomes one exception, which waits while something must not be left half done.

A POSIX shell starts what runs in the background with SIGINT ignored, and what a process ignores its children ignore
too. Commands that run until they are stopped therefore listen to SIGINT although it was ignored at their start. What
they start gets the signals' default back, because a signal that is listened to is reset when a program is executed.
"""

from __future__ import annotations

import signal
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

_STOPPING: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stopped(SystemExit):
    """Somebody ended the command: the process ends with 128 plus the signal's number, after every clean-up."""

    def __init__(self, number: int) -> None:
        super().__init__(128 + number)
        self.number = number


class _Held:
    """How many blocks hold signals back, and the first signal that came meanwhile."""

    blocks = 0
    number: int | None = None


def _stop(number: int, _frame: FrameType | None) -> None:
    if number == signal.SIGHUP:  # a terminal that was closed; uvicorn and asyncio listen to SIGTERM alone
        signal.raise_signal(signal.SIGTERM)
    elif _Held.blocks:
        _Held.number = _Held.number or number
    else:
        raise Stopped(number)


@contextmanager
def held() -> Iterator[None]:
    """Hold signals back until the block has ended.

    Raises
    ------
    Stopped
        After the block, when a signal came meanwhile.
    """
    _Held.blocks += 1
    try:
        yield
    finally:
        _Held.blocks -= 1
    if not _Held.blocks and _Held.number is not None:
        number, _Held.number = _Held.number, None
        raise Stopped(number)


@contextmanager
def stoppable(*, although_ignored: bool = False) -> Iterator[None]:
    """Turn SIGINT, SIGTERM and SIGHUP into `Stopped` while the block runs.

    What was ignored at the start stays ignored (`nohup`, a script's `&`); with `although_ignored` SIGINT does not.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.getsignal(number) for number in _STOPPING}
    heard = [n for n in _STOPPING if before[n] != signal.SIG_IGN or (although_ignored and n == signal.SIGINT)]
    try:
        for number in heard:
            signal.signal(number, _stop)
        yield
    finally:
        for number in heard:
            signal.signal(number, before[number] or signal.SIG_DFL)


@contextmanager
def until_stopped() -> Iterator[None]:
    """Run what ends on a signal, which is no failure."""
    with stoppable(although_ignored=True):
        try:
            yield
        except Stopped:
            from cli.lines import Console

            Console(stderr=True).print("stopped")
