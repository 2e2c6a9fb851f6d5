"""How far the handover of a release can be."""

from __future__ import annotations

from enum import StrEnum


class HandoverState(StrEnum):
    """Running, through, or overtaken by a later release that took effect before it was through."""

    RUNNING = "running"
    DONE = "done"
    OVERTAKEN = "overtaken"
