"""Structured logs and Prometheus metrics, the same for the API, the worker and the commands."""

from __future__ import annotations

import logging
import sys
from typing import TYPE_CHECKING, TextIO, cast

import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from core.personal import masked_text

if TYPE_CHECKING:
    from structlog.typing import EventDict

    from core.settings import Settings

REGISTRY = CollectorRegistry()
REQUESTS = Counter("wangge_http_requests_total", "Requests answered.", ("method", "route", "status"), registry=REGISTRY)
REQUEST_SECONDS = Histogram(
    "wangge_http_request_seconds", "Time to answer a request.", ("method", "route"), registry=REGISTRY
)
REPORTS = Counter(
    "wangge_reports_total", "Reports stored, by channel and method.", ("channel", "method"), registry=REGISTRY
)
POINTS_ASSIGNED = Counter("wangge_points_assigned_total", "Points looked up.", ("layer",), registry=REGISTRY)
RELEASE_IN_FORCE = Gauge(
    "wangge_release_in_force", "Number of the release that answers.", ("layer",), registry=REGISTRY
)
RELEASES_CONFIRMED = Gauge(
    "wangge_releases_confirmed_timestamp_seconds",
    "When the database last said which releases there are.",
    registry=REGISTRY,
)
JOBS = Gauge(
    "wangge_jobs",
    "Jobs of the queue that failed, run or wait; a failure that a later success made good is left out.",
    ("task", "status"),
    registry=REGISTRY,
)
EVENT_LAG = Gauge(
    "wangge_event_lag_seconds",
    "Age of the next event that a consumer has not dealt with; 0 when there is none.",
    ("consumer",),
    registry=REGISTRY,
)
EVENTS_RESTORED = Gauge(
    "wangge_events_not_rebased",
    "1 while consumers stand still because the database was restored into another cluster.",
    registry=REGISTRY,
)
PERSONAL_REQUESTS_OVERDUE = Gauge(
    "wangge_personal_requests_overdue",
    "Open requests about personal data whose deadline has passed.",
    registry=REGISTRY,
)


def _printable(_logger: object, _name: str, line: EventDict) -> EventDict:
    """Mask people; escape control characters: what a client sent (a path) neither ends a line nor moves a cursor."""
    for name, value in line.items():
        if isinstance(value, str):
            kept = "\n" if name == "exception" else ""
            shown = masked_text(value)
            line[name] = "".join(c if c.isprintable() or c in kept else ascii(c)[1:-1] for c in shown)
    return line


class _Stderr:
    """The stderr of the moment of writing: a logger is kept for good, what it was first made with may be closed."""

    @staticmethod
    def write(text: str) -> int:
        return sys.stderr.write(text)

    @staticmethod
    def flush() -> None:
        sys.stderr.flush()


_STDERR = cast("TextIO", _Stderr())


def configure_logging(settings: Settings) -> None:
    """Send structured lines to stderr: JSON for machines, colours for people."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
    ]
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer() if settings.log_format == "json" else structlog.dev.ConsoleRenderer()
    )
    structlog.configure(
        processors=[*shared, structlog.processors.format_exc_info, _printable, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[settings.log_level]),
        logger_factory=structlog.PrintLoggerFactory(_STDERR),
        cache_logger_on_first_use=True,
    )
