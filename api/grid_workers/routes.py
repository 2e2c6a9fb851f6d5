"""Who works which area, and how far open matters are with coming under a release's areas."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

from fastapi import Query

from api.grid_workers.schemas import HandoverListOut, HandoverOut, PostListOut, PostOut, WorkersIn
from api.http.access import Editor, LocalViewer, Viewer
from api.http.dependencies import SessionDep, SnapshotDep
from api.http.instants import InstantQuery
from api.http.openapi import feature_router
from api.http.problems import responses
from api.http.texts import CODE_PATTERN, AreaCode, LayerCode
from core import clock
from governance.boundary_changes import queries as boundary_changes
from governance.grid_workers import operations, queries, rules
from governance.reports.reach_queries import area_reach
from grids.boundaries import queries as registry
from grids.boundaries.errors import ParameterInvalidError
from identity.grants import Scope
from identity.keys import Principal, ReachLimitedError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from grids.boundaries.tables import Layer

router = feature_router(prefix="/v1/layers", tags=["grid workers"])
At = Annotated[InstantQuery | None, Query(description="Instant, with a time zone. Now if left out.")]
READ = responses(400, 401, 403, 404, 503)


@router.get("/{layer}/workers", responses=READ)
def list_workers(
    session: SessionDep,
    viewer: LocalViewer,
    layer: LayerCode,
    unit: Annotated[str | None, Query(pattern=CODE_PATTERN, description="Only this unit.")] = None,
    at: At = None,
    limit: Annotated[int, Query(ge=1, le=10_000)] = 1000,
    after: Annotated[
        str | None, Query(pattern=r"^[^\x00-\x1f\x7f]{1,170}$", description="`next` of the page before.")
    ] = None,
) -> PostListOut:
    """List who works which area at an instant."""
    start = ("", 0) if after is None else _cursor(after)
    found, instant = registry.get_layer(session, layer), at or clock.now()
    posts = queries.posts_at(
        session, layer_id=found.id, at=instant, unit=unit, within=_reached(session, viewer, found), after=start,
        limit=limit + 1,
    )  # fmt: skip
    last = posts[limit - 1] if len(posts) > limit else None
    return _shown(
        session,
        viewer,
        layer,
        instant,
        posts[:limit],
        None if last is None else f"{last.area_code}~{last.id}",
    )


@router.get("/{layer}/areas/{code}/workers", responses=READ)
def list_area_workers(
    session: SessionDep, viewer: LocalViewer, layer: LayerCode, code: AreaCode, at: At = None
) -> PostListOut:
    """List who works one area at an instant; nobody where none is on record."""
    found, instant = registry.get_layer(session, layer), at or clock.now()
    registry.area_history(session, found, code)
    within = _reached(session, viewer, found)
    if within is not None and not queries.lies_within(session, layer_id=found.id, code=code, within=within, at=instant):
        raise ReachLimitedError(
            "'{name}' holds 'reports:read' in other areas only, not in '{code}'.",
            values={"name": viewer.actor.name, "code": code},
        )
    return _shown(
        session, viewer, layer, instant, queries.posts_at(session, layer_id=found.id, at=instant, codes=[code])
    )


@router.put("/{layer}/areas/{code}/workers", responses=responses(400, 401, 403, 404, 409, 422, 503))
def set_area_workers(
    session: SessionDep, editor: Editor, layer: LayerCode, code: AreaCode, body: WorkersIn
) -> PostListOut:
    """State who works one area from an instant on: exactly these, nobody else. Said again, nothing changes."""
    found, start = registry.get_layer(session, layer), body.start or clock.now()
    operations.set_workers(
        session,
        layer=found,
        appointments=[
            rules.Appointment(code, one.staff_number, one.name, one.unit_code, None, one.until) for one in body.workers
        ],
        areas=[code],
        actor=editor.actor,
        start=start,
    )
    posts = queries.posts_at(session, layer_id=found.id, at=start, codes=[code])
    return _shown(session, editor, layer, start, posts)


@router.get("/{layer}/handovers", responses=READ)
def list_handovers(session: SnapshotDep, viewer: Viewer, layer: LayerCode) -> HandoverListOut:
    """Return how far open matters are with coming under each release's areas, latest first."""
    del viewer
    found = boundary_changes.handovers_of(session, layer_id=registry.get_layer(session, layer).id)
    return HandoverListOut(
        handovers=[
            HandoverOut.model_validate(
                {name: getattr(handover, name) for name in HandoverOut.model_fields if name != "release"}
                | {"release": number}
            )
            for number, handover in found
        ]
    )


def _shown(
    session: Session,
    reader: Principal,
    layer: str,
    at: datetime,
    posts: Sequence[queries.Post],
    following: str | None = None,
) -> PostListOut:
    """Show posts as the reader may see them; that names were read in clear is written down."""
    read = reader.reach(Scope.REPORTS_READ)
    clear = reader.holds(Scope.WORKERS_READ) or (
        bool(read.pairs) and reader.reach(Scope.WORKERS_READ).covers(read)  # nothing covers nothing, and shows no names
    )
    if clear:
        operations.audit_read(session, reader=reader.actor, layer=layer, areas={post.area_code for post in posts})
    shown = []
    for post in posts:
        number, name = rules.shown(post.staff_number, post.name, clear=clear)
        shown.append(
            PostOut(
                area_code=post.area_code, area_name=post.area_name, staff_number=number, name=name,
                unit_code=post.unit_code, unit_name=post.unit_name, valid_from=post.valid_from, valid_to=post.valid_to,
            )
        )  # fmt: skip
    return PostListOut(layer=layer, at=at, masked=not clear, posts=shown, next=following)


def _reached(session: Session, viewer: Principal, layer: Layer) -> frozenset[str] | None:
    """Return the areas whose workers the viewer may see, with all below them; None: of the whole layer."""
    reach = viewer.reach(Scope.REPORTS_READ)
    return None if reach.is_everything else area_reach(session, reach, layer_id=layer.id).codes


def _cursor(words: str) -> tuple[str, int]:
    area, sign, number = words.rpartition("~")
    if not (sign and number.isascii() and number.isdigit() and len(number) < 19):
        raise ParameterInvalidError("`after` is the `next` of the page before.", field="after")
    return area, int(number)
