"""Count what one report passes through, and the files that a change of each kind touches.

    .venv/bin/python benchmarks/house_counts.py [--list]

A report is posted once to warm up and once watched (sys.setprofile in every thread). It passes through the functions
that are handed the report: as it was sent (`ReportIn`, or its fields), as a draft, or placed. All our functions that
are called meanwhile are counted beside that; those of every request (`api/http`, `core`, `identity`) apart. A step back
is a lower floor calling a higher one: api over presentation, governance, grids, identity, and core beside geo.

Files to touch are counted in the code: a language by its catalogues (tests/presentation/test_languages.py adds one), a
method by its guide (tests/architecture/test_hotspot_methods.py), a state by the files that list the states of change
sets, an export format by the files of hotspot results that name GeoPackage.
"""

from __future__ import annotations

import argparse
import ast
import re
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

from intake_setting import ROOT, district_database

if TYPE_CHECKING:
    from types import FrameType

OF_EVERY_REQUEST = ("api/http/", "core/", "identity/")
FLOORS = {"core": 0, "geo": 0, "identity": 1, "grids": 2, "governance": 3, "presentation": 4, "api": 5}


Place = tuple[str, str]
"""A function: its file and its name."""


class Watch:
    """The calls of our own functions, as (caller's file, function), and the functions that were handed the report."""

    def __init__(self) -> None:
        self.calls: list[tuple[str | None, Place]] = []
        self.handed: set[Place] = set()

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
        place = (here, frame.f_code.co_qualname)
        self.calls.append((self._own(back) if back is not None else None, place))
        code = frame.f_code
        given = [frame.f_locals.get(name) for name in code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]]
        if any(_is_report(value) for value in given):
            self.handed.add(place)

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


def _is_report(value: object) -> bool:
    """Return whether a value is a report, whole: as it was sent, its fields, a draft, placed, or a list with one."""
    if isinstance(value, list | tuple) and len(value) == 1:
        return _is_report(value[0])
    if isinstance(value, dict):
        return {"category", "crs"} <= value.keys()
    return type(value).__name__ in {"ReportIn", "ReportDraft", "PlacedReport"}


def watched_post() -> Watch:
    """Post one report and return what it called."""
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
        return watch


def _watch_loop(client: Any, watch: Watch | None) -> None:  # noqa: ANN401 (a TestClient)
    """Set the watch in the thread of the application's event loop, and in threads made from now on."""
    threading.setprofile(watch)
    client.portal.call(sys.setprofile, watch)


def listing(values: set[str], folders: tuple[str, ...]) -> list[str]:
    """Return the files in which at least three of some values stand as texts or members of an enumeration."""
    names = {value.upper() for value in values}
    found = []
    for path in (path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))):
        nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
        constants = [node.value for node in nodes if isinstance(node, ast.Constant)]
        texts = {value.rpartition("/")[2] for value in constants if isinstance(value, str)}
        members = {node.attr for node in nodes if isinstance(node, ast.Attribute)}
        if len(texts & values) >= 3 or len(members & names) >= 3:
            found.append(str(path.relative_to(ROOT)))
    return found


def touched() -> dict[str, list[str]]:
    """Return the files to touch for a change of each kind."""
    from grids.change_sets.states import ChangeSetState

    states = {str(state) for state in ChangeSetState}
    guide = (ROOT / "docs/guides/hotspot-methods.md").read_text(encoding="utf-8")
    results = [path for folder in ("governance/hotspots", "api/hotspots") for path in (ROOT / folder).rglob("*.py")]
    exporting = [path for path in [*results, *(ROOT / "cli").glob("hotspot*.py")] if "geopackage" in path.read_text()]
    catalogues = sorted((ROOT / "presentation/words").rglob("zh.py"))
    return {
        "a state of change sets": [
            *listing(states, ("grids/change_sets", "presentation", "api/change_sets", "cli")),
            "migrations/versions/<number>.py",
        ],
        "a hotspot method": re.findall(r"^\| \d \| `([^`]+)` \|", guide, flags=re.MULTILINE),
        "an export format of hotspot results": [str(path.relative_to(ROOT)) for path in exporting],
        "a language": [str(path.parent.relative_to(ROOT) / "<language>.py") for path in catalogues],
    }


def main() -> None:
    """Print the counts."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--list", action="store_true", help="name each function and file")
    named = arguments.parse_args().list
    watch = watched_post()
    called = {place for _, place in watch.calls}
    own = {place for place in called if not place[0].startswith(OF_EVERY_REQUEST)}
    for words, functions in (
        ("the report passes through", watch.handed),
        ("called meanwhile, for the report", own - watch.handed),
        ("called meanwhile, for every request", called - own - watch.handed),
    ):
        print(f"{words}: {len(functions)} functions in {len({file for file, _ in functions})} files")
        if named:
            print("\n".join(f"    {file}: {function}" for file, function in sorted(functions)))
    ups = {(a, b[0]) for a, b in watch.calls if a is not None and floor_of(b[0]) > floor_of(a)}
    print(f"a lower floor calls a higher one: {len(ups)} times")
    print("\n".join(f"    {a} -> {b}" for a, b in sorted(ups)))
    for kind, files in touched().items():
        print(f"files to touch for {kind}: {len(files)}")
        if named:
            print("\n".join(f"    {file}" for file in files))


if __name__ == "__main__":
    main()
