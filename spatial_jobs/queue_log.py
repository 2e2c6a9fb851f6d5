"""The queue's own log lines as the product's: structured, with task and job, on the same stderr.

procrastinate logs through the standard library, which would print a failed job as bare text, or not at all.
"""

from __future__ import annotations

import logging
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import structlog

if TYPE_CHECKING:
    from collections.abc import Iterator

log = structlog.get_logger("wangge.worker")


class _Forward(logging.Handler):
    """Writes a record of the queue's library as one structured line."""

    def emit(self, record: logging.LogRecord) -> None:
        job: dict[str, Any] = getattr(record, "job", None) or {}
        values: dict[str, Any] = {}
        if job:
            values = {"task": job.get("task_name"), "job": job.get("id"), "arguments": job.get("task_kwargs")}
            values |= {"attempts": job.get("attempts"), "duration_s": getattr(record, "duration", None)}
        error = record.exc_info[1] if record.exc_info else None
        if error is not None:
            values |= {"error": type(error).__name__, "exc_info": record.exc_info}
        failed = getattr(record, "action", None) == "job_error"
        log.log(record.levelno, "a job failed" if failed else record.getMessage(), **values)


@contextmanager
def forwarded(level: int = logging.WARNING) -> Iterator[None]:
    """Forward what the queue's library logs, from `level` on, for as long as the block lasts."""
    library, handler = logging.getLogger("procrastinate"), _Forward(level)
    before = library.propagate
    library.addHandler(handler)
    library.propagate = False
    try:
        yield
    finally:
        library.removeHandler(handler)
        library.propagate = before
