"""Bring a draft onto the latest release: what others changed comes in, what both changed is shown, nothing is lost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from sqlalchemy import text

from core import audit
from grids.boundaries import queries as registry
from grids.change_sets import queries
from grids.change_sets.errors import ChangeSetStateError, EditRefusedError
from grids.change_sets.operations.drafting import open_change_set, touch
from grids.change_sets.rules.states import conflicts

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from grids.change_sets.tables import ChangeSet


@dataclass(frozen=True, slots=True)
class Rebased:
    """The outcome of a rebase: done, or the codes that both sides changed."""

    change_set: ChangeSet
    is_current: bool
    conflicts: tuple[str, ...]


def overtaken_by(session: Session, change_set: ChangeSet) -> tuple[str, ...]:
    """Return the codes that both the draft and releases since its base changed."""
    layer, base = queries.layer_of(session, change_set), queries.base_of(session, change_set)
    latest = registry.latest_release(session, layer)
    if latest is None or latest.id == base.id:
        return ()
    theirs = queries.codes_changed_since(session, layer, base, latest)
    mine = {code for code, number in change_set.settled.items() if number == latest.number}
    return conflicts(set(queries.overlay(session, change_set)) - mine, theirs)


def rebase(session: Session, *, change_set_id: int, actor: str) -> Rebased:
    """Put the draft on top of the latest release, unless both changed the same areas.

    With conflicts nothing is changed; `settle` decides each.

    Raises
    ------
    ChangeSetNotFoundError, ChangeSetStateError
    """
    change_set = queries.get_change_set(session, change_set_id, for_update=True)
    if change_set.state in {"published", "withdrawn"}:
        raise ChangeSetStateError(f"Change set {change_set.id} is {change_set.state}.")
    layer, base = queries.layer_of(session, change_set), queries.base_of(session, change_set)
    latest = registry.latest_release(session, layer)
    if latest is None or latest.id == base.id:
        return Rebased(change_set, is_current=True, conflicts=())
    both = overtaken_by(session, change_set)
    if both:
        return Rebased(change_set, is_current=False, conflicts=both)
    change_set.base_release_id = latest.id
    change_set.settled = {}
    change_set.state = "open"  # What was checked and approved was another state of the layer.
    touch(change_set)
    audit.record(session, actor=actor, action="change_sets.rebase", subject=str(change_set.id), base=latest.number)
    session.flush()
    return Rebased(change_set, is_current=True, conflicts=())


def settle(session: Session, *, change_set_id: int, code: str, keep: Literal["mine", "theirs"], actor: str) -> Rebased:
    """Settle one conflict: keep the draft's area, or take the published one; then rebase if it was the last.

    Raises
    ------
    ChangeSetNotFoundError, ChangeSetStateError, EditRefusedError
    """
    change_set = open_change_set(session, change_set_id, None)
    both = overtaken_by(session, change_set)
    if code not in both:
        raise EditRefusedError(f"Area {code[:80]} is in no conflict.", field="code")
    if keep == "mine":
        latest = registry.latest_release(session, queries.layer_of(session, change_set))
        change_set.settled = change_set.settled | {code: latest.number if latest else 0}
    else:
        session.execute(
            text("DELETE FROM change_set_area WHERE change_set_id = :id AND code = :code"),
            {"id": change_set.id, "code": code},
        )
    audit.record(session, actor=actor, action="change_sets.settle", subject=str(change_set.id), code=code, keep=keep)
    touch(change_set)
    session.flush()
    return rebase(session, change_set_id=change_set_id, actor=actor)
