"""Runs programs, each in a process forked from one that has loaded libraries of others and nothing of ours.

So each program finds only what it imports itself, as in a process of its own, without the seconds that starting Python
and loading the libraries costs each time. Reads a JSON object a line from standard input, and answers a JSON line each:

- `words` of a `wangge` command or a `program` in Python, with `environment`, variables to set: the exit code and what
  was written; with `stays`, the id of the process, which goes on beside;
- `ended`, such an id, and `within_s`: the exit code, or null where it has not ended by then;
- `modules` to load and the names of two pipes: a process that has loaded them too, and reads and answers there.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import sys
import tempfile
import time
import traceback
from importlib import import_module
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parents[1]
STAYING: set[int] = set()
"""Processes that run beside, and have not been asked for their end."""


def _in_child(asked: dict[str, Any]) -> None:
    os.environ.update(asked["environment"])
    if "program" in asked:
        exec(asked["program"], {"__name__": "__main__"})  # noqa: S102 (a test's own words)
    else:
        sys.argv = ["wangge", *asked["words"]]
        from cli import main

        main()


def _forked(work: Callable[[], None]) -> int:
    """Return the id of a fork of this process that does the work and ends."""
    child = os.fork()
    if child:
        return child
    STAYING.clear()
    code = 70
    try:
        work()
        code = 0
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    except BaseException:  # noqa: BLE001 (whatever it was, the test is told)
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def run(asked: dict[str, Any]) -> dict[str, object]:
    """Run one program in a fork of this process."""
    if asked.get("stays"):
        child = _forked(lambda: _beside(asked))
        STAYING.add(child)
        return {"process": child}
    with tempfile.TemporaryFile() as said:

        def work() -> None:
            os.dup2(said.fileno(), 1)
            os.dup2(said.fileno(), 2)
            _in_child(asked)

        _, status = os.waitpid(_forked(work), 0)
        said.seek(0)
        return {"code": os.waitstatus_to_exitcode(status), "said": said.read().decode(errors="replace")}


def _beside(asked: dict[str, Any]) -> None:
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(2, 1)  # the answers' pipe is the server's own
    _in_child(asked)


def ended(process: int, within_s: float) -> dict[str, object]:
    """Wait for the end of a process that runs beside."""
    until = time.monotonic() + within_s
    while True:
        found, status = os.waitpid(process, os.WNOHANG)
        if found:
            STAYING.discard(process)
            return {"code": os.waitstatus_to_exitcode(status)}
        if time.monotonic() >= until:
            return {"code": None}
        time.sleep(0.02)


def _go_on_with(modules: list[str], asked: str, answered: str) -> None:
    for module in modules:
        import_module(module)
    gc.collect()
    gc.freeze()
    with Path(asked).open(encoding="utf-8") as reading, Path(answered).open("w", encoding="utf-8") as writing:
        answer_all(reading, writing)


def answer_all(asked: IO[str], answered: IO[str]) -> None:
    """Answer line by line until nobody asks any more, then end what still runs beside."""
    for line in asked:
        one = json.loads(line)
        if "modules" in one:
            # It ends by itself, and what it has started, when nobody asks there any more.
            answer: dict[str, object] = {"process": _forked(lambda: _go_on_with(**one))}  # noqa: B023 (forked here)
        else:
            answer = ended(one["ended"], one["within_s"]) if "ended" in one else run(one)
        print(json.dumps(answer), file=answered, flush=True)
    for process in STAYING:
        os.kill(process, signal.SIGKILL)


OF_OTHERS = (
    "alembic.command", "argon2", "authlib", "chinese_calendar", "cql2", "fastapi", "folium", "geoalchemy2", "geopandas",
    "httpx2", "numba", "procrastinate", "prometheus_client", "psycopg", "pyarrow", "pydantic_settings", "pyogrio",
    "pyotp", "pypinyin", "rapidfuzz", "rich.progress", "scipy.sparse.csgraph", "scipy.spatial", "scipy.stats",
    "shapely", "sqlalchemy.orm", "structlog", "typer", "uvicorn",
)  # fmt: skip

if __name__ == "__main__":
    for library in OF_OTHERS:
        import_module(library)
    ours = {path.parent.name for path in ROOT.glob("*/__init__.py")} & set(sys.modules)
    if ours:
        sys.exit(f"loaded before the fork: {ours}")
    sys.path.insert(0, str(ROOT))
    gc.freeze()  # else each child walks, and so copies, all that the libraries made
    answer_all(sys.stdin, sys.stdout)
