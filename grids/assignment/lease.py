"""How long a process may answer from memory before it asks the database again (docs/adr/0009).

The database publishes no release that takes effect within LEASE_S of its commit. So whoever has just read the releases
knows, for LEASE_S from before the reading on, which one is in force: that is the lease, and it costs an answer one
comparison. When it has run out (the process was halted, the machine is overloaded, the connection hangs), questions
wait for the next reading. When the database does not answer, memory still does, and answers state since when.
"""

from __future__ import annotations

import math
import threading
import time
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from datetime import datetime

LEASE_S: Final = 1.0
"""The same as the database's release_lease()."""
RENEWED_EVERY_S: Final = 0.3
PATIENCE_S: Final = 3.0
"""A database that sends nothing for so long counts as away."""
AWAY_S: Final = 10.0
"""For how long it then counts as away, unless it answers, or is found away again."""
_SLICE_S: Final = 0.05


class Lease:
    """What the last attempt to read the releases came to, and for how long that counts. For any thread."""

    def __init__(self) -> None:
        self._good_until = -math.inf
        self._changed = threading.Condition()
        self._confirmed_at: datetime | None = None
        self.unconfirmed_since: datetime | None = None
        """When the database last answered, if it is away now."""

    def holds(self) -> bool:
        """Return whether answers from memory are still covered by the lease."""
        return time.monotonic() < self._good_until

    def confirm(self, *, asked: float, at: datetime) -> None:
        """Note that the database answered `at` an instant; it was asked when the monotonic clock said `asked`."""
        with self._changed:
            self._confirmed_at, self.unconfirmed_since = at, None
            self._good_until = asked + LEASE_S
            self._changed.notify_all()

    def give_up(self) -> None:
        """Note that the database is away."""
        with self._changed:
            self._give_up()

    def wait(self) -> None:
        """Return when the lease holds: after the next reading, or when the database has been silent for too long.

        Patience is counted in slices, so that a process that was halted still waits: its halt is one slice.
        """
        with self._changed:
            for _ in range(round(PATIENCE_S / _SLICE_S)):
                if self.holds():
                    return
                self._changed.wait(_SLICE_S)
            if not self.holds():
                self._give_up()

    def _give_up(self) -> None:
        self.unconfirmed_since = self.unconfirmed_since or self._confirmed_at
        self._good_until = time.monotonic() + AWAY_S
        self._changed.notify_all()
