"""Files to import: written by the tests themselves, in every format, and the sample district."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import shapely

from core import clock
from grids.boundaries import operations, queries
from grids.boundaries.files.staging import Upload
from grids.boundaries.records import AreaRecord
from tests.factories.identity import who

if TYPE_CHECKING:
    from collections.abc import Callable

    from core.db import Database
    from grids.boundaries.operations import Imported

ROOT = Path(__file__).resolve().parents[3]


def upload(name: str, content: bytes | str) -> Upload:
    return Upload(name, io.BytesIO(content.encode() if isinstance(content, str) else content))


@pytest.fixture
def make_layer(database: Database) -> Callable[..., None]:
    """Define a layer."""

    def make(code: str = "admin", **facts: object) -> None:
        given = {"name": "行政网格", "levels": ["district", "street"], "code_rule": "gb15", **facts}
        with database.transaction() as session:
            operations.create_layer(session, code=code, actor=who("test"), **given)  # type: ignore[arg-type]

    return make


@pytest.fixture
def bring(database: Database) -> Callable[..., Imported]:
    """Import uploads into a layer, in a transaction of its own."""

    def run(*uploads: Upload, layer: str = "admin", dry_run: bool = False, **options: Any) -> Imported:
        facts = {name: options.pop(name) for name in ("note", "effective_at", "expected_latest") if name in options}
        limits = options.pop("limits", None)
        reading = operations.ReadingOptions(**options)
        with database.transaction() as session:
            found = queries.get_layer(session, layer)
            if dry_run:
                return operations.check_delivery(session, layer=found, uploads=uploads, options=reading, limits=limits)
            return operations.import_delivery(
                session,
                layer=found,
                uploads=uploads,
                publication=operations.Publication(author=who("test"), **facts),
                lead_s=0,
                options=reading,
                limits=limits,
            )

    return run


@pytest.fixture
def content(database: Database) -> Callable[[str], dict[str, AreaRecord]]:
    """The areas in force now, by code."""

    def read(layer: str = "admin") -> dict[str, AreaRecord]:
        with database.transaction() as session:
            stored = queries.areas_at(session, queries.get_layer(session, layer), clock.now())
            return {area.record.code: area.record for area in stored}

    return read


# Two streets in one district, sharing a slanted border; an attribute of each kind that files know.
DISTRICT = AreaRecord(
    "district", "410106", "上街区", shapely.Polygon([(113.2, 34.8), (113.3, 34.8), (113.3, 34.9), (113.2, 34.9)]),
    unit_code="410106", unit_name="城运中心", attributes={"households": 131634, "density": 2.5},
)  # fmt: skip
STREETS = [
    AreaRecord(
        "street", "410106001", "济源路街道",
        shapely.Polygon([(113.2, 34.8), (113.25, 34.8), (113.2612345, 34.9), (113.2, 34.9)]),
        "410106", "410106001", "济源路街道办", {"households": 60000},
    ),
    AreaRecord(
        "street", "410106002", "中心路街道",
        shapely.Polygon([(113.25, 34.8), (113.3, 34.8), (113.3, 34.9), (113.2612345, 34.9)]),
        "410106", "410106002", "中心路街道办", {"households": 71634},
    ),
]  # fmt: skip
AREAS = [DISTRICT, *STREETS]
