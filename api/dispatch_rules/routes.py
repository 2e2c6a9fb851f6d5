"""Rules of dispatch: sets made, checked, tried on a case, replayed over the past, published at an instant."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated

from fastapi import Path, Query

from api.dispatch_rules import schemas
from api.http.access import CaseDispatcher, CategoriesEditor
from api.http.dependencies import SessionDep, SnapshotDep
from api.http.instants import InstantQuery
from api.http.openapi import feature_router
from api.http.problems import responses
from api.http.texts import LINE_PATTERN
from core import clock
from governance.cases.dispatch import operations, queries, replaying
from governance.cases.dispatch.rules import DispatchRule
from governance.cases.lifecycle import queries as cases
from governance.cases.protection import accusations
from governance.reports.numbers import report_id
from governance.reports.queries import current_id
from identity.grants import Scope

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from governance.cases.dispatch.tables import DispatchRuleSet

router = feature_router(prefix="/v1/dispatch-rules", tags=["dispatch rules"])
SetId = Annotated[int, Path(ge=1, le=2**62, description="Number of the set.")]
Since = Annotated[InstantQuery | None, Query(description="First instant of the span; a year before its end.")]
Until = Annotated[InstantQuery | None, Query(description="First instant behind the span; now if left out.")]
READ = responses(400, 401, 403, 404, 409, 503)
WRITE = responses(400, 401, 403, 404, 409, 422, 503)
YEAR = timedelta(days=365)


@router.get("", responses=responses(400, 401, 403, 503))
def list_dispatch_rule_sets(
    session: SnapshotDep,
    _: CaseDispatcher,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    after: Annotated[int | None, Query(ge=1, le=2**62, description="`next` of the page before.")] = None,
) -> schemas.DispatchRuleSetListOut:
    """List the sets of rules, the latest first, and which counts now."""
    found = queries.rule_sets(session, before=after, limit=limit + 1)
    in_force = queries.set_in_force(session, clock.now())
    return schemas.DispatchRuleSetListOut(
        in_force=None if in_force is None else in_force.id,
        items=[schemas.DispatchRuleSetSummaryOut.model_validate(one) for one in found[:limit]],
        next=found[limit - 1].id if len(found) > limit else None,
    )


@router.post("", status_code=201, responses=WRITE)
def add_dispatch_rule_set(
    session: SessionDep, editor: CategoriesEditor, body: schemas.DispatchRuleSetIn
) -> schemas.DispatchRuleSetOut:
    """Make a set of rules in this order; it counts for nothing until it is published."""
    rules = [
        DispatchRule(
            one.area, one.category, one.during,
            None if one.season_from is None or one.season_until is None else (one.season_from, one.season_until),
            one.level, one.unit_code, one.note or "",
        )
        for one in body.rules
    ]  # fmt: skip
    return _set(session, operations.add_set(session, rules, note=body.note, actor=editor.actor))


@router.get("/{set_id}", responses=READ)
def read_dispatch_rule_set(session: SnapshotDep, _: CaseDispatcher, set_id: SetId) -> schemas.DispatchRuleSetOut:
    """Read a set with its rules in their order."""
    return _set(session, queries.rule_set(session, set_id))


@router.post("/{set_id}/publication", responses=WRITE)
def publish_dispatch_rule_set(
    session: SessionDep, editor: CategoriesEditor, set_id: SetId, body: schemas.DispatchRulePublicationIn
) -> schemas.DispatchRuleSetOut:
    """Let a set count from an instant on, in place of the one before."""
    found = operations.publish(session, set_id, effective_at=body.effective_at, actor=editor.actor)
    return _set(session, found)


@router.get("/{set_id}/check", responses=READ)
def check_dispatch_rule_set(
    session: SnapshotDep, _: CaseDispatcher, set_id: SetId, since: Since = None, until: Until = None
) -> schemas.DispatchRuleCheckOut:
    """Find rules that can never fire, that earlier ones shadow, or that decided no case of a span."""
    start, end = _span(since, until)
    work = cases.working_time(session, known_by=clock.now())
    found = replaying.check(session, set_id, since=start, until=end, work=work)
    items = [schemas.DispatchRuleFindingOut.model_validate(one) for one in found]
    return schemas.DispatchRuleCheckOut(since=start, until=end, items=items)


@router.get("/{set_id}/trial", responses=READ)
def try_dispatch_rule_set(
    session: SnapshotDep,
    dispatcher: CaseDispatcher,
    set_id: SetId,
    number: Annotated[str, Query(max_length=40, pattern=LINE_PATTERN, description="Number of a case.")],
) -> schemas.DispatchTrialOut:
    """Ask a set what it decides for a case now, which rules stand behind, and why those before do not match."""
    view = cases.case(session, current_id(session, report_id(number)), reach=dispatcher.reach(Scope.CASES_DISPATCH))
    now = clock.now()
    done = replaying.try_on(session, set_id, view.id, at=now, work=cases.working_time(session, known_by=now))
    return schemas.DispatchTrialOut(
        number=view.number, unit_code=done.unit_code, rule=done.rule, behind=done.behind, passed=dict(done.passed)
    )


@router.get("/{set_id}/replay", responses=READ)
def replay_dispatch_rule_set(
    session: SnapshotDep,
    dispatcher: CaseDispatcher,
    set_id: SetId,
    since: Since = None,
    until: Until = None,
    limit: Annotated[int, Query(ge=0, le=1000, description="So many changed cases are listed.")] = 200,
) -> schemas.DispatchReplayOut:
    """Replay a set over the cases of a span: how many would have gone from which unit to which, and where."""
    start, end = _span(since, until)
    work = cases.working_time(session, known_by=clock.now())
    hidden = accusations.hidden_from(session, dispatcher.viewer)
    done = replaying.replay(session, set_id, since=start, until=end, work=work, most=limit, hidden=hidden)
    return schemas.DispatchReplayOut(
        since=start, until=end, cases=done.cases, changed=done.changed, fired=dict(sorted(done.fired.items())),
        by_unit=[
            schemas.DispatchUnitChangeOut(before=before, after=after, cases=count)
            for (before, after), count in done.by_unit.most_common()
        ],
        by_area=[schemas.DispatchAreaChangeOut(area=area, cases=count) for area, count in done.by_area.most_common()],
        changes=[schemas.DispatchChangeOut.model_validate(one) for one in done.changes],
    )  # fmt: skip


def _span(since: datetime | None, until: datetime | None) -> tuple[datetime, datetime]:
    end = until or clock.now()
    return since or end - YEAR, end


def _set(session: Session, found: DispatchRuleSet) -> schemas.DispatchRuleSetOut:
    rules = [
        schemas.DispatchRuleOut(
            position=place, area=one.area, category=one.category, during=one.during,
            season_from=one.season and one.season[0], season_until=one.season and one.season[1],
            level=one.level, unit_code=one.unit_code, note=one.note or None,
        )
        for place, one in enumerate(queries.rules_of(session, found.id), 1)
    ]  # fmt: skip
    known = schemas.DispatchRuleSetSummaryOut.model_validate(found).model_dump()
    return schemas.DispatchRuleSetOut(**known, rules=rules)
