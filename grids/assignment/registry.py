"""The releases a process holds in memory, and which of them answers at an instant.

A thread listens for new releases and looks for them each poll, and loads what is published before its effective
instant comes. Which release answers is decided by the clock alone, at each question: the change happens in all
processes at the stated instant, between two questions, without a lock. Older releases are loaded when asked for and
kept while they are the most recently used. When the database is away, everything in memory goes on answering.
"""

from __future__ import annotations

import threading
import time
from bisect import bisect_right
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import psycopg
import structlog

from core import clock
from core.errors import DatabaseUnavailableError
from core.observability import RELEASE_IN_FORCE
from grids.assignment import queries
from grids.assignment.errors import BoundariesNotLoadedError
from grids.boundaries.errors import LayerNotFoundError
from grids.boundaries.operations import NOTIFY_CHANNEL

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from core.db import Database
    from core.settings import Settings
    from grids.assignment.release_index import LayerFacts, ReleaseFacts, ReleaseIndex

log = structlog.get_logger("wangge.releases")

OLD_RELEASES_KEPT: Final = 8
_REST_AFTER_FAILURE_S: Final = 1.0
_SLICE_S: Final = 0.1
"""How long a wait for notices lasts before it looks whether the process ends."""


@dataclass(frozen=True, slots=True)
class Timeline:
    """A layer's releases in the order they take effect. Replaced whole when it changes."""

    layer: LayerFacts
    releases: tuple[ReleaseFacts, ...]
    instants: tuple[datetime, ...]

    def position_at(self, instant: datetime) -> int:
        """Position of the release in force at an instant; -1 before the first."""
        return bisect_right(self.instants, instant) - 1


class ReleaseIndexes:
    """Release indexes of a process, by layer and instant."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self._database = database
        self._settings = settings
        self._timelines: dict[str, Timeline] | None = None
        self._loaded: dict[int, ReleaseIndex] = {}
        self._old: OrderedDict[int, ReleaseIndex] = OrderedDict()
        self._lock = threading.Lock()
        self._loading = threading.Lock()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Load what is in force, if the database answers, and keep up with new releases from then on."""
        self._stop.clear()
        try:
            self.refresh()
        except DatabaseUnavailableError:
            log.warning("boundaries not loaded: the database is away")
        self._thread = threading.Thread(target=self._follow, name="release-indexes", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End the thread."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(timeout=10)
            self._thread = None

    @property
    def is_loaded(self) -> bool:
        """Whether this process has seen the registry since it started."""
        return self._timelines is not None

    def refresh(self) -> None:
        """Look for new releases and load those in force now or later.

        Raises
        ------
        DatabaseUnavailableError
            When the database is away; what is in memory stays.
        """
        with self._loading:
            with self._database.snapshot() as session:
                found = queries.timelines(session)
            timelines = {
                code: Timeline(layer, releases, tuple(release.effective_at for release in releases))
                for code, (layer, releases) in found.items()
            }
            now = clock.now()
            wanted: set[int] = set()
            for timeline in timelines.values():
                for release in timeline.releases[max(0, timeline.position_at(now)) :]:
                    wanted.add(release.id)
                    self._ensure_loaded(timeline.layer, release)
            self._timelines = timelines
            for passed in [release_id for release_id in self._loaded if release_id not in wanted]:
                self._keep_old(self._loaded.pop(passed))
            for code, timeline in timelines.items():
                position = timeline.position_at(now)
                if position >= 0:
                    RELEASE_IN_FORCE.labels(code).set(timeline.releases[position].number)

    def _ensure_loaded(self, layer: LayerFacts, release: ReleaseFacts) -> None:
        index = self._loaded.get(release.id)
        if index is not None and index.layer == layer:
            return
        with self._database.snapshot() as session:
            index = queries.load_release(session, layer, release, self._cache)
        _warm_up(index)
        self._loaded[release.id] = index
        log.info("release loaded", layer=layer.code, release=release.number, effective_at=str(release.effective_at))

    @property
    def _cache(self) -> Path:
        return self._settings.index_cache_dir

    def timeline(self, layer: str | None = None) -> Timeline:
        """Return a layer's releases; the default layer when none is named.

        Raises
        ------
        LayerNotFoundError, BoundariesNotLoadedError
        """
        if self._timelines is None:
            raise BoundariesNotLoadedError
        code = layer or self._settings.default_layer
        timeline = self._timelines.get(code)
        if timeline is None:
            raise LayerNotFoundError(f"There is no layer '{code[:80]}'.", field="layer")
        return timeline

    def layers_at(self, at: datetime | None = None) -> list[str]:
        """Return the layers that have a release in force at an instant (now, if none is named), the default first.

        Raises
        ------
        BoundariesNotLoadedError
        """
        if self._timelines is None:
            raise BoundariesNotLoadedError
        instant = at or clock.now()
        found = [code for code, timeline in self._timelines.items() if timeline.position_at(instant) >= 0]
        return sorted(found, key=lambda code: (code != self._settings.default_layer, code))

    def in_memory(self, layer: str | None = None, at: datetime | None = None) -> ReleaseIndex | None:
        """Return the release that answers, if memory holds it; None when it must be loaded, or there is none then.

        Raises
        ------
        LayerNotFoundError, BoundariesNotLoadedError
        """
        timeline = self.timeline(layer)
        position = timeline.position_at(at or clock.now())
        if position < 0:
            return None
        release_id = timeline.releases[position].id
        index = self._loaded.get(release_id)
        if index is not None or at is None:
            return index
        with self._lock:
            index = self._old.get(release_id)
            if index is not None:
                self._old.move_to_end(release_id)
        return index

    def at(self, layer: str | None = None, at: datetime | None = None) -> ReleaseIndex | None:
        """Return the release that answers at an instant (now, if none is named); None before the first release.

        Raises
        ------
        LayerNotFoundError, BoundariesNotLoadedError
        DatabaseUnavailableError
            When the release is not in memory and the database is away.
        """
        index = self.in_memory(layer, at)
        if index is not None:
            return index
        timeline = self.timeline(layer)
        position = timeline.position_at(at or clock.now())
        if position < 0:
            return None
        release = timeline.releases[position]
        with self._loading:
            index = self._loaded.get(release.id) or self._old.get(release.id)
            if index is None:
                with self._database.snapshot() as session:
                    index = queries.load_release(session, timeline.layer, release, self._cache)
                self._keep_old(index)
        return index

    def _keep_old(self, index: ReleaseIndex) -> None:
        with self._lock:
            self._old[index.release.id] = index
            self._old.move_to_end(index.release.id)
            while len(self._old) > OLD_RELEASES_KEPT:
                self._old.popitem(last=False)

    def _follow(self) -> None:
        """Refresh at each notice and each poll; whatever goes wrong, try again."""
        while not self._stop.is_set():
            try:
                with psycopg.connect(
                    self._database.libpq_url, autocommit=True, connect_timeout=3, application_name="wangge-releases"
                ) as connection:
                    connection.execute(f"LISTEN {NOTIFY_CHANNEL}")
                    while not self._stop.is_set():
                        self.refresh()
                        self._wait_for_notice(connection)
            except (psycopg.Error, DatabaseUnavailableError) as error:
                log.warning("the database is away; memory goes on answering", error=type(error).__name__)
                self._stop.wait(_REST_AFTER_FAILURE_S)
            except Exception:
                log.exception("refreshing the releases failed")
                self._stop.wait(_REST_AFTER_FAILURE_S)

    def _wait_for_notice(self, connection: psycopg.Connection) -> None:
        """Return at a notice, at the next poll, or when the process ends."""
        until = time.monotonic() + self._settings.release_poll_s
        while not self._stop.is_set() and (left := until - time.monotonic()) > 0:
            if any(connection.notifies(timeout=min(left, _SLICE_S), stop_after=1)):
                return


def _warm_up(index: ReleaseIndex) -> None:
    """Have the kernels compiled (or read from numba's cache) before the first question."""
    west, south, east, north = index.extent or (0.0, 0.0, 0.0, 0.0)
    lon, lat = (west + east) / 2, (south + north) / 2
    index.assign(lon, lat, 1.0)
    index.assign(west, south, 1.0)
    index.assign(west - 1.0, south)
    index.assign_many(np.array([lon, west - 1.0]), np.array([lat, south]), distances=True)
