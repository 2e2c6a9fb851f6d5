"""What happens to drafts, releases, cases and reports, as a stream of server-sent events."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import Header, Query, Request
from starlette.responses import Response, StreamingResponse

from api.http.access import LocalViewer
from api.http.live_events import OF_BOUNDARIES, OF_CASES, OF_REPORTS, place_of
from api.http.openapi import feature_router
from api.http.problems import responses
from api.http.services import ServicesDep
from core.errors import DomainError
from identity.grants import Scope

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from core.events.kinds import EventKind
    from identity.keys import Principal

router = feature_router(prefix="/v1/events", tags=["operation"])
_ID = r"^\d{1,10}(\.\d{1,19}){3}$"


class EventPlaceMalformedError(DomainError):
    """A place in the stream of events is the `id` of one of them, as it was sent."""

    code = "event-place-malformed"


def kinds_for(caller: Principal) -> list[EventKind]:
    """Return the kinds of events that a caller is told of."""
    return [
        *(OF_BOUNDARIES if caller.holds(Scope.REPORTS_READ) else ()),
        *(OF_CASES if Scope.CASES_READ in caller.scopes else ()),
        *(OF_REPORTS if Scope.TRIAGE in caller.scopes else ()),
    ]


@router.get(
    "/stream",
    response_class=Response,
    responses={
        200: {
            "description": "Server-sent events: `draft.changed`, `release.published`, `release.withdrawn` with the ids "
            "of drafts or releases and the layer, to who may read all of them; `case.opened`, `case.moved`, "
            "`report.stored`, `report.reassigned` without ids, to who may read cases or settle places; `ready` at "
            "the beginning; `reset` when what happened since then is kept no longer, so that everything is to be read "
            "once more.",
            "content": {"text/event-stream": {"schema": {"type": "string"}}},
        },
        **responses(400, 401, 403, 422, 429, 503),
    },
)
async def stream_events(
    request: Request,
    services: ServicesDep,
    viewer: LocalViewer,
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
    """Stream what happens to drafts, releases, cases and reports; a reconnection at the last `id` misses nothing.

    An event says that something is to be read anew, and nothing of its content: that is read by the routes that show
    it, within what the caller may see. Eight streams a caller; each ends after ten minutes and is opened again.
    """
    named = last_event_id or last_id
    place = None if named is None else place_of(named)
    if named is not None and place is None:
        raise EventPlaceMalformedError(field="query.last_id")
    live, gate = services.live, services.gate
    kinds = kinds_for(viewer)

    async def is_allowed() -> bool:
        try:
            now_allowed = kinds_for(await gate.identify(request.scope))
        except DomainError:
            return False
        return set(kinds) <= set(now_allowed)

    async def told() -> AsyncIterator[bytes]:
        with live.opened(viewer.client_id):
            async for piece in live.told(place, kinds, follow=follow, is_allowed=is_allowed):
                yield piece

    live.require_room(viewer.client_id)

    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(told(), media_type="text/event-stream", headers=headers)
