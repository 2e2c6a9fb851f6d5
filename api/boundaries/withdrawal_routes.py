"""Withdraw a release that is not in force yet: one person asks for it, another approves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.boundaries.routes import WRITE, Number
from api.boundaries.schemas import WithdrawalIn, WithdrawalOut
from api.http.access import Approver, Editor
from api.http.dependencies import SessionDep, SnapshotDep
from api.http.openapi import feature_router
from api.http.problems import responses
from api.http.texts import LayerCode
from grids.boundaries import queries
from grids.boundaries.errors import WithdrawalNotRequestedError
from grids.change_sets import operations

if TYPE_CHECKING:
    from grids.boundaries.tables import ReleaseWithdrawal

router = feature_router(prefix="/v1/layers", tags=["boundaries"])


@router.get("/{layer}/releases/{number}/withdrawal", responses=responses(400, 401, 403, 404, 503))
def get_release_withdrawal(session: SnapshotDep, _editor: Editor, layer: LayerCode, number: Number) -> WithdrawalOut:
    """Return who asked for a release's withdrawal, why, and who approved it."""
    found = queries.get_layer(session, layer)
    withdrawal = queries.withdrawal_of(session, queries.get_release(session, found, number))
    if withdrawal is None:
        raise WithdrawalNotRequestedError(
            "Nobody has asked to withdraw release {number} of layer '{layer}'.",
            values={"number": number, "layer": layer},
        )
    return _out(withdrawal, layer, number)


@router.post("/{layer}/releases/{number}/withdrawal", status_code=201, responses=WRITE)
def request_release_withdrawal(
    session: SessionDep, editor: Editor, layer: LayerCode, number: Number, body: WithdrawalIn
) -> WithdrawalOut:
    """Ask that the layer's latest release shall not take effect; a second person has to approve."""
    found = queries.get_layer(session, layer)
    asked = operations.request_withdrawal(session, layer=found, number=number, actor=editor.actor, reason=body.reason)
    return _out(asked, layer, number)


@router.post("/{layer}/releases/{number}/withdrawal/approval", responses=WRITE)
def approve_release_withdrawal(
    session: SessionDep, approver: Approver, layer: LayerCode, number: Number
) -> WithdrawalOut:
    """Withdraw the release, which never takes effect; not by who asked for it. A draft it came from opens again."""
    found = queries.get_layer(session, layer)
    done = operations.approve_withdrawal(session, layer=found, number=number, actor=approver.actor)
    return _out(done, layer, number)


def _out(withdrawal: ReleaseWithdrawal, layer: str, number: int) -> WithdrawalOut:
    facts = {name: getattr(withdrawal, name) for name in WithdrawalOut.model_fields if name not in {"layer", "number"}}
    return WithdrawalOut(layer=layer, number=number, **facts)
