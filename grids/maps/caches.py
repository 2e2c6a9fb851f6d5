"""Two ways to keep what was costly to get: by recency with a budget, and by age with the last known as a fallback."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from typing import TYPE_CHECKING, Generic, TypeVar

from core.errors import DatabaseUnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

V = TypeVar("V")


class Recent(Generic[V]):
    """The values used last, up to a budget; each is made once, however many ask for it at the same time."""

    def __init__(self, budget: int, cost: Callable[[V], int] = lambda _: 1) -> None:
        self._budget, self._cost = budget, cost
        self._values: OrderedDict[Hashable, tuple[V, int]] = OrderedDict()
        self._held = 0
        self._making: dict[Hashable, threading.Lock] = {}
        self._lock = threading.Lock()

    @property
    def held(self) -> int:
        """What all values together cost."""
        return self._held

    def peek(self, key: Hashable) -> V | None:
        """Return the value if it is there."""
        with self._lock:
            found = self._values.get(key)
            if found is None:
                return None
            self._values.move_to_end(key)
            return found[0]

    def get(self, key: Hashable, make: Callable[[], V]) -> V:
        """Return the value, made now if it is not there."""
        found = self.peek(key)
        if found is not None:
            return found
        with self._lock:
            making = self._making.setdefault(key, threading.Lock())
        with making:
            found = self.peek(key)
            if found is None:
                try:
                    found = make()
                    with self._lock:
                        self._put(key, found)
                finally:
                    with self._lock:
                        self._making.pop(key, None)
        return found

    def weigh(self, key: Hashable) -> None:
        """Take note that a value has grown; what was used longest ago makes room."""
        with self._lock:
            if key in self._values:
                self._put(key, self._values[key][0])

    def _put(self, key: Hashable, value: V) -> None:
        before = self._values.get(key)
        cost = self._cost(value)
        self._values[key] = value, cost
        self._held += cost - (before[1] if before else 0)
        while self._held > self._budget and len(self._values) > 1:
            self._held -= self._values.popitem(last=False)[1][1]


class Refreshed(Generic[V]):
    """One value that is read anew when it is older than an interval.

    One caller reads, the others meanwhile get the old value. While the database is away the last known goes on.
    A reading that takes long is repeated less often: at most a twentieth of the time is spent reading.
    """

    def __init__(self, interval_s: float, read: Callable[[], V]) -> None:
        self._interval_s, self._read = interval_s, read
        self._value: V | None = None
        self._known = False
        self._good_until = 0.0
        self._reading = threading.Lock()

    def fresh(self) -> tuple[bool, V | None]:
        """Return whether the value is fresh, and what it is."""
        return self._known and time.monotonic() < self._good_until, self._value

    def get(self) -> V:
        """Return the value, read anew if it is time."""
        if not self.fresh()[0] and self._reading.acquire(blocking=not self._known):
            try:
                if not self.fresh()[0]:
                    self._refresh()
            finally:
                self._reading.release()
        return self._value  # type: ignore[return-value]

    def _refresh(self) -> None:
        started, rest = time.monotonic(), 20
        try:
            self._value = self._read()
            self._known = True
        except DatabaseUnavailableError:
            if not self._known:
                raise
            rest = 1  # a connection that is given up takes seconds; the database may be back after them
        ended = time.monotonic()
        self._good_until = ended + max(self._interval_s, rest * (ended - started))
