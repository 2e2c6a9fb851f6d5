"""Is it alive, is it ready, how is it doing."""

from __future__ import annotations

from fastapi import APIRouter, Request
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from pydantic import BaseModel
from starlette.responses import Response

from api.problems import responses
from core.errors import DatabaseUnavailableError
from core.observability import REGISTRY
from grids.assignment.errors import BoundariesNotLoadedError

router = APIRouter(tags=["operation"])


class Health(BaseModel):
    """The process answers."""

    status: str = "ok"


@router.get("/healthz")
async def healthz() -> Health:
    """Answer as long as the process lives, whatever the state of the database."""
    return Health()


@router.get("/readyz", responses=responses(503))
def readyz(request: Request) -> Health:
    """Answer 200 when the database answers and the boundaries are in memory, else 503.

    A process that is not ready may still look up: route look-ups by `/healthz`, what writes by this.
    """
    if not request.app.state.database.is_up():
        raise DatabaseUnavailableError("The database does not answer; look-ups go on from memory.")
    if not request.app.state.releases.is_loaded:
        raise BoundariesNotLoadedError("The boundaries are not in memory yet.")
    return Health()


@router.get(
    "/metrics",
    response_class=Response,
    responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}},
)
async def metrics() -> Response:
    """Give Prometheus its numbers."""
    return Response(generate_latest(REGISTRY), media_type=CONTENT_TYPE_LATEST)
