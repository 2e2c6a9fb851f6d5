"""Progress of long work: reported by the code that works, passed to the listener of its context, if there is one."""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@dataclass(frozen=True, slots=True)
class Step:
    """A step of the work by its code, what it works on, and how many of how many parts are done (0 of 0: unknown)."""

    code: str
    subject: str = ""
    done: int = 0
    of: int = 0


_listener: ContextVar[Callable[[Step], None] | None] = ContextVar("progress", default=None)


@contextmanager
def shown_by(listener: Callable[[Step], None]) -> Iterator[None]:
    """Pass the steps that the block's work reports to a listener; those of a child process come from another thread."""
    token = _listener.set(listener)
    try:
        yield
    finally:
        _listener.reset(token)


def listener() -> Callable[[Step], None] | None:
    """Return the listener of this context, if there is one."""
    return _listener.get()


def report(code: str, subject: str = "", done: int = 0, of: int = 0) -> None:
    """Pass a step to the listener of this context; without one nothing happens."""
    current = _listener.get()
    if current is not None:
        current(Step(code, subject, done, of))
