"""When an answer was first made: the same content is the same bytes again, so that its tag can be strong."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from typing import Final

from core import clock

_REMEMBERED: Final = 1024


class Moments:
    """The instants at which a process first made its latest answers, by content. For any thread."""

    def __init__(self) -> None:
        self._made: OrderedDict[bytes, str] = OrderedDict()
        self._lock = threading.Lock()

    def first_answered(self, content: bytes) -> str:
        """Return the instant at which this content was first answered."""
        digest = hashlib.sha256(content).digest()
        with self._lock:
            moment = self._made.setdefault(digest, clock.now().strftime("%Y-%m-%dT%H:%M:%SZ"))
            self._made.move_to_end(digest)
            if len(self._made) > _REMEMBERED:
                self._made.popitem(last=False)
        return moment
