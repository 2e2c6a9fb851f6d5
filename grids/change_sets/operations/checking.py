"""The check of a whole draft, remembered for as long as the draft stays as it is."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import shapely

from geo.coverage import check_layer, prepare
from grids.boundaries import operations as registry_operations
from grids.boundaries import queries as registry
from grids.boundaries.operations import as_area_set, rules_of
from grids.change_sets import queries

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from geo.coverage import CoverageReport, PreparedLayer
    from grids.boundaries.records import AreaRecord
    from grids.change_sets.tables import ChangeSet

_MOST_REMEMBERED = 2


@dataclass(frozen=True, slots=True)
class Checked:
    """A draft's whole layer, ready for proposals, and what the check found in it."""

    layer: PreparedLayer
    report: CoverageReport


class CheckMemory:
    """The latest checks of a process, so that paging through a draft's repairs checks it once.

    A check is known by the draft, its version, its base and the layer's declared gaps: by all that it depends on.
    """

    def __init__(self) -> None:
        self._known: OrderedDict[tuple[object, ...], Checked] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: tuple[object, ...]) -> Checked | None:
        """Return a remembered check."""
        with self._lock:
            if key in self._known:
                self._known.move_to_end(key)
            return self._known.get(key)

    def put(self, key: tuple[object, ...], checked: Checked) -> None:
        """Remember a check, and forget the one not asked for longest."""
        with self._lock:
            self._known[key] = checked
            while len(self._known) > _MOST_REMEMBERED:
                self._known.popitem(last=False)


def checked(
    session: Session,
    change_set: ChangeSet,
    memory: CheckMemory | None = None,
    content: queries.Content | None = None,
) -> Checked:
    """Check the whole layer as the draft has it, unless it is remembered; `content`, if it was read already."""
    layer = queries.layer_of(session, change_set)
    gaps = tuple(sorted(shapely.to_wkb(gap) for _, gap in registry.allowed_gaps(session, layer)))
    key = (change_set.id, change_set.version, change_set.base_release_id, gaps)
    known = None if memory is None else memory.get(key)
    if known is not None:
        return known
    content = content or queries.content_of(session, change_set)
    rules = rules_of(session, layer, latest=latest_areas(session, change_set, content))
    prepared = prepare(as_area_set(list(content.areas.values())), rules)
    found = Checked(prepared, check_layer(prepared))
    if memory is not None:
        memory.put(key, found)
    return found


def latest_areas(session: Session, change_set: ChangeSet, content: queries.Content) -> list[AreaRecord]:
    """Return the areas of the layer's latest release: mostly the draft's base, which was read already."""
    layer = queries.layer_of(session, change_set)
    latest = registry.latest_release(session, layer)
    if latest is None or latest.id == change_set.base_release_id:
        return list(content.base.values())
    return registry_operations.latest_areas(session, layer)
