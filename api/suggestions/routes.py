"""Suggestions: what the text of a case, or a text, speaks for; the models, how they were tested, and a new training."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import Path, Query

from api.http.access import CategoriesEditor, LocalCaseOpener, LocalCaseViewer
from api.http.dependencies import PrincipalDep, SessionDep, SnapshotDep
from api.http.openapi import feature_router
from api.http.problems import responses
from api.http.texts import LINE_PATTERN
from api.suggestions.schemas import (
    BacktestOut,
    DangerIn,
    DangerOut,
    SuggestionListOut,
    SuggestionModelListOut,
    SuggestionModelOut,
    SuggestionOut,
    SuggestTextIn,
    TrainingRequestedOut,
)
from governance.reports.numbers import report_id, report_number
from governance.reports.queries import current_id
from governance.suggestions import operations, queries
from governance.suggestions.states import Target
from identity.grants import Scope

if TYPE_CHECKING:
    from governance.suggestions.tables import SuggestionModel

router = feature_router(prefix="/v1/suggestions", tags=["suggestions"])
Number = Annotated[
    str, Path(max_length=40, pattern=LINE_PATTERN, description="Number of the case.", examples=["SJ2607000731-4"])
]


@router.post("", responses=responses(400, 401, 403, 422, 503))
def suggest_for_text(session: SnapshotDep, _: LocalCaseOpener, body: SuggestTextIn) -> SuggestionListOut:
    """Suggest category, urgency and danger to life for a text; nothing is kept, nothing is set."""
    items = [SuggestionOut.model_validate(one) for one in queries.suggestions_for(session, body.text)]
    return SuggestionListOut(number=None, danger=None, items=items)


@router.get("/cases/{number}", responses=responses(400, 401, 403, 404, 503))
def suggest_for_case(session: SnapshotDep, viewer: LocalCaseViewer, number: Number) -> SuggestionListOut:
    """Suggest category, urgency and danger to life for a case by its report's text; nothing is set."""
    case_id = current_id(session, report_id(number))
    found = queries.suggestions_for_case(session, case_id, reach=viewer.reach(Scope.CASES_READ))
    mark = queries.danger_of(session, case_id)
    return SuggestionListOut(
        number=report_number(case_id), danger=None if mark is None else mark.danger,
        items=[SuggestionOut.model_validate(one) for one in found],
    )  # fmt: skip


@router.put("/cases/{number}/danger", responses=responses(400, 401, 403, 404, 422, 503))
def mark_danger(session: SessionDep, opener: LocalCaseOpener, number: Number, body: DangerIn) -> DangerOut:
    """Mark whether life is in danger in a case; models learn from it, the case stays as it is."""
    case_id = current_id(session, report_id(number))
    row = operations.mark_danger(
        session, case_id, danger=body.danger, reach=opener.reach(Scope.CASES_ACCEPT), actor=opener.actor
    )
    return DangerOut(number=report_number(row.case_id), danger=row.danger, at=row.at, by=row.by)


@router.get("/models", responses=responses(400, 401, 503))
def list_suggestion_models(
    session: SnapshotDep,
    _: PrincipalDep,
    target: Target | None = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    after: Annotated[int | None, Query(ge=1, le=2**62, description="`next` of the page before.")] = None,
) -> SuggestionModelListOut:
    """List trainings with their back-tests, the latest first: accuracy, reliability, what was sure."""
    rows = queries.models(session, target=target, before=after, limit=limit + 1)
    following = rows[limit - 1].id if len(rows) > limit else None
    return SuggestionModelListOut(items=[_model(one) for one in rows[:limit]], next=following)


@router.post("/trainings", status_code=202, responses=responses(400, 401, 403, 503))
def request_suggestion_training(session: SessionDep, editor: CategoriesEditor) -> TrainingRequestedOut:
    """Ask the worker to train all models anew on the cases there are; each Sunday it does so by itself."""
    return TrainingRequestedOut(job=operations.request_training(session, actor=editor.actor))


def _model(row: SuggestionModel) -> SuggestionModelOut:
    return SuggestionModelOut(
        number=row.id, target=Target(row.target), version=row.version, trained_at=row.trained_at,
        trained_by=row.trained_by, cases=row.cases, lack=row.lack,
        backtest=None if row.backtest is None else BacktestOut.model_validate(row.backtest),
    )  # fmt: skip
