"""The names of events and of their consumers; docs/operations.md lists both."""

from __future__ import annotations

from enum import StrEnum


class EventKind(StrEnum):
    """What happened; a test compares these names with the triggers that write them."""

    REPORT_STORED = "report.stored"
    """Reports were stored; `ids` are theirs."""
    REPORT_REASSIGNED = "report.reassigned"
    """A later decision on the place of reports was stored; `ids` are the reports'."""
    REPORT_ERASED = "report.erased"
    """The words and persons of reports were erased; `ids` are the reports'."""
    CASE_OPENED = "case.opened"
    """Cases were opened; `ids` are theirs, and those of the reports that opened them."""
    CASE_MOVED = "case.moved"
    """Something was done to cases; `payload["verbs"]` says what."""
    CASE_DUE_SOON = "case.due_soon"
    """Deadlines of cases are near; `payload["step"]` says whose, and `payload["due_at"]` when."""
    CASE_OVERDUE = "case.overdue"
    """Deadlines of cases are over; `payload["step"]` says whose, and `payload["due_at"]` since when."""
    RELEASE_PUBLISHED = "release.published"
    """A release was published, to take effect at `payload["effective_at"]`; `ids` is its id."""
    RELEASE_WITHDRAWN = "release.withdrawn"
    """A release that had not taken effect was withdrawn; `ids` is its id."""
    DRAFT_CHANGED = "draft.changed"
    """Drafts of boundaries were opened, edited, or went on to another state; `ids` are theirs."""
    BULLETIN_DRAFTED = "bulletin.drafted"
    """A bulletin was drafted; `ids` is its number, `payload` has its day, edition and first figures."""
    BULLETIN_RELEASED = "bulletin.released"
    """A bulletin was released; `ids` is its number, `payload` has its day, edition and first figures."""
    ROWS_RECORDED = "rows.recorded"
    """Rows were added to the sealed table that `subject` names; `ids` are theirs (core/seals)."""


class Consumer(StrEnum):
    """Who reads the feed; each has a position of its own in it."""

    EXAMINE = "data_quality.examine"
    HAND_OVER = "boundary_changes.hand_over"
    SEAL = "audit.seal"
    OPEN_CASES = "cases.open"
    FOLLOW_PLACES = "cases.follow"
    NOTIFY = "notifications.collect"
