"""States of rows: which action leads from which states to which, and the one function that changes them.

A feature whose rows have a state describes it once in its `states.py`: a `StrEnum` of the states, one of the actions,
and a `Lifecycle` that binds them. The table's CHECK is made of it (`core.db.check_state`), and every change of a stored
row goes through `move`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

if TYPE_CHECKING:
    from collections.abc import Mapping

S = TypeVar("S", bound=StrEnum)
A = TypeVar("A", bound=StrEnum)


class TransitionNotAllowedError(ValueError):
    """The table of transitions does not have this action for the row's state."""


class Transition(NamedTuple, Generic[S]):
    """From which states an action leads, and to which (None: the state stays)."""

    sources: tuple[S, ...]
    target: S | None


@dataclass(frozen=True, slots=True)
class Lifecycle(Generic[S, A]):
    """The states of a row: those it may begin in, and every change there is.

    Raises
    ------
    ValueError
        When an action has no transition, or a state can neither begin nor be reached.
    """

    states: type[S]
    actions: type[A]
    begins: tuple[S, ...]
    transitions: Mapping[A, Transition[S]]
    column: str = "state"

    def __post_init__(self) -> None:
        """Require that the table is whole."""
        if missing := set(self.actions) - self.transitions.keys():
            raise ValueError(f"No transition for {', '.join(sorted(missing))}.")
        reached = {*self.begins, *(transition.target for transition in self.transitions.values())}
        if lost := set(self.states) - reached:
            raise ValueError(f"Nothing leads to {', '.join(sorted(lost))}.")

    def state_of(self, row: object) -> S:
        """Return the state of a row."""
        return self.states(getattr(row, self.column))

    def allows(self, row: object, action: A) -> bool:
        """Return whether an action is possible in the row's state."""
        return self.state_of(row) in self.transitions[action].sources

    def move(self, row: object, action: A) -> None:
        """Change a row's state as the table has it.

        Raises
        ------
        TransitionNotAllowedError
            Where the table does not have the action for the state; callers that can meet this ask `allows` first.
        """
        if not self.allows(row, action):
            raise TransitionNotAllowedError(f"{type(row).__name__} is {self.state_of(row)}: {action} is not possible.")
        target = self.transitions[action].target
        if target is not None:
            setattr(row, self.column, target)


class Decision(StrEnum):
    """What a person decides about something that was proposed."""

    TAKE = "take"
    REFUSE = "refuse"


def decided_once(states: type[S], proposed: S, taken: S, refused: S) -> Lifecycle[S, Decision]:
    """Return the lifecycle of what is proposed until a person takes or refuses it, and never changes then."""
    return Lifecycle(
        states,
        Decision,
        (proposed,),
        {Decision.TAKE: Transition((proposed,), taken), Decision.REFUSE: Transition((proposed,), refused)},
    )
