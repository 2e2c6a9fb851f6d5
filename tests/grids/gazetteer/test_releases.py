"""Releases of the gazetteer: taken from files with provenance, immutable, effective at their instant."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING

import geopandas
import osmium
import pytest
import shapely
import sqlalchemy.exc
from sqlalchemy import func, select, text

from core import clock
from core.db import Database
from grids.boundaries import operations as boundaries
from grids.boundaries.records import AreaRecord
from grids.gazetteer import memory, operations, queries, reading
from grids.gazetteer.importing import NothingToImportError, ThemeUnknownError
from grids.gazetteer.tables import AddressPoint, Crossing, Place, Road
from tests.factories.identity import who

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy.orm import Session

    from core.settings import Settings


def import_sample(session: Session, data_dir: Path) -> None:
    for theme in ("roads", "places", "addresses"):
        operations.import_release(
            session,
            theme=theme,
            path=data_dir / "gazetteer" / f"{theme}.geojson",
            author=who("gis"),
            licence="CC0",
            context=("河南省", "郑州市"),
        )


def two_roads(path: Path, *, lat: float = 34.8) -> Path:
    def road(name: str, *coordinates: tuple[float, float]) -> dict[str, object]:
        geometry = {"type": "LineString", "coordinates": coordinates}
        return {"type": "Feature", "properties": {"name": name}, "geometry": geometry}

    along = road("东西路", (113.28, lat), (113.30, lat))
    across = road("南北路", (113.29, lat - 0.01), (113.29, lat + 0.01))
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [along, across]}), encoding="utf-8")
    return path


def test_the_sample_is_taken_whole_and_located_in(database: Database, data_dir: Path) -> None:
    with database.transaction() as session:
        import_sample(session, data_dir)
        assert session.scalar(select(func.count()).select_from(Road)) == 36
        assert session.scalar(select(func.count()).select_from(Place)) == 304
        assert session.scalar(select(func.count()).select_from(AddressPoint)) == 5490
        assert (session.scalar(select(func.count()).select_from(Crossing)) or 0) > 100
    with database.snapshot() as session:
        answer = operations.locate(session, "郑州市新乡路与孟津路交叉口")
        described, releases = operations.reverse(session, lon=113.27411, lat=34.80231)
    assert answer.located.verdict == "certain"
    assert answer.releases == releases == {"roads": 1, "places": 1, "addresses": 1}
    assert described.text == "新乡路与孟津路交叉口"


def test_a_release_keeps_its_provenance_and_never_changes(database: Database, tmp_path: Path) -> None:
    path = two_roads(tmp_path / "roads.geojson")
    with database.transaction() as session:
        release = operations.import_release(
            session, theme="roads", path=path, author=who("gis"), note="n", licence="ODbL", url="https://example.org"
        )
        assert release.number == 1
        assert release.source == {
            "file": "roads.geojson",
            "url": "https://example.org",
            "crs": "EPSG:4326",
            "layer": None,
        }
        assert release.checksum == reading.checksum_of(path)
        assert (release.licence, release.author, release.row_count) == ("ODbL", "gis", 2)
    for change in ("UPDATE road SET name = 'x'", "DELETE FROM crossing", "UPDATE gazetteer_release SET note = ''"):
        with pytest.raises(sqlalchemy.exc.IntegrityError), database.transaction() as session:
            session.execute(text(change))


def test_any_past_instant_can_be_asked_again(database: Database, tmp_path: Path) -> None:
    with database.transaction() as session:
        operations.import_release(session, theme="roads", path=two_roads(tmp_path / "a.geojson"), author=who("gis"))
    between = clock.now()
    later = between + timedelta(hours=1)
    with database.transaction() as session:
        path = two_roads(tmp_path / "b.geojson", lat=34.81)
        operations.import_release(session, theme="roads", path=path, author=who("gis"), effective_at=later)
    with database.snapshot() as session:
        now = operations.locate(session, "东西路与南北路交叉口", at=between)
        then = operations.locate(session, "东西路与南北路交叉口", at=later)
    assert now.located.best is not None
    assert then.located.best is not None
    assert now.located.best.lat == pytest.approx(34.8, abs=1e-6)
    assert then.located.best.lat == pytest.approx(34.81, abs=1e-6)
    assert (now.releases, then.releases) == ({"roads": 1}, {"roads": 2})


@pytest.mark.parametrize(("suffix", "driver"), [(".gpkg", "GPKG"), (".shp", "ESRI Shapefile"), (".geojson", "GeoJSON")])
def test_geographic_files_of_every_kind_are_read_with_their_crs(tmp_path: Path, suffix: str, driver: str) -> None:
    frame = geopandas.GeoDataFrame(
        {"名称": ["鸿园小区", "无名"]}, geometry=[shapely.Point(113.28, 34.80), None], crs="EPSG:4326"
    )
    if suffix != ".geojson":
        frame = frame.to_crs("EPSG:4547")
    path = tmp_path / f"places{suffix}"
    frame.to_file(path, driver=driver, engine="pyogrio", encoding="utf-8")
    found = reading.read(path, "places", crs=None, layer=None, max_bytes=10**7)
    point = found.geometries[0]
    assert isinstance(point, shapely.Point)
    assert (point.x, point.y) == pytest.approx((113.28, 34.80), abs=1e-7)
    assert found.properties[0]["名称"] == "鸿园小区"


def test_a_declared_datum_is_taken_back(tmp_path: Path) -> None:
    path = two_roads(tmp_path / "gcj.geojson")
    found = reading.read(path, "roads", crs="GCJ-02", layer=None, max_bytes=10**7)
    line = found.geometries[0]
    assert line is not None
    assert 0.0005 < shapely.distance(line, shapely.Point(113.28, 34.8)) < 0.02


def test_an_openstreetmap_extract_gives_roads_places_and_numbers(database: Database, tmp_path: Path) -> None:
    path = tmp_path / "town.osm.pbf"
    with osmium.SimpleWriter(str(path)) as writer:
        for i, (lon, lat) in enumerate([(113.28, 34.8), (113.30, 34.8), (113.29, 34.79), (113.29, 34.81)], 1):
            writer.add_node(osmium.osm.mutable.Node(id=i, location=(lon, lat)))
        tags = {"addr:street": "东西路", "addr:housenumber": "8号"}
        writer.add_node(osmium.osm.mutable.Node(id=5, location=(113.285, 34.8001), tags=tags))
        writer.add_node(
            osmium.osm.mutable.Node(id=6, location=(113.284, 34.8021), tags={"shop": "yes", "name": "老王商店"})
        )
        highway = {"highway": "primary"}
        writer.add_way(
            osmium.osm.mutable.Way(id=1, nodes=[1, 2], tags={"name": "东西路", "old_name": "工农路"} | highway)
        )
        writer.add_way(osmium.osm.mutable.Way(id=2, nodes=[3, 4], tags={"name": "南北路"} | highway))
        writer.add_way(osmium.osm.mutable.Way(id=3, nodes=[3, 99], tags={"name": "断路"} | highway))
    with database.transaction() as session:
        for theme in ("roads", "places", "addresses"):
            operations.import_release(session, theme=theme, path=path, author=who("gis"), licence="ODbL")
    with database.snapshot() as session:
        for address in ("工农路与南北路交叉口", "东西路8号", "老王商店"):
            assert operations.locate(session, address).located.verdict == "certain", address


def test_what_cannot_be_used_is_left_out_and_counted(database: Database, tmp_path: Path) -> None:
    rows: list[tuple[dict[str, object], dict[str, object] | None]] = [
        ({"road": "东西路", "number": "8号"}, {"type": "Point", "coordinates": [113.28, 34.8]}),
        ({"road": "东西路", "number": "八"}, {"type": "Point", "coordinates": [113.28, 34.8]}),
        ({"road": None, "number": 3}, {"type": "Point", "coordinates": [113.28, 34.8]}),
        ({"road": "东西路", "number": 4}, None),
        ({"road": "东西路", "number": 4}, {"type": "LineString", "coordinates": [[113.28, 34.8], [113.29, 34.8]]}),
    ]
    listed = [{"type": "Feature", "properties": p, "geometry": g} for p, g in rows]
    path = tmp_path / "addresses.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": listed}), encoding="utf-8")
    with database.transaction() as session:
        release = operations.import_release(session, theme="addresses", path=path, author=who("gis"))
        assert release.import_report["taken"] == 1
        assert release.import_report["left_out"] == {
            "no door number or building": 1,
            "no name": 1,
            "no geometry": 1,
            "geometry is a LineString": 1,
        }


def test_door_number_ranges_are_taken_in_either_direction(database: Database, tmp_path: Path) -> None:
    line = {"type": "LineString", "coordinates": [[113.28, 34.8], [113.30, 34.8]]}
    listed = [
        {"type": "Feature", "properties": {"道路": "东西路", "起号": 100, "止号": 2, "单双号": "双"}, "geometry": line},
        {
            "type": "Feature",
            "properties": {"道路": "东西路", "起号": "甲", "止号": 2, "单双号": "双"},
            "geometry": line,
        },
    ]
    path = tmp_path / "ranges.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": listed}), encoding="utf-8")
    with database.transaction() as session:
        operations.import_release(session, theme="roads", path=two_roads(tmp_path / "a.geojson"), author=who("gis"))
        release = operations.import_release(session, theme="ranges", path=path, author=who("gis"))
        assert release.import_report["left_out"] == {"range not understood": 1}
    with database.snapshot() as session:
        best = operations.locate(session, "东西路2号").located.best
        assert operations.locate(session, "东西路3号").located.best is None
    assert best is not None
    assert best.lon == pytest.approx(113.30, abs=1e-6)


def test_files_that_are_no_gazetteer_are_refused_in_words(database: Database, tmp_path: Path) -> None:
    broken = tmp_path / "roads.geojson"
    broken.write_text("{not json", encoding="utf-8")
    empty = tmp_path / "empty.geojson"
    empty.write_text('{"type":"FeatureCollection","features":[]}', encoding="utf-8")
    osm = tmp_path / "x.osm.pbf"
    osm.write_bytes(b"no extract")
    cases = [
        (broken, "roads", reading.GazetteerFileError),
        (tmp_path / "none.geojson", "roads", reading.GazetteerFileError),
        (osm, "roads", reading.GazetteerFileError),
        (empty, "roads", NothingToImportError),
        (empty, "rivers", ThemeUnknownError),
    ]
    for path, theme, error in cases:
        with pytest.raises(error), database.transaction() as session:
            operations.import_release(session, theme=theme, path=path, author=who("gis"))
    with pytest.raises(reading.GazetteerFileTooLargeError):
        reading.read(two_roads(tmp_path / "big.geojson"), "roads", crs=None, layer=None, max_bytes=10)


def test_a_wording_counts_once_a_person_takes_it(database: Database, tmp_path: Path) -> None:
    with database.transaction() as session:
        operations.import_release(session, theme="roads", path=two_roads(tmp_path / "a.geojson"), author=who("gis"))
        wording = operations.propose_wording(
            session, words="大转盘", label="转盘", lon=113.285, lat=34.801, accuracy_m=20, actor=who("triage")
        )
    with database.transaction() as session:
        assert operations.locate(session, "大转盘").located.verdict == "not_found"
        operations.decide_wording(session, wording_id=wording.id, take=True, actor=who("chief"), reason="确认")
    with database.transaction() as session:
        assert operations.locate(session, "我在大转盘附近").located.verdict == "certain"
        assert [w.words for w in queries.wordings(session, state="taken")] == ["大转盘"]
        with pytest.raises(operations.WordingDecidedError):
            operations.decide_wording(session, wording_id=wording.id, take=False, actor=who("chief"), reason="x")
        with pytest.raises(operations.WordingUnknownError):
            operations.decide_wording(session, wording_id=10**6, take=False, actor=who("chief"), reason="x")


def test_the_holder_serves_what_it_saw_and_looks_again(database: Database, tmp_path: Path) -> None:
    holder = memory.GazetteerCache(database, poll_s=3600)
    assert holder.refresh() is None
    with database.transaction() as session:
        operations.import_release(session, theme="roads", path=two_roads(tmp_path / "a.geojson"), author=who("gis"))
    assert holder.index() is None
    assert holder.refresh() is not None
    index = holder.index()
    assert index is not None
    assert len(index.roads) == 2


def test_the_areas_of_addresses_are_those_of_the_default_layer(
    database: Database, settings: Settings, tmp_path: Path
) -> None:
    square = shapely.box(113.27, 34.79, 113.31, 34.81)
    with database.transaction() as session:
        operations.import_release(session, theme="roads", path=two_roads(tmp_path / "a.geojson"), author=who("gis"))
        for code in ("admin", "sanitation"):
            created = boundaries.create_layer(session, code=code, name=code, levels=["area", "grid"], actor=who("gis"))
            areas = [AreaRecord("area", "a", f"{code}区", square), AreaRecord("grid", "a1", "格", square, "a")]
            publication = boundaries.Publication(author=who("gis"))
            boundaries.publish(session, layer=created, areas=areas, publication=publication, lead_s=0.0)
    for layer in ("admin", "sanitation"):
        opened = Database(settings.model_copy(update={"default_layer": layer}))
        with opened.snapshot() as session:
            assert [a.name for a in memory.current(session).index.areas] == [f"{layer}区"]
            assert memory.current(session) is memory.current(session)
        opened.close()


def test_nothing_imported_locates_nothing(database: Database) -> None:
    with database.snapshot() as session:
        assert operations.locate(session, "新乡路与孟津路交叉口").located.verdict == "not_found"
        assert operations.reverse(session, lon=113.0, lat=34.0)[0].text == ""
        with pytest.raises(operations.PointInvalidError):
            operations.reverse(session, lon=float("nan"), lat=34.0)
