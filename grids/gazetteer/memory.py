"""The locating index of the gazetteer in effect, built once a database and release and shared by its threads.

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
from core.db import database_of
from core.errors import DatabaseUnavailableError
from geo.address.index import LocatingIndex
from grids.gazetteer import queries

if TYPE_CHECKING:
    from collections.abc import Hashable
    from datetime import datetime

    from sqlalchemy.orm import Session

    from core.db import Database
    from core.settings import Settings

# The gazetteer in effect, and one of a past instant that somebody asks about.
_KEPT: Final = 2


@dataclass(frozen=True, slots=True)
class GazetteerSnapshot:
    """An index and the releases it was built from."""

    index: LocatingIndex
    releases: dict[str, int]


class BuiltGazetteers:
    """The indexes that a process has built from one database, the latest asked for last.

    ``layer`` is the layer of boundaries whose areas are the administrative words of addresses: the default one.
    """

    def __init__(self, settings: Settings) -> None:
        self.layer = settings.default_layer
        self._built: OrderedDict[Hashable, GazetteerSnapshot] = OrderedDict()
        self._lock = threading.Lock()
        self._building = threading.Lock()

    def current(self, session: Session, instant: datetime) -> GazetteerSnapshot:
        """Return the index of the gazetteer in effect at an instant, built now when it is not kept."""
        in_effect = queries.releases_in_effect(session, at=instant)
        boundaries = queries.boundary_release(session, layer=self.layer, at=instant)
        numbers = {theme: release.number for theme, release in in_effect.items()}
        if boundaries is not None:
            numbers["boundaries"] = boundaries.number
        key = (tuple(sorted(numbers.items())), queries.wordings_version(session, at=instant))
        found = self._find(key)
        if found is not None:
            return found
        # One builds, the others wait for it; whoever asks for an index that is there does not wait.
        with self._building:
            found = self._find(key)
            if found is not None:
                return found
            rows = queries.rows(session, in_effect=in_effect, boundaries=boundaries, at=instant)
            found = GazetteerSnapshot(LocatingIndex(rows), numbers)
            with self._lock:
                self._built[key] = found
                while len(self._built) > _KEPT:
                    self._built.popitem(last=False)
            return found

    def _find(self, key: Hashable) -> GazetteerSnapshot | None:
        with self._lock:
            found = self._built.get(key)
            if found is not None:
                self._built.move_to_end(key)
            return found


def current(session: Session, *, at: datetime | None = None) -> GazetteerSnapshot:
    """Return the index of the gazetteer in effect at an instant (now, when none is named)."""
    return database_of(session).kept(BuiltGazetteers).current(session, at or clock.now())


def administrative_layer(session: Session) -> str:
    """Return the code of the layer whose areas are the administrative words of addresses."""
    return database_of(session).kept(BuiltGazetteers).layer


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
        """Return the gazetteer as last seen, at once; None before the first look or when there is none."""
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
