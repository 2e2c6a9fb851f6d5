"""Patrol effort is taken in row by row, shared out to the run's areas, and read again as it was."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import shapely

from core import clock
from governance.hotspots.patrol_effort.operations import (
    Effort,
    coverage,
    list_imports,
    read_effort,
    record_effort,
)
from governance.hotspots.patrol_effort.rules import EffortInvalidError, KnownAreas, checked, read_table
from governance.hotspots.runs import queries
from grids.boundaries import operations as boundaries
from grids.boundaries.errors import LayerNotFoundError
from grids.boundaries.queries import get_layer
from grids.boundaries.records import AreaRecord
from tests.factories.identity import who

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

START = date(2026, 5, 1)


@pytest.fixture
def layer(session: Session) -> Session:
    """One community of three grids, the third as large as the others together; and a community beside it."""
    areas = [
        AreaRecord("community", "1", "甲", shapely.box(113.20, 34.7, 113.24, 34.71)),
        AreaRecord("grid", "11", "甲一", shapely.box(113.20, 34.7, 113.21, 34.71), "1"),
        AreaRecord("grid", "12", "甲二", shapely.box(113.21, 34.7, 113.22, 34.71), "1"),
        AreaRecord("grid", "13", "甲三", shapely.box(113.22, 34.7, 113.24, 34.71), "1"),
        AreaRecord("community", "2", "乙", shapely.box(113.24, 34.7, 113.25, 34.71)),
        AreaRecord("grid", "21", "乙一", shapely.box(113.24, 34.7, 113.25, 34.71), "2"),
    ]
    created = boundaries.create_layer(session, code="admin", name="行政", levels=["community", "grid"], actor=who("t"))
    boundaries.publish(
        session, layer=created, areas=areas, publication=boundaries.Publication(author=who("t")), lead_s=0.0
    )
    return session


def row(area: str, amount: object, day: object = START, channel: str = "patrol") -> dict[str, Any]:
    return {"area": area, "day": day, "channel": channel, "amount": amount}


def record(session: Session, *rows: dict[str, Any], unit: Any = "hours") -> Any:
    return record_effort(session, layer="admin", rows=rows, unit=unit, source="演示", actor=who("t"))


def read(session: Session, level: str = "grid", within: str | None = None, imports: list[int] | None = None) -> Effort:
    found, now = get_layer(session, "admin"), clock.now()
    frame = queries.read_frame(session, found, level, now, within)
    return read_effort(session, frame, (START, START + timedelta(days=3)), layer=found, at=now, imports=imports)


def test_rows_that_cannot_be_used_are_named_and_the_others_taken(layer: Session) -> None:
    imported = record(
        layer,
        row("11", 4),
        row("99", 4),
        row("12", 4, "2026-02-30"),
        row("12", 4, "2099-01-01"),
        row("12", -1),
        row("12", float("nan")),
        row("12", 4, channel="12345"),
        row("11", 5),
        row("13", "2.5", "2026年5月2日"),
    )
    assert imported.row_count == 2
    assert [one["line"] for one in imported.rejected] == [2, 3, 4, 5, 6, 7, 8]
    assert "no area '99'" in imported.rejected[0]["reason"]
    assert "earlier row" in imported.rejected[-1]["reason"]
    (seen,) = coverage(layer, layer="admin")
    assert (seen.channel, seen.unit, seen.days, seen.areas, seen.amount) == ("patrol", "hours", 2, 2, 6.5)
    assert [one.id for one in list_imports(layer, layer="admin")] == [imported.id]


def test_what_cannot_be_printed_is_refused_and_still_told(layer: Session) -> None:
    imported = record(layer, row("1\x001", 4), row("11", 4, day="\x00"), row("11", 4))
    assert [one["reason"][-5:] for one in imported.rejected[:1]] == ["'1�1'"]
    assert len(imported.rejected) == 2


def test_an_import_with_nothing_usable_or_for_no_layer_is_refused(layer: Session) -> None:
    with pytest.raises(EffortInvalidError, match="none can be used: line 1, the layer has"):
        record(layer, row("99", 1))
    with pytest.raises(LayerNotFoundError):
        record_effort(layer, layer="none", rows=[row("11", 1)], unit="hours", source="", actor=who("t"))


def test_effort_of_areas_above_is_shared_by_land_and_of_areas_below_summed(layer: Session) -> None:
    record(layer, row("1", 8), row("11", 1), row("2", 3, START + timedelta(days=1)))
    grids = read(layer)
    np.testing.assert_allclose(grids.amounts[0, :, 0], [3, 2, 4, 0], rtol=1e-3)
    np.testing.assert_allclose(grids.amounts[0, :, 1], [0, 0, 0, 3], rtol=1e-3)
    assert grids.recorded.tolist() == [[True, True, False]]
    np.testing.assert_allclose(read(layer, "community").amounts[0, :, 0], [9, 0])
    within = read(layer, within="2")
    np.testing.assert_allclose(within.amounts[0], [[0, 3, 0]], rtol=1e-3)
    assert within.recorded.tolist() == [[True, True, False]]


def test_what_was_said_last_counts_and_a_run_can_read_what_it_saw(layer: Session) -> None:
    first = record(layer, row("11", 4), row("12", 1)).id
    second = record(layer, row("11", 7)).id
    assert read(layer).amounts[0, :2, 0].tolist() == [7, 1]
    assert read(layer).imports == (first, second)
    assert read(layer, imports=[first]).amounts[0, :2, 0].tolist() == [4, 1]
    assert read(layer, imports=[]).channels == ()


def test_a_channel_in_hours_and_in_kilometres_cannot_be_compared(layer: Session) -> None:
    record(layer, row("11", 4), row("11", 4, channel="dum"))
    record(layer, row("12", 9), unit="km")
    found = read(layer)
    assert (found.channels, found.units) == (("dum",), ("hours",))


def test_a_table_is_read_with_its_own_or_named_columns_in_either_encoding() -> None:
    known = "网格编码,日期,渠道,工时\n11,2026/5/1,patrol,4\n\n".encode("gb18030")
    assert read_table(known, {}) == [{"line": 2, "area": "11", "day": "2026/5/1", "channel": "patrol", "amount": "4"}]
    own = "\ufeffWo;Wann;Stunden\n11;2026-05-01;4\n".encode()
    named = {"area": "Wo", "day": "Wann", "amount": "Stunden"}
    assert read_table(own, named, "patrol")[0]["channel"] == "patrol"


def test_an_open_quote_in_a_table_swallows_no_other_row() -> None:
    rows = ["area,day,channel,hours", '11,"2026-05-01,patrol,4', "12,2026-05-01,patrol,4", '13,2026-05-01,patrol,"4"']
    found = read_table("\n".join(rows).encode(), {})
    assert [row.get("area") for row in found] == [None, "12", "13"]
    taken, refused = checked(found, KnownAreas(frozenset({"12", "13"}), {"patrol": "patrol"}, date(2026, 6, 1)))
    assert ([row.area for row in taken], [row["line"] for row in refused]) == (["12", "13"], [2])
    assert "quotation mark" in str(refused[0]["reason"])


@pytest.mark.parametrize(
    ("content", "mapping", "field"),
    [
        (b"", {}, "file"),
        (b"area,day,channel\n1,2,3\n", {}, "amount"),
        (b"area,day,hours\n1,2,3\n", {}, "channel"),
        (b"a,day,channel,hours\n", {"area": "b"}, "mapping"),
        (b"a,day,channel,hours\n", {"where": "a"}, "mapping"),
        (b"\xff\xfe\xff", {}, "file"),
    ],
)
def test_a_table_that_is_none_says_what_is_missing(content: bytes, mapping: dict[str, str], field: str) -> None:
    with pytest.raises(EffortInvalidError) as refused:
        read_table(content, mapping)
    assert refused.value.field == field
