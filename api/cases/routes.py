"""Cases: opened from reports, moved by the table of transitions, read with their clocks and history."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import Depends, Query, Response

from api.cases import schemas
from api.cases.addressed import Match, Number, caller_of, id_of, version_of
from api.cases.clocks import clock_out
from api.cases.filters import CaseQuery
from api.cases.summaries import summary
from api.http.access import LocalCaseOpener, LocalCaseViewer
from api.http.dependencies import PrincipalDep, SessionDep, SnapshotDep
from api.http.openapi import feature_router
from api.http.problems import responses
from api.http.repeats import REPLAYED, Once
from core import clock
from core.personal import masked_text
from governance.cases.lifecycle import operations, queries, rules
from governance.cases.lifecycle.operations.holding import offered
from governance.cases.lifecycle.page_queries import cases_page
from governance.cases.lifecycle.states import TABLE, CaseState, Verb, verbs_from
from governance.cases.protection import accusations
from governance.reports.numbers import report_id, report_number
from identity.grants import Scope

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy.orm import Session

    from governance.cases.lifecycle.operations import Caller
    from governance.cases.lifecycle.queries import CaseView
    from governance.cases.lifecycle.tables import CaseStep, CaseWords

router = feature_router(prefix="/v1/cases", tags=["cases"])
READ = responses(400, 401, 403, 404, 503)
WRITE = responses(400, 401, 403, 404, 409, 412, 422, 503)


@router.get("", responses=responses(400, 401, 403, 503))
def list_cases(
    session: SnapshotDep,
    viewer: LocalCaseViewer,
    wanted: Annotated[CaseQuery, Depends()],
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    after: Annotated[int | None, Query(ge=1, le=2**62, description="`next` of the page before.")] = None,
) -> schemas.CaseListOut:
    """List cases of the caller's areas and categories, the latest first."""
    now = clock.now()
    reach = viewer.reach(Scope.CASES_READ)
    found = cases_page(session, wanted.filter(session, viewer, now), reach=reach, limit=limit + 1, before=after)
    return schemas.CaseListOut(
        items=[schemas.CaseSummaryOut.model_validate(summary(one, now)) for one in found[:limit]],
        next=found[limit - 1].id if len(found) > limit else None,
    )


@router.post("", status_code=201, responses={200: {"model": schemas.CaseOut}, **WRITE})
def open_case(
    session: SessionDep, opener: LocalCaseOpener, response: Response, body: schemas.CaseOpenIn
) -> schemas.CaseOut:
    """Open the case of a report; asked again, it is the same (200)."""
    view, is_new = operations.open_case(
        session, report_id=report_id(body.report), caller=caller_of(opener), deadline=body.deadline
    )
    response.status_code = 201 if is_new else 200
    return _case(session, response, view, caller_of(opener))


@router.get("/transitions", responses=responses(400, 401))
def list_transitions(_: PrincipalDep) -> schemas.TransitionListOut:
    """List the table of transitions: from where, to where, who, with which duties, and what it does to each clock."""
    return schemas.TransitionListOut(
        items=[
            schemas.TransitionOut(
                verb=verb, sources=list(rule.sources), target=rule.target, scope=rule.scope,
                roles=rules.roles_for(rule), own_unit=rule.own_unit, duties=list(rule.duties), clocks=dict(rule.clocks),
                path=rule.path,
            )
            for verb, rule in TABLE.items()
        ]
    )  # fmt: skip


@router.get("/{number}", responses=READ)
def read_case(session: SnapshotDep, viewer: LocalCaseViewer, response: Response, number: Number) -> schemas.CaseOut:
    """Read a case with its clocks, measured now; its ETag is its version."""
    view = queries.case(session, id_of(session, number), reach=viewer.reach(Scope.CASES_READ))
    return _case(session, response, view, caller_of(viewer))


@router.get("/{number}/history", responses=READ)
def read_case_history(
    session: SnapshotDep,
    viewer: LocalCaseViewer,
    number: Number,
    limit: Annotated[int, Query(ge=1, le=1000)] = 200,
    after: Annotated[int, Query(ge=0, le=2**31 - 1, description="`next` of the page before.")] = 0,
) -> schemas.CaseHistoryOut:
    """Read the history of a case: who, when, what, why."""
    view = queries.case(session, id_of(session, number), reach=viewer.reach(Scope.CASES_READ))
    steps = queries.steps_of(session, view.id, after=after, limit=limit + 1)
    words = queries.words_of(session, view.id)
    hidden = {report_number(one) for one in accusations.hidden_from(session, viewer.viewer)}
    return schemas.CaseHistoryOut(
        number=view.number,
        items=[_step(one, words.get(one.number), hidden) for one in steps[:limit]],
        next=steps[limit - 1].number if len(steps) > limit else None,
    )


@router.post("/{number}/steps", responses={200: REPLAYED, **WRITE})
def act_on_case(
    session: SessionDep,
    viewer: LocalCaseViewer,
    response: Response,
    number: Number,
    body: schemas.CaseActIn,
    once: Once,
    if_match: Match = None,
) -> schemas.CaseOut:
    """Do something to a case, as the table of transitions allows; everything else is refused, and told what is allowed.

    With If-Match it is refused where the case has changed since it was read, and told how. Sent again under its
    Idempotency-Key it is done once, and the answer is the case as it stands.
    """
    if once.is_repeated(session, body):
        return read_case(session, viewer, response, number)
    given = {name: value for name, value in body if value is not None and value != []}
    act = rules.Act(**given | {"photos": tuple(body.photos)})
    view = operations.act_on(
        session,
        case_id=id_of(session, number),
        act=act,
        caller=caller_of(viewer),
        expected_version=version_of(if_match),
    )
    return _case(session, response, view, caller_of(viewer))


def _case(session: Session, response: Response, view: CaseView, caller: Caller) -> schemas.CaseOut:
    now = clock.now()
    response.headers["ETag"] = f'"{view.version}"'
    work = queries.working_time(session, known_by=now)
    readings = queries.clocks_of(queries.steps_of(session, view.id), work, now=now)
    clocks = [clock_out(step, one) for step, one in readings.items() if one.moves or one.stopped_at or one.used]
    found = summary(view, now) | {
        "clocks": clocks, "allowed": verbs_from(view.state), "offered": offered(session, view, caller, now)
    }  # fmt: skip
    return schemas.CaseOut.model_validate(found)


def _step(row: CaseStep, words: CaseWords | None, hidden: Collection[str]) -> schemas.CaseStepOut:
    """Return a step as JSON; of another case that it was linked to, no number where that is hidden."""
    reason, opinion, photos = (None, None, []) if words is None else (words.reason, words.opinion, words.photos)
    return schemas.CaseStepOut(
        number=row.number, at=row.at, device_at=row.device_at, verb=Verb(row.verb),
        came_from=None if row.came_from is None else CaseState(row.came_from), led_to=CaseState(row.led_to),
        actor=row.actor, unit_code=row.unit_code, category=row.category_code,
        reason=None if reason is None else masked_text(reason),
        opinion=None if opinion is None else masked_text(opinion), photos=photos,
        detail={name: value for name, value in row.detail.items() if name != "other" or value not in hidden},
    )  # fmt: skip
