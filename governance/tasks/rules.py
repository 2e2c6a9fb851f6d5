"""Pure decisions about tasks: what is asked, until when, and what a verb needs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeVar

from core.errors import DomainError, Kind
from governance.tasks.states import NEEDS_TEXT, TaskKind, TaskVerb

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from enum import StrEnum

    from governance.categories.rules import Limit

    E = TypeVar("E", bound=StrEnum)

MOST_UNITS: Final = 500
LONGEST_TITLE: Final = 200
LONGEST_WORDS: Final = 4000


class TaskNotFoundError(DomainError):
    """There is no such task, or none that you may see."""

    code = "task-not-found"
    kind = Kind.NOT_FOUND


class TaskInvalidError(DomainError):
    """The task, or the step of it, lacks something; the detail names the field."""

    code = "task-invalid"
    kind = Kind.INVALID


class TaskVerbRefusedError(DomainError):
    """The task's state at the unit does not allow that."""

    code = "task-verb-refused"
    kind = Kind.CONFLICT


class TaskForbiddenError(DomainError):
    """That is done by a person of the unit, or by who issues tasks."""

    code = "task-forbidden"
    kind = Kind.FORBIDDEN


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskIn:
    """What is asked: until an instant, or within a limit that counts as those of cases do."""

    kind: TaskKind
    title: str
    words: str = ""
    units: Sequence[str]
    due_at: datetime | None = None
    within: Limit | None = None

    def check(self, now: datetime) -> None:
        """Require a title, units, each once, and one deadline that is to come.

        Raises
        ------
        TaskInvalidError
        """
        if not self.title.strip() or len(self.title) > LONGEST_TITLE or len(self.words) > LONGEST_WORDS:
            raise TaskInvalidError("A task has a title; title and text have bounds.", field="title")
        if not self.units or len(self.units) > MOST_UNITS or len(set(self.units)) != len(self.units):
            raise TaskInvalidError("Name 1 to {most} units, each once.", values={"most": MOST_UNITS}, field="units")
        if (self.due_at is None) == (self.within is None):
            raise TaskInvalidError("Give the deadline as an instant or as a limit, one of them.", field="due_at")
        if self.due_at is not None and self.due_at <= now:
            raise TaskInvalidError("The deadline is past.", field="due_at")


def checked_kind(word: str) -> TaskKind:
    """Return a kind by its word, or raise TaskInvalidError that names all."""
    return _one_of(TaskKind, word, "kind")


def checked_verb(word: str) -> TaskVerb:
    """Return a verb by its word, or raise TaskInvalidError that names all."""
    return _one_of(TaskVerb, word, "verb")


def require_text(verb: TaskVerb, words: str | None) -> None:
    """Make sure that what was done, or why, is written where a verb asks for it.

    Raises
    ------
    TaskInvalidError
    """
    if verb in NEEDS_TEXT and not (words or "").strip():
        raise TaskInvalidError("'{verb}' needs a text.", values={"verb": verb}, field="text")


def _one_of(values: type[E], word: str, field: str) -> E:
    if word not in set(values):
        raise TaskInvalidError(
            "The {field} is one of {values}, not '{word}'.",
            values={"field": field, "values": [*values], "word": word[:40]}, field=field,
        )  # fmt: skip
    return values(word)
