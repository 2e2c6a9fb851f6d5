"""What the public reads and does without signing in, and the tokens that a caller is given."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Annotated

import segno
from fastapi import Path, Query, Request

from api.http.dependencies import PrincipalDep, SessionDep, SnapshotDep
from api.http.openapi import feature_router
from api.http.problems import responses
from api.http.public_address import address_of
from api.http.public_limits import Limited
from api.http.texts import CODE_PATTERN, LINE_PATTERN
from api.public_trace.schemas import (
    NearbyListOut,
    NearbyOut,
    PublicPhotoOut,
    PublicStepOut,
    RatingIn,
    ReopeningIn,
    TraceIn,
    TraceOut,
    TraceTokenOut,
)
from api.shapes.attachments import link
from api.shapes.report_access import seen_report
from core import clock
from governance.attachments.rules import LINK_LASTS
from governance.attachments.states import Copy
from governance.public_trace import operations, queries

if TYPE_CHECKING:
    from collections.abc import Sequence

    from governance.attachments.tables import Attachment
    from governance.public_trace.queries import Nearby, Trace

router = feature_router(prefix="/v1", tags=["public trace"])
Number = Annotated[
    str, Path(max_length=40, pattern=LINE_PATTERN, description="Number of the report.", examples=["SJ2607000731-4"])
]
OPEN = responses(404, 408, 413, 415, 422, 429, 503)
ACT = responses(404, 408, 409, 413, 415, 422, 429, 503)


@router.post("/reports/{number}/trace-tokens", status_code=201, responses=responses(400, 401, 403, 404, 503))
def make_trace_token(request: Request, session: SessionDep, principal: PrincipalDep, number: Number) -> TraceTokenOut:
    """Make a token with which the caller of a report follows it; who sees the report may, and who sent it."""
    made = operations.make_token(session, seen_report(session, number, principal), actor=principal.actor)
    url = f"{address_of(request)}/trace#{made.number}:{made.token}"
    image = io.BytesIO()
    segno.make(url, error="m").save(image, kind="svg", scale=4, xmldecl=False)
    return TraceTokenOut(
        number=made.number, token=made.token, expires_at=made.expires_at, url=url, qr_svg=image.getvalue().decode()
    )


@router.post("/public/trace", responses=OPEN)
def trace_matter(request: Request, _: Limited, session: SnapshotDep, body: TraceIn) -> TraceOut:
    """Follow a matter: its steps and times, the unit, photos that the office cleared; never a person.

    A wrong number and a wrong token get the same answer.
    """
    return _trace(request, queries.trace(session, queries.by_token(session, body.number, body.token)))


@router.post("/public/trace/rating", responses=ACT)
def rate_matter(request: Request, _: Limited, session: SessionDep, body: RatingIn) -> TraceOut:
    """Rate a closed matter within 14 days: one rating a matter and caller (一事一评)."""
    found = operations.rate(session, body.number, body.token, rating=body.rating, comment=body.comment)
    return _trace(request, found)


@router.post("/public/trace/reopening", responses=ACT)
def reopen_matter(request: Request, _: Limited, session: SessionDep, body: ReopeningIn) -> TraceOut:
    """Have a closed matter reopened within 14 days that is not solved, once."""
    return _trace(request, operations.reopen(session, body.number, body.token, reason=body.reason))


@router.get("/public/nearby", responses=responses(400, 429, 503))
def list_matters_nearby(
    request: Request,
    _: Limited,
    session: SnapshotDep,
    lon: Annotated[float, Query(ge=-180, le=180, description="WGS 84.")],
    lat: Annotated[float, Query(ge=-90, le=90)],
    radius_m: Annotated[float, Query(gt=0, le=200)] = 50.0,
    category: Annotated[str | None, Query(pattern=CODE_PATTERN, description="Only this, or one below it.")] = None,
) -> NearbyListOut:
    """List what is reported near a place already and is followed, 20 at most, so that nobody reports it again."""
    found = queries.nearby(session, lon, lat, radius_m=radius_m, category=category)
    return NearbyListOut(items=[_nearby(request, one) for one in found])


def _trace(request: Request, found: Trace) -> TraceOut:
    named = (
        "number", "received_at", "category", "state", "unit", "rating", "may_rate", "may_reopen", "answer_until",
    )  # fmt: skip
    steps = [
        PublicStepOut(
            at=one.at,
            verb=one.verb,
            state=one.led_to,
            unit=one.unit,
            reason=one.reason,
            answer=one.answer,
            source=one.source,
        )
        for one in found.steps
    ]
    known = {name: getattr(found, name) for name in named}
    return TraceOut.model_validate(known | {"steps": steps, "photos": _photos(request, found.photos)})


def _nearby(request: Request, one: Nearby) -> NearbyOut:
    named = ("state", "opened_at", "category", "text", "lon", "lat", "distance_m")
    known = {name: getattr(one, name) for name in named}
    return NearbyOut.model_validate(known | {"photos": _photos(request, one.photos)})


def _photos(request: Request, rows: Sequence[Attachment]) -> list[PublicPhotoOut]:
    until = clock.now() + LINK_LASTS
    return [
        PublicPhotoOut(
            stage=row.stage, file_url=link(request, row, Copy.CLEAN, until),
            thumbnail_url=link(request, row, Copy.THUMBNAIL, until), links_until=until,
        )
        for row in rows
    ]  # fmt: skip
