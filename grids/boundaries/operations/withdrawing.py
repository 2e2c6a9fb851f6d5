"""Take a release out of a layer before it takes effect (docs/adr/0011).

Its row and the areas that it brought stay on record, valid at no instant; what it would have closed lives on. Who may
do so, and with whom, is decided by the boundary desk (grids/change_sets/operations/withdrawing.py).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import text

from grids.boundaries import queries
from grids.boundaries.errors import ReleaseInForceError, ReleaseNeededError, ReleaseWithdrawnError
from grids.boundaries.operations.publish import COMMIT_MARGIN, announce

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from grids.boundaries.tables import Layer, Release


def require_withdrawable(session: Session, layer: Layer, release: Release) -> None:
    """Raise unless a release is the layer's latest and so far ahead that every process can hear of its withdrawal.

    Raises
    ------
    ReleaseWithdrawnError, ReleaseNeededError, ReleaseInForceError
    """
    if release.withdrawn_at is not None:
        raise ReleaseWithdrawnError(
            "Release {number} of layer '{code}' is withdrawn already.",
            values={"number": release.number, "code": layer.code},
        )
    margin = release.effective_at - COMMIT_MARGIN
    if margin <= queries.database_time(session) or not queries.is_announced_in_time(session, margin):
        raise ReleaseInForceError(
            (
                "Release {number} takes effect at {effective_at}: it can no longer be withdrawn. Roll back to "
                "the one before instead."
            ),
            values={"number": release.number, "effective_at": release.effective_at.isoformat()},
        )
    latest = queries.latest_release(session, layer)
    if latest is not None and latest.id != release.id:
        raise ReleaseNeededError(
            ("Release {number} of layer '{code}' comes after release {release_number}: withdraw the latest one first."),
            values={"number": latest.number, "code": layer.code, "release_number": release.number},
        )


def take_out(session: Session, layer: Layer, release: Release) -> None:
    """Withdraw a release, under the layer's lock and with the approval on record; end the transaction soon after.

    Raises
    ------
    ReleaseWithdrawnError, ReleaseNeededError, ReleaseInForceError
    """
    require_withdrawable(session, layer, release)
    release.withdrawn_at = queries.database_time(session)
    session.flush()
    session.execute(text("UPDATE area SET valid_during = 'empty' WHERE release_id = :id"), {"id": release.id})
    session.execute(
        text(
            "UPDATE area SET valid_during = tstzrange(lower(valid_during), NULL)"
            " WHERE layer_id = :layer AND upper(valid_during) = :at"
        ),
        {"layer": layer.id, "at": release.effective_at},
    )
    announce(session, layer, release, withdrawn_at=release.withdrawn_at.isoformat())
