"""Count what one report passes through: functions and files of ours from the first byte to the answer, and back-steps.

    .venv/bin/python benchmarks/house_counts.py [--list]

A report is posted once to warm up and once watched (sys.setprofile in every thread). Counted are the functions that
were called, the files they stand in, and how often a call goes up a floor (presentation, api over governance over
grids over identity over core and geo) after having gone down: a back-step is a lower floor calling a higher one.
Functions that run for every request (`api/http`) are counted apart from those of the report itself.
"""

from __future__ import annotations

import argparse
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

from intake_setting import ROOT, district_database

if TYPE_CHECKING:
    from types import FrameType

FLOORS = {"core": 0, "geo": 0, "identity": 1, "grids": 2, "governance": 3, "presentation": 4, "api": 5}


class Watch:
    """The calls of our own functions, as (caller's file, file, function)."""

    def __init__(self) -> None:
        self.calls: list[tuple[str | None, str, str]] = []

    def __call__(self, frame: FrameType, event: str, _: object) -> None:
        """Record one call."""
        if event != "call":
            return
        here = self._own(frame)
        if here is None or frame.f_code.co_name.startswith("<"):
            return
        back = frame.f_back
        while back is not None and self._own(back) is None:
            back = back.f_back
        self.calls.append((self._own(back) if back is not None else None, here, frame.f_code.co_qualname))

    @staticmethod
    def _own(frame: FrameType) -> str | None:
        path = Path(frame.f_code.co_filename)
        if not path.is_relative_to(ROOT) or ".venv" in path.parts:
            return None
        name = str(path.relative_to(ROOT))
        return name if name.split("/", maxsplit=1)[0] in FLOORS else None


def floor_of(file: str) -> int:
    """Return the number of a file's floor, 0 the lowest."""
    return FLOORS[file.split("/", maxsplit=1)[0]]


def watched_post() -> list[tuple[str | None, str, str]]:
    """Post one report and return the calls it made."""
    from fastapi.testclient import TestClient

    from api.app import create_app
    from core.settings import Settings

    with district_database("house_counts") as (url, key), TestClient(create_app(Settings(DATABASE_URL=url))) as client:
        body = {"category": "暴露垃圾", "text": "路边有一堆垃圾", "lon": 113.2934, "lat": 34.8021, "crs": "WGS84"}
        headers = {"X-API-Key": key}
        client.post("/v1/reports", json=body, headers=headers).raise_for_status()
        watch = Watch()
        threading.setprofile_all_threads(watch) if sys.version_info >= (3, 12) else _watch_loop(client, watch)
        try:
            client.post("/v1/reports", json=body, headers=headers).raise_for_status()
        finally:
            if sys.version_info >= (3, 12):
                threading.setprofile_all_threads(None)
            else:
                _watch_loop(client, None)
        return watch.calls


def _watch_loop(client: Any, watch: Watch | None) -> None:  # noqa: ANN401 (a TestClient)
    """Set the watch in the thread of the application's event loop, and in threads made from now on."""
    threading.setprofile(watch)
    client.portal.call(sys.setprofile, watch)


def main() -> None:
    """Print the counts."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--list", action="store_true", help="name each function")
    calls = watched_post()
    for name, chosen in (
        ("of the report", [c for c in calls if not c[1].startswith(("api/http/", "core/", "identity/"))]),
        ("of every request", [c for c in calls if c[1].startswith(("api/http/", "core/", "identity/"))]),
    ):
        functions = {(file, function) for _, file, function in chosen}
        print(f"{name}: {len(functions)} functions in {len({file for file, _ in functions})} files")
        if arguments.parse_args().list:
            print("\n".join(f"    {file}: {function}" for file, function in sorted(functions)))
    ups = {(a, b) for a, b, _ in calls if a is not None and floor_of(b) > floor_of(a)}
    print(f"a lower floor calls a higher one: {len(ups)} times")
    print("\n".join(f"    {a} -> {b}" for a, b in sorted(ups)))


if __name__ == "__main__":
    main()
