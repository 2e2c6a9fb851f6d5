"""The life of a hotspot run: its states, and which action leads from which states to which."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from core.states import Lifecycle, Transition


class RunStatus(StrEnum):
    """Where a run stands."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class RunAction(StrEnum):
    """What moves a run from one state to another."""

    START = "start"
    FINISH = "finish"
    FAIL = "fail"
    CANCEL = "cancel"


RUN: Final = Lifecycle(
    RunStatus,
    RunAction,
    (RunStatus.QUEUED,),
    {
        RunAction.START: Transition((RunStatus.QUEUED, RunStatus.RUNNING), RunStatus.RUNNING),
        RunAction.FINISH: Transition((RunStatus.RUNNING,), RunStatus.DONE),
        RunAction.FAIL: Transition((RunStatus.RUNNING,), RunStatus.FAILED),
        RunAction.CANCEL: Transition((RunStatus.QUEUED, RunStatus.RUNNING), RunStatus.CANCELLED),
    },
    column="status",
)
"""A run whose worker died starts anew: from running to running."""
