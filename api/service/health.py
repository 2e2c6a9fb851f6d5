"""Is it alive, is it ready, how is it doing."""

from __future__ import annotations

from fastapi import APIRouter, Request
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api.http.problems import responses
from core.errors import DatabaseUnavailableError
from core.observability import JOBS, REGISTRY
from core.queue import JobStatus, QueueWatch, TaskName
from grids.assignment.errors import BoundariesNotLoadedError

router = APIRouter(tags=["operation"])


class Health(BaseModel):
    """The process answers."""

    status: str = "ok"


class Queue(BaseModel):
    """The jobs that failed, run or wait."""

    failed: int = Field(description="Jobs that failed, without those whose task succeeded later.")
    failed_tasks: dict[str, int] = Field(description="The failed ones by task.", examples=[{"hotspots.run": 1}])
    doing: int
    todo: int


class Readiness(Health):
    """The process can do its work."""

    jobs: Queue | None = Field(description="The worker's queue; null when the database did not say in two seconds.")


@router.get("/healthz")
async def healthz() -> Health:
    """Answer as long as the process lives, whatever the state of the database."""
    return Health()


@router.get("/readyz", responses=responses(503))
def readyz(request: Request) -> Readiness:
    """Answer 200 when the database answers and the boundaries are in memory, else 503.

    Failed jobs are counted and do not make the process unready; `wangge jobs` lists them. A process that is not ready
    may still look up: route look-ups by `/healthz`, what writes by this.
    """
    if not request.app.state.database.is_up():
        raise DatabaseUnavailableError("The database does not answer; look-ups go on from memory.")
    if not request.app.state.releases.is_loaded:
        raise BoundariesNotLoadedError("The boundaries are not in memory yet.")
    watch: QueueWatch = request.app.state.queue_watch
    counts = watch.counts()
    if counts is None:
        return Readiness(jobs=None)
    of = {status: {t: n for (t, s), n in counts.items() if s is status} for status in JobStatus}
    totals = {status.value: sum(of[status].values()) for status in JobStatus}
    return Readiness(jobs=Queue(failed_tasks=of[JobStatus.FAILED], **totals))


@router.get(
    "/metrics",
    response_class=Response,
    responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}},
)
async def metrics(request: Request) -> Response:
    """Give Prometheus its numbers; those of the queue are left out while the database is away."""
    counts = await run_in_threadpool(request.app.state.queue_watch.counts)
    JOBS.clear()
    for name in () if counts is None else map(str, TaskName):
        for status in JobStatus:
            JOBS.labels(name, status).set((counts or {}).get((name, status), 0))
    return Response(generate_latest(REGISTRY), media_type=CONTENT_TYPE_LATEST)
