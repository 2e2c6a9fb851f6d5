"""Pure decisions about joint handling: kinds of whistles, who may blow one, when each step is due, what is distant."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from core.errors import DomainError, Kind
from governance.cases.clocks.working_time import Scale
from governance.cases.joint_handling.states import WhistleVerb
from governance.categories.rules import Limit, checked_limit
from governance.categories.states import LimitUnit
from identity.grants import ROLES
from identity.units.states import UnitKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from governance.cases.clocks.working_time import WorkingTime

MOST_UNITS: Final = 20
"""Units that one whistle calls."""
LONGEST_NAME: Final = 80
FARTHEST_NEAR_M: Final = 100_000
_AN_HOUR: Final = Limit(1, LimitUnit.HOURS)
_A_DAY: Final = Limit(24, LimitUnit.HOURS)
_HOUR_BEFORE: Final = {Scale.WORKING: Limit(1, LimitUnit.WORKING_HOURS), Scale.CONTINUOUS: _AN_HOUR}


class WhistleInvalidError(DomainError):
    """The whistle, its kind, or what is done to it lacks something or does not fit; the detail names the field."""

    code = "whistle-invalid"
    kind = Kind.INVALID


class WhistleNotFoundError(DomainError):
    """There is no such whistle of the case, no unit of it, or no kind of whistle of that code."""

    code = "whistle-not-found"
    kind = Kind.NOT_FOUND


class WhistleRefusedError(DomainError):
    """The state of the whistle, or of the called unit, does not allow that."""

    code = "whistle-refused"
    kind = Kind.CONFLICT


class WhistleForbiddenError(DomainError):
    """Whistles of that kind are blown by units and roles that its policy names."""

    code = "whistle-forbidden"
    kind = Kind.FORBIDDEN


@dataclass(frozen=True, slots=True, kw_only=True)
class KindIn:
    """A kind of whistle as it holds from an instant on.

    `unit_kinds` blow it (none: nobody), by a person with one of `roles` (none: any that handles cases). An arrival
    further than `near_m` metres from the case's point is distant. `pauses`: the clock of handling stands meanwhile.
    """

    code: str
    name: str
    unit_kinds: tuple[str, ...]
    roles: tuple[str, ...] = ()
    sign: Limit = _AN_HOUR
    contact: Limit = _A_DAY
    arrive: Limit
    near_m: int = 200
    pauses: bool = False

    def check(self) -> None:
        """Require a name, kinds of units and roles that there are, and limits.

        Raises
        ------
        WhistleInvalidError, CategoryInvalidError
        """
        if not self.name.strip() or len(self.name) > LONGEST_NAME or not self.name.isprintable():
            raise WhistleInvalidError(
                "A kind of whistle has a name of 1 to {longest} characters.",
                values={"longest": LONGEST_NAME},
                field="name",
            )
        _require_known(self.unit_kinds, UnitKind, "unit_kinds")
        _require_known(self.roles, ROLES, "roles")
        for field in ("sign", "contact", "arrive"):
            limit: Limit = getattr(self, field)
            checked_limit(limit.amount, limit.unit, field)
        if not 0 < self.near_m <= FARTHEST_NEAR_M:
            raise WhistleInvalidError(
                "What is near is 1 to {farthest:,} m.", values={"farthest": FARTHEST_NEAR_M}, field="near_m"
            )


# Rules of the Gulou district, Nanjing (2023): signed for within an hour, the street contacted within 24 hours, arrived
# within 3 or 5 working days, blown by leaders of a street. Three occasions: Beijing's rule of whistles (a request that
# the street cannot settle, joint law enforcement, emergency). Danger is answered within 2 hours: DB11 draft (2021).
_STREET: Final = (str(UnitKind.STREET),)
_STAFF: Final = ("street-staff",)
BUILT_IN: Final = (
    KindIn(
        code="enforcement", name="joint law enforcement", unit_kinds=_STREET, roles=_STAFF,
        arrive=Limit(3, LimitUnit.WORKING_DAYS),
    ),
    KindIn(
        code="request", name="request beyond the street", unit_kinds=_STREET, roles=_STAFF,
        arrive=Limit(5, LimitUnit.WORKING_DAYS),
    ),
    KindIn(
        code="emergency", name="emergency", unit_kinds=_STREET, roles=_STAFF, contact=_AN_HOUR,
        arrive=Limit(2, LimitUnit.HOURS),
    ),
)  # fmt: skip
"""Kinds that hold where no row states one of their code."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallIn:
    """Who is called and why. `arrive_by`: a time that the street names, in place of the kind's limit."""

    kind: str
    units: Sequence[str]
    reason: str
    arrive_by: datetime | None = None

    def check(self, now: datetime) -> None:
        """Require units, each once, and a time to come.

        Raises
        ------
        WhistleInvalidError
        """
        if not 0 < len(self.units) <= MOST_UNITS or len(set(self.units)) != len(self.units):
            raise WhistleInvalidError("Name 1 to {most} units, each once.", values={"most": MOST_UNITS}, field="units")
        if self.arrive_by is not None and self.arrive_by <= now:
            raise WhistleInvalidError("The time of the visit is past.", field="arrive_by")


@dataclass(frozen=True, slots=True)
class Dues:
    """By when a called unit signs, contacts the street and arrives, and when it is reminded of that."""

    sign: datetime
    contact: datetime
    arrive: datetime
    remind: datetime


def checked_verb(word: str) -> WhistleVerb:
    """Return a verb by its word, or raise WhistleInvalidError that names all."""
    if word not in set(WhistleVerb):
        raise WhistleInvalidError(
            "What is done to a whistle is one of {values}, not '{word}'.",
            values={"values": [*WhistleVerb], "word": word[:40]},
            field="verb",
        )
    return WhistleVerb(word)


def dues_of(kind: KindIn, arrive_by: datetime | None, work: WorkingTime, now: datetime) -> Dues:
    """Return by when a unit that is called now owes what, each in the time in which its limit counts.

    It signs and makes contact before it arrives, whatever the limits of these are.
    """
    by = {}
    for step in ("sign", "contact", "arrive"):
        scale, amount = work.measured(getattr(kind, step))
        by[step] = work.add(scale, now, amount)
    arrive = arrive_by or by["arrive"]
    scale = Scale.CONTINUOUS if arrive_by is not None else work.measured(kind.arrive)[0]
    before = work.subtract(scale, arrive, work.measured(_HOUR_BEFORE[scale])[1])
    return Dues(min(by["sign"], arrive), min(by["contact"], arrive), arrive, max(before, now))


def is_distant(distance_m: float, accuracy_m: float | None, near_m: int) -> bool:
    """Tell whether an arrival is certainly further from the case's point than is near, at its accuracy."""
    return distance_m - (accuracy_m or 0) > near_m


def _require_known(words: Sequence[str], known: Iterable[str], field: str) -> None:
    values = [str(one) for one in known]
    wrong = next((word for word in words if word not in values), None)
    if wrong is not None or len(set(words)) != len(words):
        raise WhistleInvalidError(
            "Each of {field} is one of {values}, once.", values={"field": field, "values": values}, field=field
        )
