"""Which area answers for a point: one at a time from memory, or up to 100,000 in a call; in one layer or in each.

All are direct routes (api/http/direct_routes.py): looking up a point costs less than FastAPI's dependency machinery.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Annotated, Any, Literal
from urllib.parse import parse_qsl

from fastapi import Body, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api.assignments.batch import Batch
from api.assignments.point_tables import ARROW, CSV, FORMATS
from api.assignments.schemas import (
    AssignmentColumnsOut,
    AssignmentListOut,
    AssignmentOut,
    LayerAssignmentsOut,
    LayerBatchesOut,
    PointColumnsIn,
    PointIn,
    assignment_out,
)
from api.http.answers import JSON, json_response
from api.http.direct_routes import answered_by, field_invalid
from api.http.instants import InstantQuery
from api.http.openapi import feature_router
from api.http.parameters import refuse_unknown
from api.http.problems import ProtocolError, responses
from api.http.services import services_of
from api.shapes.reasons import in_reasons_language
from core import clock
from core.errors import Detail
from core.instants import plus_restored, read_instant
from grids.assignment import operations, points
from grids.assignment.errors import PointMissingError, PointNotANumberError

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from grids.assignment.release_cache import ReleaseCache
    from grids.assignment.release_index import LayerFacts, ReleaseIndex

router = feature_router(prefix="/v1/assignments", tags=["assignments"])

_INLINE_POINTS = 500

Longitude = Annotated[float, Query(description="Longitude (east) in the crs.", examples=[113.2934])]
Latitude = Annotated[float, Query(description="Latitude (north) in the crs.", examples=[34.8021])]
Accuracy = Annotated[
    float | None, Query(ge=0, le=10_000, description="Radius of the circle the point surely lies in, in metres.")
]
PointsBody = Annotated[list[PointIn] | PointColumnsIn, Body()]
AnswerForm = Annotated[
    Literal["full", "compact"] | None,
    Query(description="compact: code and method. Lists are answered in full, columns compactly, if left out."),
]
Crs = Annotated[
    str | None,
    Query(description="Reference system of the coordinates: WGS84 (default), CGCS2000, GCJ-02, BD-09 or EPSG:n."),
]
Layer = Annotated[str | None, Query(description="Layer; the default layer if left out.")]
At = Annotated[
    InstantQuery | None, Query(description="Instant, with a time zone, whose boundaries answer. Now if left out.")
]


def _parameters(request: Request) -> dict[str, str]:
    """Return the query's parameters; the last of equals counts, an empty one is none.

    Raises
    ------
    ParameterUnknownError
    """
    query = request.scope["query_string"].decode("latin-1")
    if "%" in query or "+" in query:
        given = dict(parse_qsl(query))
    else:
        pairs = (pair.partition("=") for pair in query.split("&"))
        given = {name: value for name, _, value in pairs if value}
    known: frozenset[str] = request.scope["route"].names
    if not known.issuperset(given):
        refuse_unknown(given, known)
    return given


def _number(given: dict[str, str], name: str) -> float:
    value = given.get(name)
    if value is None:
        raise PointMissingError("{name} is missing. Send both lon and lat.", values={"name": name}, field=name)
    try:
        return float(value)
    except ValueError:
        raise PointNotANumberError(
            "{name} is {value}, which is not a number. Send decimal degrees, with a point.",
            values={"name": name, "value": f"{value[:40]!r}"},
            field=name,
        ) from None


def _accuracy(given: dict[str, str]) -> float | None:
    value = given.get("accuracy_m")
    if value is None:
        return None
    try:
        return float(value)
    except ValueError:
        return math.nan  # refused like any other length that is none


def _instant(given: dict[str, str]) -> datetime | None:
    value = given.get("at")
    if value is None:
        return None
    try:
        return read_instant(plus_restored(value))
    except ValueError as error:
        raise field_invalid("at", str(error), where="query") from None


async def _release(
    releases: ReleaseCache, layer: str | None, at: datetime | None
) -> tuple[LayerFacts, ReleaseIndex | None]:
    index = releases.in_memory(layer, at)
    if index is None:
        index = await run_in_threadpool(releases.in_force_at, layer, at)
    return releases.timeline.of_layer(layer).layer, index


async def _releases(request: Request, at: datetime | None) -> list[tuple[LayerFacts, ReleaseIndex | None]]:
    """Return the layers asked for, each once, with the release that answers; all that have one if none is named."""
    releases = services_of(request.app).releases
    named = [layer for layer in request.query_params.getlist("layer") if layer]
    instant = at or clock.now()  # the same for all of them
    if not releases.timeline.is_confirmed:
        await run_in_threadpool(releases.timeline.confirm)
    return [
        await _release(releases, layer, instant)
        for layer in dict.fromkeys(named or releases.timeline.layers_at(instant))
    ]


async def _assign(request: Request) -> Response:
    """Answer one point."""
    given = _parameters(request)
    x, y = _number(given, "lon"), _number(given, "lat")
    layer, index = await _release(services_of(request.app).releases, given.get("layer"), _instant(given))
    answer = operations.assign_in(index, layer, x=x, y=y, crs=given.get("crs"), accuracy_m=_accuracy(given))
    return in_reasons_language(json_response(assignment_out(answer)))


async def _assign_in_layers(request: Request) -> Response:
    """Answer one point from several layers."""
    given = _parameters(request)
    x, y = _number(given, "lon"), _number(given, "lat")
    crs, accuracy_m = given.get("crs"), points.check_accuracy(_accuracy(given))
    points.check_one(x, y, points.named_crs(crs), None)  # also where no layer does
    answers = [
        assignment_out(operations.assign_in(index, layer, x=x, y=y, crs=crs, accuracy_m=accuracy_m))
        for layer, index in await _releases(request, _instant(given))
    ]
    return in_reasons_language(json_response({"answers": answers}))


async def _assign_many(request: Request) -> Response:
    """Answer many points."""
    given = _parameters(request)
    batch = _batch(request, given)
    body = await request.body()
    layer, index = await _release(services_of(request.app).releases, given.get("layer"), _instant(given))
    answer = await _worked(body, lambda: batch.answer(body, layer, index))
    return in_reasons_language(Response(answer, 200, None, batch.given))


async def _assign_many_in_layers(request: Request) -> Response:
    """Answer many points from several layers."""
    given = _parameters(request)
    batch = _batch(request, given, answered=JSON)
    body = await request.body()
    layers = await _releases(request, _instant(given))
    answer = await _worked(body, lambda: batch.answer_each(body, layers))
    return in_reasons_language(Response(answer, 200, None, JSON))


def _batch(request: Request, given: dict[str, str], *, answered: str | None = None) -> Batch:
    wanted = given.get("answer")
    if wanted not in {None, "full", "compact"}:
        raise field_invalid("answer", "full or compact", where="query")
    taken = request.headers.get("content-type", JSON).partition(";")[0].strip().lower()
    if taken not in FORMATS:
        raise ProtocolError(415, Detail("Send {types}.", {"types": [*FORMATS]}))
    return Batch(
        taken=taken,
        given=answered or _answer_format(request.headers.get("accept", ""), taken),
        full=None if wanted is None else wanted == "full",
        crs=given.get("crs"),
        most=services_of(request.app).settings.max_points_per_call,
    )


async def _worked(body: bytes, answer: Callable[[], bytes]) -> bytes:
    return answer() if len(body) < _INLINE_POINTS * 32 else await run_in_threadpool(answer)


def _answer_format(accept: str, taken: str) -> str:
    """Return the first format the client names that is ours; none named, the request's own."""
    named = [part.partition(";")[0].strip().lower() for part in accept.split(",")]
    return next((name for name in named if name in FORMATS), taken)


async def get_assignment(
    lon: Longitude,
    lat: Latitude,
    crs: Crs = None,
    accuracy_m: Accuracy = None,
    layer: Layer = None,
    at: At = None,
) -> AssignmentOut:
    """Return which area answers for a point, how that was found, and why.

    `covered`: it lies inside the area. `boundary`: on an edge; of the areas that cover it the lowest code answers,
    all stand in `candidates`. `nearest`: in no area, but within the layer's tolerance of one. `unassigned`: none.
    An uncovered point is an answer, not an error. Answers come from memory, also while the database is away.
    """
    raise NotImplementedError  # pragma: no cover (answered by _assign)


async def post_assignments(
    body: PointsBody,
    crs: Crs = None,
    layer: Layer = None,
    at: At = None,
    answer: AnswerForm = None,
) -> AssignmentListOut | AssignmentColumnsOut:
    """Return which area answers for each of up to 100,000 points.

    The body is a JSON list of points, JSON columns, CSV with a header, or an Arrow stream; the answer comes in the
    same format, or in the one that `Accept` names. A column `id` comes back. One wrong point refuses the call; the
    first hundred wrong points are listed in `errors`.
    """
    raise NotImplementedError  # pragma: no cover (answered by _assign_many)


_SeveralLayers = Annotated[
    list[str] | None,
    Query(
        alias="layer",
        description="Layer; name it again for each further one. Every layer in force then if left out.",
        examples=[["admin", "sanitation"]],
    ),
]


async def get_layer_assignments(
    lon: Longitude,
    lat: Latitude,
    crs: Crs = None,
    accuracy_m: Accuracy = None,
    layers: _SeveralLayers = None,
    at: At = None,
) -> LayerAssignmentsOut:
    """Return which area of each layer answers for a point: administration, police beat, sanitation zone.

    Each answer is that of `GET /v1/assignments` for its layer. They come in the order in which the layers are named;
    if none is named, the default layer first, then the others by code.
    """
    raise NotImplementedError  # pragma: no cover (answered by _assign_in_layers)


async def post_layer_assignments(
    body: PointsBody,
    crs: Crs = None,
    layers: _SeveralLayers = None,
    at: At = None,
    answer: AnswerForm = None,
) -> LayerBatchesOut:
    """Return which area of each layer answers for each of up to 100,000 points.

    The body is that of `POST /v1/assignments`; the answer is JSON with its answers for each layer.
    """
    raise NotImplementedError  # pragma: no cover (answered by _assign_many_in_layers)


_TABLE: dict[str, Any] = {"schema": {"type": "string", "format": "binary"}}
_ANSWERED: dict[int | str, dict[str, Any]] = {200: {"content": {CSV: _TABLE, ARROW: _TABLE}}}

_BODY: dict[str, Any] = {"requestBody": {"content": {CSV: {"schema": {"type": "string"}}, ARROW: _TABLE}}}

router.add_api_route(
    "",
    get_assignment,
    methods=["GET"],
    response_model=AssignmentOut,
    responses=responses(400, 404, 503),
    route_class_override=answered_by(_assign),
)
router.add_api_route(
    "",
    post_assignments,
    methods=["POST"],
    response_model=AssignmentListOut | AssignmentColumnsOut,
    responses=_ANSWERED | responses(400, 404, 413, 415, 422, 503),
    openapi_extra=_BODY,
    route_class_override=answered_by(_assign_many),
)
router.add_api_route(
    "/layers",
    get_layer_assignments,
    methods=["GET"],
    response_model=LayerAssignmentsOut,
    responses=responses(400, 404, 503),
    route_class_override=answered_by(_assign_in_layers),
)
router.add_api_route(
    "/layers",
    post_layer_assignments,
    methods=["POST"],
    response_model=LayerBatchesOut,
    responses=responses(400, 404, 413, 415, 422, 503),
    openapi_extra=_BODY,
    route_class_override=answered_by(_assign_many_in_layers),
)
