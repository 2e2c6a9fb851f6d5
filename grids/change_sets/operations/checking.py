"""The check of a whole draft, remembered for as long as the draft stays as it is."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import shapely

from geo.coverage import prepare, recheck
from grids.boundaries import operations as registry_operations
from grids.boundaries import queries as registry
from grids.boundaries.operations import as_area_set, rules_of
from grids.change_sets import draft_queries, queries

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from geo.coverage import CoverageReport, Findings, PreparedLayer
    from grids.boundaries.records import AreaRecord
    from grids.change_sets.tables import ChangeSet

_MOST_REMEMBERED = 2


@dataclass(frozen=True, slots=True)
class State:
    """All that the check of a draft depends on: the draft at a version, on a release, beside the layer's latest one.

    `gaps` are the gaps that the draft declares.
    """

    change_set: int
    version: int
    base: int
    latest: int
    gaps: tuple[bytes, ...]

    def ground(self) -> tuple[object, ...]:
        """Return what drafts must share for one's check to lead to the other's."""
        return self.base, self.latest, self.gaps


@dataclass(frozen=True, slots=True)
class Checked:
    """A draft's whole layer, ready for proposals, and what the check found in it.

    `findings` and `marks` (what the draft had changed, queries.marks) lead to the check of another state.
    """

    layer: PreparedLayer
    report: CoverageReport
    findings: Findings
    marks: queries.Marks


class CheckMemory:
    """The latest checks of a process: a draft is checked once a version, and then only where it differs."""

    def __init__(self) -> None:
        self._known: OrderedDict[State, Checked] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, state: State) -> Checked | None:
        """Return the check of a state."""
        with self._lock:
            if state in self._known:
                self._known.move_to_end(state)
            return self._known.get(state)

    def nearest(self, state: State) -> Checked | None:
        """Return the check of a state on the same ground: of the same draft if there is one, else the latest."""
        with self._lock:
            alike = [known for known in reversed(self._known) if known.ground() == state.ground()]
            own = [known for known in alike if known.change_set == state.change_set]
            return self._known[(own or alike)[0]] if alike else None

    def put(self, state: State, checked: Checked) -> None:
        """Remember a check in place of the draft's older ones, and forget the one not asked for longest."""
        with self._lock:
            for known in [known for known in self._known if known.change_set == state.change_set]:
                del self._known[known]
            self._known[state] = checked
            while len(self._known) > _MOST_REMEMBERED:
                self._known.popitem(last=False)


def checked(
    session: Session,
    change_set: ChangeSet,
    memory: CheckMemory | None = None,
    content: queries.Content | None = None,
) -> Checked:
    """Check the whole layer as the draft has it, unless it is remembered; `content`, if it was read already.

    With a memory the session must not have changed the draft: what is remembered has to be what others can see.
    """
    if memory is None:
        return _from_the_beginning(session, change_set, content)
    state = _state_of(session, change_set)
    known = memory.get(state)
    if known is None:
        near = memory.nearest(state)
        known = _from_the_beginning(session, change_set, content) if near is None else _led(session, change_set, near)
        memory.put(state, known)
    return known


def _state_of(session: Session, change_set: ChangeSet) -> State:
    layer = queries.layer_of(session, change_set)
    latest = registry.latest_release(session, layer)
    gaps = tuple(shapely.to_wkb(gap.geom) for gap in queries.rules_of_draft(session, change_set).gaps)
    return State(
        change_set.id, change_set.version, change_set.base_release_id or 0, 0 if latest is None else latest.id, gaps
    )


def _from_the_beginning(session: Session, change_set: ChangeSet, content: queries.Content | None) -> Checked:
    content = content or queries.content_of(session, change_set)
    layer = queries.layer_of(session, change_set)
    answering = queries.rules_of_draft(session, change_set)
    rules = rules_of(layer, answering, latest=latest_areas(session, change_set, content))
    prepared = prepare(as_area_set(list(content.areas.values())), rules)
    return Checked(prepared, *recheck(prepared), queries.marks(session, change_set))


def _led(session: Session, change_set: ChangeSet, near: Checked) -> Checked:
    """Check a draft by what it has otherwise than a state that was checked."""
    marks = queries.marks(session, change_set)
    apart = {code for code, _ in marks.items() ^ near.marks.items()}
    draft = draft_queries.state_of(session, change_set)
    rules = replace(
        rules_of(draft.layer, queries.rules_of_draft(session, change_set)), reference=near.layer.rules.reference
    )
    others = near.layer.select(np.array([code not in apart for code in near.layer.areas.codes], dtype=bool))
    fresh = prepare(as_area_set(list(draft_queries.named(session, draft, apart).values())), rules)
    prepared = replace(others, rules=rules).joined(fresh)
    return Checked(prepared, *recheck(prepared, near.findings), marks)


def latest_areas(session: Session, change_set: ChangeSet, content: queries.Content) -> list[AreaRecord]:
    """Return the areas of the layer's latest release: mostly the draft's base, which was read already."""
    layer = queries.layer_of(session, change_set)
    latest = registry.latest_release(session, layer)
    if latest is None or latest.id == change_set.base_release_id:
        return list(content.base.values())
    return registry_operations.latest_areas(session, layer)
