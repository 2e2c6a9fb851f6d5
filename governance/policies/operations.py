"""State a value of policy from an instant on; a second person confirms or refuses what decides over deadlines."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from core import audit, clock
from governance.policies import queries, rules
from governance.policies.states import POLICY, PolicyAction, PolicyState
from governance.policies.tables import PolicyValue
from identity import principals

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from governance.policies.states import PolicyCode
    from identity.actors import Actor

_FARTHEST: Final = timedelta(days=3660)


def state_value(
    session: Session, code: PolicyCode, value: str, *, note: str, actor: Actor, effective_from: datetime | None = None
) -> PolicyValue:
    """State a value from an instant on, now at the earliest; what decides over deadlines waits for a second person.

    Raises
    ------
    PolicyValueInvalidError
    """
    now = clock.now()
    start = effective_from or now
    if not now <= start <= now + _FARTHEST:
        raise rules.PolicyValueInvalidError(
            "A value of policy counts from now or later, within ten years: what was is explained by what held.",
            field="effective_from",
        )
    if not note.strip():
        raise rules.PolicyValueInvalidError("Give the file or decision that states it.", field="note")
    waits = code in rules.TWO_PERSONS
    row = PolicyValue(
        code=code, value=rules.written(rules.checked_value(code, value)), effective_from=start, note=note.strip(),
        state=PolicyState.PROPOSED if waits else PolicyState.IN_FORCE,
        stated_at=now, stated_by_id=actor.id, stated_by=actor.name, decided_at=None if waits else now,
        decided_by_id=None if waits else actor.id, decided_by=None if waits else actor.name,
    )  # fmt: skip
    session.add(row)
    session.flush()
    audit.record(
        session, actor=actor, action="policies.state", subject=f"policy/{code}", number=row.id, value=row.value,
        effective_from=start.isoformat(), waits=waits,
    )  # fmt: skip
    return row


def decide(session: Session, number: int, action: PolicyAction, *, actor: Actor) -> PolicyValue:
    """Confirm or refuse a value that waits; confirmed late it counts from then on, never back.

    Raises
    ------
    PolicyValueNotFoundError, PolicyValueDecidedError
    PolicySecondPersonError
        When the actor stated it, or is one hand with who did. Withdrawing (refusing) one's own is allowed.
    """
    row = queries.get(session, number)
    if not POLICY.allows(row, action):
        raise rules.PolicyValueDecidedError("The value is {state} already.", values={"state": row.state})
    if action is PolicyAction.CONFIRM and principals.is_among(session, actor, [row.stated_by_id], since=row.stated_at):
        raise rules.PolicySecondPersonError
    now = clock.now()
    POLICY.move(row, action)
    row.decided_at, row.decided_by_id, row.decided_by = now, actor.id, actor.name
    row.effective_from = max(row.effective_from, now)
    audit.record(
        session, actor=actor, action=f"policies.{action}", subject=f"policy/{row.code}", number=number,
        value=row.value, effective_from=row.effective_from.isoformat(),
    )  # fmt: skip
    session.flush()
    return row
