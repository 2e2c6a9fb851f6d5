"""A street sees its own: what grants name, by list, page, search, number, count and map, and nothing else."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
import shapely
from fastapi.testclient import TestClient
from sqlalchemy import text

from api.app import create_app
from core import clock
from core.settings import Settings
from governance.hotspots.result_format.model import Area, Unit
from governance.hotspots.result_format.stored import write_result
from governance.hotspots.runs.tables import HotspotRun
from grids.boundaries import operations, queries
from grids.boundaries.records import AreaRecord
from identity import principals
from identity.granting import add_grant, revoke_grant
from identity.grants import ROLES, Grant, Scope
from identity.keys import create_key
from tests.factories import hotspot_results as make
from tests.factories.identity import issue_key, who

if TYPE_CHECKING:
    from collections.abc import Iterator

LITTER, NOISE = "暴露垃圾", "噪声扰民"
# Streets S (grids a, b, c) and T (d, e); then b is renumbered b2, c is split, d and e become one.
BEFORE = {"a": (0, 1, "S"), "b": (1, 2, "S"), "c": (2, 4, "S"), "d": (4, 5, "T"), "e": (5, 6, "T")}
AFTER = {"a": (0, 1, "S"), "b2": (1, 2, "S"), "c1": (2, 3, "S"), "c2": (3, 4, "S"), "f": (4, 6, "T")}
REACHED = {
    "admin/D": {"D", "S", "T", *BEFORE, *AFTER},
    "admin/S": {"S", "a", "b", "c", "b2", "c1", "c2"},
    "admin/T": {"T", "d", "e", "f"},
    "admin/a": {"a"},
    "admin/b": {"b", "b2"},
    "admin/b2": {"b2"},
    "admin/c": {"c", "c1", "c2"},
    "admin/c1": {"c1"},
    "admin/d": {"d"},
    "admin/f": {"f"},
    "admin/nowhere": set(),
    "police/a": set(),
}
"""The areas whose reports a grant for an area reaches: f is d and e, so a grant for d alone does not reach it."""

FLAG_ALL = """
INSERT INTO report_evidence (report_id, client_id, declared_crs, flags, gazetteer, examined_at)
SELECT id, client_id, crs, '[{"flag": "truncated"}]', '{}', now() FROM report
"""
CLUSTERS = [([grid], kind) for grid in AFTER for kind in (LITTER, NOISE, None)] + [(["c2", "f"], NOISE)]
SERIES = [(street, kind) for street in "ST" for kind in (LITTER, NOISE)]
RESULT = make.result(
    areas=[Area(code=grid, above=["D", street]) for grid, (_, _, street) in AFTER.items()],
    levels=["district", "street", "grid"],
    names={code: code for code in ("D", "S", "T", *AFTER)},
    clusters=[make.cluster(number=n, areas=areas, category=kind) for n, (areas, kind) in enumerate(CLUSTERS)],
    units=[Unit(code=grid) for grid in AFTER],
    series=[make.series(area=street, area_name=street, category=kind) for street, kind in SERIES],
)

HOLDERS: dict[str, tuple[Grant, ...] | None] = {
    "without": None,
    "everywhere": (Grant("administrator"),),
    **{area: (Grant("administrator", area),) for area in REACHED},
    "litter": (Grant("administrator", None, LITTER),),
    "litter in S": (Grant("administrator", "admin/S", LITTER),),
    "a, and noise in T": (Grant("viewer", "admin/a"), Grant("dispatcher", "admin/T", NOISE)),
    "reads S, reporters of a": (Grant("viewer", "admin/S"), Grant("administrator", "admin/a")),
    "taken back": (),
}


def reached(holder: str, scope: Scope, grid: str | None, category: str) -> bool:
    """Tell by the definition whether a holder reaches a report of a grid (None: it waits for a place)."""
    grants = HOLDERS[holder]
    return grants is None or any(
        scope in ROLES[g.role]
        and (g.area is None or grid in REACHED[g.area])
        and (g.category is None or g.category == category)
        for g in grants
    )


class Town:
    """The application with reports before and after a new release, and the key of each holder."""

    def __init__(self, client: TestClient) -> None:
        self.client = client
        self.keys: dict[str, dict[str, str]] = {}
        self.reports: dict[str, tuple[str | None, str]] = {}
        with client.app.state.services.database.transaction() as session:  # type: ignore[attr-defined]
            sender = issue_key(session, name="sender", scopes=[Scope.REPORTS_WRITE], channel="12345")
            for name, grants in HOLDERS.items():
                holder = principals.named(session, name)
                for grant in grants or ():
                    add_grant(session, principal=holder, grant=grant, actor=who("test"))
                if grants == ():
                    given = add_grant(session, principal=holder, grant=Grant("administrator"), actor=who("test"))
                    revoke_grant(session, given.id, actor=who("test"))
                key = create_key(session, name=name, scopes=list(Scope), holder=holder)
                self.keys[name] = {"X-API-Key": key}
            operations.create_layer(
                session, code="admin", name="网格", levels=["district", "street", "grid"], actor=who("test")
            )
        self.sender = {"X-API-Key": sender}
        for grids in (BEFORE, AFTER):
            self.publish(grids)
            for grid, (west, _, _) in grids.items():
                for category in (LITTER, NOISE):
                    self.send(grid, category, {"lon": 113 + west / 100 + 0.005, "lat": 34.005})
        for category in (LITTER, NOISE):
            self.send(None, category, {"address": "某处"})
        for grid in AFTER:
            stated = {"workers": [{"staff_number": f"n-{grid}", "name": "网格员（示例）"}]}
            answer = client.put(f"/v1/layers/admin/areas/{grid}/workers", json=stated, headers=self.keys["without"])
            assert answer.status_code == 200, answer.text
        with client.app.state.services.database.transaction() as session:  # type: ignore[attr-defined]
            session.execute(text(FLAG_ALL))
            run = HotspotRun(
                kind="adhoc", layer_id=1, level="grid", period_start=date(2026, 5, 1), period_end=date(2026, 6, 1),
                categories=[], methods=["scan"], parameters={}, seed=0, requested_by="t", requested_at=clock.now(),
                status="done", release_number=2, result=write_result(RESULT),
            )  # fmt: skip
            session.add(run)
            session.flush()
            self.run = run.id

    def publish(self, grids: dict[str, tuple[int, int, str]]) -> None:
        """Publish a district of two streets with these grids: west and east side in hundredths of a degree."""
        boxes = {code: shapely.box(113 + w / 100, 34, 113 + e / 100, 34.01) for code, (w, e, _) in grids.items()}
        streets = {
            street: shapely.unary_union([boxes[code] for code, (_, _, of) in grids.items() if of == street])
            for street in "ST"
        }
        areas = [
            AreaRecord("district", "D", "区", shapely.unary_union(list(streets.values()))),
            *(AreaRecord("street", code, code, shape, "D") for code, shape in streets.items()),
            *(AreaRecord("grid", code, code, box, grids[code][2]) for code, box in boxes.items()),
        ]
        with self.client.app.state.services.database.transaction() as session:  # type: ignore[attr-defined]
            layer = queries.get_layer(session, "admin")
            publication = operations.Publication(author=who("test"))
            operations.publish(session, layer=layer, areas=areas, publication=publication, lead_s=0.0)
        self.client.app.state.services.releases.refresh()  # type: ignore[attr-defined]

    def send(self, grid: str | None, category: str, place: dict[str, Any]) -> None:
        """Send a report and note under its number where it is."""
        report = {"category": category, "text": "x", "reporter": {"name": "张三丰", "phone": "13800001234"}} | place
        answer = self.client.post("/v1/reports", json=report, headers=self.sender)
        assert answer.status_code == 201, answer.text
        found = [area["code"] for area in answer.json()["areas"]][-1:]
        assert found == ([] if grid is None else [grid])
        self.reports[answer.json()["number"]] = (grid, category)

    def get(self, holder: str, path: str, **query: object) -> Any:
        """Give the answer to a holder."""
        return self.client.get(path, headers=self.keys[holder], params=query)  # type: ignore[arg-type]

    def expected(self, holder: str, scope: Scope) -> set[str]:
        """Give the numbers of the reports that a holder reaches."""
        return {number for number, (grid, kind) in self.reports.items() if reached(holder, scope, grid, kind)}

    def listed(self, holder: str, **query: object) -> set[str]:
        """Give the numbers of a list, page by page."""
        numbers: list[str] = []
        page = {"next": ""}
        while page["next"] is not None:
            cursor = {"after": page["next"]} if page["next"] else {}
            answer = self.get(holder, "/v1/reports", limit=3, **query, **cursor)
            assert answer.status_code == 200, answer.text
            page = answer.json()
            numbers += [item.get("number") or item["properties"]["number"] for item in self._items(page)]
        assert len(numbers) == len(set(numbers))
        return set(numbers)

    @staticmethod
    def _items(page: Any) -> list[dict[str, Any]]:
        return page["items"] if "items" in page else page["features"]


@pytest.fixture(scope="module")
def town(module_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """The town, set up once."""
    folder = tmp_path_factory.mktemp("cache")
    app = create_app(Settings(DATABASE_URL=module_database_url, cache_dir=folder, log_level="CRITICAL"))
    with TestClient(app, raise_server_exceptions=False) as client:
        yield Town(client)


@pytest.mark.parametrize("holder", HOLDERS)
def test_a_holder_sees_by_every_way_what_the_grants_name_and_no_more(town: Town, holder: str) -> None:
    if HOLDERS[holder] == ():
        assert {town.get(holder, path).status_code for path in ("/v1/reports", "/v1/triage")} == {403}
        return
    own = town.expected(holder, Scope.REPORTS_READ)
    assert town.listed(holder) == town.listed(holder, format="geojson") == own
    assert town.listed(holder, bbox="112,33,114,35") == {n for n in own if town.reports[n][0] is not None}
    for grid in ("S", "T", "a", "b2", "f"):
        inside = REACHED[f"admin/{grid}"]
        assert town.listed(holder, area=grid) == {n for n in own if town.reports[n][0] in inside}
    assert town.listed(holder, category=NOISE) == {n for n in own if town.reports[n][1] == NOISE}
    reporters = town.expected(holder, Scope.REPORTERS_READ)
    grants = HOLDERS[holder]
    is_open = grants is None or any(Scope.REPORTERS_READ in ROLES[grant.role] for grant in grants)
    for number in town.reports:
        assert town.get(holder, f"/v1/reports/{number}").status_code == (200 if number in own else 404)
        answer = town.get(holder, f"/v1/reports/{number}/reporter").status_code
        assert answer == (200 if number in reporters else 404 if is_open else 403)


@pytest.mark.parametrize("holder", [name for name, grants in HOLDERS.items() if grants != ()])
def test_a_holder_finds_counts_and_settles_in_triage_what_the_grants_name(town: Town, holder: str) -> None:
    own = town.expected(holder, Scope.TRIAGE)
    waiting = {n for n, (grid, _) in town.reports.items() if grid is None}
    answer = town.get(holder, "/v1/triage")
    if answer.status_code == 403:
        assert not own
        return
    page = answer.json()
    assert (page["waiting"], {item["number"] for item in page["items"]}) == (len(own & waiting), own & waiting)
    drawn = town.get(holder, "/v1/triage/map.geojson").json()
    assert (drawn["features"], drawn["without_candidates"]) == ([], len(own & waiting))
    for number in waiting - own:
        settlement = {"area": "a", "reason": "核实"}
        refused = town.client.post(f"/v1/triage/{number}/settlement", json=settlement, headers=town.keys[holder])
        assert refused.status_code == 404


@pytest.mark.parametrize("holder", [name for name, grants in HOLDERS.items() if grants != ()])
def test_a_holder_sees_the_workers_flagged_points_and_hotspots_of_what_the_grants_name(town: Town, holder: str) -> None:
    grants = [g for g in HOLDERS[holder] or (Grant("administrator"),) if Scope.REPORTS_READ in ROLES[g.role]]
    areas = {grid for grid in AFTER if any(g.area is None or grid in REACHED[g.area] for g in grants)}
    page = town.get(holder, "/v1/layers/admin/workers").json()
    assert {post["area_code"] for post in page["posts"]} == areas
    if areas:
        assert page["masked"] == (holder in {"a, and noise in T", "reads S, reporters of a"})
    for grid in AFTER:
        answer = town.get(holder, f"/v1/layers/admin/areas/{grid}/workers")
        assert answer.status_code == (200 if grid in areas else 403)
    flagged = town.get(holder, "/v1/data-quality/sender/flagged", limit=1000).json()
    assert {row["number"] for row in flagged} == town.expected(holder, Scope.REPORTS_READ)

    def lies_in_it(codes: list[str], category: str | None) -> bool:
        return all(
            any(g.category in {None, category} and (g.area is None or code in REACHED[g.area]) for g in grants)
            for code in codes
        )

    run = f"/v1/hotspots/runs/{town.run}"
    told = town.get(holder, run).json()
    assert (told["status"], told["input"] is None) == ("done", Grant("administrator") not in grants)
    drawn = town.get(holder, f"{run}/clusters.geojson").json()["features"]
    assert [f["properties"]["number"] for f in drawn] == [n for n, one in enumerate(CLUSTERS) if lies_in_it(*one)]
    units = town.get(holder, f"{run}/units.geojson").json()["features"]
    assert {f["properties"]["code"] for f in units} == {grid for grid in AFTER if lies_in_it([grid], None)}
    warned = town.get(holder, f"{run}/warnings.geojson").json()["features"]
    whole = [(street, kind) for street, kind in SERIES if lies_in_it([street], kind)]
    assert [(f["properties"]["area"], f["properties"]["category"]) for f in warned] == whole
    answered = town.get(holder, f"{run}/findings").json()
    assert (answered["incidents"] is None) == (Grant("administrator") not in grants)
    found = answered["findings"]
    assert all(lies_in_it(one["areas"], one["category"]) for one in found)
    shown = {feature for one in found for feature in one["features"]}
    assert shown >= {f"scan-{number}" for number, one in enumerate(CLUSTERS) if lies_in_it(*one)}
