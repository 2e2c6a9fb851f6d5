"""A layer with releases to assign to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import shapely

from grids.assignment.release_cache import ReleaseCache
from grids.boundaries import operations, queries
from grids.boundaries.records import AreaRecord
from tests.factories.identity import who

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime

    from core.db import Database
    from core.settings import Settings
    from grids.boundaries.tables import Release


def _square(level: str, code: str, x: float, y: float, size: float, parent: str | None = None) -> AreaRecord:
    geom = shapely.box(113 + x / 100, 34 + y / 100, 113 + (x + size) / 100, 34 + (y + size) / 100)
    return AreaRecord(level, code, f"{level} {code}", geom, parent, unit_code=f"u-{code}", unit_name=f"unit {code}")


@pytest.fixture
def district() -> list[AreaRecord]:
    """A district of 4 x 4 squares of 0.01 degrees from 113 E, 34 N; its last column has no grids."""
    grids = [_square("grid", f"g{x}{y}", x, y, 1, "D") for x in range(3) for y in range(4)]
    return [_square("district", "D", 0, 0, 4), *grids]


@pytest.fixture
def publish(database: Database) -> Callable[..., Release]:
    """Publish areas as the next release of layer `admin`, in force at once."""
    with database.transaction() as session:
        operations.create_layer(
            session, code="admin", name="网格", levels=["district", "grid"], nearest_tolerance_m=50, actor=who("test")
        )

    def run(areas: Sequence[AreaRecord], *, effective_at: datetime | None = None) -> Release:
        with database.transaction() as session:
            layer = queries.get_layer(session, "admin")
            published = operations.publish(
                session,
                layer=layer,
                areas=areas,
                publication=operations.Publication(author=who("test"), effective_at=effective_at),
                lead_s=0.0,
            )
        return published.release

    return run


@pytest.fixture
def releases(database: Database, settings: Settings) -> Iterator[ReleaseCache]:
    """The registry of one process, not started."""
    opened = ReleaseCache(database, settings)
    yield opened
    opened.close()
