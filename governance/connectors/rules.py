"""Pure decisions about connectors: what an answer holds, and how a platform's reply to it is understood."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from core.errors import DomainError, Kind
from governance.cases.lifecycle.states import CaseState

if TYPE_CHECKING:
    from datetime import datetime

    from governance.connectors.states import AnswerKind

LONGEST_REASON: Final = 200
ENDED: Final = frozenset({CaseState.CLOSED, CaseState.RATED, CaseState.REJECTED, CaseState.VOIDED})
"""A case in one of these states has no deadline any more."""


class UpstreamOrderNotFoundError(DomainError):
    """The key sent no report under that order number. Send the report first, with the number as `external_id`."""

    code = "upstream-order-not-found"
    kind = Kind.NOT_FOUND


class UpstreamOrderRefusedError(DomainError):
    """The deadline of the order cannot be kept so; the detail says why."""

    code = "upstream-order-refused"
    kind = Kind.CONFLICT


@dataclass(frozen=True, slots=True)
class UpstreamAnswer:
    """What goes to a platform about its order; `text` is masked, `deadline` the case's next.

    `id` is the same at every try: the platform takes it once.
    """

    id: str
    kind: AnswerKind
    order_number: str
    number: str
    at: datetime
    text: str | None = None
    deadline: datetime | None = None
