"""Runs programs one by one, each in a process forked from one that has loaded libraries of others and nothing of ours.

So each program finds only what it imports itself, as in a process of its own, without the seconds that starting Python
and loading the libraries costs each time. Reads a JSON object a line from standard input: `words` of a `wangge`
command or a `program` in Python, and `environment`, variables to set. Answers a JSON line each: the exit code and what
was written.
"""

from __future__ import annotations

import gc
import json
import os
import sys
import tempfile
import traceback
from importlib import import_module
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]


def _in_child(asked: dict[str, Any], into: int) -> int:
    os.dup2(into, 1)
    os.dup2(into, 2)
    os.environ.update(asked["environment"])
    sys.path.insert(0, str(ROOT))
    try:
        if "program" in asked:
            exec(asked["program"], {"__name__": "__main__"})  # noqa: S102 (a test's own words)
        else:
            sys.argv = ["wangge", *asked["words"]]
            from cli import main

            main()
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    else:
        code = 0
    sys.stdout.flush()
    sys.stderr.flush()
    return code


def run(asked: dict[str, Any]) -> dict[str, object]:
    """Run one program in a fork of this process."""
    with tempfile.TemporaryFile() as said:
        child = os.fork()
        if child == 0:
            code = 70
            try:
                code = _in_child(asked, said.fileno())
            except Exception:  # noqa: BLE001 (whatever it was, the test is told)
                traceback.print_exc()
            finally:
                sys.stderr.flush()
                os._exit(code)
        _, status = os.waitpid(child, 0)
        said.seek(0)
        return {"code": os.waitstatus_to_exitcode(status), "said": said.read().decode(errors="replace")}


OF_OTHERS = (
    "alembic.command", "argon2", "authlib", "chinese_calendar", "fastapi", "folium", "geoalchemy2", "geopandas",
    "numba", "procrastinate", "psycopg", "pyarrow", "pydantic_settings", "pyogrio", "pyotp", "pypinyin", "rapidfuzz",
    "rich.progress", "scipy.sparse.csgraph", "scipy.spatial", "scipy.stats", "shapely", "sqlalchemy.orm", "structlog",
    "typer", "uvicorn",
)  # fmt: skip

if __name__ == "__main__":
    for library in OF_OTHERS:
        import_module(library)
    ours = {path.parent.name for path in ROOT.glob("*/__init__.py")} & set(sys.modules)
    if ours:
        sys.exit(f"loaded before the fork: {ours}")
    gc.freeze()  # else each child walks, and so copies, all that the libraries made
    for line in sys.stdin:
        print(json.dumps(run(json.loads(line))), flush=True)
