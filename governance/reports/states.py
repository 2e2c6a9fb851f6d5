"""Why a report was given another place."""

from __future__ import annotations

from enum import StrEnum


class ReassignmentCause(StrEnum):
    """A person decided in triage, or a release took effect."""

    TRIAGE = "triage"
    RELEASE = "release"
