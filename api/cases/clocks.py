"""Clocks of cases and of their parts as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.cases import schemas

if TYPE_CHECKING:
    from governance.cases.clocks.measuring import Reading
    from governance.categories.states import Step


def clock_out(step: Step, one: Reading) -> schemas.ClockOut:
    """Return a clock, measured now, with its pauses and why its due time moved."""
    return schemas.ClockOut(
        step=step, state=one.state, due=one.due, fixed_due=one.fixed_due, used_s=one.used.total_seconds(),
        left_s=None if one.left is None else one.left.total_seconds(), extensions=one.extensions,
        pauses=[schemas.CasePauseOut(start=start, until=until) for start, until in one.pauses],
        is_overdue=one.is_overdue,
        moves=[
            schemas.ClockMoveOut(at=move.at, reason=move.reason, before=move.before, after=move.after)
            for move in one.moves
        ],
    )  # fmt: skip
