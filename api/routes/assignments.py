"""Which area answers for a point: one at a time from memory, or up to 100,000 in a call.

Both are direct routes (api/direct.py): looking up a point costs less than FastAPI's dependency machinery.
"""

from __future__ import annotations

import math
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal
from urllib.parse import parse_qsl

import orjson
from fastapi import APIRouter, Body, Query, Request
from pydantic import AwareDatetime
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import Response

from api import point_tables
from api.direct import answered_by, field_invalid
from api.parameters import plus_restored
from api.point_tables import ARROW, CSV, FORMATS, JSON
from api.problems import responses
from api.schemas.assignments import (
    AssignmentColumnsOut,
    AssignmentListOut,
    AssignmentOut,
    PointColumnsIn,
    PointIn,
    assignment_out,
    release_out,
)
from grids.assignment import operations, points
from grids.assignment.errors import PointMissingError, PointNotANumberError, TooManyPointsError

if TYPE_CHECKING:
    from grids.assignment.registry import ReleaseIndexes
    from grids.assignment.release_index import LayerFacts, ReleaseIndex

router = APIRouter(prefix="/v1/assignments", tags=["assignments"])

_INLINE_POINTS = 500
_MOST_ERRORS = 100

Crs = Annotated[
    str | None,
    Query(description="Reference system of the coordinates: WGS84 (default), CGCS2000, GCJ-02, BD-09 or EPSG:n."),
]
Layer = Annotated[str | None, Query(description="Layer; the default layer if left out.")]
At = Annotated[
    AwareDatetime | None, Query(description="Instant, with a time zone, whose boundaries answer. Now if left out.")
]


def _parameters(request: Request) -> dict[str, str]:
    """Return the query's parameters; the last of equals counts, an empty one is none."""
    query = request.scope["query_string"].decode("latin-1")
    if "%" in query or "+" in query:
        return dict(parse_qsl(query))
    pairs = (pair.partition("=") for pair in query.split("&"))
    return {name: value for name, _, value in pairs if value}


def _number(given: dict[str, str], name: str) -> float:
    value = given.get(name)
    if value is None:
        raise PointMissingError(f"{name} is missing. Send both lon and lat.", field=name)
    try:
        return float(value)
    except ValueError:
        raise PointNotANumberError(
            f"{name} is {value[:40]!r}, which is not a number. Send decimal degrees, with a point.", field=name
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
        instant = datetime.fromisoformat(str(plus_restored(value)))
    except ValueError:
        raise field_invalid("at", "an instant like 2026-07-01T09:30:00+08:00", where="query") from None
    if instant.tzinfo is None:
        raise field_invalid("at", "needs a time zone, for example +08:00", where="query")
    return instant


async def _release(
    releases: ReleaseIndexes, layer: str | None, at: datetime | None
) -> tuple[LayerFacts, ReleaseIndex | None]:
    facts = releases.timeline(layer).layer
    index = releases.in_memory(layer, at)
    if index is None:
        index = await run_in_threadpool(releases.at, layer, at)
    return facts, index


async def _assign(request: Request) -> Response:
    """Answer one point."""
    given = _parameters(request)
    x, y = _number(given, "lon"), _number(given, "lat")
    layer, index = await _release(request.app.state.releases, given.get("layer"), _instant(given))
    answer = operations.assign_in(index, layer, x=x, y=y, crs=given.get("crs"), accuracy_m=_accuracy(given))
    return Response(orjson.dumps(assignment_out(answer)), 200, None, JSON)


async def _assign_many(request: Request) -> Response:
    """Answer many points."""
    given = _parameters(request)
    wanted = given.get("answer")
    if wanted not in {None, "full", "compact"}:
        raise field_invalid("answer", "full or compact", where="query")
    taken = request.headers.get("content-type", JSON).partition(";")[0].strip().lower()
    if taken not in FORMATS:
        raise HTTPException(415, f"Send {', '.join(FORMATS)}.")
    layer, index = await _release(request.app.state.releases, given.get("layer"), _instant(given))
    body = await request.body()
    job = _Batch(
        body=body,
        taken=taken,
        given=_answer_format(request.headers.get("accept", ""), taken),
        full=None if wanted is None else wanted == "full",
        crs=given.get("crs"),
        layer=layer,
        index=index,
        most=request.app.state.settings.max_points_per_call,
    )
    content = job.answer() if len(body) < _INLINE_POINTS * 32 else await run_in_threadpool(job.answer)
    return Response(content, 200, None, job.given)


def _answer_format(accept: str, taken: str) -> str:
    """Return the first format the client names that is ours; none named, the request's own."""
    named = [part.partition(";")[0].strip().lower() for part in accept.split(",")]
    return next((name for name in named if name in FORMATS), taken)


class _Batch:
    """One call's points on their way to one answer."""

    def __init__(
        self,
        *,
        body: bytes,
        taken: str,
        given: str,
        full: bool | None,
        crs: str | None,
        layer: LayerFacts,
        index: ReleaseIndex | None,
        most: int,
    ) -> None:
        self.body = body
        self.taken = taken
        self.given = given
        self.full = full
        self.crs = crs
        self.layer = layer
        self.index = index
        self.most = most

    def answer(self) -> bytes:
        """Read, answer, write."""
        sent = point_tables.read(self.body, self.taken)
        if sent.x.size > self.most:
            raise TooManyPointsError(f"{sent.x.size} points; at most {self.most} a call. Send them in parts.")
        index = self.index
        head: dict[str, Any] = {"layer": self.layer.code, "release": release_out(index) if index else None}
        as_list = self.given == JSON and sent.row_wise and self.full is not False
        full = bool(self.full)
        if index is None:
            if as_list:
                return orjson.dumps({**head, "answers": self._full_answers(sent)})
            found = point_tables.columns(None, None, sent.x.size, full=False)
            return point_tables.write(found, self.given, head)
        answers, problems = operations.assign_many(index, x=sent.x, y=sent.y, crs=self.crs, distances=full)
        if problems.any():
            self._refuse(sent, problems)
        if as_list:
            return orjson.dumps({**head, "answers": self._full_answers(sent)})
        if self.given == JSON and not full:
            return point_tables.compact_json(index, answers, head)
        found = point_tables.columns(index, answers, sent.x.size, full=full)
        if sent.ids is not None:
            found = {"id": sent.ids} | found
        return point_tables.write(found, self.given, head)

    def _full_answers(self, sent: point_tables.Points) -> list[dict[str, Any]]:
        accuracies = sent.accuracy_m or [None] * sent.x.size
        answers = []
        for row, (x, y, accuracy) in enumerate(zip(sent.x.tolist(), sent.y.tolist(), accuracies, strict=True)):
            if accuracy is not None and (isinstance(accuracy, bool) or not isinstance(accuracy, int | float)):
                raise field_invalid(f"{row}.accuracy_m", "a number of metres")
            answers.append(
                assignment_out(
                    operations.assign_in(self.index, self.layer, x=x, y=y, crs=self.crs, accuracy_m=accuracy)
                )
            )
        return answers

    def _refuse(self, sent: point_tables.Points, problems: Any) -> None:  # noqa: ANN401 (uint8 array)
        """Refuse the call for its wrong points: the first names the error, the rest stand in `errors`."""
        crs = points.named_crs(self.crs)
        wrong = problems.nonzero()[0]
        errors = []
        for row in wrong[:_MOST_ERRORS].tolist():
            error = points.explain(int(problems[row]), float(sent.x[row]), float(sent.y[row]), crs)
            errors.append({"field": f"body.{row}.{error.field}", "code": error.code, "message": error.detail})
        first = points.explain(int(problems[wrong[0]]), float(sent.x[wrong[0]]), float(sent.y[wrong[0]]), crs)
        raise type(first)(
            f"Point {wrong[0]}: {first.detail}",
            field=errors[0]["field"],
            wrong_points=int(wrong.size),
            errors=errors,
        )


async def get_assignment(
    lon: Annotated[float, Query(description="Longitude (east) in the crs.", examples=[113.2934])],
    lat: Annotated[float, Query(description="Latitude (north) in the crs.", examples=[34.8021])],
    crs: Crs = None,
    accuracy_m: Annotated[
        float | None, Query(ge=0, le=10_000, description="Radius of the circle the point surely lies in, in metres.")
    ] = None,
    layer: Layer = None,
    at: At = None,
) -> AssignmentOut:
    """Say which area answers for a point, how that was found, and why.

    `covered`: it lies inside the area. `boundary`: on an edge; of the areas that cover it the lowest code answers,
    all stand in `candidates`. `nearest`: in no area, but within the layer's tolerance of one. `unassigned`: none.
    An uncovered point is an answer, not an error. Answers come from memory, also while the database is away.
    """
    raise NotImplementedError  # pragma: no cover (answered by _assign)


async def post_assignments(
    body: Annotated[list[PointIn] | PointColumnsIn, Body()],
    crs: Crs = None,
    layer: Layer = None,
    at: At = None,
    answer: Annotated[
        Literal["full", "compact"] | None,
        Query(description="compact: code and method. Lists are answered in full, columns compactly, if left out."),
    ] = None,
) -> AssignmentListOut | AssignmentColumnsOut:
    """Say which area answers for each of up to 100,000 points.

    The body is a JSON list of points, JSON columns, CSV with a header, or an Arrow stream; the answer comes in the
    same format, or in the one that `Accept` names. A column `id` comes back. One wrong point refuses the call; the
    first hundred wrong points are listed in `errors`.
    """
    raise NotImplementedError  # pragma: no cover (answered by _assign_many)


_TABLE: dict[str, Any] = {"schema": {"type": "string", "format": "binary"}}
_ANSWERED: dict[int | str, dict[str, Any]] = {200: {"content": {CSV: _TABLE, ARROW: _TABLE}}}

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
    openapi_extra={"requestBody": {"content": {CSV: {"schema": {"type": "string"}}, ARROW: _TABLE}}},
    route_class_override=answered_by(_assign_many),
)
