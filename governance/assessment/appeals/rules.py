"""Pure: what an appeal brings, and why one is refused before it is heard."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from core.errors import DomainError, Kind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from governance.assessment.appeals.states import Ground
    from governance.assessment.states import Counted

MOST_EVIDENCE: Final = 20


class AppealNotFoundError(DomainError):
    """There is no such appeal, or none that you may see."""

    code = "assessment-appeal-not-found"
    kind = Kind.NOT_FOUND


class AppealInvalidError(DomainError):
    """What is contested does not count in these results, or the days for it are over; the detail says which."""

    code = "assessment-appeal-invalid"
    kind = Kind.INVALID


class AppealStateError(DomainError):
    """The appeal is not at a point at which that can be done, or the same is contested already."""

    code = "assessment-appeal-state"
    kind = Kind.CONFLICT


class AppealForbiddenError(DomainError):
    """Results of a unit are contested by its persons, those of a person by that person."""

    code = "assessment-appeal-forbidden"
    kind = Kind.FORBIDDEN


class AppealSecondPersonError(DomainError):
    """An appeal is decided on by a person who neither filed nor answered it, nor computed the results."""

    code = "assessment-appeal-second-person"
    kind = Kind.FORBIDDEN


@dataclass(frozen=True, slots=True, kw_only=True)
class AppealIn:
    """What is contested (something counted of a case, begun by a step), on which ground, why, and by what it is shown.

    `evidence` names documents, attachments, places: a line each.
    """

    counted: Counted
    case_id: int
    step: int
    ground: Ground
    words: str
    evidence: Sequence[str] = ()

    def check(self) -> None:
        """Require words and evidence.

        Raises
        ------
        AppealInvalidError
        """
        if not self.words.strip():
            raise AppealInvalidError("Write why it is contested.", field="words")
        if not 1 <= len(self.evidence) <= MOST_EVIDENCE:
            raise AppealInvalidError("Name 1 to {most} pieces of evidence.", values={"most": MOST_EVIDENCE},
                                     field="evidence")  # fmt: skip
