"""Joint handling: kinds of whistles, whistles of a case, what called units and the street do, lists over cases."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

from fastapi import Path, Query

from api.cases import whistle_schemas as schemas
from api.cases.addressed import Match, Number, caller_of, id_of, version_of
from api.http.access import CategoriesEditor, LocalCaseViewer
from api.http.dependencies import PrincipalDep, SessionDep, SnapshotDep
from api.http.instants import InstantQuery
from api.http.openapi import feature_router
from api.http.problems import responses
from api.http.repeats import REPLAYED, Once
from api.http.texts import CODE_PATTERN
from core import clock
from governance.cases.joint_handling import counting, operations, queries
from governance.cases.joint_handling.operations import WhistleIn
from governance.cases.joint_handling.rules import CallIn, KindIn
from governance.cases.joint_handling.states import WhistleState
from governance.cases.lifecycle import queries as cases
from governance.cases.lifecycle.rules import Act
from governance.cases.lifecycle.states import Verb
from governance.categories.rules import Limit
from governance.reports.numbers import report_number
from identity.grants import Scope

if TYPE_CHECKING:
    from datetime import datetime

    from governance.cases.joint_handling.queries import WhistleView
    from governance.cases.joint_handling.tables import WhistleAnswer

router = feature_router(prefix="/v1", tags=["cases"])
Whistle = Annotated[int, Path(ge=1, le=10_000, description="Number of the whistle within the case.")]
Code = Annotated[str, Path(pattern=CODE_PATTERN, description="Code of the kind.", examples=["enforcement"])]
YEAR = timedelta(days=365)
READ = responses(400, 401, 403, 404, 503)
WRITE = responses(400, 401, 403, 404, 409, 412, 422, 503)


@router.get("/whistle-kinds", responses=responses(400, 401, 503))
def list_whistle_kinds(
    session: SnapshotDep,
    _: PrincipalDep,
    at: Annotated[InstantQuery | None, Query(description="Instant, with a time zone. Now if left out.")] = None,
) -> schemas.WhistleKindListOut:
    """List the kinds of whistles: who may blow each, by when units sign, make contact and arrive, what it pauses."""
    instant = at or clock.now()
    return schemas.WhistleKindListOut(at=instant, items=[_kind(one) for one in queries.kinds_at(session, instant)])


@router.put("/whistle-kinds/{code}", responses=responses(400, 401, 403, 422, 503))
def state_whistle_kind(
    session: SessionDep, editor: CategoriesEditor, code: Code, body: schemas.WhistleKindIn
) -> schemas.WhistleKindOut:
    """State what a kind of whistle is from an instant on; whistles that were blown keep what held then."""
    given = {"sign": body.sign, "contact": body.contact, "arrive": body.arrive}
    limits = {name: Limit(one.amount, one.unit) for name, one in given.items()}
    kind = KindIn(
        code=code, name=body.name, unit_kinds=tuple(body.unit_kinds), roles=tuple(body.roles), near_m=body.near_m,
        pauses=body.pauses, **limits,
    )  # fmt: skip
    start = body.start or clock.now()
    operations.state_kind(session, kind, start=start, until=body.until, actor=editor.actor)
    return _kind(queries.kind_at(session, code.strip(), start))


@router.post("/whistle-kinds/{code}/end", status_code=204, responses=responses(400, 401, 403, 422, 503))
def end_whistle_kind(session: SessionDep, editor: CategoriesEditor, code: Code, body: schemas.WhistleKindEndIn) -> None:
    """End what was stated of a kind of whistle; a built-in one holds again."""
    operations.end_kind(session, code, at=body.at, actor=editor.actor)


@router.get("/whistles", responses=responses(400, 401, 403, 503))
def list_whistles(
    session: SnapshotDep,
    viewer: LocalCaseViewer,
    unit: Annotated[str | None, Query(pattern=CODE_PATTERN, description="Only those that call this unit.")] = None,
    caller: Annotated[str | None, Query(pattern=CODE_PATTERN, description="Only those of this street.")] = None,
    state: WhistleState | None = None,
    overdue: Annotated[bool, Query(description="Only those in which a unit owes something.")] = False,  # noqa: FBT002
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    after: Annotated[int | None, Query(ge=1, le=2**62, description="`next` of the page before.")] = None,
) -> schemas.WhistleListOut:
    """List the whistles of cases of the caller's areas and categories, the latest first."""
    now = clock.now()
    wanted = queries.WhistleFilter(unit=unit, caller=caller, state=state, overdue_at=now if overdue else None)
    reach = viewer.reach(Scope.CASES_READ)
    found = queries.whistles_page(session, wanted, reach=reach, limit=limit + 1, before=after)
    following = found[limit - 1].whistle.id if len(found) > limit else None
    return schemas.WhistleListOut(items=[_whistle(one, now) for one in found[:limit]], next=following)


@router.get("/whistles/counts", responses=responses(400, 401, 403, 503))
def count_whistles(
    session: SnapshotDep,
    viewer: LocalCaseViewer,
    since: Annotated[InstantQuery | None, Query(description="Only those blown since; a year before `until`.")] = None,
    until: Annotated[InstantQuery | None, Query(description="Only those blown before; now if left out.")] = None,
    kind: Annotated[str | None, Query(pattern=CODE_PATTERN, description="Only those of this kind.")] = None,
) -> schemas.WhistleCountsOut:
    """Count how each called unit answered (in time, late, missing, far off, rated), and what came of each street's."""
    now = clock.now()
    end = until or now
    start = since or end - YEAR
    reach = viewer.reach(Scope.CASES_READ)
    found = counting.count_whistles(session, reach=reach, since=start, until=end, now=now, kind=kind)
    return schemas.WhistleCountsOut(
        since=start, until=end,
        units=[schemas.UnitAnswersOut(**asdict(one)) for one in found.units],
        streets=[schemas.StreetWhistlesOut(**asdict(one)) for one in found.streets],
    )  # fmt: skip


@router.get("/cases/{number}/whistles", responses=READ)
def list_whistles_of_case(session: SnapshotDep, viewer: LocalCaseViewer, number: Number) -> schemas.WhistlesOfCaseOut:
    """List the whistles of a case; what was written to them is in the case's history."""
    view = cases.case(session, id_of(session, number), reach=viewer.reach(Scope.CASES_READ))
    now = clock.now()
    return schemas.WhistlesOfCaseOut(items=[_whistle(one, now) for one in queries.of_case(session, view.id)])


@router.post("/cases/{number}/whistles", status_code=201, responses={201: REPLAYED, **WRITE})
def blow_whistle(
    session: SessionDep,
    viewer: LocalCaseViewer,
    number: Number,
    body: schemas.WhistleCallIn,
    once: Once,
    if_match: Match = None,
) -> schemas.WhistleOut:
    """Call units to a joint visit, for the street that has the case; it runs beside the case and pauses no clock.

    A kind of whistle can say that the clock of handling stands meanwhile. Sent again under its Idempotency-Key it is
    blown once; the answer is the case's latest whistle then.
    """
    if once.is_repeated(session, body):
        seen = cases.case(session, id_of(session, number), reach=viewer.reach(Scope.CASES_READ))
        return _whistle(queries.of_case(session, seen.id)[-1], clock.now())
    call = CallIn(kind=body.kind, units=body.units, reason=body.reason, arrive_by=body.arrive_by)
    view = operations.blow(
        session, id_of(session, number), call, caller=caller_of(viewer), expected_version=version_of(if_match)
    )
    return _whistle(view, clock.now())


@router.post("/cases/{number}/whistles/{whistle}/steps", responses={200: REPLAYED, **WRITE})
def act_on_whistle(
    session: SessionDep,
    viewer: LocalCaseViewer,
    number: Number,
    whistle: Whistle,
    body: schemas.WhistleActIn,
    once: Once,
    if_match: Match = None,
) -> schemas.WhistleOut:
    """Sign, make contact, arrive, advise, sign the conclusion; as the street conclude, rate a unit, call off."""
    if once.is_repeated(session, body):
        seen = cases.case(session, id_of(session, number), reach=viewer.reach(Scope.CASES_READ))
        return _whistle(queries.whistle(session, seen.id, whistle), clock.now())
    act = Act(
        verb=Verb(body.verb.value), unit_code=body.unit_code, opinion=body.opinion, reason=body.reason,
        photos=tuple(body.photos), lon=body.lon, lat=body.lat, rating=body.rating, device_at=body.device_at,
    )  # fmt: skip
    given = WhistleIn(verb=body.verb, act=act, agrees=body.agrees, accuracy_m=body.accuracy_m)
    view = operations.act_on(
        session, id_of(session, number), whistle, given, caller=caller_of(viewer), expected_version=version_of(if_match)
    )
    return _whistle(view, clock.now())


def _kind(kind: KindIn) -> schemas.WhistleKindOut:
    return schemas.WhistleKindOut.model_validate(asdict(kind))


def _whistle(view: WhistleView, now: datetime) -> schemas.WhistleOut:
    row = view.whistle
    known = {name: getattr(row, name) for name in schemas.WhistleOut.model_fields if hasattr(row, name)}
    return schemas.WhistleOut.model_validate(
        known | {"case": report_number(row.case_id), "whistle": row.number,
                 "units": [_answer(one, row.ended_at or now) for one in view.answers]}
    )  # fmt: skip


def _answer(row: WhistleAnswer, until: datetime) -> schemas.WhistleAnswerOut:
    known = {name: getattr(row, name) for name in schemas.WhistleAnswerOut.model_fields if hasattr(row, name)}
    late = (row.arrived_at or until) > row.arrive_due_at
    return schemas.WhistleAnswerOut.model_validate(known | {"is_late": late})
