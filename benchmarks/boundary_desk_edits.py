"""Edits of a draft over HTTP: every verb at places spread over the layer, its corner and its rim among them.

A server process of its own answers; each request is timed on the clock from its first byte out to its last byte in.
"""

from __future__ import annotations

import http.client
import json
import statistics
import time
from collections import defaultdict
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from benchmarks.assignment_setting import Server
from benchmarks.boundary_desk_setting import BLOB_DEG, FAMILY
from grids.boundaries import queries as registry
from identity.grants import ROLES
from identity.keys import create_key

if TYPE_CHECKING:
    from benchmarks.boundary_desk_setting import Setting
    from grids.boundaries.records import AreaRecord

WHOLE_LAYER, REPAIRS = "first page of repairs", "page of repairs"
"""The check of the whole layer, once a process; what follows is checked where it differs."""


class Desk:
    """A server over the layer, somebody who edits, and how long each kind of request took."""

    def __init__(self, setting: Setting, name: str) -> None:
        with setting.database.transaction() as session:
            key = create_key(session, name=name, scopes=list(ROLES["gis-editor"]))
            layer = registry.get_layer(session, "admin")
            latest = registry.list_releases(session, layer)[0]
            areas = [stored.record for stored in registry.areas_of_release(session, layer, latest)]
        self.grids = sorted((area for area in areas if area.level == "grid"), key=lambda area: area.code)
        self.side = int(np.sqrt(len(self.grids)))
        self.took: dict[str, list[float]] = defaultdict(list)
        self.draft = 0
        self.headers = {"X-API-Key": key, "Content-Type": "application/json"}
        environment = {"DATABASE_URL": setting.url, "LOG_LEVEL": "ERROR"}
        self.server = Server("api.app:create_app", factory=True, ready="/healthz", environment=environment)
        self.connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=120)

    def close(self) -> None:
        """End the server."""
        self.connection.close()
        self.server.close()

    def ask(self, name: str, method: str, path: str, body: dict[str, Any] | None = None) -> Any:  # noqa: ANN401 (JSON)
        """Send one request and remember under its name how long it took."""
        words = None if body is None else json.dumps(body)
        started = time.perf_counter()
        self.connection.request(method, f"/v1/change-sets{path}", words, self.headers)
        answer = self.connection.getresponse()
        content = answer.read()
        self.took[name].append(time.perf_counter() - started)
        if answer.status >= 400:
            raise RuntimeError(f"{name}: {answer.status} {content[:300]!r}")
        return json.loads(content)

    def open(self) -> None:
        """Open another draft."""
        self.draft = self.ask("open", "POST", "", {"layer": "admin", "title": "改界"})["id"]

    def edit(self, name: str, *grids: AreaRecord, geometry: shapely.Geometry | None = None, **more: Any) -> None:  # noqa: ANN401 (JSON)
        """Try an edit, then store it."""
        body = {"verb": name.split(maxsplit=1)[0], "codes": [grid.code for grid in grids], **more}
        if geometry is not None:
            body["geometry"] = shapely.geometry.mapping(geometry)
        self.ask(f"{name}, tried", "POST", f"/{self.draft}/edits?dry_run=true", body)
        self.ask(name, "POST", f"/{self.draft}/edits", body)

    def facts(self, kind: str, area: str | None, /, **facts: Any) -> None:  # noqa: ANN401 (JSON)
        """Change facts of one area."""
        self.ask(kind, "PATCH", f"/{self.draft}/areas/{area}", facts)

    def families(self, count: int) -> list[int]:
        """Return communities all over the layer, those of two corners first."""
        wide = self.side // FAMILY
        last = wide * wide - 1
        others = np.random.default_rng(7).permutation(np.arange(1, last))
        return [0, last, *others.tolist()][:count]

    def work_on(self, family: int) -> None:
        """Do every verb in one community, each on grids of its own."""
        wide = self.side // FAMILY
        top, left = (family // wide) * FAMILY, (family % wide) * FAMILY
        g = [[self.grids[(top + row) * self.side + left + column] for column in range(FAMILY)] for row in range(FAMILY)]
        community, new = g[0][0].parent_code, f"N{self.draft}"
        self.edit("reshape", g[0][0], g[0][1], geometry=_across(g[0][0], g[0][1]))
        self.edit("transfer", g[0][2], g[0][3], geometry=_blob(g[0][2], g[0][3]))
        self.edit("split", g[0][4], geometry=_halving(g[0][4]))
        self.edit("merge", g[1][0], g[1][1], into=g[1][0].code)
        self.edit("recut", g[1][2], g[1][3], geometry=_recut(g[1][2], g[1][3]))
        self.facts("rename", g[1][4].code, name="新名")
        self.edit("retire", g[3][2], into=g[3][3].code)
        self.edit("retire to nobody", g[2][0])
        self.ask(WHOLE_LAYER if WHOLE_LAYER not in self.took else REPAIRS, "GET", f"/{self.draft}/repairs")
        self.edit("create", geometry=shapely.buffer(g[2][0].geom, 1e-5), parent_code=community)
        self.facts("recode", g[2][3].code, code=f"{g[2][3].code}{new}")
        self.facts("assign unit", g[2][4].code, unit_code="U03")
        self.facts("attributes", g[3][0].code, attributes={"households": 120})
        if left + FAMILY < self.side:
            beside = self.grids[(top + 4) * self.side + left + FAMILY]
            self.edit("transfer to another community", g[4][4], beside, geometry=_blob(g[4][4], beside))
            self.facts("another parent", g[3][4].code, parent_code=beside.parent_code)
        self.facts("rename a community", community, name=f"新{community}{new}")
        self.facts("assign a community's unit", community, unit_code="U03")
        self.facts("recode a community", community, code=f"{community}{new}")
        self.edit("split", g[3][1], geometry=_halving(g[3][1]))
        self.ask("undo", "POST", f"/{self.draft}/undo")

    def tell(self) -> float:
        """Print the median and the most of every kind of request; return the most of all edits."""
        for name, times in sorted(self.took.items(), key=lambda item: -max(item[1])):
            print(f"      {name}: {statistics.median(times):.3f} s, most {max(times):.3f} ({len(times)})")
        return max(max(times) for name, times in self.took.items() if name not in {WHOLE_LAYER, REPAIRS})


def _across(one: AreaRecord, other: AreaRecord, shift: float = 0.0) -> shapely.LineString:
    """Return a straight border from south to north between two neighbours of a row."""
    x = shapely.get_x(shapely.centroid(shapely.intersection(one.geom, other.geom))) + shift
    _, south, _, north = shapely.total_bounds([one.geom, other.geom])
    return shapely.LineString([(x, south - 1e-3), (x, north + 1e-3)])


def _halving(grid: AreaRecord) -> shapely.LineString:
    west, _, east, _ = shapely.bounds(grid.geom)
    middle = shapely.get_y(shapely.point_on_surface(grid.geom))
    return shapely.LineString([(west - 1e-3, middle), (east + 1e-3, middle)])


def _blob(giver: AreaRecord, taker: AreaRecord) -> shapely.Geometry:
    border = shapely.line_merge(shapely.intersection(giver.geom, taker.geom))
    return shapely.buffer(shapely.line_interpolate_point(border, 0.3, normalized=True), BLOB_DEG)


def _recut(one: AreaRecord, other: AreaRecord) -> shapely.Geometry:
    land = shapely.coverage_union_all([one.geom, other.geom])
    lines = shapely.union_all([shapely.boundary(land), _across(one, other, 1e-4)])
    faces = shapely.get_parts(shapely.polygonize([lines]))
    return shapely.MultiPolygon([face for face in faces if shapely.contains(land, shapely.point_on_surface(face))])
