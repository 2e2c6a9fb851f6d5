"""What indicators count, what is marked on it, among whom it is compared, and the states of indicators and runs."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from core.states import Lifecycle, Transition


class Counted(StrEnum):
    """What an indicator counts: each is counted once, in the period in which it was done or came due, the earlier."""

    CASES = "cases"
    """A case, when it was opened (受理)."""
    FILINGS = "filings"
    """Filing a case (立案)."""
    DISPATCHES = "dispatches"
    """The first dispatch of a case (派遣)."""
    RECEIPTS = "receipts"
    """A unit's taking notice of a case that it got (接单)."""
    HANDLINGS = "handlings"
    """A unit's handling of a case that it got (处置)."""
    CLOSINGS = "closings"
    """A case, when it was closed or the last deadline of its handling came (应结案)."""
    CALL_BACKS = "call_backs"
    """A closing, whose caller is to be called back (回访)."""
    RATINGS = "ratings"
    """A rating by the main caller (评价)."""


class Mark(StrEnum):
    """What is so of something that was counted, at the cut-off."""

    DONE = "done"
    IN_TIME = "in_time"
    NO_LIMIT = "no_limit"
    """Done, and there was no limit for it."""
    GIVEN_BACK = "given_back"
    """It ended before it came due without being done: given back, taken back, given to another, or voided."""
    RIGHT_FIRST = "right_first"
    """Neither given back nor given to another since the first dispatch."""
    ON_THE_SPOT = "on_the_spot"
    REWORKED = "reworked"
    REWORKED_OFTEN = "reworked_often"
    """Sent back three times or more."""
    EXTENDED = "extended"
    SUSPENDED = "suspended"
    """Its clock was paused (缓办, 挂账)."""
    SUPERVISED = "supervised"
    URGENT = "urgent"
    REJECTED = "rejected"
    VOIDED = "voided"
    MERGED = "merged"
    """It is a duplicate, and is followed in another case."""
    TRANSFERRED = "transferred"
    """Another district or the city has it."""
    CONTACTED = "contacted"
    SOLVED = "solved"
    SATISFIED = "satisfied"
    """By the call-back; of a rating: four or five stars."""
    EXEMPT = "exempt"
    """An appeal was granted: no indicator counts it."""
    DISSATISFIED = "dissatisfied"
    """Of a rating: one or two stars; of a call-back: reached, and not satisfied."""


class Grouping(StrEnum):
    """Among whom an indicator is compared."""

    DISTRICT = "district"
    """All of it, as one."""
    UNIT = "unit"
    """The unit that had it."""
    PERSON = "person"
    """Who did it."""
    CHANNEL = "channel"
    AREA = "area"
    """Each area in which it lies: grid, community, street."""
    CATEGORY = "category"


class Better(StrEnum):
    """Which direction of a rate is the better."""

    HIGHER = "higher"
    LOWER = "lower"


class Scoring(StrEnum):
    """How points follow from a rate."""

    PROPORTIONAL = "proportional"
    """The full points times the rate."""
    THRESHOLD = "threshold"
    """Full at a rate; for each percentage point worse some are taken off."""
    DEDUCTION = "deduction"
    """For each that is counted in the numerator some are taken off."""


class IndicatorState(StrEnum):
    """Whether a version of an indicator counts."""

    PROPOSED = "proposed"
    IN_FORCE = "in_force"
    REFUSED = "refused"


class IndicatorAction(StrEnum):
    """What a second person does with a proposed version."""

    CONFIRM = "confirm"
    REFUSE = "refuse"


class RunState(StrEnum):
    """How far the results of a period are."""

    PROVISIONAL = "provisional"
    """They can be contested."""
    FROZEN = "frozen"
    """Nothing in them changes any more."""
    PUBLISHED = "published"
    DISCARDED = "discarded"
    """Computed anew before it was frozen."""


class RunAction(StrEnum):
    """What is done to the results of a period."""

    FREEZE = "freeze"
    PUBLISH = "publish"
    DISCARD = "discard"


INDICATOR: Final = Lifecycle(
    IndicatorState,
    IndicatorAction,
    (IndicatorState.PROPOSED,),
    {
        IndicatorAction.CONFIRM: Transition((IndicatorState.PROPOSED,), IndicatorState.IN_FORCE),
        IndicatorAction.REFUSE: Transition((IndicatorState.PROPOSED,), IndicatorState.REFUSED),
    },
)
RUN: Final = Lifecycle(
    RunState,
    RunAction,
    (RunState.PROVISIONAL,),
    {
        RunAction.FREEZE: Transition((RunState.PROVISIONAL,), RunState.FROZEN),
        RunAction.PUBLISH: Transition((RunState.FROZEN,), RunState.PUBLISHED),
        RunAction.DISCARD: Transition((RunState.PROVISIONAL,), RunState.DISCARDED),
    },
)
