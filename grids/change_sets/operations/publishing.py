"""Publish an approved draft as a release."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core import audit
from grids.boundaries import operations as registry_operations
from grids.boundaries import queries as registry
from grids.change_sets import queries
from grids.change_sets.operations.drafting import apply, require_allowed
from grids.change_sets.operations.reviewing import check_digest, require_clean, require_current
from grids.change_sets.states import Action
from identity import principals

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from grids.boundaries.operations import Published
    from identity.actors import Actor


def publish_change_set(session: Session, *, change_set_id: int, actor: Actor, lead_s: float) -> Published:
    """Publish an approved draft; the release takes effect at the instant that was approved.

    The whole layer was checked when the draft was submitted. It is checked again only if what is published is not
    exactly what was checked then.

    Raises
    ------
    ChangeSetNotFoundError, ChangeSetStateError, ChangeSetConflictError, ChangeSetBlockedError, EffectiveInstantError
    """
    change_set = queries.get_change_set(session, change_set_id, for_update=True)
    require_allowed(change_set, Action.PUBLISH)
    layer, base = queries.layer_of(session, change_set), queries.base_of(session, change_set)
    registry_operations.lock(session, layer)
    require_current(session, change_set)
    stored = registry.areas_of_release(session, layer, base)
    areas = queries.overlaid({a.record.code: a.record for a in stored}, queries.overlay(session, change_set))

    answering = queries.rules_of_draft(session, change_set)

    def require_as_checked(checksum: str) -> None:
        if change_set.checked != check_digest(layer, answering, checksum):
            require_clean(session, change_set)

    published = registry_operations.publish(
        session,
        layer=layer,
        areas=list(areas.values()),
        publication=registry_operations.Publication(
            author=principals.named(session, change_set.author),
            note=change_set.title,
            effective_at=change_set.effective_at,
            expected_latest=base.number,
            answering=answering,
            source={"change_set": change_set.id, "approved_by": change_set.approved_by},
        ),
        lead_s=lead_s,
        stored=stored,
        require=require_as_checked,
    )
    apply(change_set, Action.PUBLISH)
    change_set.published_release_id = published.release.id
    audit.record(
        session, actor=actor, action="change_sets.publish", subject=str(change_set.id), release=published.release.number
    )
    session.flush()
    return published
