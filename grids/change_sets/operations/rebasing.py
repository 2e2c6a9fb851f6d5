"""Bring a draft onto the latest release: what others changed comes in, what both changed is shown, nothing is lost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from core import audit
from grids.boundaries import queries as registry
from grids.change_sets import queries
from grids.change_sets.errors import EditRefusedError
from grids.change_sets.operations.drafting import apply, open_change_set, record_hand, require_allowed, rewrite, store
from grids.change_sets.rules.conflicts import conflicts
from grids.change_sets.rules.following import followed_by_edges, updated_ancestors
from grids.change_sets.states import Action

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy.orm import Session

    from grids.boundaries.tables import Layer
    from grids.change_sets.tables import ChangeSet


@dataclass(frozen=True, slots=True)
class Rebased:
    """The outcome of a rebase: done, or the codes that both sides changed."""

    change_set: ChangeSet
    is_current: bool
    conflicts: tuple[str, ...]


def overtaken_by(session: Session, change_set: ChangeSet) -> tuple[str, ...]:
    """Return the codes that both the draft and releases since its base changed, and that a person has to settle.

    A coarser area that in the draft only followed its grids is none of these: it is put together anew.
    """
    layer, base = queries.layer_of(session, change_set), queries.base_of(session, change_set)
    latest = registry.latest_release(session, layer)
    if latest is None or latest.id == base.id:
        return ()
    theirs = queries.codes_changed_since(session, layer, base, latest)
    settled = {code for code, number in change_set.settled.items() if number == latest.number}
    both = conflicts(set(queries.overlay(session, change_set)) - settled, theirs)
    followers = _followers(session, change_set, layer, both)
    return tuple(code for code in both if code not in followers)


def rebase(session: Session, *, change_set_id: int, actor: str) -> Rebased:
    """Put the draft on top of the latest release, unless both changed the same areas.

    With conflicts nothing is changed; `settle` decides each.

    Raises
    ------
    ChangeSetNotFoundError, ChangeSetStateError
    """
    change_set = queries.get_change_set(session, change_set_id, for_update=True)
    require_allowed(change_set, Action.REBASE)
    layer, base = queries.layer_of(session, change_set), queries.base_of(session, change_set)
    latest = registry.latest_release(session, layer)
    if latest is None or latest.id == base.id:
        return Rebased(change_set, is_current=True, conflicts=())
    both = overtaken_by(session, change_set)
    if both:
        return Rebased(change_set, is_current=False, conflicts=both)
    settled = change_set.settled.keys()
    theirs = queries.codes_changed_since(session, layer, base, latest)
    followers = _followers(session, change_set, layer, conflicts(queries.overlay(session, change_set), theirs))
    change_set.base_release_id = latest.id
    change_set.settled = {}
    session.flush()
    if followers - settled:
        _put_together(session, change_set, layer, followers - settled)
    apply(change_set, Action.REBASE)  # What was checked and approved was another state of the layer.
    change_set.approved_by = change_set.approved_at = change_set.submitted_by = None
    record_hand(session, change_set, actor)
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
    latest = registry.latest_release(session, queries.layer_of(session, change_set))
    number = 0 if latest is None else latest.number
    after: queries.Overlay = {}
    if keep == "theirs" and latest is not None:
        layer = queries.layer_of(session, change_set)
        only = registry.AreaFilter(code=code)
        published = registry.areas_of_release(session, layer, latest, only=only)
        after = {code: published[0].record if published else None}
    store(session, change_set, "settle", {"code": code, "keep": keep, "release": number}, actor, after)
    change_set.settled = change_set.settled | {code: number}
    session.flush()
    return rebase(session, change_set_id=change_set_id, actor=actor)


def _followers(session: Session, change_set: ChangeSet, layer: Layer, codes: Collection[str]) -> set[str]:
    """Return which of some coarser areas the draft changed only because their grids did: there before and after."""
    mine = queries.overlay(session, change_set)
    base, latest = queries.base_of(session, change_set), registry.latest_release(session, layer)
    coarser = [code for code in codes if (record := mine[code]) is not None and record.level != layer.levels[-1]]
    if not coarser or latest is None:
        return set()
    drawn = queries.codes_edited_by(session, change_set, ("replace", "repair", "assign", "settle"))
    only = registry.AreaFilter(codes=tuple(coarser))
    there = [{a.record.code for a in registry.areas_of_release(session, layer, r, only=only)} for r in (base, latest)]
    return {code for code in coarser if code not in drawn and all(code in side for side in there)}


def _put_together(session: Session, change_set: ChangeSet, layer: Layer, followers: Collection[str]) -> None:
    """Let coarser areas follow the draft's edits again, edit by edit, on the release the draft now stands on."""
    base = queries.base_of(session, change_set)
    now = {area.record.code: area.record for area in registry.areas_of_release(session, layer, base)}
    finest = layer.levels[-1]
    for number, rows in queries.areas_by_edit(session, change_set):
        after = {
            c: r for c, r in rows.items() if (r.level if r is not None else now[c].level if c in now else "") == finest
        }
        before = {code: now[code] for code in after if code in now}
        coarser = followed_by_edges(now, before, after, layer.levels)
        if coarser is None:
            coarser = updated_ancestors(now, after, layer.levels)
        kept: queries.Overlay = {code: record for code, record in rows.items() if code not in followers}
        again = {code: coarser.get(code, now[code]) for code in rows.keys() & followers if code in now}
        again |= {code: record for code, record in coarser.items() if code not in rows}
        rewrite(session, change_set, number, again)
        now = queries.overlaid(now, kept | dict(again))
