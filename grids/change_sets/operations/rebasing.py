"""Bring a draft onto the latest release: what others changed comes in, what both changed is shown, nothing is lost."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from core import audit
from grids.boundaries import queries as registry
from grids.change_sets import queries
from grids.change_sets.errors import EditRefusedError
from grids.change_sets.operations.drafting import apply, open_change_set, record_hand, require_allowed, rewrite, store
from grids.change_sets.rules.conflicts import Conflict, conflicts
from grids.change_sets.rules.following import followed_by_edges, updated_ancestors
from grids.change_sets.states import Action

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy.orm import Session

    from grids.boundaries.records import AreaRecord
    from grids.boundaries.tables import Layer
    from grids.change_sets.tables import ChangeSet
    from identity.actors import Actor


@dataclass(frozen=True, slots=True)
class Rebased:
    """The outcome of a rebase: done, or the codes that both sides changed."""

    change_set: ChangeSet
    is_current: bool
    conflicts: tuple[str, ...]


def overtaken_by(session: Session, change_set: ChangeSet) -> tuple[str, ...]:
    """Return the codes of areas that both the draft and releases since its base drew, and that a person has to settle.

    A coarser area that in the draft only followed its grids is none of these: it is put together anew.
    """
    return tuple(code for conflict in _sides(session, change_set).conflicts for code in conflict.codes)


@dataclass(frozen=True, slots=True)
class _Sides:
    """The areas that the draft and the releases since its base left different, and what both decided.

    `base` and `latest` are these areas before both, and as they are published.
    """

    base: dict[str, AreaRecord] = field(default_factory=dict)
    latest: dict[str, AreaRecord] = field(default_factory=dict)
    conflicts: tuple[Conflict, ...] = ()


def _sides(session: Session, change_set: ChangeSet) -> _Sides:
    layer, base = queries.layer_of(session, change_set), queries.base_of(session, change_set)
    latest = registry.latest_release(session, layer)
    if latest is None or latest.id == base.id:
        return _Sides()
    codes = queries.codes_changed_since(session, layer, base, latest)
    drafted = queries.overlay(session, change_set)
    only = registry.AreaFilter(codes=sorted(codes | drafted.keys()))
    before, published = (
        {a.record.code: a.record for a in registry.areas_of_release(session, layer, release, only=only)}
        for release in (base, latest)
    )
    settled = {code for code, number in change_set.settled.items() if number == latest.number}
    followers = _followers(session, change_set, layer, codes & drafted.keys())
    mine = {code: r for code, r in drafted.items() if code not in settled | followers}
    theirs = {code: published.get(code) for code in codes - settled}
    levels = {code: r.level for side in (before, published, mine) for code, r in side.items() if r is not None}
    found = [
        conflict
        for level in layer.levels
        for conflict in conflicts(
            before, *({c: r for c, r in side.items() if levels.get(c) == level} for side in (mine, theirs))
        )
    ]
    return _Sides(before, published, tuple(found))


def rebase(session: Session, *, change_set_id: int, actor: Actor) -> Rebased:
    """Put the draft on top of the latest release, unless both changed the same areas.

    With conflicts nothing is changed; `resolve_conflict` decides each.

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
    settled = set(change_set.settled)
    theirs = queries.codes_changed_since(session, layer, base, latest)
    followers = _followers(session, change_set, layer, theirs & queries.overlay(session, change_set).keys())
    change_set.base_release_id = latest.id
    change_set.settled = {}
    session.flush()
    if settled or followers - settled:
        _put_together(session, change_set, layer, followers - settled)
    apply(change_set, Action.REBASE)  # What was checked and approved was another state of the layer.
    change_set.approved_by = change_set.approved_at = change_set.submitted_by = None
    record_hand(session, change_set, actor)
    audit.record(session, actor=actor, action="change_sets.rebase", subject=str(change_set.id), base=latest.number)
    session.flush()
    return Rebased(change_set, is_current=True, conflicts=())


def resolve_conflict(
    session: Session, *, change_set_id: int, code: str, keep: Literal["mine", "theirs"], actor: Actor
) -> Rebased:
    """Settle one conflict: keep what the draft drew, or take what is published; then rebase if it was the last.

    All areas whose land hangs together with the one that is named come along: of two splits, the pieces of one stay.

    Raises
    ------
    ChangeSetNotFoundError, ChangeSetStateError, EditRefusedError
    """
    change_set = open_change_set(session, change_set_id, None)
    sides = _sides(session, change_set)
    conflict = next((c for c in sides.conflicts if code in {*c.mine, *c.theirs}), None)
    if conflict is None:
        raise EditRefusedError("Area {code} is in no conflict.", values={"code": code[:80]}, field="code")
    latest = registry.latest_release(session, queries.layer_of(session, change_set))
    number = 0 if latest is None else latest.number
    codes = sorted({*conflict.mine, *conflict.theirs}, key=str.encode)
    if keep == "theirs":
        after = {c: sides.latest.get(c) for c in codes}
    else:
        after = {c: sides.base.get(c) for c in conflict.theirs if c not in conflict.mine}
    arguments = {"code": code, "keep": keep, "release": number, "codes": codes}
    store(session, change_set, "settle", arguments, actor, after)
    change_set.settled = change_set.settled | dict.fromkeys(codes, number)
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
    """Let coarser areas follow the draft's edits again, edit by edit, on the release the draft now stands on.

    Where a conflict was settled, areas of both sides lie over each other until then: there, edges do not tell.
    """
    by_edges = all(edit.verb != "settle" for edit in queries.edits(session, change_set))
    base = queries.base_of(session, change_set)
    now = {area.record.code: area.record for area in registry.areas_of_release(session, layer, base)}
    finest = layer.levels[-1]
    for number, rows in queries.areas_by_edit(session, change_set):
        after = {
            c: r for c, r in rows.items() if (r.level if r is not None else now[c].level if c in now else "") == finest
        }
        before = {code: now[code] for code in after if code in now}
        coarser = followed_by_edges(now, before, after, layer.levels) if by_edges else None
        if coarser is None:
            coarser = updated_ancestors(now, after, layer.levels)
        kept: queries.Overlay = {code: record for code, record in rows.items() if code not in followers}
        again = {code: coarser.get(code, now[code]) for code in rows.keys() & followers if code in now}
        again |= {code: record for code, record in coarser.items() if code not in rows}
        rewrite(session, change_set, number, again)
        now = queries.overlaid(now, kept | dict(again))
