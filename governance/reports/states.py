"""Why a report was given another place, and why one is sensitive."""

from __future__ import annotations

from enum import StrEnum


class ReassignmentCause(StrEnum):
    """A person decided in triage, or a release took effect."""

    TRIAGE = "triage"
    RELEASE = "release"


class Sensitivity(StrEnum):
    """About a minor under 14 (不满十四周岁), or somebody's health."""

    MINOR = "minor"
    HEALTH = "health"
