"""Check a draft, submit it, have a second person approve it or send it back."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import orjson
import shapely

from core import audit, clock
from grids.boundaries import queries as registry
from grids.boundaries import rules as boundary_rules
from grids.boundaries.defect_words import worded
from grids.boundaries.release_rules import require_uncovered
from grids.change_sets import queries
from grids.change_sets.errors import (
    ChangeSetBlockedError,
    ChangeSetConflictError,
    ChangeSetStateError,
    SecondPersonError,
)
from grids.change_sets.operations.checking import checked
from grids.change_sets.operations.drafting import apply, record_hand
from grids.change_sets.operations.rebasing import overtaken_by
from grids.change_sets.states import Action
from identity import principals

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from geo.coverage import CoverageReport
    from grids.boundaries.release_rules import ReleaseRules
    from grids.boundaries.tables import Layer
    from grids.change_sets.operations.checking import CheckMemory
    from grids.change_sets.tables import ChangeSet
    from identity.actors import Actor


def check(session: Session, *, change_set_id: int, memory: CheckMemory | None = None) -> CoverageReport:
    """Check the whole layer as the draft has it; with a memory, once as long as it stays so.

    Raises
    ------
    ChangeSetNotFoundError
    """
    return checked(session, queries.get_change_set(session, change_set_id), memory).report


def submit(session: Session, *, change_set_id: int, actor: Actor, checked_content: str | None = None) -> ChangeSet:
    """Hand a draft in for approval; it must stand on the latest release and have no blocking defect.

    `checked_content` is the checksum of content that the caller has just checked: a draft of just that is not checked
    again.

    Raises
    ------
    ChangeSetNotFoundError, ChangeSetStateError, ChangeSetConflictError, ChangeSetBlockedError, GapCoveredError
    """
    change_set = _advance(session, change_set_id, Action.SUBMIT)
    answering = queries.rules_of_draft(session, change_set)
    base = queries.base_of(session, change_set)
    layer = queries.layer_of(session, change_set)
    changes_rules = answering.key != registry.rules_of_release(session, layer, base).key
    if not changes_rules and not queries.overlay(session, change_set):
        raise ChangeSetStateError("Change set {id} changes nothing yet.", values={"id": change_set.id})
    require_current(session, change_set)
    content = queries.content_of(session, change_set)
    require_uncovered(answering.gaps, content.areas.values(), layer.levels[-1])
    checksum = boundary_rules.checksum(boundary_rules.fingerprints(content.areas.values()))
    if checksum != checked_content:
        require_clean(session, change_set, content)
    change_set.checked = check_digest(layer, answering, checksum)
    change_set.submitted_by = actor.name
    record_hand(session, change_set, actor)
    audit.record(session, actor=actor, action="change_sets.submit", subject=str(change_set.id))
    session.flush()
    return change_set


def approve(
    session: Session,
    *,
    change_set_id: int,
    actor: Actor,
    effective_at: datetime | None = None,
    meant: boundary_rules.Meant | None = None,
) -> ChangeSet:
    """Approve a submitted draft, to take effect at an instant (None: as was wished, else as soon as it is published).

    `meant` is whether a far instant is meant; None: the caller knows.

    Raises
    ------
    ChangeSetNotFoundError, ChangeSetStateError, SecondPersonError, EffectiveInstantDoubtfulError
    """
    change_set = _advance(session, change_set_id, Action.APPROVE)
    if principals.is_among(session, actor, queries.hands(session, change_set), since=change_set.created_at):
        raise SecondPersonError(
            "'{name}' worked on change set {id}: somebody else has to approve it.",
            values={"name": actor.name, "id": change_set.id},
        )
    if meant is not None:
        boundary_rules.require_meant(effective_at, now=clock.now(), meant=meant)
    change_set.approved_by, change_set.approved_at = actor.name, clock.now()
    change_set.effective_at = effective_at or change_set.effective_at
    audit.record(session, actor=actor, action="change_sets.approve", subject=str(change_set.id))
    session.flush()
    return change_set


def send_back(session: Session, *, change_set_id: int, actor: Actor, reason: str) -> ChangeSet:
    """Open a submitted or approved draft again, with the reason on record.

    Raises
    ------
    ChangeSetNotFoundError, ChangeSetStateError
    """
    change_set = _advance(session, change_set_id, Action.SEND_BACK)
    change_set.approved_by = change_set.approved_at = change_set.submitted_by = None
    audit.record(session, actor=actor, action="change_sets.send_back", subject=str(change_set.id), reason=reason)
    session.flush()
    return change_set


def require_current(session: Session, change_set: ChangeSet) -> None:
    """Raise ChangeSetConflictError unless the draft stands on the layer's latest release."""
    layer = queries.layer_of(session, change_set)
    latest = registry.latest_release(session, layer)
    if latest is not None and latest.id != change_set.base_release_id:
        both = overtaken_by(session, change_set)
        raise ChangeSetConflictError(
            (
                "Release {number} was published meanwhile: rebase the change set and settle {count} area(s) that both "
                "changed."
                if both
                else "Release {number} was published meanwhile: rebase the change set."
            ),
            values={"number": latest.number, "count": len(both)},
            conflicts=list(both),
        )


def require_clean(session: Session, change_set: ChangeSet, content: queries.Content | None = None) -> None:
    """Raise ChangeSetBlockedError when the draft has a defect that blocks publishing."""
    report = checked(session, change_set, content=content).report
    if report.blocks:
        first = report.defects[0]
        raise ChangeSetBlockedError(
            "{first} ({count} defects in all; check it to see where.)",
            values={"first": worded(first.facts), "count": sum(report.counts.values())},
            counts=report.counts,
        )


def check_digest(layer: Layer, answering: ReleaseRules, checksum: str) -> str:
    """Return a digest of a layer's content and of all that a check holds it to."""
    gaps = [shapely.to_wkb(gap.geom, hex=True) for gap in answering.gaps]
    held_to = [checksum, layer.levels, layer.code_rule, layer.is_coverage, sorted(gaps)]
    return hashlib.sha256(orjson.dumps(held_to)).hexdigest()


def _advance(session: Session, change_set_id: int, action: Action) -> ChangeSet:
    change_set = queries.get_change_set(session, change_set_id, for_update=True)
    apply(change_set, action)
    return change_set
