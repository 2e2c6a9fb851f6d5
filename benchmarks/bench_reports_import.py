"""Bulk intake: `reports import` of a CSV file against a bare COPY of the same rows into the same tables.

    .venv/bin/python benchmarks/bench_reports_import.py [--rows 200000] [--rounds 3]

The import reads, checks, places and stores each row and its reporter, and knows it again; the COPY gets the finished
rows of report and of reporter from memory, into the partitions of their months. Both fill fresh tables of a durable
private cluster, rounds alternate, the disk's sync time stands beside them. The result is the median of the rounds'
ratios. Wanted: 0.60 or more.
"""

from __future__ import annotations

import argparse
import csv
import json
import statistics
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import psycopg
import shapely

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.bench_intake_http import sync_microseconds  # noqa: E402 (after the path)
from benchmarks.intake_setting import district_database  # noqa: E402
from benchmarks.verdict import verdict  # noqa: E402
from cli import rejected_rows, reports  # noqa: E402
from core.db import Database  # noqa: E402
from core.settings import Settings  # noqa: E402
from governance.reports.importing import columns as report_columns  # noqa: E402
from governance.reports.importing.rows import RowReader  # noqa: E402
from governance.reports.rules import IntakeDefaults  # noqa: E402

REPORT = (
    "id, client_id, channel, external_id, idempotency_key, body_sha256, category, description, address_text, x, y, crs,"
    " geom, accuracy_m, reported_at, received_at, photos, layer_id, release_number, method, area_path,"
    " distance_to_edge_m, candidates, reason_code, reason_values"
)

# The months of report, then those of reporter, which refer to them.
_LEAVES = """
SELECT inhrelid::regclass::text FROM pg_inherits
WHERE inhparent IN ('report'::regclass, 'reporter'::regclass) ORDER BY inhparent = 'reporter'::regclass, 1
"""


def write_file(path: Path, rows: int) -> None:
    """Write points scattered over the sample district, as a hotline's yearly export would have them."""
    features = json.loads((ROOT / "data/boundaries/shangjie.geojson").read_text())["features"]
    district = [
        shapely.from_geojson(json.dumps(f["geometry"])) for f in features if f["properties"]["level"] == "district"
    ]
    west, south, east, north = shapely.total_bounds(district)
    random = np.random.default_rng(9037)
    lon, lat = random.uniform(west, east, rows).round(6), random.uniform(south, north, rows).round(6)
    with path.open("w", encoding="utf-8", newline="") as target:
        writer = csv.writer(target)
        writer.writerow(
            ["external_id", "category", "text", "lon", "lat", "reported_at", "reporter_name", "reporter_phone"]
        )
        for n in range(rows):
            at = f"2026-{n % 9 + 1:02}-{n % 28 + 1:02} {n % 24:02}:{n % 60:02}:00"
            words = f"第{n}号：新乡路与孟津路交叉口东北角有暴露垃圾，请尽快清理"
            writer.writerow([f"h-{n}", "暴露垃圾", words, lon[n], lat[n], at, "张三", f"138{n % 10**8:08}"])


def empty(url: str) -> None:
    """Give the tables back their first state, and keep autovacuum away from them.

    Autovacuum would count the rows while one COPY of all of them is not committed yet, and find none; the check of the
    foreign key is then planned for an empty table, and takes hours.
    """
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("TRUNCATE report, reporter, report_reassignment, report_evidence, report_key")
        for (table,) in connection.execute(_LEAVES).fetchall():
            connection.execute(f"ALTER TABLE {table} SET (autovacuum_enabled = false)")
        connection.execute("CHECKPOINT")


def take_in(database: Database, file: Path, folder: Path) -> float:
    """Import the file by the command's own function and return the seconds."""
    start = time.perf_counter()
    table = report_columns.open_table(file)
    columns = report_columns.columns_of(table.header, {})
    drafts = RowReader(columns, IntakeDefaults("12345", "WGS84"))
    refused = rejected_rows.RejectedRows(folder / "rejected.csv", table.header)
    tally = reports.take_in(
        database, table, drafts, refused, size=file.stat().st_size, batch_rows=5_000, name=file.name
    )
    table.close()
    assert refused.count == 0, refused.path.read_text()[:500]  # noqa: S101
    assert tally.stored > 0  # noqa: S101
    return time.perf_counter() - start


def finished(url: str) -> dict[str, bytes]:
    """Return the stored rows as COPY's own text, by partition with its columns."""
    parts = {}
    with psycopg.connect(url) as connection:
        for (table,) in connection.execute(_LEAVES).fetchall():
            columns = REPORT if table.startswith("report_") else "report_id, name, phone, caller_hash"
            with connection.cursor().copy(f"COPY {table} ({columns}) TO STDOUT") as copy:
                parts[f"{table} ({columns})"] = b"".join(bytes(block) for block in copy)
    return {what: data for what, data in parts.items() if data}


def bare_copy(url: str, rows: dict[str, bytes]) -> float:
    """COPY finished rows in one transaction and return the seconds."""
    start = time.perf_counter()
    with psycopg.connect(url) as connection:
        for what, data in rows.items():
            with connection.cursor().copy(f"COPY {what} FROM STDIN") as copy:
                for at in range(0, len(data), 1 << 20):
                    copy.write(data[at : at + (1 << 20)])
    return time.perf_counter() - start


def main() -> int:
    """Run the rounds and print the ratio."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=200_000)
    parser.add_argument("--rounds", type=int, default=3)
    words = parser.parse_args()
    with district_database("bench_import", sample=True) as (url, _), tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        write_file(folder / "year.csv", words.rows)
        database = Database(Settings(DATABASE_URL=url, cache_dir=folder / "cache"))
        try:
            take_in(database, folder / "year.csv", folder)  # warm: compiled kernels, indexes kept on disk
            rows = finished(url)
            ratios = []
            for _ in range(words.rounds):
                empty(url)
                peer = words.rows / bare_copy(url, rows)
                empty(url)
                ours = words.rows / take_in(database, folder / "year.csv", folder)
                ratios.append(ours / peer)
                print(
                    f"sync {sync_microseconds():7.0f} µs   COPY {peer:8.0f} rows/s   reports import {ours:8.0f} rows/s"
                    f"   ratio {ratios[-1]:.2f}"
                )
        finally:
            database.close()
    kept = verdict(f"of a bare COPY, median of {words.rounds}", statistics.median(ratios), 0.6, at_least=True)
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
