"""Intake over HTTP and import of a file: this checkout against another one of the same project.

    .venv/bin/python benchmarks/compare_intake.py OTHER [--rounds 7] [--seconds 4] [--rows 50000] [--only intake|import]

OTHER is a folder with another version and its `.venv` (`git worktree add ../before COMMIT`). Each
version runs its own code on its own durable database; rounds alternate between the two, so that both meet the same
machine, and which one begins changes from round to round. Told are the medians of the rounds' ratios. Wanted: at most
15 % lost in the intake, 25 % in the import.
"""

from __future__ import annotations

import argparse
import json
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

HERE = Path(__file__).resolve().parent.parent
KEPT = {"intake": 0.85, "import": 0.75}


def worker(root: Path, seconds: float, rows: int) -> None:
    """Answer each line of the input with one round's reports a second, measured with the code under `root`."""
    sys.path[0] = str(root)
    import uvloop

    from benchmarks import bench_intake_http, bench_reports_import
    from benchmarks.intake_setting import district_database
    from core.db import Database
    from core.settings import Settings

    with district_database("bench_compare") as (url, key), tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        bench_reports_import.write_file(folder / "year.csv", rows)
        database = Database(Settings(DATABASE_URL=url, cache_dir=folder / "cache"))
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        server = _server(bench_intake_http.serve, url, port)
        try:
            print("ready", flush=True)
            for line in sys.stdin:
                if line.strip() == "intake":
                    found = uvloop.run(bench_intake_http.drive(port, key, seconds))[0]
                else:
                    bench_reports_import.empty(url)
                    found = rows / bench_reports_import.take_in(database, folder / "year.csv", folder)
                print(found, flush=True)
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(20)
            database.close()


def _server(serve: Callable[[str, int], subprocess.Popen[bytes]], url: str, port: int) -> subprocess.Popen[bytes]:
    """Start the server; on a busy machine its first start, which compiles, may take longer than `serve` waits."""
    for _ in range(3):
        try:
            return serve(url, port)
        except RuntimeError as error:
            print(error, file=sys.stderr)
    raise RuntimeError("the server did not start three times")


def _start(root: Path, words: argparse.Namespace) -> subprocess.Popen[str]:
    command = [
        str(root / ".venv/bin/python"), __file__, str(root), "--worker",
        "--seconds", str(words.seconds), "--rows", str(words.rows),
    ]  # fmt: skip
    return subprocess.Popen(command, cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def _read(stream: IO[str] | None) -> str:
    line = stream.readline() if stream is not None else ""
    if not line:
        raise RuntimeError("a version ended: see its messages above")
    return line.strip()


def _ask(process: subprocess.Popen[str], what: str) -> float:
    if process.stdin is None:
        raise RuntimeError
    process.stdin.write(what + "\n")
    process.stdin.flush()
    return float(_read(process.stdout))


def main() -> int:
    """Run the rounds and print the ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("other", type=Path)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=4)
    parser.add_argument("--rows", type=int, default=50_000)
    parser.add_argument("--only", choices=list(KEPT))
    parser.add_argument("--worker", action="store_true", help=argparse.SUPPRESS)
    words = parser.parse_args()
    if words.worker:
        worker(words.other, words.seconds, words.rows)
        return 0
    sys.path.insert(0, str(HERE))
    from benchmarks.verdict import machine, verdict

    print(machine())
    versions = {"this": _start(HERE, words), "other": _start(words.other.resolve(), words)}
    try:
        for process in versions.values():
            _read(process.stdout)
        kept = [_compare(versions, what, words, verdict) for what in KEPT if words.only in {None, what}]
    finally:
        for process in versions.values():
            process.communicate()
    print(machine())
    return 0 if all(kept) else 1


def _compare(versions: dict[str, subprocess.Popen[str]], what: str, words: argparse.Namespace, verdict: Any) -> bool:  # noqa: ANN401 (imported late)
    for process in versions.values():
        _ask(process, what)  # warm
    ratios = []
    for turn in range(words.rounds):
        order = ["this", "other"] if turn % 2 else ["other", "this"]
        found = {name: _ask(versions[name], what) for name in order}
        ratios.append(found["this"] / found["other"])
        print(json.dumps({"what": what, "ratio": round(ratios[-1], 3)} | {n: round(v) for n, v in found.items()}))
    name = f"{what}, of the other version's reports a second, median of {words.rounds}"
    return bool(verdict(name, statistics.median(ratios), KEPT[what], at_least=True))


if __name__ == "__main__":
    sys.exit(main())
