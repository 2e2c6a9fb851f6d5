"""Topics: the four kinds, matched from run to run, with a history that people can add to."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from core.words import joined_words
from governance.hotspots.catalogue import HotspotMethod
from governance.hotspots.policy import dated_policy
from governance.hotspots.result_format.model import Period
from governance.hotspots.result_format.stored import write_result
from governance.hotspots.runs.tables import HotspotRun
from governance.hotspots.topics import operations, rules
from governance.hotspots.topics import queries as topic_queries
from governance.hotspots.topics.states import TopicStatus
from grids.boundaries import operations as boundaries
from presentation.pages.topic_board import board_html
from presentation.words.hotspots import message_of
from tests.factories import hotspot_results as make
from tests.factories.identity import who

if TYPE_CHECKING:
    from core.db import Database
    from governance.hotspots.result_format import Cluster, Result, SeriesJudgement

THRESHOLDS = {
    "high_frequency_share": 0.08,
    "high_frequency_per_30_days": 60,
    "common_area_level": "community",
    "common_area_share": 0.5,
    "common_reports_per_area": 2,
    "concentrated_p": 0.05,
    "hot_q": 0.05,
    "grown_by": 0.2,
    "same_place_share": 0.3,
    "gone_after_runs": 2,
}


def cluster(category: str, areas: list[str], observed: int, method: HotspotMethod = HotspotMethod.SCAN) -> Cluster:
    return make.cluster(method, category=category, areas=areas, observed=observed, adjusted_p=0.01)


def result(*, month: int = 5, counts: dict[str, int] | None = None, **found: Any) -> Result:
    period = Period(start=date(2026, month, 1), end=date(2026, month + 1, 1))
    return make.result(period=period, by_category=make.totals(counts or {}), **found)


def warning(area: str, category: str, q: float) -> SeriesJudgement:
    return make.series(area=area, category=category, observed=9, expected=2.0, upper=5.0, p=q / 10, q=q)


def test_frequent_common_and_hot_are_told_apart_by_their_thresholds() -> None:
    found = rules.candidates(
        result(counts={"积水": 100, "路灯": 3}, series=[warning("410106", "路灯", 0.01)]), THRESHOLDS
    )
    assert [(c.category, c.kinds) for c in found] == [("积水", ["high_frequency", "common"]), ("路灯", ["hot"])]


def test_overlapping_clusters_and_warnings_of_one_category_are_one_place() -> None:
    inside = ["410106001000000", "410106001000001"]
    found = rules.candidates(
        result(
            clusters=[cluster("积水", inside, 9), cluster("积水", inside[1:], 7, HotspotMethod.CONCENTRATION)],
            series=[warning("410106001", "积水", 0.01), warning("410106001", "路灯", 0.2)],
        ),
        THRESHOLDS,
    )
    assert len(found) == 1
    assert found[0].kinds == ["concentrated", "hot"]
    assert message_of(found[0].title) == "济源路街道第0社区一带积水"
    assert found[0].areas == inside


def test_a_place_continues_the_topic_it_overlaps_most_and_each_topic_once() -> None:
    def candidate(areas: str) -> rules.TopicCandidate:
        return rules.TopicCandidate("积水", rules.PLACE, "", list(areas), ["concentrated"])

    known = [
        rules.KnownTopic(1, "积水", rules.PLACE, frozenset("abc")),
        rules.KnownTopic(2, "积水", rules.PLACE, frozenset("cd")),
    ]
    assert rules.match([candidate("cd"), candidate("ab"), candidate("xyz")], known, same_place_share=0.3) == [
        2,
        1,
        None,
    ]
    assert rules.match([candidate("ab"), candidate("bc")], known[:1], same_place_share=0.3) == [1, None]
    other = [rules.KnownTopic(3, "路灯", rules.PLACE, frozenset("ab"))]
    assert rules.match([candidate("ab")], other, same_place_share=0.3) == [None]


TOPIC_METHODS = ["scan", "concentration", "warning"]


def add_run(
    database: Database, month: int, changes: dict[str, Any] | None = None, incidents: int = 90, **found: Any
) -> int:
    with database.transaction() as session:
        layer = session.execute(text("SELECT id FROM layer")).scalar()
        if layer is None:
            layer = boundaries.create_layer(session, code="admin", name="行政", levels=["grid"], actor=who("t")).id
        said = result(month=month, **found)
        said.input.incidents_in_period = incidents
        values = {
            "kind": "monthly", "layer_id": layer, "level": "grid", "period_start": date(2026, month, 1),
            "period_end": date(2026, month + 1, 1), "categories": [], "methods": TOPIC_METHODS, "parameters": {},
            "seed": 0, "requested_by": "t", "requested_at": datetime(2026, 11, 1, tzinfo=UTC), "status": "done",
            "result": write_result(said),
        }  # fmt: skip
        run = HotspotRun(**{**values, **(changes or {})})
        session.add(run)
        session.flush()
        return run.id


def follow(database: Database, run_id: int) -> dict[str, list[str]]:
    with database.transaction() as session:
        operations.follow_run(session, run_id=run_id, actor=who("t"))
    with database.transaction() as session:
        found = topic_queries.list_topics(session, layer_id=1)
        history = topic_queries.events_of(session, [t.id for t in found])
        return {t.category: [e.kind for e in history[t.id]] for t in found}


def test_a_topic_appears_grows_fades_is_gone_and_returns(database: Database) -> None:
    areas = ["410106001000000", "410106001000001"]
    seen = {}
    for month, clusters in (
        (1, [cluster("积水", areas, 10)]),
        (2, [cluster("积水", areas[:1], 20)]),
        (3, [cluster("积水", areas, 9)]),
        (4, []),
        (5, []),
        (6, [cluster("积水", areas, 9)]),
    ):
        seen = follow(database, add_run(database, month, clusters=clusters))
    assert seen == {"积水": ["appeared", "grew", "shrank", "absent", "gone", "returned"]}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"period_start": date(2026, 2, 10)}, "calendar month"),
        ({"period_end": date(2026, 3, 10)}, "calendar month"),
        ({"period_end": date(2026, 4, 1)}, "calendar month"),
        ({"requested_at": datetime(2026, 2, 27, tzinfo=UTC)}, "not over"),
        ({"within": "410106001000000"}, "some areas"),
        ({"categories": ["积水"]}, "some areas"),
        ({"methods": ["gi", "moran"]}, "lacks one of the methods"),
    ],
    ids=str,
)
def test_only_whole_past_months_of_everything_make_topics(
    database: Database, changes: dict[str, Any], words: str
) -> None:
    found = {"clusters": [cluster("积水", ["410106001000000"], 10)]}
    follow(database, add_run(database, 1, **found))
    with pytest.raises(operations.TopicRunUnfitError, match=words):
        follow(database, add_run(database, 2, changes))
    assert follow(database, add_run(database, 2, **found)) == {"积水": ["appeared", "steady"]}


def test_nothing_follows_from_a_month_without_data_and_a_gap_is_a_gap(database: Database) -> None:
    found = {"clusters": [cluster("积水", ["410106001000000"], 10)]}
    follow(database, add_run(database, 1, **found))
    assert follow(database, add_run(database, 2)) == {"积水": ["appeared", "absent"]}
    with pytest.raises(operations.TopicRunUnfitError, match="no reports"):
        follow(database, add_run(database, 3, incidents=0))
    # March is missing: absent in April is not the second time in succession.
    assert follow(database, add_run(database, 4)) == {"积水": ["appeared", "absent", "absent"]}
    assert follow(database, add_run(database, 5)) == {"积水": ["appeared", "absent", "absent", "gone"]}
    # After a gap a topic is not compared with the month before it.
    many = {"clusters": [cluster("积水", ["410106001000000"], 90), cluster("噪声", ["410106001000001"], 9)]}
    follow(database, add_run(database, 6, **many))
    fewer = {"clusters": [cluster("积水", ["410106001000000"], 20), cluster("噪声", ["410106001000001"], 90)]}
    assert follow(database, add_run(database, 8, **fewer))["噪声"] == ["appeared", "steady"]


def test_a_follow_up_is_taken_back_by_a_new_event(database: Database) -> None:
    one = cluster("积水", ["410106001000000", "410106001000001"], 10)
    follow(database, add_run(database, 1, clusters=[one]))
    wrong = add_run(database, 2, clusters=[cluster("噪声", ["410106001000002"], 9)])
    assert follow(database, wrong) == {"积水": ["appeared", "absent"], "噪声": ["appeared"]}
    with database.transaction() as session:
        operations.take_back(session, run_id=wrong, actor=who("张"), reason="渠道中断")
    with database.transaction() as session:
        found = {t.category: t for t in topic_queries.list_topics(session, layer_id=1)}
        assert {t.status for t in found.values()} == {"open", "taken_back"}
        assert found["积水"].last_seen_on == date(2026, 2, 1)
        events = topic_queries.events_of(session, [found["积水"].id])[found["积水"].id]
        assert [(e.kind, e.actor) for e in events] == [("appeared", "t"), ("absent", "t"), ("taken_back", "张")]
        assert topic_queries.topics_of_run(session, wrong) == []
        with pytest.raises(operations.TopicStateError, match="is taken_back: reopen is not possible"):
            operations.decide(session, topic_id=found["噪声"].id, actor=who("张"), status=TopicStatus.OPEN)
    with pytest.raises(operations.NothingToTakeBackError), database.transaction() as session:
        operations.take_back(session, run_id=wrong, actor=who("张"))
    # The month can be followed again, and its topic grew since January.
    again = follow(database, add_run(database, 2, clusters=[cluster("积水", one.areas, 20)]))
    assert again["积水"] == ["appeared", "absent", "taken_back", "grew"]


def test_a_topic_below_the_standard_tells_how_many_reports_there_were(database: Database) -> None:
    areas = ["410106001000000", "410106001000001"]
    follow(database, add_run(database, 1, counts={"积水": 100, "路灯": 90}, clusters=[cluster("路灯", areas, 9)]))
    follow(database, add_run(database, 2, counts={"积水": 4, "路灯": 3}))
    with database.transaction() as session:
        found = topic_queries.list_topics(session, layer_id=1)
        history = topic_queries.events_of(session, [t.id for t in found])
        told = {(t.category, t.scope): history[t.id][-1].finding["reports_now"] for t in found}
        board = board_html(found, history, today=date(2026, 3, 1))
    assert told["积水", "whole"] == 4
    assert told["路灯", "place"] is None, "this result does not tell it by area"
    assert "本期未达标准（4 件）" in board
    assert "未再出现" not in board


def test_counts_made_in_different_ways_are_not_compared(database: Database) -> None:
    areas = ["410106001000000", "410106001000001"]
    follow(database, add_run(database, 1, series=[warning("410106001", "积水", 0.01)]))  # 9 in the whole street
    found = follow(database, add_run(database, 2, clusters=[cluster("积水", areas, 4)]))  # 4 in a cluster inside it
    assert found == {"积水": ["appeared", "steady"]}
    with database.transaction() as session:
        (topic,) = topic_queries.list_topics(session, layer_id=1)
        assert topic_queries.events_of(session, [topic.id])[topic.id][-1].finding["last_time"] is None
    both = {"clusters": [cluster("积水", areas, 4)], "series": [warning("410106001", "积水", 0.01)]}
    found = follow(database, add_run(database, 3, **both))
    assert found == {"积水": ["appeared", "steady", "steady"]}


def test_a_comparison_with_households_makes_no_topic_by_itself() -> None:
    found = rules.candidates(
        result(clusters=[cluster("积水", ["410106001000000"], 9, HotspotMethod.POPULATION)]), THRESHOLDS
    )
    assert found == []


def test_following_a_run_twice_or_an_earlier_month_changes_nothing(database: Database) -> None:
    early, late = add_run(database, 1), add_run(database, 2, clusters=[cluster("积水", ["410106001000000"], 10)])
    assert follow(database, late) == follow(database, late) == {"积水": ["appeared"]}
    with pytest.raises(operations.TopicOrderError), database.transaction() as session:
        operations.follow_run(session, run_id=early, actor=who("t"))


def test_decisions_are_kept_in_the_history_and_a_resolved_topic_is_not_continued(database: Database) -> None:
    one = cluster("积水", ["410106001000000"], 10)
    follow(database, add_run(database, 1, clusters=[one]))
    with database.transaction() as session:
        topic = topic_queries.list_topics(session, layer_id=1)[0]
        operations.decide(
            session, topic_id=topic.id, actor=who("张"), owner="市政处", measures="清淤", follow_up_on=date(2026, 3, 1)
        )
        operations.decide(session, topic_id=topic.id, actor=who("张"), status="resolved")
    with pytest.raises(operations.DecisionEmptyError), database.transaction() as session:
        operations.decide(session, topic_id=topic.id, actor=who("张"))
    follow(database, add_run(database, 2, clusters=[one]))
    with database.transaction() as session:
        found = {t.status: t for t in topic_queries.list_topics(session, layer_id=1)}
        assert set(found) == {"open", "resolved"}
        assert found["resolved"].owner == "市政处"
        kinds = [e.kind for e in topic_queries.events_of(session, [found["resolved"].id])[found["resolved"].id]]
        assert kinds == ["appeared", "decided", "decided"]


def test_thresholds_are_those_of_the_day_and_history_cannot_be_rewritten(database: Database) -> None:
    with database.transaction() as session:
        session.execute(
            text("INSERT INTO hotspot_policy (valid_from, thresholds) VALUES ('2026-01-01', '{\"hot_q\": 0.01}')")
        )
    with database.transaction() as session:
        assert dated_policy.thresholds_on(session, date(2025, 12, 31))["hot_q"] == 0.05
        assert dated_policy.thresholds_on(session, date(2026, 1, 1))["hot_q"] == 0.01
    with pytest.raises(IntegrityError, match="append-only"), database.transaction() as session:
        session.execute(text("UPDATE hotspot_policy SET note = 'x'"))


@pytest.mark.parametrize(
    ("place", "what", "title"),
    [
        ("14", "Graffiti Removal", "14 Graffiti Removal"),
        ("新安社区", "占道经营", "新安社区占道经营"),
        ("新安社区", "Graffiti", "新安社区 Graffiti"),
        ("3号（北）", "占道经营", "3号（北）占道经营"),
        ("", "Graffiti", "Graffiti"),
    ],
)
def test_words_of_a_title_run_together_only_in_chinese(place: str, what: str, title: str) -> None:
    assert joined_words(place, what) == title
