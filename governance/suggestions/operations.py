"""Train models on the own ledger, ask for it, and mark whether life is in danger."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import func, select, update

from core import audit, clock
from core.db.locks import LockSpace, lock
from core.queue import TaskName, enqueue
from governance.cases.lifecycle import queries as cases
from governance.reports.numbers import report_number
from governance.suggestions import queries, rules
from governance.suggestions.model_format import written
from governance.suggestions.states import Target
from governance.suggestions.tables import DangerMark, SuggestionModel

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from core.db import Database
    from governance.suggestions.fitting import Backtest
    from governance.suggestions.model_format import LinearModel
    from governance.suggestions.rules import Lesson
    from identity.actors import Actor
    from identity.grants import Reach

KEPT_MODELS: Final = 3
"""Of so many models of a target the numbers are kept; of all others what they learnt from and how they were tested."""


def train(database: Database, *, actor: Actor) -> list[SuggestionModel]:
    """Train a model of each target on the cases there are; where they are too few, that is kept instead.

    A model that no longer gets enough cases stays in use as it was.
    """
    made = []
    for target in Target:
        with database.snapshot() as session:
            lesson = queries.lesson_of(session, target)
        lack, fitted = rules.lack_of(lesson), None
        if lack is None:
            from governance.suggestions.fitting import fit_and_test  # noqa: PLC0415 (loads scikit-learn)

            fitted = fit_and_test(lesson)
            lack = "values" if fitted is None else None
        with database.transaction() as session:
            row = _keep(session, target, lesson, lack, fitted, actor)
            session.expunge(row)
        made.append(row)
    return made


def request_training(session: Session, *, actor: Actor) -> int:
    """Ask the worker to train; return the number of its job."""
    job = enqueue(session, TaskName.TRAIN_SUGGESTIONS)
    audit.record(session, actor=actor, action="suggestions.request_training", subject=f"job/{job}")
    return job


def mark_danger(session: Session, case_id: int, *, danger: bool, reach: Reach, actor: Actor) -> DangerMark:
    """Keep whether life is in danger in a case, as a person says; the case itself stays as it is.

    Raises
    ------
    CaseNotFoundError
    """
    view = cases.case(session, case_id, reach=reach)
    row = session.get(DangerMark, view.id, with_for_update=True)
    if row is None:
        lock(session, LockSpace.CASES, view.id)
        row = session.get(DangerMark, view.id) or DangerMark(case_id=view.id)
        session.add(row)
    row.danger, row.at, row.by_id, row.by = danger, clock.now(), actor.id, actor.name
    audit.record(
        session, actor=actor, action="suggestions.mark_danger", subject=report_number(view.id), danger=danger
    )  # fmt: skip
    session.flush()
    return row


def _keep(
    session: Session, target: Target, lesson: Lesson, lack: str | None,
    fitted: tuple[LinearModel, Backtest] | None, actor: Actor,
) -> SuggestionModel:  # fmt: skip
    lock(session, LockSpace.SUGGESTIONS, list(Target).index(target))
    last = session.scalar(select(func.max(SuggestionModel.version)).where(SuggestionModel.target == target)) or 0
    row = SuggestionModel(
        target=target, version=last + 1, trained_at=clock.now(), trained_by_id=actor.id, trained_by=actor.name,
        cases=len(lesson.texts), lack=lack,
    )  # fmt: skip
    if fitted is not None:
        row.parameters, row.sha256 = written(fitted[0])
        row.backtest = fitted[1].as_json()
    session.add(row)
    session.flush()
    kept = (
        select(SuggestionModel.id)
        .where(SuggestionModel.target == target, SuggestionModel.parameters.is_not(None))
        .order_by(SuggestionModel.version.desc())
        .limit(KEPT_MODELS)
    )
    old = SuggestionModel.id.not_in(kept), SuggestionModel.target == target, SuggestionModel.parameters.is_not(None)
    session.execute(update(SuggestionModel).where(*old).values(parameters=None))
    audit.record(
        session, actor=actor, action="suggestions.train", subject=f"suggestions/{target}/{row.version}",
        cases=row.cases, lack=lack,
    )  # fmt: skip
    session.flush()
    session.refresh(row)
    return row
