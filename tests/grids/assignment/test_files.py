"""Tables of points: every format, any encoding, wrong rows said and passed over, nothing half written."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pytest
import shapely
from pyarrow import csv, feather, ipc, parquet

from geo.point_location.index import PointLocationIndex
from grids.assignment import files
from grids.assignment.errors import ColumnMissingError, TableUnreadableError
from grids.assignment.files import assign_file
from grids.assignment.release_index import AreaFacts, LayerFacts, ReleaseFacts, ReleaseIndex
from grids.boundaries.errors import CrsUnknownError

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def index() -> ReleaseIndex:
    return ReleaseIndex(
        LayerFacts(1, "admin", ("grid",), is_coverage=True),
        ReleaseFacts(1, 7, "", datetime(2026, 1, 1, tzinfo=UTC), 50.0),
        {"grid": [AreaFacts("grid", f"g{n}", f"网格{n}", None, f"u{n}", None) for n in range(3)]},
        {"grid": PointLocationIndex.from_geometries([shapely.box(113 + n, 34, 114 + n, 35) for n in range(3)])},
    )


TABLE = {"名称": ["甲", "乙,丙", "丁"], "lon": [113.5, 114.5, 100.0], "lat": [34.5, 34.5, 34.5]}
WANTED: dict[str, list[Any]] = {
    "area_code": ["g0", "g1", None],
    "area_name": ["网格0", "网格1", None],
    "unit_code": ["u0", "u1", None],
    "grid_code": ["g0", "g1", None],
    "method": ["covered", "covered", "unassigned"],
    "release": [7, 7, 7],
    "problem": [None, None, None],
}


def write(path: Path, table: pa.Table) -> None:
    match path.suffix:
        case ".parquet":
            parquet.write_table(table, path)
        case ".arrows":
            with ipc.new_stream(path, table.schema) as writer:
                writer.write_table(table)
        case ".feather" | ".arrow":
            feather.write_feather(table, path, compression="lz4")
        case _:
            csv.write_csv(table, path)


def read(path: Path) -> dict[str, list[Any]]:
    match path.suffix:
        case ".parquet":
            table = parquet.read_table(path)
        case ".arrows":
            table = ipc.open_stream(path).read_all()
        case ".arrow" | ".feather":
            table = feather.read_table(path)
        case _:
            delimiter = "\t" if path.suffix == ".tsv" else ","
            options = csv.ConvertOptions(strings_can_be_null=True)
            table = csv.read_csv(path, parse_options=csv.ParseOptions(delimiter=delimiter), convert_options=options)
    found: dict[str, list[Any]] = table.to_pydict()
    return found


@pytest.mark.parametrize("given", [".csv", ".parquet", ".arrow", ".arrows", ".feather"])
@pytest.mark.parametrize("wanted", [".csv", ".tsv", ".parquet", ".arrow", ".arrows"])
def test_every_format_is_answered_in_every_other(tmp_path: Path, index: ReleaseIndex, given: str, wanted: str) -> None:
    write(tmp_path / f"in{given}", pa.table(TABLE))
    shares: list[float] = []
    tally = assign_file(index, tmp_path / f"in{given}", tmp_path / f"out{wanted}", progress=shares.append)
    found = read(tmp_path / f"out{wanted}")
    assert found["名称"] == TABLE["名称"]
    assert [float(x) for x in found["lon"]] == TABLE["lon"]
    assert {name: found[name] for name in WANTED} == WANTED
    assert (tally.rows, tally.methods["covered"], tally.methods["unassigned"]) == (3, 2, 1)
    assert shares[-1] == 1.0
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([f"in{given}", f"out{wanted}"])


def test_chinese_csv_in_gbk_with_chinese_headers_is_read(tmp_path: Path, index: ReleaseIndex) -> None:
    (tmp_path / "in.csv").write_bytes("编号,经度,纬度\n一,113.5,34.5\n".encode("gbk"))
    assign_file(index, tmp_path / "in.csv", tmp_path / "out.parquet")
    assert read(tmp_path / "out.parquet")["编号"] == ["一"]
    assert read(tmp_path / "out.parquet")["area_code"] == ["g0"]


def test_wrong_rows_are_named_and_do_not_stop_the_others(tmp_path: Path, index: ReleaseIndex) -> None:
    rows = ["lon,lat", "113.5,34.5", "34.5,113.5", "east,34.5", ",34.5", "nan,34.5", "1e6,34.5", " 114.5 ,34.5"]
    (tmp_path / "in.csv").write_text("\n".join(rows))
    tally = assign_file(index, tmp_path / "in.csv", tmp_path / "out.csv")
    found = read(tmp_path / "out.csv")
    assert found["problem"] == [
        None,
        "point-swapped",
        "point-not-a-number",
        "point-missing",
        "point-not-finite",
        "point-out-of-range",
        None,
    ]
    assert found["area_code"] == ["g0", None, None, None, None, None, "g1"]
    assert found["lon"] == ["113.5", "34.5", "east", None, None, "1e6", " 114.5 "]
    assert dict(tally.problems) == {code: 1 for code in found["problem"] if code}


def test_lines_that_break_the_rule_are_named_and_swallow_no_others(tmp_path: Path, index: ReleaseIndex) -> None:
    rows = ["id,lon,lat", '1,"113.5,34.5', *(f"{n},113.5,34.5" for n in range(2, 9)), '9",113.5,34.5', "10,113.5"]
    (tmp_path / "in.csv").write_text("\n".join([*rows, '11,"113.5",34.5', "12,113.5,34.5"]))
    tally = assign_file(index, tmp_path / "in.csv", tmp_path / "out.parquet")
    found = read(tmp_path / "out.parquet")
    assert [line for line, _ in tally.unreadable] == [2, 11]
    assert [n for n, code in zip(found["id"], found["area_code"], strict=True) if code == "g0"] == [
        *"2345678", '9"', "11", "12",
    ]  # fmt: skip
    assert [found["id"][0], found["problem"][0]] == ['1,"113.5,34.5', "line-unreadable"]
    assert dict(tally.problems) == {"line-unreadable": 2}


def test_a_row_of_another_width_is_named_in_a_file_without_quotes(tmp_path: Path, index: ReleaseIndex) -> None:
    (tmp_path / "in.csv").write_text("lon,lat\n1\n113.5,34.5\n")
    tally = assign_file(index, tmp_path / "in.csv", tmp_path / "out.csv")
    assert (tally.rows, tally.unreadable[0][0], read(tmp_path / "out.csv")["area_code"]) == (2, 2, [None, "g0"])


def test_a_long_table_is_read_in_pieces(tmp_path: Path, index: ReleaseIndex, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "BYTES_AT_ONCE", 10_000)
    monkeypatch.setattr(files, "ROWS_AT_ONCE", 700)
    lon = np.random.default_rng(1).uniform(112, 117, 20_000).round(1) + 0.05
    for suffix in (".csv", ".parquet"):
        write(tmp_path / f"in{suffix}", pa.table({"lon": lon, "lat": np.full(lon.size, 34.5)}))
        shares: list[float] = []
        tally = assign_file(index, tmp_path / f"in{suffix}", tmp_path / "out.parquet", progress=shares.append)
        assert tally.rows == lon.size
        assert len(shares) > 20
        codes = [f"g{int(x) - 113}" if 113 <= x < 116 else None for x in lon]
        assert read(tmp_path / "out.parquet")["area_code"] == codes


def test_columns_of_the_same_name_are_kept_beside_the_answers(tmp_path: Path, index: ReleaseIndex) -> None:
    write(tmp_path / "in.parquet", pa.table({"x": [113.5], "y": [34.5], "method": ["gps"]}))
    assign_file(index, tmp_path / "in.parquet", tmp_path / "out.parquet")
    found = read(tmp_path / "out.parquet")
    assert (found["method"], found["assigned_method"]) == (["gps"], ["covered"])


def test_an_empty_table_gives_an_empty_table_with_the_answers_columns(tmp_path: Path, index: ReleaseIndex) -> None:
    (tmp_path / "in.csv").write_text("lon,lat\n")
    assert assign_file(index, tmp_path / "in.csv", tmp_path / "out.csv").rows == 0
    assert "area_code" in read(tmp_path / "out.csv")


@pytest.mark.parametrize(
    ("name", "content", "error"),
    [
        ("in.csv", b"a,b\n1,2\n", ColumnMissingError),
        ("in.csv", b"", TableUnreadableError),
        ("in.parquet", b"no parquet", TableUnreadableError),
        ("in.arrow", b"no arrow", TableUnreadableError),
        ("in.xlsx", b"PK", TableUnreadableError),
    ],
)
def test_what_cannot_be_read_is_refused_and_nothing_is_written(
    tmp_path: Path, index: ReleaseIndex, name: str, content: bytes, error: type[Exception]
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(error):
        assign_file(index, tmp_path / name, tmp_path / "out.csv")
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_named_columns_and_reference_systems_are_checked(tmp_path: Path, index: ReleaseIndex) -> None:
    (tmp_path / "in.csv").write_text("a,b\n113.5,34.5\n")
    assign_file(index, tmp_path / "in.csv", tmp_path / "out.csv", columns=("a", "b"))
    assert read(tmp_path / "out.csv")["area_code"] == ["g0"]
    with pytest.raises(ColumnMissingError):
        assign_file(index, tmp_path / "in.csv", tmp_path / "out.csv", columns=("a", "c"))
    with pytest.raises(CrsUnknownError):
        assign_file(index, tmp_path / "in.csv", tmp_path / "out.csv", columns=("a", "b"), crs="WGS85")
