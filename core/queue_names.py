"""The names of the queues, apart so that the terminal can list them without loading the database."""

from __future__ import annotations

from enum import StrEnum


class Queue(StrEnum):
    """The queues of the worker; each has workers of its own, so that no task of one waits for a task of another."""

    DEFAULT = "default"  # tasks of seconds that people wait for: handing over, examining, what is due by the clock
    LONG = "long"  # tasks that may compute for minutes
    OUTWARD = "outward"  # tasks that wait for the answers of other services
