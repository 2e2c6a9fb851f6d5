"""Pure decisions about parts of cases: what is given, and where practice sets bounds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.errors import DomainError, Kind
from governance.cases.parts.states import PartVerb
from governance.categories.states import Step

if TYPE_CHECKING:
    from datetime import datetime

    from governance.cases.clocks.working_time import WorkingTime
    from governance.cases.lifecycle.rules import Readings
    from governance.categories.rules import Limit
    from governance.policies.rules import Policies


class PartInvalidError(DomainError):
    """The part, or what is done to it, lacks something or does not fit; the detail names the field."""

    code = "case-part-invalid"
    kind = Kind.INVALID


class PartNotFoundError(DomainError):
    """The case has no such part."""

    code = "case-part-not-found"
    kind = Kind.NOT_FOUND


class PartRefusedError(DomainError):
    """The state of the part does not allow that, or it was done as often, or as late, as it may be."""

    code = "case-part-refused"
    kind = Kind.CONFLICT


@dataclass(frozen=True, slots=True, kw_only=True)
class PartIn:
    """What a unit is given of a case. `within`: its limit for handling, in place of the category's."""

    unit_code: str
    reason: str
    within: Limit | None = None


def checked_verb(word: str) -> PartVerb:
    """Return a verb by its word, or raise PartInvalidError that names all."""
    if word not in set(PartVerb) - {PartVerb.GIVE}:
        raise PartInvalidError(
            "What is done to a part is one of {values}, not '{word}'.",
            values={"values": [one for one in PartVerb if one is not PartVerb.GIVE], "word": word[:40]},
            field="verb",
        )
    return PartVerb(word)


def require_within_bounds(
    verb: PartVerb,
    readings: Readings,
    work: WorkingTime,
    *,
    given_at: datetime,
    now: datetime,
    policies: Policies,
) -> None:
    """Make sure that a part is extended before it is due, at most twice, and given back soon after it was given.

    Raises
    ------
    PartRefusedError
    """
    handle = readings[Step.HANDLE]
    if verb is PartVerb.EXTEND:
        if handle.left is None or handle.is_overdue:
            raise PartRefusedError("A part is extended before it is due; one without a limit is not.")
        if handle.extensions >= policies.extensions:
            raise PartRefusedError(
                "The part was extended {most} times, as often as it may be.", values={"most": policies.extensions}
            )
    if verb is PartVerb.RETURN:
        scale, within = work.measured(policies.return_within)
        if work.elapsed(scale, given_at, now) > within:
            raise PartRefusedError(
                "A part is given back within {return_within} of being given.",
                values={"return_within": policies.return_within},
            )
