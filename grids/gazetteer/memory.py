"""The locating index of the gazetteer in effect, built once a process and release and shared by its threads."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from core import clock
from geo.address.index import LocatingIndex
from grids.gazetteer import queries

if TYPE_CHECKING:
    from collections.abc import Hashable
    from datetime import datetime

    from sqlalchemy.orm import Session

ADMINISTRATIVE_LAYER: Final = "admin"
# The gazetteer in effect, and one of a past instant that somebody asks about.
_KEPT: Final = 2


@dataclass(frozen=True, slots=True)
class Current:
    """An index and the releases it was built from."""

    index: LocatingIndex
    releases: dict[str, int]


_built: OrderedDict[Hashable, Current] = OrderedDict()
_lock = threading.Lock()


def current(session: Session, *, at: datetime | None = None, layer: str = ADMINISTRATIVE_LAYER) -> Current:
    """Give the index of the gazetteer in effect at an instant (now, when none is named)."""
    instant = at or clock.now()
    in_effect = queries.releases_in_effect(session, at=instant)
    boundaries = queries.boundary_release(session, layer=layer, at=instant)
    numbers = {theme: release.number for theme, release in in_effect.items()}
    if boundaries is not None:
        numbers["boundaries"] = boundaries.number
    wordings = queries.wordings_version(session, at=instant)
    bind = session.get_bind()
    key = (str(bind.engine.url), layer, tuple(sorted(numbers.items())), wordings)
    with _lock:
        found = _built.get(key)
        if found is not None:
            _built.move_to_end(key)
            return found
        rows = queries.rows(session, in_effect=in_effect, boundaries=boundaries, at=instant)
        found = Current(LocatingIndex(rows), numbers)
        _built[key] = found
        while len(_built) > _KEPT:
            _built.popitem(last=False)
        return found
