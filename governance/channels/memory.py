"""The channels of keys in memory: looked up once, remembered for a moment, kept while the database is away."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from core import clock
from core.errors import DatabaseUnavailableError
from governance.channels import queries

if TYPE_CHECKING:
    from core.db import Database
    from governance.channels.rules import Binding

REMEMBER_S: Final = 15.0
"""As long as keys are remembered: another channel or datum counts everywhere after this."""


class ChannelCache:
    """What keys send for; for any thread."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._known: dict[int, tuple[float, tuple[Binding, ...]]] = {}

    def at_hand(self, client_id: int) -> tuple[Binding, ...] | None:
        """Return a key's channels without touching the database, or None when they have to be looked up."""
        entry = self._known.get(client_id)
        return entry[1] if entry is not None and time.monotonic() - entry[0] < REMEMBER_S else None

    def bindings_of(self, client_id: int) -> tuple[Binding, ...]:
        """Return a key's channels; while the database is away, those known last.

        Raises
        ------
        DatabaseUnavailableError
            When they were never looked up.
        """
        found = self.at_hand(client_id)
        if found is not None:
            return found
        try:
            with self._database.snapshot() as session:
                found = queries.bindings_of(session, client_id, clock.now())
        except DatabaseUnavailableError:
            entry = self._known.get(client_id)
            if entry is None:
                raise
            return entry[1]
        self._known[client_id] = (time.monotonic(), found)
        return found
