"""The confined process: `python -m grids.boundaries.files.reader`, one file in, one Arrow file out.

It runs with limited memory, time and disk, without the parent's environment and without a network for GDAL. What it
refuses it writes as one JSON line; anything else (killed, out of memory, crashed) the parent puts into words.
"""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from grids.boundaries.files.limits import Limits
    from grids.boundaries.files.raw import RawFeatures

REFUSED = 3


class _Unneeded:
    """Hide what pyarrow and pyogrio load wherever it is installed: two thirds of a small file's time, for nothing."""

    def __init__(self, reader: str) -> None:
        # Beside GDAL these two only bring HTTP clients, and the network is shut off; Parquet's systems need pyproj.
        self._names = {"geopandas", "pandas"} | ({"certifi", "pyproj"} if reader == "gdal" else set())

    def find_spec(self, name: str, *_: object) -> None:
        if name in self._names:
            raise ModuleNotFoundError(name=name)


def request(path: Path, out: Path, reader: str, encoding: str | None, limits: Limits) -> bytes:
    """Return the one line of instructions to the process."""
    import orjson  # noqa: PLC0415 (nothing is loaded before the limits hold)

    words = {"path": str(path), "out": str(out), "reader": reader, "encoding": encoding, "limits": asdict(limits)}
    return orjson.dumps(words)


def main(line: bytes) -> int:
    """Confine this process, read, write; returns the exit code."""
    import json  # noqa: PLC0415

    words = json.loads(line)
    from grids.boundaries.confinement import OUT_OF_MEMORY, confine  # noqa: PLC0415
    from grids.boundaries.files.limits import Limits  # noqa: PLC0415

    limits = Limits(**words["limits"])
    confine(limits)
    sys.meta_path.insert(0, _Unneeded(words["reader"]))
    import orjson  # noqa: PLC0415

    from core.errors import DomainError, as_json  # noqa: PLC0415
    from grids.boundaries.files import gdal  # noqa: PLC0415

    gdal.shut_off()
    try:
        found = _reader(words["reader"])(Path(words["path"]), limits, words["encoding"])
        _write(found, Path(words["out"]), limits)
    except DomainError as error:
        answer = {"error": type(error).__name__, "detail": as_json(error.particular), "field": error.field}
        sys.stdout.write(orjson.dumps(answer).decode())
        return REFUSED
    except (MemoryError, RecursionError):
        return OUT_OF_MEMORY
    return 0


def _reader(name: str) -> Callable[[Path, Limits, str | None], RawFeatures]:
    from importlib import import_module  # noqa: PLC0415

    if name not in {"geojson", "kml", "parquet", "gdal"}:
        raise ValueError(name)
    read: Callable[[Path, Limits, str | None], RawFeatures] = import_module(f"grids.boundaries.files.{name}").read
    return read


def _write(found: RawFeatures, out: Path, limits: Limits) -> None:
    import numpy as np  # noqa: PLC0415
    import orjson  # noqa: PLC0415
    import pyarrow as pa  # noqa: PLC0415
    import shapely  # noqa: PLC0415

    from grids.boundaries.files.raw import require_within  # noqa: PLC0415

    require_within(found.geometries, limits)
    geometries = np.empty(len(found.geometries), dtype=object)
    geometries[:] = found.geometries
    option = orjson.OPT_NON_STR_KEYS | orjson.OPT_SERIALIZE_NUMPY
    rows = pa.table(
        {
            "geometry": pa.array(shapely.to_wkb(geometries, output_dimension=2), pa.large_binary()),
            "properties": pa.array(
                [orjson.dumps(row, default=str, option=option).decode() for row in found.properties], pa.large_string()
            ),
            "table": pa.array(found.tables, pa.large_string()),
        }
    ).replace_schema_metadata(
        {
            "crs": found.crs,
            "remarks": orjson.dumps(found.remarks),
            "note": found.note,
            "encoding": found.encoding,
        }
    )
    with pa.OSFile(str(out), "wb") as sink, pa.ipc.new_file(sink, rows.schema) as writer:
        writer.write_table(rows)


if __name__ == "__main__":
    sys.exit(main(sys.stdin.buffer.read()))
