"""Assessment: indicators, the results of periods, their comparison, and the cases behind every number.

Who supervises cases everywhere states indicators, and computes, freezes and publishes results; everybody who reads
cases sees published ones, values of persons excepted: those are for the supervisor and the person.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import Path, Query

from api.assessment.schemas import (
    AssessmentListOut,
    AssessmentOut,
    AssessmentRequestedOut,
    ComparedOut,
    ComparisonOut,
    CorrectionsOut,
    EvidenceListOut,
    EvidenceOut,
    IndicatorDecisionIn,
    IndicatorListOut,
    IndicatorOut,
    IndicatorsIn,
    LateCaseOut,
    LimitsOut,
    PeriodIn,
    RanksOut,
    RunActionIn,
    ValueListOut,
    ValueOut,
)
from api.http.access import CaseSupervisor, LocalCaseViewer
from api.http.dependencies import PrincipalDep, SessionDep, SnapshotDep
from api.http.openapi import feature_router
from api.http.problems import responses
from api.http.texts import LINE_PATTERN, LineQuery
from governance.assessment import comparison_queries, operations, queries
from governance.assessment.rule_files import RuleJson, rule_of
from governance.assessment.states import Grouping, IndicatorState, RunAction
from governance.reports.numbers import report_number
from identity.grants import Scope

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.orm import Session

    from governance.assessment.tables import AssessedValue, AssessmentRun, Indicator
    from identity.keys import Principal

router = feature_router(prefix="/v1/assessment", tags=["assessment"])
RunNumber = Annotated[int, Path(ge=1, le=2**62, description="Number of the results.")]
IndicatorNumber = Annotated[int, Path(ge=1, le=2**62, description="Number of the version of the indicator.")]
IndicatorQuery = Annotated[str, Query(pattern=r"^[a-z][a-z0-9_]{1,59}$", description="Code of an indicator.")]
Subject = Annotated[
    str,
    Query(
        max_length=80,
        pattern=LINE_PATTERN,
        description="Code of the unit, area, channel or category; number of the person.",
    ),
]
READ = responses(400, 401, 403, 404, 503)
WRITE = responses(400, 401, 403, 404, 409, 422, 503)


@router.get("/indicators", responses=responses(400, 401, 503))
def list_indicators(
    session: SnapshotDep,
    _: PrincipalDep,
    state: IndicatorState | None = None,
    code: Annotated[str | None, Query(pattern=r"^[a-z][a-z0-9_]{1,59}$")] = None,
) -> IndicatorListOut:
    """List the versions of indicators with their formulas, points and sources, by code, the latest first."""
    return IndicatorListOut(items=[_indicator(one) for one in queries.indicators(session, state=state, code=code)])


@router.post("/indicators", status_code=201, responses=responses(400, 401, 403, 422, 503))
def propose_indicators(session: SessionDep, supervisor: CaseSupervisor, body: IndicatorsIn) -> IndicatorListOut:
    """Propose versions of indicators; each counts once a second person confirms it, for periods to come."""
    rows = operations.propose_indicators(session, body.items, actor=supervisor.actor)
    return IndicatorListOut(items=[_indicator(one) for one in rows])


@router.post("/indicators/{indicator}/decision", responses=WRITE)
def decide_indicator(
    session: SessionDep, supervisor: CaseSupervisor, indicator: IndicatorNumber, body: IndicatorDecisionIn
) -> IndicatorOut:
    """Confirm or refuse a proposed version, as a second person."""
    return _indicator(operations.decide_indicator(session, indicator, body.action, actor=supervisor.actor))


@router.get("/results", responses=responses(400, 401, 403, 503))
def list_assessments(
    session: SnapshotDep,
    viewer: LocalCaseViewer,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    after: Annotated[int | None, Query(ge=1, le=2**62, description="`next` of the page before.")] = None,
) -> AssessmentListOut:
    """List the results of periods, the latest first: published and provisional ones, and to the supervisor all."""
    rows = queries.runs(session, sees_all=viewer.holds(Scope.CASES_SUPERVISE), before=after, limit=limit + 1)
    following = rows[limit - 1].id if len(rows) > limit else None
    return AssessmentListOut(items=[_run(one) for one in rows[:limit]], next=following)


@router.post("/results", status_code=202, responses=responses(400, 401, 403, 422, 503))
def request_assessment(session: SessionDep, supervisor: CaseSupervisor, body: PeriodIn) -> AssessmentRequestedOut:
    """Ask the worker to compute the results of a period; a month it computes by itself on the second of the next."""
    job = operations.request_run(
        session, body.first_day, body.until_day, actor=supervisor.actor, reason=body.reason
    )  # fmt: skip
    return AssessmentRequestedOut(job=job)


@router.get("/results/{assessment}", responses=READ)
def read_assessment(session: SnapshotDep, viewer: LocalCaseViewer, assessment: RunNumber) -> AssessmentOut:
    """Read the results of a period: as of when, how many cases, who froze them, and their digest."""
    return _run(_visible(session, assessment, viewer))


@router.post("/results/{assessment}/actions", responses=WRITE)
def act_on_assessment(
    session: SessionDep, supervisor: CaseSupervisor, assessment: RunNumber, body: RunActionIn
) -> AssessmentOut:
    """Freeze the results of a period that is over, as a second person, or publish frozen ones."""
    if body.action is RunAction.PUBLISH:
        return _run(operations.publish(session, assessment, actor=supervisor.actor))
    if body.action is RunAction.FREEZE:
        return _run(operations.freeze(session, assessment, actor=supervisor.actor))
    return _run(operations.discard(session, assessment, actor=supervisor.actor))


@router.get("/results/{assessment}/values", responses=READ)
def list_assessment_values(
    session: SnapshotDep,
    viewer: LocalCaseViewer,
    assessment: RunNumber,
    grouping: Grouping = Grouping.DISTRICT,
    subject: LineQuery = None,
) -> ValueListOut:
    """List what indicators came to: numerator, denominator, what was excluded, percentage and points."""
    run = _visible(session, assessment, viewer)
    _require_person(viewer, grouping, subject)
    known = {one.id: one for one in queries.indicators_for(session, run.first_day, run.cut_at)}
    values = queries.values_of(session, run.id, grouping=grouping, subject=subject)
    return ValueListOut(items=[_value(one, known) for one in values])


@router.get("/results/{assessment}/comparison", responses=READ)
def compare_assessed(
    session: SnapshotDep,
    viewer: LocalCaseViewer,
    assessment: RunNumber,
    indicator: IndicatorQuery,
    grouping: Grouping = Grouping.UNIT,
    depth: Annotated[int, Query(ge=1, le=9, description="Of areas: 1 the coarsest of their paths.")] = 1,
) -> ComparisonOut:
    """Compare units (persons, areas …) with what chance alone would give: limits, ranks, expected numbers."""
    run = _visible(session, assessment, viewer)
    _require_person(viewer, grouping, None)
    found = queries.indicator_of(session, run, indicator)
    compared = comparison_queries.compare(session, run.id, rule_of(found.rule), grouping, depth=depth)
    spread = compared.dispersion
    return ComparisonOut(
        indicator=indicator, grouping=grouping, numerator=compared.counts.numerator,
        denominator=compared.counts.denominator, dispersion_factor=spread.factor, dispersion_p=spread.p_value,
        is_widened=spread.is_over,
        items=[
            ComparedOut(
                subject=one.subject, numerator=one.counts.numerator, denominator=one.counts.denominator,
                expected=one.expected, warning=LimitsOut.model_validate(one.warning),
                alarm=LimitsOut.model_validate(one.alarm),
                ranks=None if one.ranks is None else RanksOut.model_validate(one.ranks),
            )
            for one in compared.items
        ],
    )  # fmt: skip


@router.get("/results/{assessment}/evidence", responses=READ)
def list_assessment_evidence(
    session: SnapshotDep,
    viewer: LocalCaseViewer,
    assessment: RunNumber,
    indicator: IndicatorQuery,
    grouping: Grouping = Grouping.DISTRICT,
    subject: Subject = "",
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    after: Annotated[
        str | None, Query(pattern=r"^[0-9]{1,18}-[0-9]{1,9}$", description="`next` of the page before.")
    ] = None,
) -> EvidenceListOut:
    """List the cases behind a value, each in the numerator, only in the denominator, or excluded and why."""
    run = _visible(session, assessment, viewer)
    _require_person(viewer, grouping, subject)
    rule = rule_of(queries.indicator_of(session, run, indicator).rule)
    case, _, step = (after or "0-0").partition("-")
    rows = queries.evidence(
        session, run.id, rule, grouping, subject, reach=viewer.reach(Scope.CASES_READ), limit=limit + 1,
        after=(int(case), int(step)),
    )  # fmt: skip
    formula = rule.formula
    items = [
        EvidenceOut(
            number=report_number(one.case_id), step=one.number, at=one.at, unit_code=one.unit_code,
            in_numerator=formula.numerator <= one.marks and not formula.left_out & one.marks,
            excluded_by=sorted(formula.left_out & one.marks), marks=sorted(one.marks),
        )
        for one in rows[:limit]
    ]  # fmt: skip
    last = rows[limit - 1] if len(rows) > limit else None
    return EvidenceListOut(items=items, next=None if last is None else f"{last.case_id}-{last.number}")


@router.get("/results/{assessment}/corrections", responses=READ)
def list_assessment_corrections(
    session: SnapshotDep,
    supervisor: CaseSupervisor,
    assessment: RunNumber,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> CorrectionsOut:
    """List cases that got steps dated before the cut-off afterwards: a further version counts them."""
    run = queries.visible_run(session, assessment, sees_all=True)
    return CorrectionsOut(items=[
        LateCaseOut(number=report_number(case), first_step=first, steps=steps)
        for case, first, steps in queries.late_cases(session, run, limit=limit, viewer=supervisor.viewer)
    ])  # fmt: skip


def _visible(session: Session, number: int, viewer: Principal) -> AssessmentRun:
    return queries.visible_run(session, number, sees_all=viewer.holds(Scope.CASES_SUPERVISE))


def _require_person(viewer: Principal, grouping: Grouping, subject: str | None) -> None:
    """Let values of persons be seen by who supervises all, and those of a person by that person."""
    if grouping is Grouping.PERSON and subject != str(viewer.actor.id):
        viewer.require(Scope.CASES_SUPERVISE)


def _indicator(row: Indicator) -> IndicatorOut:
    known = {name: getattr(row, name) for name in IndicatorOut.model_fields if hasattr(row, name)}
    return IndicatorOut.model_validate(known | {"number": row.id, "rule": RuleJson.model_validate(row.rule)})


def _run(row: AssessmentRun) -> AssessmentOut:
    known = {name: getattr(row, name) for name in AssessmentOut.model_fields if hasattr(row, name)}
    return AssessmentOut.model_validate(known | {"number": row.id})


def _value(row: AssessedValue, known: Mapping[int, Indicator]) -> ValueOut:
    indicator = known[row.indicator_id]
    return ValueOut(
        indicator=indicator.code, indicator_number=indicator.id, name=indicator.name, grouping=Grouping(row.grouping),
        subject=row.subject, numerator=row.numerator, denominator=row.denominator, excluded=row.excluded,
        percent=row.percent, points=row.points, is_ranked=row.denominator >= rule_of(indicator.rule).least_n,
    )  # fmt: skip
