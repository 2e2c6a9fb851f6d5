"""A layer's first content is published at once, later content becomes a draft for a second person."""

from __future__ import annotations

import io
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import orjson
import pytest
import shapely
from sqlalchemy import text

from governance.boundary_changes.operations import preview
from grids.boundaries import operations, queries
from grids.boundaries.errors import ReleaseOvertakenError
from grids.boundaries.files.limits import Limits
from grids.boundaries.files.staging import Upload
from grids.boundaries.operations import Publication, ReadingOptions
from grids.change_sets import queries as draft_queries
from grids.change_sets.errors import EditRefusedError
from grids.change_sets.operations import (
    approve,
    check,
    open_draft,
    publish_change_set,
    repair,
    submit,
    take_delivery,
    take_files,
    withdraw,
)
from tests.factories.identity import who

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


def take(
    database: Database, upload: Upload, *, as_draft: bool = False, **facts: object
) -> tuple[Imported, ChangeSet | None]:
    with database.transaction() as session:
        return take_files(
            session,
            layer=queries.get_layer(session, "flat"),
            uploads=[upload],
            publication=Publication(author=who("surveyor"), **facts),  # type: ignore[arg-type]
            lead_s=0,
            options=ReadingOptions(crs="WGS84"),
            limits=Limits(),
            as_draft=as_draft,
        )


@pytest.fixture
def layer(database: Database) -> str:
    with database.transaction() as session:
        operations.create_layer(session, code="flat", name="网格", levels=["grid"], actor=who("test"))
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


def test_a_delivery_into_a_draft_keeps_what_an_export_left_out_about_people(database: Database, layer: str) -> None:
    def file(**facts: object) -> Upload:
        properties = {"code": "a", "name": "甲", **facts}
        outline = shapely.geometry.mapping(shapely.box(113, 34, 113.01, 34.01))
        feature = {"type": "Feature", "properties": properties, "geometry": outline}
        return Upload("grids.geojson", io.BytesIO(orjson.dumps({"type": "FeatureCollection", "features": [feature]})))

    def deliver(change_set: int, upload: Upload) -> tuple[dict[str, object], str]:
        with database.transaction() as session:
            draft = draft_queries.get_change_set(session, change_set)
            found = draft_queries.layer_of(session, draft)
            read = operations.read_delivery(found, [upload], ReadingOptions(crs="WGS84"), Limits())
            done = take_delivery(
                session, change_set_id=change_set, areas=read.areas, actor=who("surveyor"), limits=Limits()
            )
            area = done.edited.after["a"]
            assert area is not None
            return dict(area.attributes), " ".join(done.remarks)

    take(database, file(网格员="张三", 面积=1.5))
    with database.transaction() as session:
        change_set = open_draft(
            session, layer=queries.get_layer(session, layer), title="测量", author=who("surveyor")
        ).id
    attributes, remarks = deliver(change_set, file(面积=2.5))
    assert attributes == {"网格员": "张三", "面积": 2.5}
    assert "'网格员'" in remarks
    # What the draft itself changed is kept too; a column about land that is gone is gone.
    assert deliver(change_set, file(网格员="李四", 面积=2.5)) == ({"网格员": "李四", "面积": 2.5}, "")
    assert deliver(change_set, file(备注="x"))[0] == {"网格员": "李四", "备注": "x"}


@pytest.mark.usefixtures("layer")
def test_of_two_first_imports_at_once_the_later_is_refused_and_passes_no_second_person_by(database: Database) -> None:
    waiting = text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
    with ThreadPoolExecutor(1) as pool:
        with database.transaction() as session:
            found = queries.get_layer(session, "flat")
            operations.import_delivery(
                session, layer=found, uploads=[grids("甲")], publication=Publication(author=who("one")), lead_s=0,
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


def torn(widths: float = 1e-5) -> Upload:
    """Three squares: a gap of a metre or so between two of them, and one that crosses itself."""
    outlines = [
        shapely.box(113, 34, 113.01 - widths, 34.01),
        shapely.box(113.01, 34, 113.02, 34.01),
        shapely.Polygon([(113, 34.01), (113.02, 34.01), (113.02, 34.02), (113.01, 34.009), (113, 34.02)]),
        shapely.Polygon([(113, 33.99), (113.02, 34), (113.02, 33.99), (113, 34)]),
    ]
    features = [
        {"type": "Feature", "properties": {"code": "abcd"[at]}, "geometry": shapely.geometry.mapping(outline)}
        for at, outline in enumerate(outlines)
    ]
    return Upload("torn.geojson", io.BytesIO(orjson.dumps({"type": "FeatureCollection", "features": features})))


def test_a_first_delivery_with_defects_becomes_a_draft_is_repaired_and_published(
    database: Database, layer: str
) -> None:
    with pytest.raises(operations.BlockedImport):
        take(database, torn())
    imported, draft = take(database, torn(), as_draft=True)
    assert imported.report.blocks
    assert draft is not None
    assert (draft.state, draft.base_release_id) == ("open", None)
    with database.transaction() as session:
        assert draft_queries.base_of(session, draft).number == 0
        assert len(draft_queries.draft_areas(session, draft)) == 4
        preview(session, change_set_id=draft.id)
    for _ in range(5):
        with database.transaction() as session:
            if not check(session, change_set_id=draft.id).blocks:
                break
            repair(session, change_set_id=draft.id, keys=None, actor=who("surveyor"))
    past = datetime(2025, 1, 1, tzinfo=UTC)
    with database.transaction() as session:
        submit(session, change_set_id=draft.id, actor=who("surveyor"))
        approve(session, change_set_id=draft.id, actor=who("approver"), effective_at=past)
        published = publish_change_set(session, change_set_id=draft.id, actor=who("approver"), lead_s=0)
    assert (published.release.number, published.release.effective_at) == (1, past)
    with database.transaction() as session:
        found = queries.areas_at(session, queries.get_layer(session, layer), past)
    assert [area.record.code for area in found] == ["a", "b", "c", "d"]
    again = torn(0)
    _, later = take(database, again, as_draft=True)
    assert later is not None
    assert later.base_release_id == published.release.id, "later content stands on the release"


def test_a_second_first_draft_of_the_same_areas_waits_for_the_first_to_be_withdrawn(
    database: Database, layer: str
) -> None:
    _, first = take(database, grids("甲", "乙"), as_draft=True)
    assert first is not None
    with pytest.raises(EditRefusedError, match="another draft gives it"):
        take(database, grids("甲", "丙"), as_draft=True)
    with database.transaction() as session:
        withdraw(session, change_set_id=first.id, actor=who("surveyor"))
    assert take(database, grids("甲", "丙"), as_draft=True)[1] is not None
    del layer
