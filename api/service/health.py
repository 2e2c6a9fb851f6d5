"""Is it alive, is it ready, how is it doing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api.http.openapi import feature_router
from api.http.problems import responses
from api.http.services import ServicesDep
from core import training
from core.errors import DatabaseUnavailableError
from core.observability import EVENT_LAG, EVENTS_RESTORED, JOBS, PERSONAL_REQUESTS_OVERDUE, REGISTRY
from core.queue import JobStatus, TaskName
from grids.assignment.errors import BoundariesNotLoadedError

if TYPE_CHECKING:
    from collections.abc import Mapping

router = feature_router(tags=["operation"])


class Health(BaseModel):
    """The process answers."""

    status: str = "ok"
    training: bool = Field(default_factory=training.is_on, description="Whether this is a training environment.")


class Queue(BaseModel):
    """The jobs that failed, run or wait."""

    failed: int = Field(description="Jobs that failed, without those whose task succeeded later.")
    failed_tasks: dict[str, int] = Field(description="The failed ones by task.", examples=[{"hotspots.run": 1}])
    doing: int
    todo: int


class Events(BaseModel):
    """How far the consumers of events are behind."""

    lag_s: dict[str, float] = Field(
        description="By consumer, the age in seconds of its next event; 0 when it has dealt with all.",
        examples=[{"data_quality.examine": 0.0}],
    )
    lagging: list[str] = Field(description="The consumers that are more than a minute behind, or stand still.")
    not_rebased: bool = Field(
        description="The database was restored into another cluster: consumers wait for `wangge events rebase`."
    )


class Readiness(Health):
    """The process can do its work."""

    events: Events | None = Field(description="The feed of events; null when the database did not say in two seconds.")
    jobs: Queue | None = Field(description="The worker's queue; null when the database did not say in two seconds.")
    missing_secrets: list[str] = Field(
        description="Settings that a service in use should have and that are not set.", examples=[["WANGGE_CALLER_KEY"]]
    )
    overdue_personal_requests: int | None = Field(
        description="Open requests about personal data past their deadline; null when the database did not say."
    )


@router.get("/healthz")
async def get_health() -> Health:
    """Answer as long as the process lives, whatever the state of the database."""
    return Health()


@router.get("/readyz", responses=responses(503))
def get_readiness(services: ServicesDep) -> Readiness:
    """Answer 200 when the database answers and the boundaries are in memory, else 503.

    Failed jobs and overdue requests about personal data are counted, and consumers of events that lag are named; none
    of these makes the process unready. `wangge jobs`, `wangge personal-requests list --overdue` and `wangge events`
    list them. A process that is not ready may still look up: route look-ups by `/healthz`, what writes by this.
    """
    if not services.database.is_up():
        raise DatabaseUnavailableError("The database does not answer; look-ups go on from memory.")
    if not services.releases.is_loaded:
        raise BoundariesNotLoadedError("The boundaries are not in memory yet.")
    counts, feed = services.queue_watch.answer(), services.events_watch.answer()
    events = None
    if feed is not None:
        lag_s = {lag.consumer: round(lag.behind.total_seconds(), 1) for lag in feed.lags}
        events = Events(lag_s=lag_s, lagging=feed.alarming, not_rebased=feed.is_restored)
    return Readiness(
        events=events,
        jobs=None if counts is None else _queue(counts),
        missing_secrets=services.settings.missing_secrets,
        overdue_personal_requests=services.requests_watch.answer(),
    )


def _queue(counts: Mapping[tuple[str, JobStatus], int]) -> Queue:
    of = {status: {t: n for (t, s), n in counts.items() if s is status} for status in JobStatus}
    totals = {status.value: sum(of[status].values()) for status in JobStatus}
    return Queue(failed_tasks=of[JobStatus.FAILED], **totals)


@router.get(
    "/metrics",
    response_class=Response,
    responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}},
)
async def get_metrics(services: ServicesDep) -> Response:
    """Give Prometheus its numbers; those of the queue and the events are left out while the database is away."""
    counts = await run_in_threadpool(services.queue_watch.answer)
    feed = await run_in_threadpool(services.events_watch.answer)
    overdue = await run_in_threadpool(services.requests_watch.answer)
    JOBS.clear()
    for name in () if counts is None else map(str, TaskName):
        for status in JobStatus:
            JOBS.labels(name, status).set((counts or {}).get((name, status), 0))
    EVENT_LAG.clear()
    if feed is not None:
        for lag in feed.lags:
            EVENT_LAG.labels(lag.consumer).set(lag.behind.total_seconds())
        EVENTS_RESTORED.set(feed.is_restored)
    if overdue is not None:
        PERSONAL_REQUESTS_OVERDUE.set(overdue)
    return Response(generate_latest(REGISTRY), media_type=CONTENT_TYPE_LATEST)
