"""Categories: the dated tree of components and events, their limits, and the words of channels that mean them."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated

from fastapi import File, Form, Path, Query, UploadFile

from api.categories.schemas import (
    CategoryEndIn,
    CategoryImportOut,
    CategoryIn,
    CategoryInForceOut,
    CategoryLimitOut,
    CategoryListOut,
    CategoryOut,
    CategoryStateOut,
    ChannelWordIn,
    ChannelWordListOut,
    ChannelWordOut,
    UnknownWordListOut,
    UnknownWordOut,
)
from api.http.access import CategoriesEditor, Viewer
from api.http.dependencies import PrincipalDep, SessionDep, SnapshotDep
from api.http.instants import InstantQuery
from api.http.openapi import feature_router
from api.http.problems import responses
from api.http.texts import CODE_PATTERN, LINE_PATTERN
from api.http.uploads import stored_upload
from core import clock
from governance.categories import operations, queries, rules, table_files
from governance.categories.imports import import_categories
from governance.categories.states import CategoryKind, Urgency

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from governance.categories.queries import Limits
    from governance.categories.tables import CategoryState, ChannelWord

router = feature_router(prefix="/v1/categories", tags=["categories"])
At = Annotated[InstantQuery | None, Query(description="Instant, with a time zone. Now if left out.")]
Code = Annotated[str, Path(pattern=CODE_PATTERN, description="The category's code.", examples=["E0102"])]
Number = Annotated[int, Query(ge=0, le=2**62, description="`next` of the page before.")]
READ = responses(400, 401, 404, 503)
WRITE = responses(400, 401, 403, 404, 409, 422, 503)
SINCE = timedelta(days=30)


@router.get("", responses=READ)
def list_categories(
    session: SnapshotDep,
    _: PrincipalDep,
    kind: Annotated[CategoryKind | None, Query(description="Only components or events.")] = None,
    parent: Annotated[str | None, Query(pattern=CODE_PATTERN, description="Only those right below this one.")] = None,
    at: At = None,
    limit: Annotated[int, Query(ge=1, le=10_000)] = 1000,
    after: Annotated[str, Query(max_length=80, pattern=LINE_PATTERN, description="`next` of the page before.")] = "",
) -> CategoryListOut:
    """List the categories at an instant, by code."""
    instant = at or clock.now()
    found = queries.categories_at(session, instant, kind=kind, parent_code=parent, after=after, limit=limit + 1)
    return CategoryListOut(
        at=instant,
        items=[_state(one) for one in found[:limit]],
        next=found[limit - 1].category_code if len(found) > limit else None,
    )


@router.get("/words", responses=READ)
def list_channel_words(
    session: SnapshotDep,
    _: PrincipalDep,
    category: Annotated[str | None, Query(pattern=CODE_PATTERN, description="Only words for this category.")] = None,
    at: At = None,
    limit: Annotated[int, Query(ge=1, le=10_000)] = 1000,
    after: Number = 0,
) -> ChannelWordListOut:
    """List which words of which channels mean which categories at an instant."""
    instant = at or clock.now()
    found = queries.words_at(session, instant, category=category, after=after, limit=limit + 1)
    return ChannelWordListOut(
        at=instant,
        items=[_word(one) for one in found[:limit]],
        next=found[limit - 1].id if len(found) > limit else None,
    )


@router.post("/words", responses=WRITE)
def map_channel_word(session: SessionDep, editor: CategoriesEditor, body: ChannelWordIn) -> ChannelWordListOut:
    """State which category a channel means by a word for a time; answered are the words of that category then."""
    start = body.start or clock.now()
    operations.map_word(
        session, channel=body.channel, word=body.word, category=body.category, start=start, until=body.until,
        actor=editor.actor,
    )  # fmt: skip
    found = [] if body.category is None else queries.words_at(session, start, category=body.category)
    return ChannelWordListOut(at=start, items=[_word(one) for one in found], next=None)


@router.get("/unknown-words", responses=responses(400, 401, 403, 503))
def list_unknown_words(
    session: SnapshotDep,
    _: Viewer,
    since: Annotated[
        InstantQuery | None, Query(description="Only reports received since; 30 days if left out.")
    ] = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 200,
) -> UnknownWordListOut:
    """List the words that channels send and that mean no category yet, the most frequent first."""
    now = clock.now()
    start = since or now - SINCE
    found = queries.unknown_words(session, since=start, at=now, limit=limit)
    return UnknownWordListOut(since=start, items=[UnknownWordOut.model_validate(asdict(one)) for one in found])


@router.post("/imports", responses=responses(400, 401, 403, 404, 409, 413, 422, 503))
def import_category_file(
    session: SessionDep,
    editor: CategoriesEditor,
    file: Annotated[UploadFile, File(description="CSV or spreadsheet: 编码, 类型, 名称, and more if wanted.")],
    start: Annotated[InstantQuery | None, Form(description="First instant at which it holds; now if left out.")] = None,
    dry_run: Annotated[bool, Form(description="Only tell what would be; nothing is stored.")] = False,  # noqa: FBT002
) -> CategoryImportOut:
    """Take in categories from a file by code, all or none. None is ended by a file."""
    with stored_upload(file) as path:
        rows = table_files.read_categories(path, start=start or clock.now())
    changed = import_categories(session, rows, actor=editor.actor, dry_run=dry_run)
    return CategoryImportOut(dry_run=dry_run, rows=len(rows), changed=changed)


@router.get("/{code}", responses=READ)
def read_category(session: SnapshotDep, _: PrincipalDep, code: Code, at: At = None) -> CategoryOut:
    """Read a category: what it was, is and will be, its limits, and what holds for its cases."""
    return _category(session, code, at or clock.now())


@router.put("/{code}", responses=WRITE)
def state_category(session: SessionDep, editor: CategoriesEditor, code: Code, body: CategoryIn) -> CategoryOut:
    """State what a category is from an instant on. Said again, nothing changes."""
    start = body.start or clock.now()
    limits = {
        (one.step, one.urgency): None if one.amount is None else rules.checked_limit(one.amount, one.unit, "limits")
        for one in body.limits
    }
    category = operations.CategoryIn(
        code=code, name=body.name, kind=body.kind, start=start, until=body.until, public_name=body.public_name,
        parent_code=body.parent_code, unit_code=body.unit_code, open311_code=body.open311_code, urgency=body.urgency,
        on_the_spot=body.on_the_spot, limits=limits,
    )  # fmt: skip
    operations.state_categories(session, [category], actor=editor.actor)
    return _category(session, code.strip(), start)


@router.post("/{code}/end", responses=WRITE)
def end_category(session: SessionDep, editor: CategoriesEditor, code: Code, body: CategoryEndIn) -> CategoryOut:
    """End a category, and with it its limits and the words that mean it."""
    at = body.at or clock.now()
    operations.end_category(session, code, at=at, actor=editor.actor)
    return _category(session, code, at)


def _category(session: Session, code: str, at: datetime) -> CategoryOut:
    states = queries.category_history(session, code)
    found = None
    if any(one.start <= at and (one.until is None or at < one.until) for one in states):
        holds = queries.in_force(session, code, at)
        found = CategoryInForceOut(path=list(holds.path), unit_code=holds.unit_code, limits=_limits(holds.limits))
    return CategoryOut(
        code=code,
        at=at,
        states=[_state(one) for one in states],
        limits=_limits(queries.limits_of(session, code, at)),
        in_force=found,
    )


def _limits(limits: Limits) -> list[CategoryLimitOut]:
    return [
        CategoryLimitOut(step=step, urgency=urgency, amount=one.amount, unit=one.unit)
        for (step, urgency), one in sorted(limits.items())
    ]


def _state(row: CategoryState) -> CategoryStateOut:
    return CategoryStateOut(
        code=row.category_code, name=row.name, public_name=row.public_name, kind=CategoryKind(row.kind),
        parent_code=row.parent_code, unit_code=row.unit_code, open311_code=row.open311_code,
        urgency=Urgency(row.urgency), on_the_spot=row.on_the_spot, valid_from=row.start, valid_to=row.until,
    )  # fmt: skip


def _word(row: ChannelWord) -> ChannelWordOut:
    return ChannelWordOut(
        channel=row.channel or None, word=row.word, category=row.category_code, valid_from=row.start,
        valid_to=row.until,
    )  # fmt: skip
