"""Which releases there are, as this process knows it, and whether it may rely on that (docs/adr/0009).

A thread reads them several times a second and at each notice; every reading lets memory answer for a moment
(grids/assignment/lease.py). Which release is in force is decided by the clock alone, at each question: the change
happens in all processes at the stated instant, between two questions.
"""

from __future__ import annotations

import threading
import time
from bisect import bisect_right
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import psycopg
import structlog

from core import clock
from core.db.engine import unavailable_translated
from core.errors import DatabaseUnavailableError
from core.observability import RELEASE_IN_FORCE, RELEASES_CONFIRMED
from grids.assignment import queries
from grids.assignment.errors import BoundariesNotLoadedError
from grids.assignment.lease import RENEWED_EVERY_S, Lease
from grids.boundaries.errors import LayerNotFoundError
from grids.boundaries.operations import NOTIFY_CHANNEL

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from core.db import Database
    from core.settings import Settings
    from grids.assignment.release_index import LayerFacts, ReleaseFacts

log = structlog.get_logger("wangge.releases")

REST_AFTER_FAILURE_S: Final = 1.0
_SLICE_S: Final = 0.1
"""How long a wait for notices lasts before it looks whether the process ends."""

# A reading of its own session: no request keeps its connection, and one that hangs is given up.
_CONNECT: Final[dict[str, str | int | bool]] = {
    "autocommit": True,
    "connect_timeout": 3,
    "application_name": "wangge-releases",
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 3_000,
    "options": "-c timezone=UTC -c statement_timeout=3s -c default_transaction_isolation=read\\ committed",
}


@dataclass(frozen=True, slots=True)
class LayerReleases:
    """A layer's releases in the order they take effect. Replaced whole when it changes."""

    layer: LayerFacts
    releases: tuple[ReleaseFacts, ...]
    instants: tuple[datetime, ...]

    def position_at(self, instant: datetime) -> int:
        """Position of the release in force at an instant; -1 before the first."""
        return bisect_right(self.instants, instant) - 1

    def instant_of_placing(self, instant: datetime) -> datetime:
        """Return the instant whose release places what happened at an instant.

        That is the instant itself, or, where the layer had no release yet, when its first one took effect: earlier
        boundaries are not known. A first release that is not in force yet places nothing.
        """
        first = self.instants[0] if self.instants else instant
        return first if instant < first <= clock.now() else instant


class ReleaseTimeline:
    """Which releases every layer has, read again and again in a thread.

    `after_reading` is called in that thread after each reading; it must not keep the next one waiting.
    """

    def __init__(
        self, database: Database, settings: Settings, *, after_reading: Callable[[], None] = lambda: None
    ) -> None:
        self._database = database
        self._settings = settings
        self._after_reading = after_reading
        self._lease = Lease()
        self._layers: dict[str, LayerReleases] | None = None
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Keep up with the database from now on."""
        self._stop.clear()
        self._thread = threading.Thread(target=self._follow, name="release-indexes", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End the thread."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(timeout=10)
            self._thread = None

    @property
    def is_confirmed(self) -> bool:
        """Whether the lease covers every instant up to now; when not, `confirm` waits until it does."""
        return self._lease.holds()

    @property
    def unconfirmed_since(self) -> datetime | None:
        """When the releases were last read from the database, if it is away; None while it answers."""
        return self._lease.unconfirmed_since

    def refresh(self) -> None:
        """Look for new releases now.

        Raises
        ------
        DatabaseUnavailableError
            When the database is away; what is in memory stays.
        """
        with unavailable_translated(), self._connected() as connection:
            self._look(connection)

    def confirm(self) -> None:
        """Return once the lease covers every instant up to the call: at once, nearly always.

        Waits for the next reading of the releases when the last one is too long ago, and gives up waiting when the
        database is away; then `unconfirmed_since` is set.
        """
        if self._lease.holds():
            return
        if self._thread is not None:
            self._lease.wait()
            return
        try:  # nobody reads for this process: a command's, a test's
            self.refresh()
        except DatabaseUnavailableError:
            self._lease.give_up()

    def give_up_lease(self) -> None:
        """Let memory answer no longer without a new reading: it may be behind."""
        self._lease.give_up()

    @property
    def layers(self) -> list[LayerReleases]:
        """Every layer with its releases; none before the first reading."""
        return list((self._layers or {}).values())

    def of_layer(self, layer: str | None = None) -> LayerReleases:
        """Return a layer's releases; the default layer when none is named.

        Raises
        ------
        LayerNotFoundError, BoundariesNotLoadedError
        """
        if self._layers is None:
            raise BoundariesNotLoadedError
        code = layer or self._settings.default_layer
        timeline = self._layers.get(code)
        if timeline is None:
            raise LayerNotFoundError("There is no layer '{code}'.", values={"code": code[:80]}, field="layer")
        return timeline

    def layers_at(self, at: datetime | None = None) -> list[str]:
        """Return the layers that have a release in force at an instant (now, if none is named), the default first.

        Raises
        ------
        BoundariesNotLoadedError
        """
        if self._layers is None:
            raise BoundariesNotLoadedError
        instant = at or clock.now()
        found = [code for code, timeline in self._layers.items() if timeline.position_at(instant) >= 0]
        return sorted(found, key=lambda code: (code != self._settings.default_layer, code))

    def in_force(self, layer: str | None = None, at: datetime | None = None) -> tuple[LayerFacts, ReleaseFacts | None]:
        """Return a layer and its release at an instant (now, if none is named); no release before the first.

        Raises
        ------
        LayerNotFoundError, BoundariesNotLoadedError
        """
        instant = at or clock.now()
        self.confirm()
        return self.known_in_force(layer, instant)

    def known_in_force(self, layer: str | None, at: datetime) -> tuple[LayerFacts, ReleaseFacts | None]:
        """Return the same from memory: right if `is_confirmed` was true after the instant.

        Raises
        ------
        LayerNotFoundError, BoundariesNotLoadedError
        """
        timeline = self.of_layer(layer)
        position = timeline.position_at(at)
        return timeline.layer, timeline.releases[position] if position >= 0 else None

    def _look(self, connection: psycopg.Connection) -> None:
        """Read which releases there are, and with that renew the lease."""
        asked = time.monotonic()
        at, found = queries.read_releases(connection)
        layers = {
            code: LayerReleases(layer, releases, tuple(release.effective_at for release in releases))
            for code, (layer, releases) in found.items()
        }
        if layers != self._layers:
            self._layers = layers
        self._lease.confirm(asked=asked, at=at)  # after the layers it vouches for
        RELEASES_CONFIRMED.set(at.timestamp())
        now = clock.now()
        for code, timeline in layers.items():
            position = timeline.position_at(now)
            if position >= 0:
                RELEASE_IN_FORCE.labels(code).set(timeline.releases[position].number)

    @contextmanager
    def _connected(self) -> Iterator[psycopg.Connection]:
        with psycopg.connect(self._database.libpq_url, **_CONNECT) as connection:  # type: ignore[arg-type]
            yield connection

    def _follow(self) -> None:
        """Read at each notice and several times a second; whatever goes wrong, try again.

        A connection that is cut is made anew at once: only if that fails too is the database away.
        """
        failures = 0
        while not self._stop.is_set():
            try:
                with self._connected() as connection:
                    connection.execute(f"LISTEN {NOTIFY_CHANNEL}")
                    while not self._stop.is_set():
                        self._look(connection)
                        failures = 0
                        self._after_reading()
                        self._wait_for_notice(connection)
            except psycopg.Error as error:
                failures += 1
                if failures > 1:
                    log.warning("the database is away; memory goes on answering", error=type(error).__name__)
                    self._rest()
            except Exception:
                log.exception("reading the releases failed")
                self._rest()

    def _rest(self) -> None:
        self._lease.give_up()
        self._stop.wait(REST_AFTER_FAILURE_S)

    def _wait_for_notice(self, connection: psycopg.Connection) -> None:
        """Return at a notice, when it is time for the next reading, or when the process ends."""
        until = time.monotonic() + RENEWED_EVERY_S
        while not self._stop.is_set() and (left := until - time.monotonic()) > 0:
            if any(connection.notifies(timeout=min(left, _SLICE_S), stop_after=1)):
                return
