"""The locating index of the gazetteer in effect, built once a process and release and shared by its threads.

Requests with a session ask :func:`current`. Intake has none: it asks a
:class:`GazetteerCache`, which looks for news beside it.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from core import clock
from core.errors import DatabaseUnavailableError
from geo.address.index import LocatingIndex
from grids.gazetteer import queries

if TYPE_CHECKING:
    from collections.abc import Hashable
    from datetime import datetime

    from sqlalchemy.orm import Session

    from core.db import Database

ADMINISTRATIVE_LAYER: Final = "admin"
# The gazetteer in effect, and one of a past instant that somebody asks about.
_KEPT: Final = 2


@dataclass(frozen=True, slots=True)
class GazetteerSnapshot:
    """An index and the releases it was built from."""

    index: LocatingIndex
    releases: dict[str, int]


_built: OrderedDict[Hashable, GazetteerSnapshot] = OrderedDict()
_lock = threading.Lock()
_building = threading.Lock()


def current(session: Session, *, at: datetime | None = None, layer: str = ADMINISTRATIVE_LAYER) -> GazetteerSnapshot:
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
    found = _kept(key)
    if found is not None:
        return found
    # One builds, the others wait for it; whoever asks for an index that is there does not wait.
    with _building:
        found = _kept(key)
        if found is not None:
            return found
        rows = queries.rows(session, in_effect=in_effect, boundaries=boundaries, at=instant)
        found = GazetteerSnapshot(LocatingIndex(rows), numbers)
        with _lock:
            _built[key] = found
            while len(_built) > _KEPT:
                _built.popitem(last=False)
        return found


def _kept(key: Hashable) -> GazetteerSnapshot | None:
    with _lock:
        found = _built.get(key)
        if found is not None:
            _built.move_to_end(key)
        return found


class GazetteerCache:
    """The gazetteer as last seen, for callers that must not wait: it is looked at again in a thread of its own."""

    def __init__(self, database: Database, *, poll_s: float) -> None:
        self._database = database
        self._poll_s = poll_s
        self._seen: GazetteerSnapshot | None = None
        self._looked_at = float("-inf")
        self._looking = threading.Lock()

    def refresh(self) -> GazetteerSnapshot | None:
        """Look for news now, and wait for it; None when no gazetteer was ever imported."""
        with self._looking:
            self._look()
        return self._seen

    def index(self) -> LocatingIndex | None:
        """Give the gazetteer as last seen, at once; None before the first look or when there is none."""
        if time.monotonic() - self._looked_at > self._poll_s and not self._looking.locked():
            threading.Thread(target=self._look_beside, name="gazetteer", daemon=True).start()
        return self._seen.index if self._seen is not None else None

    def _look_beside(self) -> None:
        if self._looking.acquire(blocking=False):
            try:
                self._look()
            except DatabaseUnavailableError:
                pass  # What was seen last goes on to serve; the next call looks again.
            finally:
                self._looking.release()

    def _look(self) -> None:
        self._looked_at = time.monotonic()
        with self._database.snapshot() as session:
            found = current(session)
        self._seen = found if set(found.releases) - {"boundaries"} else None
