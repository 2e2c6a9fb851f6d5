"""What can go wrong with a draft; each class's docstring is its message."""

from __future__ import annotations

from core.errors import DomainError, Kind


class ChangeSetNotFoundError(DomainError):
    """There is no such change set."""

    code = "change-set-not-found"
    kind = Kind.NOT_FOUND


class ChangeSetStateError(DomainError):
    """The change set's state does not allow that."""

    code = "change-set-state"
    kind = Kind.CONFLICT


class ChangeSetStaleError(DomainError):
    """The change set was changed meanwhile: load it again, look at it, and repeat the edit."""

    code = "change-set-stale"
    kind = Kind.PRECONDITION


class EditRefusedError(DomainError):
    """The edit cannot be done as it was asked for."""

    code = "edit-refused"


class SecondPersonError(DomainError):
    """Who wrote, edited or submitted a change set cannot approve it: a second person has to."""

    code = "second-person-needed"
    kind = Kind.FORBIDDEN


class ChangeSetBlockedError(DomainError):
    """The draft has defects that block publishing."""

    code = "change-set-blocked"
    kind = Kind.CONFLICT


class ChangeSetConflictError(DomainError):
    """Another release changed the same areas: settle each of them before going on."""

    code = "change-set-conflict"
    kind = Kind.CONFLICT


class NothingToUndoError(DomainError):
    """The change set has no edit to undo."""

    code = "nothing-to-undo"
    kind = Kind.CONFLICT
