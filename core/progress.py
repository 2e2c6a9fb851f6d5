"""How far a long piece of work is: told by what works, shown by whoever asked for it, passed over where nobody did."""

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
    """Have the steps of the block's work told to a listener; those of a child process come from another thread."""
    token = _listener.set(listener)
    try:
        yield
    finally:
        _listener.reset(token)


def listener() -> Callable[[Step], None] | None:
    """Return who is told, if anybody."""
    return _listener.get()


def tell(code: str, subject: str = "", done: int = 0, of: int = 0) -> None:
    """Tell a step to whoever listens."""
    told = _listener.get()
    if told is not None:
        told(Step(code, subject, done, of))
