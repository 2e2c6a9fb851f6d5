"""Withdraw a release before it takes effect: one person asks for it, another approves (docs/adr/0011)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from core import audit
from grids.boundaries import operations as registry_operations
from grids.boundaries import queries as registry
from grids.boundaries.errors import (
    ReleaseNeededError,
    ReleaseWithdrawnError,
    WithdrawalNotRequestedError,
    WithdrawalRequestedError,
)
from grids.boundaries.tables import ReleaseWithdrawal
from grids.change_sets.errors import SecondPersonError
from grids.change_sets.operations.drafting import apply
from grids.change_sets.states import PENDING, Action
from grids.change_sets.tables import ChangeSet
from identity import principals

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from grids.boundaries.tables import Layer, Release
    from identity.actors import Actor


def request_withdrawal(session: Session, *, layer: Layer, number: int, actor: Actor, reason: str) -> ReleaseWithdrawal:
    """Ask that the layer's latest release shall not take effect; nothing changes until a second person approves.

    Raises
    ------
    ReleaseNotFoundError, ReleaseWithdrawnError, ReleaseNeededError, ReleaseInForceError, WithdrawalRequestedError
    """
    registry_operations.lock(session, layer)
    release = registry.get_release(session, layer, number)
    asked = registry.withdrawal_of(session, release)
    if asked is not None and release.withdrawn_at is None:
        raise WithdrawalRequestedError(
            "'{requested_by}' asked for it already: a second person has to approve.",
            values={"requested_by": asked.requested_by},
        )
    registry_operations.require_withdrawable(session, layer, release)
    _require_no_drafts_on(session, release)
    withdrawal = ReleaseWithdrawal(
        release_id=release.id,
        reason=reason,
        requested_by_id=actor.id,
        requested_by=actor.name,
        requested_at=registry.database_time(session),
    )
    session.add(withdrawal)
    audit.record(
        session, actor=actor, action="releases.request_withdrawal", subject=f"{layer.code}/{number}", reason=reason
    )
    session.flush()
    return withdrawal


def approve_withdrawal(session: Session, *, layer: Layer, number: int, actor: Actor) -> ReleaseWithdrawal:
    """Withdraw a release as another person asked; the draft that it came from opens again, with all its edits.

    Raises
    ------
    ReleaseNotFoundError, WithdrawalNotRequestedError, SecondPersonError, ReleaseWithdrawnError, ReleaseNeededError,
    ReleaseInForceError
    """
    registry_operations.lock(session, layer)
    release = registry.get_release(session, layer, number)
    asked = registry.withdrawal_of(session, release)
    if asked is None:
        raise WithdrawalNotRequestedError(
            "Nobody has asked to withdraw release {number} of layer '{code}'.",
            values={"number": number, "code": layer.code},
        )
    if release.withdrawn_at is not None:
        raise ReleaseWithdrawnError(
            "Release {number} of layer '{code}' is withdrawn already.", values={"number": number, "code": layer.code}
        )
    if principals.is_among(session, actor, [asked.requested_by_id], since=asked.requested_at):
        raise SecondPersonError(
            "'{name}' asked for the withdrawal: somebody else has to approve it.", values={"name": actor.name}
        )
    _require_no_drafts_on(session, release)
    asked.approved_by_id, asked.approved_by, asked.approved_at = actor.id, actor.name, registry.database_time(session)
    session.flush()
    registry_operations.take_out(session, layer, release)
    reopened = session.scalar(select(ChangeSet).where(ChangeSet.published_release_id == release.id).with_for_update())
    if reopened is not None:
        apply(reopened, Action.REOPEN)
        reopened.published_release_id = None
        reopened.submitted_by = reopened.approved_by = reopened.approved_at = reopened.effective_at = None
    audit.record(
        session, actor=actor, action="releases.withdraw", subject=f"{layer.code}/{number}", reason=asked.reason,
        requested_by=asked.requested_by, effective_at=release.effective_at.isoformat(),
        change_set=None if reopened is None else reopened.id,
    )  # fmt: skip
    session.flush()
    return asked


def _require_no_drafts_on(session: Session, release: Release) -> None:
    drafts = session.scalars(
        select(ChangeSet.id)
        .where(ChangeSet.base_release_id == release.id, ChangeSet.state.in_(PENDING))
        .order_by(ChangeSet.id)
    ).all()
    if drafts:
        named = ", ".join(str(number) for number in drafts[:10])
        raise ReleaseNeededError(
            "Drafts stand on release {number} (change sets {named}): withdraw them first.",
            values={"number": release.number, "named": named},
            change_sets=list(drafts[:100]),
        )
