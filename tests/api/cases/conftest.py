"""A street over HTTP, shared by a file's tests, and a clock that they set."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from core import clock
from core.settings import Settings
from tests.factories.sign_in import CHEAP
from tests.factories.streets import Street

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime


@pytest.fixture(scope="module")
def street(module_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Street]:
    settings = Settings(
        DATABASE_URL=module_database_url, cache_dir=tmp_path_factory.mktemp("cache"), log_level="ERROR", **CHEAP
    )
    with TestClient(create_app(settings), raise_server_exceptions=False) as client:
        yield Street(client, settings)


@pytest.fixture
def at(street: Street, monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    """Set the clock, and sign in anew."""

    def set_clock(instant: datetime) -> None:
        monkeypatch.setattr(clock, "now", lambda: instant)
        street.sign_in()

    return set_clock
