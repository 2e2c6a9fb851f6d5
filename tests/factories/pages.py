"""Every page and print of the sample district, made without a database: what a reader is given to look at."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from core.words import Message
from geo.regionalise import Measures
from governance.boundary_changes import impact
from governance.boundary_changes.dispute_queries import Dispute
from governance.boundary_changes.operations import Preview
from governance.hotspots.catalogue import HotspotMethod
from governance.hotspots.notes import NoteCode, note
from governance.hotspots.place_names import area_message, titled
from governance.hotspots.result_format.model import Area, CategoryCount, PileUp, Span, Unit
from governance.hotspots.topics.tables import HotspotTopic, HotspotTopicEvent
from grids.boundaries.map_queries import LevelColumns
from grids.boundaries.records import AreaRecord
from grids.boundaries.tables import Layer, Release
from grids.change_sets.operations import Redesign
from grids.change_sets.tables import ChangeSet
from grids.maps.level_map import AreaCounts, InForce, LevelMap
from presentation.pages.disputes_page import DisputesView, disputes_page
from presentation.pages.hotspot_page import RunView, hotspot_page
from presentation.pages.impact_page import impact_page
from presentation.pages.redesign_page import redesign_page
from presentation.pages.responsibility_page import responsibility_page
from presentation.pages.template_page import template_page
from presentation.pages.topic_board import board_html
from presentation.prints.impact_sheet import impact_print
from presentation.prints.notice import notice_html, notice_pdf
from presentation.prints.redesign_sheet import redesign_print
from tests.factories import hotspot_results as make

if TYPE_CHECKING:
    from collections.abc import Callable

DISTRICT = Path(__file__).parents[2] / "data" / "boundaries" / "shangjie.geojson"
LEVELS = ("district", "street", "community", "grid")
LAYER_NAME = "行政网格（示例）"
NOW = datetime(2026, 6, 30, 4, tzinfo=UTC)
STREET, COMMUNITY = "410106001", "410106001001"
CATEGORIES = ("占道经营", "<b>积水</b>", "路灯不亮", "噪声扰民")


@cache
def records(level: str) -> tuple[AreaRecord, ...]:
    """The sample's areas of a level, in the order of their codes."""
    features = [f for f in json.loads(DISTRICT.read_text())["features"] if f["properties"]["level"] == level]
    return tuple(
        AreaRecord(
            level, p["code"], p["name"], shapely.from_geojson(json.dumps(f["geometry"])), p["parent_code"],
            p["unit_code"], p["unit_name"],
        )
        for f in sorted(features, key=lambda f: f["properties"]["code"])
        for p in [f["properties"]]
    )  # fmt: skip


def level_map(level: str) -> LevelMap:
    """A level of the sample's release, as maps are drawn of it."""
    found = records(level)
    release = InForce(1, "admin", LAYER_NAME, LEVELS, is_coverage=True, release=1, checksum="c", effective_at=NOW)
    columns = LevelColumns(
        [r.code for r in found], [r.name for r in found], [r.parent_code for r in found],
        [r.unit_code for r in found], [r.unit_name for r in found], [50_000.0] * len(found),
        [shapely.to_wkb(r.geom) for r in found],
    )  # fmt: skip
    return LevelMap(release=release, level=level, columns=columns, parents_elsewhere={})


def responsibility(**words: Any) -> bytes:
    """The responsibility map: 327 grids with counts."""
    counts = {r.code: AreaCounts(n * 7, n) for n, r in enumerate(records("grid"))}
    above = [level_map(level) for level in LEVELS[:3]]
    return responsibility_page(level_map("grid"), above, counts, as_of=NOW, **words)


def run_view(number: int = 2) -> RunView:
    """A run over one street in which every method found something; some of it at one spot."""
    grids = [r for r in records("grid") if r.code.startswith(STREET)]
    names = {r.code: r.name for level in LEVELS for r in records(level)}
    near = [grids[0], grids[0], grids[1], grids[1], grids[8], grids[20]]
    clusters = [
        make.cluster(
            (HotspotMethod.SCAN, HotspotMethod.CONCENTRATION)[n % 2], n, areas=[r.code], category=CATEGORIES[n % 4],
            geometry=make.geojson(r.geom.centroid.buffer(0.001)), radius_m=110.0,
            categories=[CategoryCount(category=CATEGORIES[n % 4], reports=20)],
        )
        for n, r in enumerate(near)
    ]  # fmt: skip
    clusters.append(make.cluster(HotspotMethod.DENSITY, 0, areas=[grids[4].code], geometry=make.geojson(grids[4].geom)))
    judged = ("hot", "cold", "none")
    emerging = ("NEW_HOT", "HISTORICAL_COLD", "NONE")
    units = [
        Unit(
            code=r.code,
            reports=n,
            judged={
                HotspotMethod.GI: make.judgement(HotspotMethod.GI, judged[n % 3]),
                HotspotMethod.MORAN: make.judgement(HotspotMethod.MORAN, ("high-high", "low-low", "none")[n % 3]),
                HotspotMethod.EMERGING: make.judgement(HotspotMethod.EMERGING, emerging[n % 3]),
            },
        )
        for n, r in enumerate(grids)
    ]
    street = next(r for r in records("street") if r.code == STREET)
    calm = make.series(area=STREET, alarm=False, category="积水", observed=3)
    result = make.result(
        areas=[Area(code=r.code, above=["410106", STREET, r.parent_code]) for r in grids],
        names=names,
        units=units,
        clusters=clusters,
        series=[make.series(area=STREET, area_name=street.name), calm],
        by_category=make.totals({"占道经营": 30, "路灯不亮": 4}),
        steps=[Span(first=date(2026, 5, day), last=date(2026, 5, day + 6)) for day in (11, 18, 25)],
        notes=[note(NoteCode.PAST_TOO_SHORT, HotspotMethod.WARNING, least_days=60)],
    )
    at = shapely.get_coordinates(grids[10].geom.centroid)[0].tolist()
    result.input.pile_ups = [PileUp(lon=at[0], lat=at[1], reports=400)]
    shapes = {r.code: r.geom for r in grids}
    return RunView(number, LAYER_NAME, result, shapes, {STREET: street.geom}, release=1)


def hotspots(**words: Any) -> bytes:
    """The map of a run."""
    return hotspot_page(run_view(), **words)


def hotspots_compared(**words: Any) -> bytes:
    """The maps of two runs side by side."""
    return hotspot_page(run_view(), run_view(1), **words)


def preview() -> Preview:
    """A draft that moves land between two grids, takes one back, founds one and renames one."""
    grids = [r for r in records("grid") if r.code.startswith(COMMUNITY)]
    one, other, gone, renamed = grids[:4]
    strip = shapely.intersection(one.geom, shapely.affinity.translate(other.geom, xoff=-0.0007))
    new = replace(gone, code="410106001001900", name="中安街社区新设网格", geom=gone.geom)
    before = {r.code: r for r in (one, other, gone, renamed)}
    after = {
        one.code: replace(one, geom=shapely.difference(one.geom, strip)),
        other.code: replace(other, geom=shapely.union(other.geom, strip)),
        new.code: new,
        renamed.code: replace(renamed, name="东门网格"),
    }
    community = next(r for r in records("community") if r.code == COMMUNITY)
    before[COMMUNITY] = after[COMMUNITY] = community
    found = impact.Impact(
        areas=(
            impact.AreaChange(one.code, one.name, "grid", "changed", 5e4, 4e4, 0.0, 1e4, "a", "a"),
            impact.AreaChange(other.code, other.name, "grid", "changed", 5e4, 6e4, 1e4, 0.0, "a", "a"),
            impact.AreaChange(gone.code, gone.name, "grid", "retired", 5e4, 0.0, 0.0, 5e4, "a", None),
            impact.AreaChange(new.code, new.name, "grid", "created", 0.0, 5e4, 5e4, 0.0, None, "b"),
            impact.AreaChange(renamed.code, "东门网格", "grid", "renamed", 5e4, 5e4, 0.0, 0.0, "a", "a"),
        ),
        land=(impact.LandMove(one.code, other.code, 1e4, strip), impact.LandMove(gone.code, new.code, 5e4, gone.geom)),
        examined=400,
        open_moved=3,
        year_moved=12,
        open_other_unit=1,
        year_other_unit=5,
        units={"a": impact.Balance(lost_m2=5e4, year_lost=5), "b": impact.Balance(gained_m2=5e4, year_gained=5)},
        workers=(
            impact.WorkerChange(
                impact.WorkerOnArea("N001", "N***", "王**", "a"), (one.code,), (one.code,), impact.Balance(lost_m2=1e4)
            ),
        ),
        vacant=(new.code,),
    )
    spots = shapely.get_coordinates([one.geom.centroid, gone.geom.centroid])
    release = Release(id=1, layer_id=1, number=3, author="demo", effective_at=NOW, published_at=NOW)
    layer = Layer(id=1, code="admin", name=LAYER_NAME, levels=list(LEVELS), is_coverage=True)
    draft = ChangeSet(id=7, layer_id=1, title="中安街社区调整", author="editor", state="open", effective_at=NOW)
    return Preview(
        draft, layer, release, NOW, found, before, after, {r.code: r for r in grids[4:]}, spots,
        np.array([True, False]), {"a": "中安街社区居民委员会", "b": "济源路街道办事处"},
    )  # fmt: skip


def redesign() -> Redesign:
    """Four grids of today proposed as three."""
    today = [r for r in records("grid") if r.code.startswith(COMMUNITY)][:4]
    pieces = (shapely.union(today[0].geom, today[1].geom), today[2].geom, today[3].geom)
    before = Measures(np.array([100.0, 300.0, 420.0, 180.0]), 0.68, np.array([0.4, 0.5, 0.6, 0.5]), 4200.0)
    after = Measures(np.array([400.0, 420.0, 180.0]), 0.46, np.array([0.5, 0.6, 0.5]), 3100.0)
    origin = np.array([[100.0, 300.0, 0, 0], [0, 0, 420.0, 0], [0, 0, 0, 180.0]])
    return Redesign(
        COMMUNITY, tuple(today), pieces, before, after, 0.4, origin, "households", 0,
        layer_name=LAYER_NAME, parent_name="中安街社区居民委员会",
    )  # fmt: skip


def disputes() -> DisputesView:
    """The borders of one grid with its neighbours."""
    grids = [r for r in records("grid") if r.code.startswith(COMMUNITY)]
    edges = [(r, shapely.intersection(grids[0].geom, r.geom)) for r in grids[1:]]
    found = [
        Dispute(grids[0].code, r.code, 5 + n, n % 2, shapely.to_wkb(edge))
        for n, (r, edge) in enumerate(edges)
        if edge.length > 0
    ]
    return DisputesView(LAYER_NAME, found, {r.code: r for r in grids})


def around(community: str) -> Message:
    """A place around a community."""
    return Message(code="place/around", values={"community": community})


def topics() -> list[tuple[HotspotTopic, HotspotTopicEvent]]:
    """A topic of the whole, one of a place that grew, one of a street, one below the standard."""
    grids = [r.code for r in records("grid") if r.code.startswith(STREET)]
    place = {**make.cluster().model_dump(mode="json"), "reports": 20, "areas": grids[:2]}
    last = {"reports": 12, "days": 31, "now": 20, "way": "scan"}
    warned = {**make.series(area=STREET).model_dump(mode="json"), "reports": 30, "method": "warning"}
    whole = {
        "reports": 61, "before": 40, "areas_touched": 12, "areas_in_all": 64, "p": 0.0001, "expected": 33.0,
        "upper": 45.0, "kinds": ["high_frequency", "hot"], "trend": make.trend().model_dump(mode="json"),
    }  # fmt: skip
    found: list[tuple[str, str, Message, list[str], str, dict[str, Any]]] = [
        ("whole", "占道经营", area_message("上街区"), ["410106"], "appeared", whole),
        ("place", "<b>积水</b>", around("中安街社区"), grids[:2], "grew",
         {**place, "last_time": last, "kinds": ["concentrated", "hot"]}),
        ("place", "占道经营", area_message("济源路街道"), grids, "steady", {**warned, "kinds": ["hot"]}),
        ("place", "路灯不亮", around("商业街社区"), grids[9:11], "absent", {"missed_runs": 1, "reports_now": 9}),
    ]  # fmt: skip
    return [
        (
            HotspotTopic(
                id=n, layer_id=1, category=category, scope=scope, area_codes=areas, status="open",
                title=titled(place, category).model_dump(mode="json"),
                opened_on=date(2026, 5, 1), last_seen_on=date(2026, 6, 1), owner="市政处" if n % 2 else None,
                measures="清淤" if n % 2 else None, follow_up_on=date(2026, 6, 15) if n % 2 else None,
            ),
            HotspotTopicEvent(
                id=n, topic_id=n, run_id=2, happened_at=NOW, actor="planner", kind=kind, finding={**finding, "days": 31}
            ),
        )
        for n, (scope, category, place, areas, kind, finding) in enumerate(found)
    ]  # fmt: skip


def board(**words: Any) -> bytes:
    """The board of topics."""
    followed = topics()
    history = {topic.id: [event] for topic, event in followed}
    return board_html(
        [topic for topic, _ in followed],
        history,
        today=date(2026, 6, 20),
        layer_name=LAYER_NAME,
        map_path="../maps/hotspots.html",
        **words,
    ).encode()


def notice(**words: Any) -> bytes:
    """The monthly notice."""
    return notice_html(run_view(), topics(), issuer="城市运行中心", issued_at=NOW, **words).encode()


def template(name: str, **words: Any) -> bytes:
    """A page that asks the API for what it shows."""
    return template_page(name, **words).encode()


MAPS: dict[str, Callable[..., bytes]] = {
    "responsibility": responsibility,
    "hotspots": hotspots,
    "hotspots-compared": hotspots_compared,
    "impact": lambda **words: impact_page(preview(), **words),
    "redesign": lambda **words: redesign_page(redesign(), **words),
    "disputes": lambda **words: disputes_page(disputes(), **words),
}
PAGES: dict[str, Callable[..., bytes]] = {
    **MAPS,
    "board": board,
    "notice": notice,
    "start": lambda **words: template("start.html", **words),
    "data-quality": lambda **words: template("data_quality.html", **words),
    "sign_in": lambda **words: template("sign_in.html", **words),
    "trace": lambda **words: template("trace.html", **words),
    "key": lambda **words: template("key.html", **words),
}
PRINTS: dict[str, Callable[..., bytes]] = {
    "impact": lambda **words: impact_print(preview(), **words),
    "redesign": lambda **words: redesign_print(redesign(), **words),
    "notice": lambda **words: notice_pdf(notice(**words).decode()),
}
