"""A layer's first content is published at once, later content becomes a draft for a second person."""

from __future__ import annotations

import io
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import orjson
import pytest
import shapely
from sqlalchemy import text

from grids.boundaries import operations, queries
from grids.boundaries.errors import ReleaseOvertakenError
from grids.boundaries.files.limits import Limits
from grids.boundaries.files.staging import Upload
from grids.boundaries.operations import Publication, ReadingOptions
from grids.change_sets.operations import take_files

if TYPE_CHECKING:
    from core.db import Database
    from grids.boundaries.operations import Imported
    from grids.change_sets.tables import ChangeSet


def grids(*names: str) -> Upload:
    """A file of squares beside each other, coded a, b, …, with these names."""
    features = [
        {
            "type": "Feature",
            "properties": {"code": "abc"[at], "name": name},
            "geometry": shapely.geometry.mapping(shapely.box(113 + at / 100, 34, 113 + (at + 1) / 100, 34.01)),
        }
        for at, name in enumerate(names)
    ]
    return Upload("grids.geojson", io.BytesIO(orjson.dumps({"type": "FeatureCollection", "features": features})))


def take(database: Database, upload: Upload, **facts: object) -> tuple[Imported, ChangeSet | None]:
    with database.transaction() as session:
        return take_files(
            session,
            layer=queries.get_layer(session, "flat"),
            uploads=[upload],
            publication=Publication(author="surveyor", **facts),  # type: ignore[arg-type]
            lead_s=0,
            options=ReadingOptions(crs="WGS84"),
            limits=Limits(),
        )


@pytest.fixture
def layer(database: Database) -> str:
    with database.transaction() as session:
        operations.create_layer(session, code="flat", name="网格", levels=["grid"], actor="test")
    return "flat"


@pytest.mark.usefixtures("layer")
def test_first_content_is_published_and_later_content_becomes_a_draft(database: Database) -> None:
    first, no_draft = take(database, grids("甲", "乙"), note="first")
    assert first.published is not None
    assert (first.published.release.number, first.published.release.note, no_draft) == (1, "first", None)
    later, draft = take(database, grids("甲", "丙"), note="second")
    assert later.published is None
    assert draft is not None
    assert (draft.state, draft.title, draft.submitted_by) == ("submitted", "second", "surveyor")


@pytest.mark.usefixtures("layer")
def test_of_two_first_imports_at_once_the_later_is_refused_and_passes_no_second_person_by(database: Database) -> None:
    waiting = text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
    with ThreadPoolExecutor(1) as pool:
        with database.transaction() as session:
            found = queries.get_layer(session, "flat")
            operations.import_delivery(
                session, layer=found, uploads=[grids("甲")], publication=Publication(author="one"), lead_s=0,
                options=ReadingOptions(crs="WGS84"),
            )  # fmt: skip
            late = pool.submit(take, database, grids("乙"))
            until = time.monotonic() + 30
            while not late.done() and not session.scalar(waiting) and time.monotonic() < until:
                time.sleep(0.02)
            assert not late.done()
        with pytest.raises(ReleaseOvertakenError):
            late.result()
    with database.transaction() as session:
        latest = queries.latest_release(session, queries.get_layer(session, "flat"))
    assert latest is not None
    assert (latest.number, latest.author) == (1, "one")
