"""What happens to drafts and releases, as a stream of server-sent events."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import Header, Query, Request
from starlette.responses import Response, StreamingResponse

from api.http.access import Viewer
from api.http.live_events import place_of
from api.http.openapi import feature_router
from api.http.problems import responses
from api.http.services import ServicesDep
from core.errors import DomainError
from identity.grants import Scope

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

router = feature_router(prefix="/v1/events", tags=["operation"])
_ID = r"^\d{1,10}(\.\d{1,19}){3}$"


class EventPlaceMalformedError(DomainError):
    """A place in the stream of events is the `id` of one of them, as it was sent."""

    code = "event-place-malformed"


@router.get(
    "/stream",
    response_class=Response,
    responses={
        200: {
            "description": "Server-sent events: `draft.changed`, `release.published`, `release.withdrawn` with the ids "
            "of drafts or releases and the layer; `ready` at the beginning; `reset` when what happened since then is "
            "kept no longer, so that everything is to be read once more.",
            "content": {"text/event-stream": {"schema": {"type": "string"}}},
        },
        **responses(400, 401, 403, 422, 429, 503),
    },
)
async def stream_events(
    request: Request,
    services: ServicesDep,
    viewer: Viewer,
    last_id: Annotated[
        str | None, Query(max_length=80, pattern=_ID, description="`id` of the last event; now if left out.")
    ] = None,
    last_event_id: Annotated[
        str | None, Header(max_length=80, description="The same, as browsers send it; wins over `last_id`.")
    ] = None,
    follow: Annotated[  # noqa: FBT002
        bool, Query(description="Stay open for what is to come; without it the answer ends with what there is.")
    ] = False,
) -> StreamingResponse:
    """Stream what happens to drafts and releases; a reconnection at the last `id` misses nothing.

    An event says that something is to be read anew, and nothing of its content: that is read by the routes that show
    it, within what the caller may see. Eight streams a caller; each ends after ten minutes and is opened again.
    """
    named = last_event_id or last_id
    place = None if named is None else place_of(named)
    if named is not None and place is None:
        raise EventPlaceMalformedError(field="query.last_id")
    live, gate = services.live, services.gate

    async def is_allowed() -> bool:
        try:
            (await gate.identify(request.scope)).require(Scope.REPORTS_READ)
        except DomainError:
            return False
        return True

    async def told() -> AsyncIterator[bytes]:
        with live.opened(viewer.client_id):
            async for piece in live.told(place, follow=follow, is_allowed=is_allowed):
                yield piece

    live.require_room(viewer.client_id)

    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(told(), media_type="text/event-stream", headers=headers)
