"""Reads of values of policy: what counts at an instant, and what was stated."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import select, text

from governance.policies.rules import Policies, PolicyValueNotFoundError, policies_of
from governance.policies.tables import PolicyValue

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from governance.policies.states import PolicyCode, PolicyState

_AT: Final = """
SELECT DISTINCT ON (code) code, value FROM policy_value WHERE state = 'in_force' AND effective_from <= :at
ORDER BY code, effective_from DESC, id DESC
"""


def policies_at(session: Session, at: datetime) -> Policies:
    """Return the values that count at an instant; what is confirmed later never changes them."""
    return policies_of({row.code: row.value for row in session.execute(text(_AT), {"at": at})})


def stated(
    session: Session, *, code: PolicyCode | None = None, state: PolicyState | None = None, before: int | None = None,
    limit: int,
) -> Sequence[PolicyValue]:  # fmt: skip
    """Return stated values, the latest first; those before a number, and so many at most."""
    query = select(PolicyValue).order_by(PolicyValue.id.desc()).limit(limit)
    if code is not None:
        query = query.where(PolicyValue.code == code)
    if state is not None:
        query = query.where(PolicyValue.state == state)
    if before is not None:
        query = query.where(PolicyValue.id < before)
    return session.scalars(query).all()


def get(session: Session, number: int) -> PolicyValue:
    """Return a stated value, locked.

    Raises
    ------
    PolicyValueNotFoundError
    """
    found = session.get(PolicyValue, number, with_for_update=True, populate_existing=True)
    if found is None:
        raise PolicyValueNotFoundError
    return found
