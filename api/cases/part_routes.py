"""Parts of cases: given to units beside the one that has the case, each with clocks of its own; lists over cases."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import Path, Query

from api.cases import part_schemas as schemas
from api.cases.addressed import Match, Number, caller_of, id_of, version_of
from api.cases.clocks import clock_out
from api.http.access import LocalCaseViewer
from api.http.dependencies import SessionDep, SnapshotDep
from api.http.openapi import feature_router
from api.http.problems import responses
from api.http.repeats import REPLAYED, Once
from api.http.texts import CODE_PATTERN
from core import clock
from governance.cases.lifecycle import queries as cases
from governance.cases.lifecycle.rules import Act
from governance.cases.lifecycle.states import Verb
from governance.cases.parts import operations, queries
from governance.cases.parts.rules import PartIn
from governance.cases.parts.states import PartState, PartVerb
from governance.categories.rules import Limit
from governance.reports.numbers import report_number
from identity.grants import Scope

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from governance.cases.parts.tables import CasePart

router = feature_router(prefix="/v1", tags=["cases"])
Part = Annotated[int, Path(ge=1, le=10_000, description="Number of the part within the case.")]
READ = responses(400, 401, 403, 404, 503)
WRITE = responses(400, 401, 403, 404, 409, 412, 422, 503)


@router.get("/parts", responses=responses(400, 401, 403, 503))
def list_parts(
    session: SnapshotDep,
    viewer: LocalCaseViewer,
    unit: Annotated[str | None, Query(pattern=CODE_PATTERN, description="Only those at this unit.")] = None,
    state: PartState | None = None,
    overdue: Annotated[bool, Query(description="Only those with a deadline that is over.")] = False,  # noqa: FBT002
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    after: Annotated[int | None, Query(ge=1, le=2**62, description="`next` of the page before.")] = None,
) -> schemas.PartListOut:
    """List parts of cases of the caller's areas and categories, the latest first."""
    now = clock.now()
    wanted = queries.PartFilter(unit=unit, state=state, overdue_at=now if overdue else None)
    reach = viewer.reach(Scope.CASES_READ)
    found = queries.parts_page(session, wanted, reach=reach, limit=limit + 1, before=after)
    following = found[limit - 1].id if len(found) > limit else None
    items = [schemas.PartSummaryOut.model_validate(_summary(one, now)) for one in found[:limit]]
    return schemas.PartListOut(items=items, next=following)


@router.get("/cases/{number}/parts", responses=READ)
def list_parts_of_case(session: SnapshotDep, viewer: LocalCaseViewer, number: Number) -> schemas.PartsOfCaseOut:
    """List the parts of a case with their clocks; what was written to them is in the case's history."""
    view = cases.case(session, id_of(session, number), reach=viewer.reach(Scope.CASES_READ))
    return schemas.PartsOfCaseOut(items=_parts(session, queries.of_case(session, view.id)))


@router.post("/cases/{number}/parts", status_code=201, responses=WRITE)
def give_part(
    session: SessionDep, viewer: LocalCaseViewer, number: Number, body: schemas.PartGiveIn, if_match: Match = None
) -> schemas.PartOut:
    """Give a part of a case to a unit beside the one that has the case; its own clocks begin."""
    within = None if body.within is None else Limit(body.within.amount, body.within.unit)
    given = PartIn(unit_code=body.unit_code, reason=body.reason, within=within)
    row = operations.give(
        session, id_of(session, number), given, caller=caller_of(viewer), expected_version=version_of(if_match)
    )
    return _parts(session, [row])[0]


@router.post("/cases/{number}/parts/{part}/steps", responses={200: REPLAYED, **WRITE})
def act_on_part(
    session: SessionDep,
    viewer: LocalCaseViewer,
    number: Number,
    part: Part,
    body: schemas.PartActIn,
    once: Once,
    if_match: Match = None,
) -> schemas.PartOut:
    """Acknowledge, return or finish a part as its unit; send it back, extend or withdraw it as who dispatches."""
    if once.is_repeated(session, body):
        view = cases.case(session, id_of(session, number), reach=viewer.reach(Scope.CASES_READ))
        return _parts(session, [queries.part(session, view.id, part)])[0]
    verb: PartVerb = body.verb
    act = Act(
        verb=Verb(verb.value), reason=body.reason, return_reason=body.return_reason, opinion=body.opinion,
        photos=tuple(body.photos), device_at=body.device_at,
    )  # fmt: skip
    row = operations.act_on(
        session, id_of(session, number), part, verb, act, caller=caller_of(viewer),
        expected_version=version_of(if_match),
    )  # fmt: skip
    return _parts(session, [row])[0]


def _parts(session: Session, rows: Sequence[CasePart]) -> list[schemas.PartOut]:
    """Return parts of one case with their clocks, measured now."""
    now = clock.now()
    steps = cases.steps_of(session, rows[0].case_id) if rows else ()
    work = cases.working_time(session, known_by=now)
    found = []
    for row in rows:
        readings = queries.clocks_of(steps, row.number, work, now=now)
        clocks = [clock_out(step, one) for step, one in readings.items() if one.moves or one.stopped_at or one.used]
        found.append(schemas.PartOut.model_validate(_summary(row, now) | {"clocks": clocks}))
    return found


def _summary(row: CasePart, now: datetime) -> dict[str, object]:
    known = {name: getattr(row, name) for name in schemas.PartSummaryOut.model_fields if hasattr(row, name)}
    return known | {
        "case": report_number(row.case_id), "part": row.number,
        "is_overdue": row.due_at is not None and row.due_at < now,
    }  # fmt: skip
