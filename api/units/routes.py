"""Responsible units: the tree by date, the codes of releases that stand for them, and who answers for what."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

from fastapi import File, Form, Path, Query, UploadFile

from api.http.access import UnitsEditor
from api.http.dependencies import PrincipalDep, SessionDep, SnapshotDep
from api.http.instants import InstantQuery
from api.http.openapi import feature_router
from api.http.problems import responses
from api.http.texts import CODE_PATTERN, LINE_PATTERN
from api.http.uploads import stored_upload
from api.units.schemas import (
    AnsweringListOut,
    AnsweringOut,
    UnitAnswerIn,
    UnitAnswerOut,
    UnitCodeIn,
    UnitEndIn,
    UnitIn,
    UnitListOut,
    UnitOut,
    UnitsImportOut,
    UnitStateOut,
    UnmappedListOut,
    UnmappedOut,
)
from core import clock
from governance.responsibility import queries as responsibility
from grids.boundaries import queries as registry
from identity.units import operations, queries, table_files
from identity.units.states import UnitKind

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from identity.units.tables import UnitState

router = feature_router(prefix="/v1/units", tags=["units"])
At = Annotated[InstantQuery | None, Query(description="Instant, with a time zone. Now if left out.")]
Code = Annotated[str, Path(pattern=CODE_PATTERN, description="The unit's code.", examples=["410106003"])]
LayerQuery = Annotated[str, Query(pattern=r"^[a-z][a-z0-9_-]{0,39}$", examples=["admin"])]
READ = responses(400, 401, 404, 503)
WRITE = responses(400, 401, 403, 404, 409, 422, 503)


@router.get("", responses=READ)
def list_units(
    session: SnapshotDep,
    _: PrincipalDep,
    kind: Annotated[UnitKind | None, Query(description="Only units of this kind.")] = None,
    parent: Annotated[str | None, Query(pattern=CODE_PATTERN, description="Only units right below this one.")] = None,
    release_code: Annotated[
        str | None, Query(pattern=CODE_PATTERN, description="Only the unit for which this code of releases stands.")
    ] = None,
    at: At = None,
    limit: Annotated[int, Query(ge=1, le=10_000)] = 1000,
    after: Annotated[str, Query(max_length=80, pattern=LINE_PATTERN, description="`next` of the page before.")] = "",
) -> UnitListOut:
    """List the units at an instant, by code."""
    instant = at or clock.now()
    wanted = queries.UnitFilter(kind=kind, parent_code=parent, release_code=release_code)
    found = queries.units_at(session, instant, wanted, after=after, limit=limit + 1)
    return UnitListOut(
        at=instant,
        items=[_state(one) for one in found[:limit]],
        next=found[limit - 1].unit_code if len(found) > limit else None,
    )


@router.post("/imports", responses=responses(400, 401, 403, 404, 409, 413, 422, 503))
def import_units_file(
    session: SessionDep,
    editor: UnitsEditor,
    file: Annotated[
        UploadFile,
        File(description="CSV or spreadsheet: 单位编码, 单位名称, 单位类型, and 上级单位编码, 版本单位编码 if wanted."),
    ],
    start: Annotated[InstantQuery | None, Form(description="From when on they are so; now if left out.")] = None,
    dry_run: Annotated[bool, Form(description="Only tell what would be; nothing is stored.")] = False,  # noqa: FBT002
) -> UnitsImportOut:
    """Take in units from a file by code, all or none; units that the file does not name stay as they are."""
    with stored_upload(file) as path:
        rows = table_files.read_units(path)
    done = table_files.import_units(session, rows, actor=editor.actor, start=start, dry_run=dry_run)
    return UnitsImportOut(dry_run=dry_run, **asdict(done))


@router.get("/unmapped", responses=READ)
def list_unmapped_codes(
    session: SnapshotDep, _: PrincipalDep, layer: LayerQuery | None = None, at: At = None
) -> UnmappedListOut:
    """List the unit codes in releases that stand for no unit: nobody can be sent what lies in their areas."""
    instant = at or clock.now()
    if layer is not None:
        registry.get_layer(session, layer)
    found = responsibility.unmapped_codes(session, instant, layer=layer)
    return UnmappedListOut(
        at=instant,
        items=[UnmappedOut.model_validate(asdict(one)) for one in found],
    )


@router.get("/answering", responses=READ)
def list_answering_units(
    session: SnapshotDep,
    _: PrincipalDep,
    layer: LayerQuery,
    area: Annotated[str, Query(pattern=CODE_PATTERN, description="Code of an area.", examples=["410106003"])],
    category: Annotated[str, Query(max_length=80, pattern=LINE_PATTERN, description="Category of reports.")] = "",
    at: At = None,
) -> AnsweringListOut:
    """List the units that answer for an area and a category, the most particular first."""
    instant, found = at or clock.now(), registry.get_layer(session, layer)
    registry.area_history(session, found, area)
    units = responsibility.answering_units(session, found, area, instant, categories=[category] if category else [])
    return AnsweringListOut(
        at=instant,
        items=[AnsweringOut.model_validate(asdict(one)) for one in units],
    )


@router.get("/{code}", responses=READ)
def read_unit(session: SnapshotDep, _: PrincipalDep, code: Code, at: At = None) -> UnitOut:
    """Read a unit: what it was, is and will be."""
    return _unit(session, code, at or clock.now())


@router.put("/{code}", responses=WRITE)
def state_unit(session: SessionDep, editor: UnitsEditor, code: Code, body: UnitIn) -> UnitOut:
    """State what a unit is from an instant on; a correction is stated for the time that it corrects.

    A new unit also stands for the code of releases that is like its own. Said again, nothing changes.
    """
    start = body.start or clock.now()
    unit = operations.UnitIn(code, body.name, body.kind, body.parent_code, start, body.until)
    operations.state_units(session, [unit], actor=editor.actor)
    return _unit(session, code.strip(), start)


@router.post("/{code}/end", responses=WRITE)
def end_unit(session: SessionDep, editor: UnitsEditor, code: Code, body: UnitEndIn) -> UnitOut:
    """End a unit, and with it the codes that stand for it and what it answers for."""
    at = body.at or clock.now()
    operations.end_unit(session, code, at=at, actor=editor.actor)
    return _unit(session, code, at)


@router.put("/{code}/release-codes/{release_code}", responses=WRITE)
def map_release_code(
    session: SessionDep,
    editor: UnitsEditor,
    code: Code,
    release_code: Annotated[str, Path(pattern=CODE_PATTERN, description="A unit code in releases.")],
    body: UnitCodeIn,
) -> UnitOut:
    """State that a code of releases stands for a unit for a time, in place of any other then."""
    start = body.start or clock.now()
    operations.map_code(session, release_code, code, start=start, until=body.until, actor=editor.actor)
    return _unit(session, code, start)


@router.post("/{code}/answers", responses=WRITE)
def state_unit_answer(session: SessionDep, editor: UnitsEditor, code: Code, body: UnitAnswerIn) -> UnitOut:
    """State that a unit answers for an area and a category for a time, or no longer."""
    start = body.start or clock.now()
    if body.area is not None:
        registry.require_named_area(session, body.area)
    operations.state_answer(
        session, code, area=body.area, category=body.category, answers=body.answers, start=start, until=body.until,
        actor=editor.actor,
    )  # fmt: skip
    return _unit(session, code, start)


def _unit(session: Session, code: str, at: datetime) -> UnitOut:
    return UnitOut(
        code=code,
        at=at,
        states=[_state(one) for one in queries.unit_history(session, code)],
        release_codes=queries.release_codes_of(session, code, at),
        answers=[
            UnitAnswerOut(area=one.area, category=one.category, valid_from=one.start, valid_to=one.until)
            for one in queries.answers_of(session, code, at)
        ],
    )


def _state(row: UnitState) -> UnitStateOut:
    return UnitStateOut(
        code=row.unit_code, name=row.name, kind=UnitKind(row.kind), parent_code=row.parent_code, valid_from=row.start,
        valid_to=row.until,
    )  # fmt: skip
