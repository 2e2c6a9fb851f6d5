"""The releases a process holds in memory, and which of them answers at an instant.

What is published is loaded beside the requests, before its effective instant comes; whoever asks for a release that is
not loaded yet waits for it, and nobody is answered from its predecessor. Older releases are loaded when asked for and
kept while they are the most recently used. When the database is away, what is in memory goes on answering.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import TYPE_CHECKING, Final

import numpy as np
import structlog

from core import clock
from core.errors import DatabaseUnavailableError
from grids.assignment import queries
from grids.assignment.release_timeline import REST_AFTER_FAILURE_S, ReleaseTimeline
from grids.boundaries.errors import ReleaseWithdrawnError

if TYPE_CHECKING:
    from datetime import datetime

    from core.db import Database
    from core.settings import Settings
    from grids.assignment.release_index import LayerFacts, ReleaseFacts, ReleaseIndex
    from grids.assignment.release_timeline import LayerReleases

log = structlog.get_logger("wangge.releases")

OLD_RELEASES_KEPT: Final = 8


class ReleaseCache:
    """Release indexes of a process, by layer and instant; `timeline` holds which releases there are."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self.timeline = ReleaseTimeline(database, settings, after_reading=self._load_in_background)
        self._database = database
        self._settings = settings
        self._stop = threading.Event()
        self._loaded: dict[int, ReleaseIndex] = {}
        self._old: OrderedDict[int, ReleaseIndex] = OrderedDict()
        self._lock = threading.Lock()
        self._loading = threading.Lock()
        self._loader: threading.Thread | None = None
        self._has_loaded = False

    @property
    def is_loaded(self) -> bool:
        """Whether this process has had everything in memory since it started."""
        return self._has_loaded

    def start(self) -> None:
        """Load what there is, if the database answers, and keep up with it from then on."""
        self._stop.clear()
        try:
            self.refresh()
        except DatabaseUnavailableError:
            log.warning("boundaries not loaded: the database is away")
        self.timeline.start()

    def close(self) -> None:
        """End the threads."""
        self._stop.set()
        self.timeline.close()
        if self._loader is not None:
            self._loader.join(timeout=10)
            self._loader = None

    def refresh(self) -> None:
        """Look for new releases and load those in force now or later.

        Raises
        ------
        DatabaseUnavailableError
            When the database is away; what is in memory stays.
        """
        self.timeline.refresh()
        self._load_wanted()

    def in_memory(self, layer: str | None = None, at: datetime | None = None) -> ReleaseIndex | None:
        """Return the release that answers, if that is known without waiting; None also when there is none then.

        Raises
        ------
        LayerNotFoundError, BoundariesNotLoadedError
        """
        # The order matters: a lease that holds after the instant was read covers the instant.
        instant = at or clock.now()
        if not self.timeline.is_confirmed:
            return None
        known = self.timeline.of_layer(layer)
        position = known.position_at(instant)
        return None if position < 0 else self._held(known.releases[position].id)

    def in_force_at(self, layer: str | None = None, at: datetime | None = None) -> ReleaseIndex | None:
        """Return the release that answers at an instant (now, if none is named); None before the first release.

        Waits for a reading if the lease has run out, and for a release that is not loaded yet.

        Raises
        ------
        LayerNotFoundError, BoundariesNotLoadedError
        DatabaseUnavailableError
            When the release is not in memory and the database is away.
        """
        instant = at or clock.now()
        self.timeline.confirm()
        known = self.timeline.of_layer(layer)
        position = known.position_at(instant)
        if position < 0:
            return None
        release = known.releases[position]
        try:
            return self._held(release.id) or self._load(known.layer, release)
        except ReleaseWithdrawnError:  # between the reading and the loading: read again without it
            self.timeline.refresh()
            return self.in_force_at(layer, instant)
        except DatabaseUnavailableError:
            before = self._held_before(known, position) if position == known.position_at(clock.now()) else None
            if before is None:
                raise
            self.timeline.give_up_lease()
            return before

    def _held(self, release_id: int) -> ReleaseIndex | None:
        index = self._loaded.get(release_id)
        if index is not None:
            return index
        with self._lock:
            index = self._old.get(release_id)
            if index is not None:
                self._old.move_to_end(release_id)
        return index

    def _held_before(self, known: LayerReleases, position: int) -> ReleaseIndex | None:
        """Return the latest release in memory before one that took effect while the database was away."""
        earlier = (self._held(release.id) for release in reversed(known.releases[:position]))
        return next((index for index in earlier if index is not None), None)

    def _load(self, layer: LayerFacts, release: ReleaseFacts) -> ReleaseIndex:
        """Load a release that was in force once; the one now in force is about to be kept for good (_load_wanted)."""
        with self._loading:
            index = self._held(release.id)
            if index is None:
                index = self._read(layer, release)
                self._keep_old(index)
        return index

    def _read(self, layer: LayerFacts, release: ReleaseFacts) -> ReleaseIndex:
        with self._database.snapshot() as session:
            return queries.load_release(session, layer, release, self._settings.index_cache_dir)

    def _keep_old(self, index: ReleaseIndex) -> None:
        with self._lock:
            self._old[index.release.id] = index
            self._old.move_to_end(index.release.id)
            while len(self._old) > OLD_RELEASES_KEPT:
                self._old.popitem(last=False)

    def _wanted(self) -> dict[int, tuple[LayerFacts, ReleaseFacts]]:
        """Return the releases in force now or later, the earliest in force first."""
        now = clock.now()
        wanted = [
            (known.layer, release)
            for known in self.timeline.layers
            for release in known.releases[max(0, known.position_at(now)) :]
        ]
        wanted.sort(key=lambda each: each[1].effective_at)
        return {release.id: (layer, release) for layer, release in wanted}

    def _is_settled(self) -> bool:
        """Return whether exactly the releases in force now or later are loaded."""
        wanted = self._wanted()
        return self._loaded.keys() == wanted.keys() and all(
            self._loaded[release_id].layer == layer for release_id, (layer, _) in wanted.items()
        )

    def _load_wanted(self) -> None:
        """Load the releases in force now or later, and lay aside those that have passed."""
        wanted = self._wanted()
        for layer, release in wanted.values():
            with self._loading:
                index = self._held(release.id)
                if index is None or index.layer != layer:
                    index = self._read(layer, release)
                    _warm_up(index)
                    log.info(
                        "release loaded",
                        layer=layer.code,
                        release=release.number,
                        effective_at=str(release.effective_at),
                    )
                self._loaded[release.id] = index
        for passed in [release_id for release_id in self._loaded if release_id not in wanted]:
            self._keep_old(self._loaded[passed])
            del self._loaded[passed]
        self._has_loaded = True

    def _load_in_background(self) -> None:
        if not self._is_settled() and (self._loader is None or not self._loader.is_alive()):
            self._loader = threading.Thread(target=self._load_beside, name="release-loader", daemon=True)
            self._loader.start()

    def _load_beside(self) -> None:
        try:
            self._load_wanted()
        except (DatabaseUnavailableError, ReleaseWithdrawnError):
            pass  # the next reading begins it anew
        except Exception:
            log.exception("loading the releases failed")
            self._stop.wait(REST_AFTER_FAILURE_S)


def _warm_up(index: ReleaseIndex) -> None:
    """Have the kernels compiled (or read from numba's cache) before the first question."""
    west, south, east, north = index.extent or (0.0, 0.0, 0.0, 0.0)
    lon, lat = (west + east) / 2, (south + north) / 2
    index.assign(lon, lat, 1.0)
    index.assign(west, south, 1.0)
    index.assign(west - 1.0, south)
    index.assign_many(np.array([lon, west - 1.0]), np.array([lat, south]), distances=True)
