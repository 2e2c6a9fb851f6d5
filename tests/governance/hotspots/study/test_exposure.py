"""What reports are counted against is measured, or said not to be known."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np
import pytest
import shapely
from sqlalchemy import text

from core import clock
from governance.hotspots.notes import NoteCode
from governance.hotspots.runs import queries
from governance.hotspots.study.exposure import Exposure, ExposureKind, exposure
from grids.boundaries import operations as boundaries
from grids.boundaries.queries import get_layer
from grids.boundaries.records import AreaRecord
from tests.factories.identity import who

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

STEP = 0.01
WEST, SOUTH = 113.2, 34.7


@pytest.fixture
def square(session: Session) -> Session:
    """Four communities of one street in a square, two grids each (west, east halves); one grid without households."""
    street = shapely.box(WEST, SOUTH, WEST + 2 * STEP, SOUTH + 2 * STEP)
    areas = [AreaRecord("street", "1", "街道", street)]
    for k in range(4):
        x, y = WEST + (k % 2) * STEP, SOUTH + (k // 2) * STEP
        areas.append(AreaRecord("community", f"1{k}", "社区", shapely.box(x, y, x + STEP, y + STEP), "1"))
        for half in range(2):
            box = shapely.box(x + half * STEP / 2, y, x + (half + 1) * STEP / 2, y + STEP)
            known = {} if (k, half) == (3, 1) else {"households": 0 if (k, half) == (2, 0) else 100 + 10 * k + half}
            areas.append(AreaRecord("grid", f"1{k}{half}", "网格", box, f"1{k}", attributes=known))
    layer = boundaries.create_layer(
        session, code="admin", name="行政", levels=["street", "community", "grid"], actor=who("t")
    )
    boundaries.publish(
        session, layer=layer, areas=areas, publication=boundaries.Publication(author=who("t")), lead_s=0.0
    )
    return session


def roads(session: Session, *lines: list[tuple[float, float]], published: datetime | None = None) -> None:
    """Import roads by hand, in effect since long ago."""
    release = session.scalar(
        text(
            "INSERT INTO gazetteer_release (theme, number, author, source, checksum, row_count, import_report,"
            " effective_at, published_at) SELECT 'roads', coalesce(max(number), 0) + 1, 't', '{}', '', 1, '{}',"
            " '2020-01-01', :published FROM gazetteer_release RETURNING id"
        ),
        {"published": published or clock.now() - timedelta(days=1)},
    )
    for line in lines:
        session.execute(
            text("INSERT INTO road (release_id, name, geom) VALUES (:release, '路', ST_GeomFromText(:wkt, 4326))"),
            {"release": release, "wkt": shapely.MultiLineString([line]).wkt},
        )


def of(session: Session, kind: str, level: str) -> Exposure:
    layer, now = get_layer(session, "admin"), clock.now()
    frame = queries.read_frame(session, layer, level, now, None)
    return exposure(session, frame, ExposureKind(kind), layer=layer, at=now, known_by=now)


def test_square_kilometres_are_those_of_the_polygons_in_metres(square: Session) -> None:
    found = of(square, "km2", "grid")
    sphere = square.scalars(
        text("SELECT ST_Area(geom::geography) / 1e6 FROM area WHERE level = 'grid' ORDER BY code")
    ).all()
    np.testing.assert_allclose(found.values, sphere, rtol=1e-3)
    assert found.usable.all()
    assert found.left_out == ()


def test_households_are_the_areas_own_and_none_is_not_unknown(square: Session) -> None:
    found = of(square, "households", "grid")
    assert found.values[:5].tolist() == [100, 101, 110, 111, 0]
    assert np.isnan(found.values[7])
    assert {area.code: area.reason.code for area in found.left_out} == {
        "120": NoteCode.LEFT_OUT_ZERO,
        "131": NoteCode.LEFT_OUT_HOUSEHOLDS,
    }
    assert found.as_summary().areas == 6


def test_households_of_a_community_are_summed_only_when_each_grid_has_them(square: Session) -> None:
    found = of(square, "households", "community")
    assert found.values[:3].tolist() == [201, 221, 121]
    assert [area.code for area in found.left_out] == ["13"]
    assert [area.code for area in of(square, "households", "street").left_out] == ["1"]


def test_without_roads_in_the_gazetteer_no_road_length_is_known(square: Session) -> None:
    found = of(square, "road_km", "grid")
    assert np.isnan(found.values).all()
    assert len(found.left_out) == 8


def test_roads_are_clipped_and_a_road_on_the_border_is_shared(square: Session) -> None:
    half = STEP / 2
    # One through the southern row at mid-height, drawn twice; one on the border between grids 100 and 101.
    through = [(WEST - STEP, SOUTH + half), (WEST + 2 * STEP, SOUTH + half)]
    roads(square, through, through, [(WEST + half, SOUTH), (WEST + half, SOUTH + STEP)])
    found = of(square, "road_km", "grid")
    km = dict(zip(["100", "101", "110", "111"], found.values[:4].tolist(), strict=True))
    width = 0.01 / 2 * 111.32 * np.cos(np.radians(SOUTH + half))
    height = 0.01 * 110.93
    two_pieces = 0.01
    assert km["110"] == pytest.approx(width, abs=two_pieces)
    assert km["100"] == pytest.approx(width + height / 2, abs=two_pieces)
    assert km["101"] == pytest.approx(width + height / 2, abs=two_pieces)
    assert [area.code for area in found.left_out] == ["120", "121", "130", "131"]
    assert found.as_summary().total == pytest.approx(4 * width + height, abs=4 * two_pieces)


def test_roads_imported_later_do_not_change_what_was_known(square: Session) -> None:
    roads(square, [(WEST, SOUTH), (WEST + STEP, SOUTH + STEP)], published=datetime(2099, 1, 1, tzinfo=UTC))
    assert np.isnan(of(square, "road_km", "grid").values).all()
