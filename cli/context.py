"""The database a command works on: provided, migrated, opened, closed."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from cli.cluster import console, provide
from cli.languages import users_language
from core import training

if TYPE_CHECKING:
    from collections.abc import Iterator

    from core.db import Database


def print_training() -> None:
    """Print that nothing is real, where this process is one of training."""
    if training.is_on():
        from presentation.training_banner import words

        console.print(f"[bold white on dark_red] {words(users_language())} [/]")


@contextmanager
def database() -> Iterator[Database]:
    """Yield a migrated database for one command."""
    from core.db import Database
    from core.observability import configure_logging
    from core.settings import Settings
    from migrations.run import move_to

    with provide() as url:
        move_to(url)
        print_training()
        settings = Settings.for_database(url)
        # A command prints itself what it did; its log is for what went wrong, unless somebody asked for more.
        asked = "log_level" in settings.model_fields_set
        configure_logging(settings if asked else settings.model_copy(update={"log_level": "WARNING"}))
        opened = Database(settings)
        try:
            yield opened
        finally:
            opened.close()
