"""Duplicates of cases: candidates with reasons, merging, un-merging and linking."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import Response

from api.cases import duplicate_schemas as schemas
from api.cases.addressed import Match, Number, caller_of, id_of, version_of
from api.cases.schemas import CaseSummaryOut
from api.cases.summaries import summary
from api.http.access import LocalCaseViewer
from api.http.dependencies import SessionDep, SnapshotDep
from api.http.language import ENGLISH, in_language, language_among
from api.http.openapi import feature_router
from api.http.problems import responses
from core import clock
from governance.cases.duplicates import burst_queries, operations, queries
from governance.cases.lifecycle import queries as cases
from governance.reports.numbers import report_id
from governance.reports.queries import current_id
from identity.grants import Scope
from presentation.words.duplicates import CATALOGUE, reason_sentence

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from identity.grants import Reach

router = feature_router(prefix="/v1/cases", tags=["cases"])
READ = responses(400, 401, 403, 404, 503)


@router.get("/bursts", responses=responses(400, 401, 403, 503))
def list_case_bursts(session: SnapshotDep, viewer: LocalCaseViewer) -> schemas.BurstListOut:
    """List cases of the last hour that are likely one incident: near one another, of one class, three or more."""
    now = clock.now()
    found = burst_queries.bursts(session, now=now, reach=viewer.reach(Scope.CASES_READ))
    return schemas.BurstListOut(items=[
        schemas.BurstOut(
            category=one.category, main=one.cases[0].number,
            cases=[CaseSummaryOut.model_validate(summary(case, now)) for case in one.cases],
        )
        for one in found
    ])  # fmt: skip


@router.get("/{number}/duplicates", responses=READ)
def list_case_duplicates(
    session: SnapshotDep, viewer: LocalCaseViewer, number: Number, response: Response
) -> schemas.CandidateListOut:
    """List cases that may tell of the same, closed ones too, each scored with its reasons; nothing is joined by it."""
    reach, now = viewer.reach(Scope.CASES_READ), clock.now()
    spoken = language_among(CATALOGUE.languages, ENGLISH)
    view = cases.case(session, id_of(session, number), reach=reach)
    items = []
    for one in queries.candidates(session, view, reach=reach):
        reasons = [
            {"code": why.code, "value": why.value, "points": why.points,
             "sentence": reason_sentence(why.code, why.value, spoken)}
            for why in one.reasons
        ]  # fmt: skip
        found = summary(one.case, now) | {"score": one.score, "reasons": reasons}
        items.append(schemas.CandidateOut.model_validate(found))
    in_language(response, spoken)
    return schemas.CandidateListOut(items=items)


@router.get("/{number}/relations", responses=READ)
def list_case_relations(session: SnapshotDep, viewer: LocalCaseViewer, number: Number) -> schemas.RelationsOut:
    """List what a case is merged into, what is merged into it and what it is linked to."""
    reach = viewer.reach(Scope.CASES_READ)
    view = cases.case(session, id_of(session, number), reach=reach)
    return _relations(session, view.id, reach)


@router.post("/{number}/duplicates", responses=responses(400, 401, 403, 404, 409, 412, 422, 503))
def relate_case(
    session: SessionDep, viewer: LocalCaseViewer, number: Number, body: schemas.RelationIn, if_match: Match = None
) -> schemas.RelationsOut:
    """Merge a case into a main one, take it out again, link two cases or unlink them; both histories say so."""
    case_id, other = id_of(session, number), current_id(session, report_id(body.other))
    operations.relate(
        session, case_id, other, body.verb, reason=body.reason, caller=caller_of(viewer),
        expected_version=version_of(if_match), is_repeat=body.repeat,
    )  # fmt: skip
    return _relations(session, case_id, viewer.reach(Scope.CASES_READ))


@router.post("/{number}/mergings", responses=responses(400, 401, 403, 404, 409, 422, 503))
def merge_cases(
    session: SessionDep, viewer: LocalCaseViewer, number: Number, body: schemas.MergingIn
) -> schemas.RelationsOut:
    """Merge several cases into this one by one act, as those of a burst: all or none; every history says so."""
    main_id = id_of(session, number)
    merged = [current_id(session, report_id(one)) for one in body.cases]
    operations.merge_all(session, main_id, merged, reason=body.reason, caller=caller_of(viewer))
    return _relations(session, main_id, viewer.reach(Scope.CASES_READ))


def _relations(session: Session, case_id: int, reach: Reach) -> schemas.RelationsOut:
    now, found = clock.now(), queries.relations(session, case_id, reach=reach)
    out = CaseSummaryOut.model_validate
    return schemas.RelationsOut(
        main=None if found.main is None else out(summary(found.main, now)),
        merged=[out(summary(one, now)) for one in found.merged],
        repeats=[one.number for one in found.merged if one.id in found.repeats],
        linked=[out(summary(one, now)) for one in found.linked],
    )
