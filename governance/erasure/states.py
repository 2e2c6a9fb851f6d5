"""Why the words of a report were erased, and the kinds of data that are kept for a time of their own."""

from __future__ import annotations

from enum import StrEnum


class ErasureCause(StrEnum):
    """A person asked for it, or they had been kept as long as they may be."""

    REQUEST = "request"
    RETENTION = "retention"


class RetentionKind(StrEnum):
    """Data with a time of its own: each has its setting WANGGE_…_KEPT_DAYS."""

    WORDS = "words"
    """All that a person said in a report, and who it was."""
    REPORTERS = "reporters"
    """Who reported: name, telephone number, and values set aside."""
    EVIDENCE = "evidence"
    """What the address of a report told of its point."""
    SIGN_INS = "sign-ins"
    """Sessions that have ended, with their addresses and programs, and links to set a password."""
