"""What values of policy there are, and how a stated value comes into force."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from core.states import Lifecycle, Transition


class PolicyCode(StrEnum):
    """A value of policy."""

    EXTENSIONS = "extensions"
    """How often the clock of handling is extended (延期), each time by one original limit."""
    SUSPENSIONS = "suspensions"
    """How often a case is suspended (挂账)."""
    RETURN_WITHIN = "return_within"
    """Until when after the dispatch a unit gives a case back (退单)."""
    HAND_OVERS_RAISE = "hand_overs_raise"
    """So many returns and hand-overs raise a case to supervision (督办)."""
    REWORKS_RAISE = "reworks_raise"
    """So many reworks raise a case to supervision."""
    REMIND_WORKING = "remind_working"
    """How long before a deadline in working time a reminder is due."""
    REMIND_CONTINUOUS = "remind_continuous"
    """How long before a deadline that counts all the time a reminder is due."""
    BULLETIN_MORNING = "bulletin_morning"
    """Up to which time of the day the morning's bulletin (通报) counts."""
    BULLETIN_AFTERNOON = "bulletin_afternoon"
    """Up to which time of the day the afternoon's bulletin counts."""
    APPEAL_WITHIN = "appeal_within"
    """Until when after results are computed or published they are contested (申诉)."""
    APPEAL_DECIDED_WITHIN = "appeal_decided_within"
    """Until when an appeal is to be decided on."""


class PolicyState(StrEnum):
    """Whether a stated value counts."""

    PROPOSED = "proposed"
    """It waits for a second person."""
    IN_FORCE = "in_force"
    REFUSED = "refused"


class PolicyAction(StrEnum):
    """What a second person does with a value that waits."""

    CONFIRM = "confirm"
    REFUSE = "refuse"


POLICY: Final = Lifecycle(
    PolicyState,
    PolicyAction,
    (PolicyState.PROPOSED, PolicyState.IN_FORCE),
    {
        PolicyAction.CONFIRM: Transition((PolicyState.PROPOSED,), PolicyState.IN_FORCE),
        PolicyAction.REFUSE: Transition((PolicyState.PROPOSED,), PolicyState.REFUSED),
    },
)
