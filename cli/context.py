"""The database a command works on: provided, migrated, opened, closed."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from cli.cluster import provide

if TYPE_CHECKING:
    from collections.abc import Iterator

    from core.db import Database


@contextmanager
def database() -> Iterator[Database]:
    """Give a migrated database for one command."""
    from core.db import Database
    from core.settings import Settings
    from migrations.run import move_to

    with provide() as url:
        move_to(url)
        opened = Database(Settings.at(url))
        try:
            yield opened
        finally:
            opened.close()
