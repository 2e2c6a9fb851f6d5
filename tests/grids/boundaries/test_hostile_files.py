"""Whatever is sent as a boundary file: a clear refusal, no memory or disk blown up, nothing changed."""

from __future__ import annotations

import io
import json
import sqlite3
import struct
import threading
import time
import zipfile
from contextlib import closing
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import shapely
from sqlalchemy import text

from core.confinement import environment
from core.db import Database
from core.errors import DomainError
from core.settings import Settings
from grids.boundaries import errors, operations
from grids.boundaries.files import fields, reading, staging
from grids.boundaries.files.limits import Limits
from grids.boundaries.records import AreaRecord
from tests.factories.identity import who

from .conftest import AREAS, upload

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from grids.boundaries.operations import Imported

SQUARE = [[113.2, 34.8], [113.3, 34.8], [113.3, 34.9], [113.2, 34.9], [113.2, 34.8]]


def collection(*geometries: Any, **members: Any) -> str:
    features = [
        {"type": "Feature", "properties": {"code": f"41010{i}", "name": "x", "level": "district"}, "geometry": g}
        for i, g in enumerate(geometries)
    ]
    return json.dumps({"type": "FeatureCollection", "features": features, **members})


def polygon(ring: Any = SQUARE) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": [ring]}


def archive(members: dict[str, bytes | str], **facts: Any) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as opened:
        for name, content in members.items():
            member = zipfile.ZipInfo(name)
            member.compress_type = facts.get("packing", zipfile.ZIP_DEFLATED)
            member.external_attr = facts.get("mode", 0) << 16
            opened.writestr(member, content)
    return packed.getvalue()


@pytest.fixture(scope="module")
def database(module_database_url: str) -> Iterator[Database]:
    """One database for all of these: nothing here may change it."""
    opened = Database(Settings(DATABASE_URL=module_database_url))
    with opened.transaction() as session:
        levels = ["district", "street"]
        operations.create_layer(session, code="admin", name="x", levels=levels, code_rule="gb15", actor=who("test"))
    yield opened
    opened.close()


@pytest.fixture
def refused(database: Database, bring: Callable[..., Imported]) -> Callable[..., DomainError]:
    """Send files; they must be refused by a named error, quickly, and leave no row and no file behind."""

    def send(*uploads: staging.Upload, **options: Any) -> DomainError:
        with pytest.raises(DomainError) as caught:
            bring(*uploads, **options)
        assert 400 <= {"invalid": 400, "too_large": 413}[caught.value.kind] < 500
        with database.transaction() as session:
            assert session.execute(text("SELECT count(*) FROM release")).scalar_one() == 0
        return caught.value

    return send


BOMB = archive({"a.geojson": b" " * (64 << 20)})


@pytest.mark.parametrize(
    ("name", "content", "error"),
    [
        ("bomb.zip", BOMB, errors.FileTooLargeError),
        ("out.zip", archive({"../../etc/cron.d/a.geojson": "{}"}), errors.FileRefusedError),
        ("out.zip", archive({"/etc/a.geojson": "{}"}), errors.FileRefusedError),
        ("out.zip", archive({"C:\\a.geojson": "{}"}), errors.FileRefusedError),
        ("out.zip", archive({"..\\a.geojson": "{}"}), errors.FileRefusedError),
        ("link.zip", archive({"a.geojson": "/etc/passwd"}, mode=0o120777), errors.FileRefusedError),
        ("nested.zip", archive({"b.zip": archive({"a.geojson": "{}"})}), errors.FileRefusedError),
        ("lzma.zip", archive({"a.geojson": "{}"}, packing=zipfile.ZIP_LZMA), errors.FileRefusedError),
        ("bzip2.zip", archive({"a.geojson": "{}"}, packing=zipfile.ZIP_BZIP2), errors.FileRefusedError),
        ("many.zip", archive({f"{i}.geojson": "{}" for i in range(300)}), errors.FileTooLargeError),
        ("nothing.zip", archive({"readme.txt": "hello"}), errors.FileRefusedError),
        ("broken.zip", BOMB[:500], errors.FileRefusedError),
        ("a.exe", b"MZ", errors.FileRefusedError),
        ("../../a.geojson\x00.shp", b"{}", errors.FileRefusedError),
        (".geojson", b"{}", errors.FileRefusedError),
        ("vrt.geojson", "<OGRVRTDataSource><OGRVRTLayer name='a'/></OGRVRTDataSource>", errors.FileRefusedError),
        ("vrt.gpkg", "<OGRVRTDataSource><OGRVRTLayer name='a'/></OGRVRTDataSource>", errors.FileRefusedError),
        ("a.shp", b"\x00\x00\x27\x0a" + b"\x00" * 96, errors.FileRefusedError),
        ("empty.geojson", b"", errors.FileRefusedError),
    ],
    ids=lambda value: value[:20] if isinstance(value, str) else "",
)
def test_names_archives_and_disguises_are_refused_before_anything_is_parsed(
    refused: Callable[..., DomainError], name: str, content: bytes | str, error: type[DomainError]
) -> None:
    assert type(refused(upload(name, content))) is error


DEEP: Any = polygon()
for _ in range(60):
    DEEP = {"type": "GeometryCollection", "geometries": [DEEP]}


def a_million_vertices() -> list[list[float]]:
    return [[113 + (i % 1000) / 1e4, 34 + i / 1e8] for i in range(1_000_000)]


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (lambda: collection(polygon(a_million_vertices())), errors.FileTooLargeError),
        (lambda: collection(polygon([[float("nan"), 1], [2, 2], [3, 1]])), errors.FileUnreadableError),
        (lambda: collection(polygon([[1e999, 1], [2, 2], [3, 1]])), errors.FileUnreadableError),
        (lambda: collection(DEEP), errors.FileUnreadableError),
        (lambda: collection(polygon([[1, 1], [2, 2]])), errors.FileUnreadableError),
        (lambda: collection(polygon(["a", "b", "c"])), errors.FileUnreadableError),
        (lambda: collection(polygon([[None, None]] * 4)), (errors.FileUnreadableError, errors.ImportBlockedError)),
        (lambda: collection({"type": "Polygon"}), errors.FileUnreadableError),
        (lambda: collection({"type": "Teapot", "coordinates": []}), errors.FileUnreadableError),
        (lambda: collection({"type": "Point", "coordinates": [113, 34]}), errors.ImportBlockedError),
        (lambda: collection(polygon([[9e5, 2e5], [9.1e5, 2e5], [9.1e5, 2.1e5]])), errors.ImportBlockedError),
        (lambda: collection(None), errors.ImportBlockedError),
        (lambda: "[" * 100_000, errors.FileRefusedError),
        (lambda: '{"type":' + "[" * 1_000_000, errors.FileUnreadableError),
        (lambda: '{"type": "FeatureCollection", "features": 3}', errors.FileUnreadableError),
        (lambda: '{"type": "FeatureCollection", "features": [3]}', errors.FileUnreadableError),
        (lambda: '{"type": "FeatureCollection", "features": []}', errors.FileRefusedError),
        (lambda: collection(polygon(), crs={"type": "link", "properties": {"href": "file:///etc/passwd"}}),
         errors.FileUnreadableError),
        (lambda: collection(polygon(), crs={"type": "name", "properties": {"name": "/vsicurl/http://127.0.0.1/a"}}),
         errors.CrsUnknownError),
        (lambda: b'{"type": "FeatureCollection", "features": [{"x": "\xff\xfe\xff"}]}', errors.FileUnreadableError),
        (lambda: b"\xff\xfe" + b'{"type"', errors.FileUnreadableError),
    ],
)  # fmt: skip
def test_hostile_geojson_is_refused(
    refused: Callable[..., DomainError], content: Callable[[], str | bytes], error: type[DomainError]
) -> None:
    assert isinstance(refused(upload("a.geojson", content())), error)


@pytest.mark.parametrize("crs", [None, "BD-09", "EPSG:4547", "EPSG:3857"])
@pytest.mark.parametrize("far", [1e20, 1.7e308])
def test_numbers_at_the_end_of_what_floats_hold_are_refused(
    refused: Callable[..., DomainError], crs: str | None, far: float
) -> None:
    rings = [polygon([[113.2, 34.8], [far, -far], [113.3, 34.9]]), polygon([[far, far], [-far, far], [far, -far]])]
    assert isinstance(refused(upload("a.geojson", collection(*rings)), crs=crs), errors.ImportBlockedError)


def test_finding_parents_does_not_weigh_each_edge_for_each_area() -> None:
    turns = np.linspace(0, 2 * np.pi, 200_000)
    coarser = [AreaRecord("district", "d", "d", shapely.Polygon(np.c_[np.cos(turns), np.sin(turns)]))]
    x, y = (part.ravel() / 200 for part in np.mgrid[-100:100, -100:100])
    finer = [AreaRecord("street", str(n), "s", box) for n, box in enumerate(shapely.box(x, y, x + 0.004, y + 0.004))]
    shape = fields.LayerShape(("district", "street"), "free", {})
    started = time.process_time()
    parents = fields.with_parents(coarser + finer, shape)
    assert parents == [None] + ["d"] * len(finer)
    assert time.process_time() - started < 20


ENTITIES = "".join(f'<!ENTITY e{i} "{f"&e{i - 1};" * 10}">' for i in range(1, 12))


@pytest.mark.parametrize(
    "content",
    [
        f'<!DOCTYPE kml [<!ENTITY e0 "lol">{ENTITIES}]><kml>&e11;</kml>',
        '<!DOCTYPE kml [<!ENTITY x SYSTEM "file:///etc/passwd">]><kml><name>&x;</name></kml>',
        '<!DOCTYPE kml SYSTEM "http://127.0.0.1:9/a.dtd"><kml/>',
        "<kml>" + "<Folder>" * 100_000,
        (
            "<kml><Placemark><Polygon><outerBoundaryIs><LinearRing><coordinates>a,b c</coordinates></LinearRing>"
            "</outerBoundaryIs></Polygon></Placemark></kml>"
        ),
        "<kml><Placemark>",
        "<html>",
    ],
)
def test_hostile_kml_is_refused(refused: Callable[..., DomainError], content: str) -> None:
    assert isinstance(refused(upload("a.kml", content)), errors.FileUnreadableError)


def test_a_damaged_file_of_any_binary_format_is_refused(refused: Callable[..., DomainError], tmp_path: Path) -> None:
    path = tmp_path / "a.gpkg"
    with closing(sqlite3.connect(path)) as database:
        database.execute("CREATE TABLE t (a)")
        database.commit()
    shp = b"\x00\x00\x27\x0a" + b"\x00" * 20 + struct.pack(">I", 2**31 - 1) + b"\xff" * 200
    dbf = b"\x03\x00\x00\x00" + struct.pack("<IHH", 2**32 - 1, 65, 11) + b"\x00" * 20 + b"A" * 32 + b"\r"
    refused(upload("a.gpkg", path.read_bytes()))
    refused(upload("a.gpkg", b"SQLite format 3\x00" + b"\xff" * 5000))
    refused(upload("a.fgb", b"fgb\x03fgb\x00" + b"\xff" * 5000))
    refused(upload("a.parquet", b"PAR1" + b"\xff" * 5000 + b"PAR1"))
    refused(upload("a.shp", shp), upload("a.dbf", dbf))
    refused(upload("a.shp", shp), upload("a.dbf", b""))


@pytest.fixture
def listener() -> Iterator[tuple[str, list[str]]]:
    """An HTTP server on this machine, and the paths it was asked for."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(404)

        do_HEAD = do_GET  # noqa: N815 (http.server's name)

        def log_message(self, *_: Any) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", asked
    server.shutdown()
    server.server_close()


def test_no_file_makes_the_service_ask_for_an_address_or_a_local_path(
    refused: Callable[..., DomainError], listener: tuple[str, list[str]], tmp_path: Path
) -> None:
    address, asked = listener
    secret = tmp_path / "secret.geojson"
    secret.write_text(collection(polygon()))
    for source in (f"/vsicurl/{address}/a.geojson", str(secret)):
        vrt = f"<OGRVRTDataSource><OGRVRTLayer name='a'><SrcDataSource>{source}</SrcDataSource></OGRVRTLayer>"
        topology = json.dumps({"type": "Topology", "objects": {}, "arcs": [], "url": source})
        path = tmp_path / "views.gpkg"
        path.unlink(missing_ok=True)
        with closing(sqlite3.connect(path)) as database:
            database.executescript(
                "CREATE TABLE gpkg_contents (table_name, data_type, identifier, description, last_change, min_x, min_y,"
                " max_x, max_y, srs_id); CREATE TABLE gpkg_geometry_columns (table_name, column_name,"
                " geometry_type_name, srs_id, z, m); CREATE TABLE gpkg_spatial_ref_sys (srs_name, srs_id, organization,"
                " organization_coordsys_id, definition, description); PRAGMA application_id = 1196444487;"
                f"CREATE VIEW v AS SELECT 1 AS fid, gdal_get_pixel_value('{source}', 1, 'pixel', 1, 1) AS code,"
                " load_extension('/tmp/x') AS geom; INSERT INTO gpkg_contents VALUES"
                " ('v','features','v','','2020-01-01T00:00:00Z',0,0,1,1,4326);"
                "INSERT INTO gpkg_geometry_columns VALUES ('v','geom','POLYGON',4326,0,0);"
            )
        refused(upload("a.geojson", vrt))
        refused(upload("a.topojson", vrt))
        refused(upload("a.topojson", topology))
        refused(upload("a.fgb", b"fgb" + vrt.encode()))
        refused(upload("a.gpkg", path.read_bytes()))
        refused(upload("a.kml", f"<kml><NetworkLink><Link><href>{source}</href></Link></NetworkLink></kml>"))
        refused(upload("a.geojson", collection(crs={"type": "link", "properties": {"href": address}})))
    assert asked == []


def test_a_reader_that_takes_too_much_memory_or_time_is_ended(tmp_path: Path) -> None:
    content = collection(*[polygon() for _ in range(60_000)])
    small = Limits(memory_bytes=300 << 20)
    staged = staging.stage([upload("a.geojson", content)], tmp_path, small)
    with pytest.raises((errors.FileTooLargeError, errors.FileUnreadableError)):
        reading.read(staged[0], small)
    started = time.monotonic()
    with pytest.raises(errors.FileTooSlowError, match="took longer than 5 s"):
        reading.read(staged[0], Limits(seconds=0), within=5)
    assert time.monotonic() - started < 10


def comb(teeth: int, *, upright: bool) -> list[list[float]]:
    """A valid polygon of many thin teeth; two of them, crossed, meet in teeth² places."""
    step = 0.1 / teeth
    ring = [[113.2, 34.9], [113.2, 34.89]]
    for i in range(teeth):
        x = 113.2 + i * step
        ring += [[x + step * 0.2, 34.89], [x + step * 0.2, 34.8], [x + step * 0.8, 34.8], [x + step * 0.8, 34.89]]
    ring += [[113.3, 34.89], [113.3, 34.9], [113.2, 34.9]]
    return ring if upright else [[113.2 + (y - 34.8), 34.8 + (x - 113.2)] for x, y in ring][::-1]


def test_polygons_that_cross_too_often_end_the_check_and_not_the_service(refused: Callable[..., DomainError]) -> None:
    file = collection(polygon(comb(20_000, upright=True)), polygon(comb(20_000, upright=False)))
    limits = Limits(seconds=4, memory_bytes=1 << 30)
    assert isinstance(refused(upload("a.geojson", file), limits=limits), errors.FileTooSlowError)


def test_the_reader_knows_nothing_of_this_process_secrets(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("WANGGE_DATABASE_URL", "postgresql://secret")
    assert not [name for name in environment(tmp_path) if "DATABASE" in name or "WANGGE" in name]


def test_the_reader_finds_compiled_modules_where_this_process_keeps_them(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PYTHONPYCACHEPREFIX", str(tmp_path / "bytecode"))
    assert environment(tmp_path)["PYTHONPYCACHEPREFIX"] == str(tmp_path / "bytecode")


def test_staging_leaves_nothing_behind(
    refused: Callable[..., DomainError], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    refused(upload("bomb.zip", BOMB))
    refused(upload("a.geojson", collection(None)))
    assert [path for path in tmp_path.rglob("*") if path.is_file() and path.suffix != ".lock"] == []


def test_a_blocked_import_changes_nothing_and_names_every_defect(
    database: Database, bring: Callable[..., Imported]
) -> None:
    rows = [(a.level, a.code, a.geom) for a in AREAS]
    rows[2] = (rows[2][0], rows[2][1], shapely.affinity.translate(rows[2][2], 0.001, 0))
    features = [
        {"type": "Feature", "properties": {"level": level, "code": code, "unit_code": "new"},
         "geometry": shapely.geometry.mapping(geom)}  # type: ignore[arg-type]
        for level, code, geom in rows
    ]  # fmt: skip
    before = _rows(database)
    with pytest.raises(errors.ImportBlockedError) as caught:
        bring(upload("a.geojson", json.dumps({"type": "FeatureCollection", "features": features})))
    assert {"outside_parent", "parent_not_covered"} <= set(caught.value.context["counts"])
    assert caught.value.context["defects"]["features"][0]["geometry"] is not None
    assert _rows(database) == before


def _rows(database: Database) -> list[int]:
    tables = ("release", "area", "responsible_unit", "audit_entry")
    with database.transaction() as session:
        return [session.execute(text(f"SELECT count(*) FROM {table}")).scalar_one() for table in tables]
