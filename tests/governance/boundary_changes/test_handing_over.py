"""Open matters come under the release in force, once, whatever happens between two batches."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
import shapely
from sqlalchemy import text

from core import clock
from governance.boundary_changes import operations, queries
from governance.reports import operations as reports
from grids.boundaries import operations as registry_operations
from grids.boundaries import queries as registry
from grids.boundaries.records import AreaRecord
from tests.factories.cases import open_case_of
from tests.factories.events import wait_until_readable
from tests.factories.identity import who
from tests.factories.reports import decide, store_report

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from core.db import Database

    Draft = Callable[..., int]
    Publish = Callable[[int], int]


def border_at(lon: float) -> shapely.LineString:
    return shapely.LineString([(lon, 34.79), (lon, 34.82)])


def history(town: Database) -> list[tuple[int, str, int, list[str]]]:
    with town.transaction() as session:
        rows = session.execute(
            text("SELECT report_id, cause, release_number, area_path FROM report_reassignment ORDER BY id")
        )
        return [tuple(row) for row in rows]


def places(town: Database) -> dict[int, str | None]:
    """Where each report stands now."""
    with town.transaction() as session:
        rows = session.execute(
            text("SELECT report_id, area_path[cardinality(area_path)] FROM report_place ORDER BY report_id")
        )
        return {row[0]: row[1] for row in rows}


def report_at(town: Database, lon: float, *, release: int, seconds_ago: float) -> int:
    """Store a report that found its area in a release, some seconds ago, and open its case."""
    at, area = clock.now() - timedelta(seconds=seconds_ago), "a" if release == 1 else "b"
    with town.transaction() as session:
        stored = store_report(session, lon=lon, lat=34.805, path=("c", area), at=at, release=release)
        return open_case_of(session, stored)


def settle(town: Database, report: int, code: str) -> None:
    """Put a report into an area by hand, without a point."""
    with town.transaction() as session:
        decide(session, report, ("c", code))


def test_the_handover_does_what_the_preview_said_once(
    town: Database, draft: Draft, publish: Publish, tmp_path: Path
) -> None:
    change_set = draft("reshape", "a", "b", geometry=border_at(113.3085))
    with town.transaction() as session:
        said = operations.preview(session, change_set_id=change_set).impact
    publish(change_set)
    (done,) = operations.hand_over(town, cache=tmp_path)
    assert (done.state, done.examined, done.to_examine) == ("done", 39, 39)
    assert done.moved == said.open_moved > 0
    assert operations.hand_over(town, cache=tmp_path) == []
    assert [row[1:] for row in history(town)] == [("release", 2, ["c", "b"])] * done.moved


def test_the_first_release_hands_nothing_over(town: Database, tmp_path: Path) -> None:
    assert operations.hand_over(town, cache=tmp_path) == []


@pytest.mark.parametrize("batches_before", [0, 1, 2])
def test_a_killed_worker_goes_on_behind_its_last_batch(
    town: Database, draft: Draft, publish: Publish, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, batches_before: int
) -> None:
    publish(draft("merge", "a", "b", into="b"))
    stored = reports.reassign
    calls = 0

    def dies(*words: Any, **named: Any) -> int:
        nonlocal calls
        calls += 1
        written = stored(*words, **named)
        if calls > batches_before:
            raise KeyboardInterrupt
        return written

    monkeypatch.setattr(reports, "reassign", dies)
    with pytest.raises(KeyboardInterrupt):
        operations.hand_over(town, cache=tmp_path, batch=7)
    monkeypatch.undo()
    with town.transaction() as session:
        ((_, half),) = queries.handovers_of(session, layer_id=1)
    assert (half.state, half.examined) == ("running", 7 * batches_before)
    (done,) = operations.hand_over(town, cache=tmp_path, batch=7)
    assert (done.state, done.examined, done.moved) == ("done", 39, 19)
    moved = [row[0] for row in history(town)]
    assert len(moved) == len(set(moved)) == 19


def test_of_two_releases_shortly_after_one_another_the_later_counts(
    town: Database, draft: Draft, publish: Publish, tmp_path: Path
) -> None:
    publish(draft("reshape", "a", "b", geometry=border_at(113.305)))
    publish(draft("reshape", "a", "b", geometry=border_at(113.307)))
    operations.hand_over(town, cache=tmp_path)
    assert {row[2] for row in history(town)} == {3}
    with town.transaction() as session:
        states = [(number, h.state) for number, h in queries.handovers_of(session, layer_id=1)]
    assert states == [(3, "done"), (2, "overtaken")]


def test_a_release_that_takes_effect_in_the_middle_takes_over(
    town: Database, draft: Draft, publish: Publish, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(draft("reshape", "a", "b", geometry=border_at(113.305)))
    stored = reports.reassign
    published: list[int] = []

    def publishes(*words: Any, **named: Any) -> int:
        written = stored(*words, **named)
        if not published:
            published.append(publish(draft("reshape", "a", "b", geometry=border_at(113.3095))))
        return written

    monkeypatch.setattr(reports, "reassign", publishes)
    operations.hand_over(town, cache=tmp_path, batch=12)
    with town.transaction() as session:
        states = [(number, h.state) for number, h in queries.handovers_of(session, layer_id=1)]
    assert states == [(3, "done"), (2, "overtaken")]
    with town.transaction() as session:
        rows = session.execute(
            text(
                "SELECT ST_X(p.geom) > 113.3095, p.area_path[2] FROM report_place p JOIN report r ON r.id = p.report_id"
                " JOIN case_record c ON c.id = r.id WHERE p.geom IS NOT NULL"
            )
        ).all()
    assert {tuple(row) for row in rows} == {(False, "a"), (True, "b")}


def test_a_rollback_brings_matters_back(town: Database, draft: Draft, publish: Publish, tmp_path: Path) -> None:
    before = places(town)
    publish(draft("merge", "a", "b", into="b"))
    operations.hand_over(town, cache=tmp_path)
    assert places(town) != before
    with town.transaction() as session:
        layer = registry.get_layer(session, "admin")
        registry_operations.roll_back(
            session, layer=layer, to_number=1, publication=registry_operations.Publication(author=who("test")), lead_s=0
        )
    operations.hand_over(town, cache=tmp_path)
    assert places(town) == before
    assert {row[2] for row in history(town)} == {2, 3}


def test_what_was_being_stored_meanwhile_is_handed_over_later(
    town: Database, draft: Draft, publish: Publish, tmp_path: Path
) -> None:
    publish(draft("merge", "a", "b", into="b"))
    operations.hand_over(town, cache=tmp_path)
    late = report_at(town, 113.301, release=1, seconds_ago=30)
    fresh = report_at(town, 113.302, release=2, seconds_ago=1)
    wait_until_readable(town)
    operations.hand_over(town, cache=tmp_path)
    assert [row[0] for row in history(town)].count(late) == 1
    assert places(town)[late] == "b"
    assert fresh not in {row[0] for row in history(town)}
    with town.transaction() as session:
        ((_, told),) = queries.handovers_of(session, layer_id=1)
    assert (told.state, told.moved) == ("done", 20)


def test_what_a_person_decided_meanwhile_is_not_overwritten(
    town: Database, draft: Draft, publish: Publish, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(draft("reshape", "a", "b", geometry=border_at(113.305)))
    read = queries.open_reports
    decided: list[int] = []

    def decides(*words: Any, **named: Any) -> list[queries.OpenReport]:
        found = read(*words, **named)
        if not decided and found:
            decided.append(next(m.id for m in found if m.lon and 113.306 < m.lon < 113.309))
            settle(town, decided[0], "a")
        return found

    monkeypatch.setattr(queries, "open_reports", decides)
    operations.hand_over(town, cache=tmp_path)
    assert places(town)[decided[0]] == "a"
    assert [row[1] for row in history(town) if row[0] == decided[0]] == ["triage"]


def test_a_person_s_choice_of_an_area_stands_while_the_area_does_and_then_follows_its_land(
    town: Database, draft: Draft, publish: Publish, tmp_path: Path
) -> None:
    ids = list(places(town))
    with_point, without = ids[0], ids[-1]
    settle(town, with_point, "b")  # its point lies in a
    settle(town, without, "a")
    publish(draft("reshape", "a", "b", geometry=border_at(113.309)))
    operations.hand_over(town, cache=tmp_path)
    assert (places(town)[with_point], places(town)[without]) == ("b", "a")
    publish(draft("split", "a", geometry=border_at(113.303), new_codes=("a1", "a2")))
    operations.hand_over(town, cache=tmp_path)
    assert (places(town)[with_point], places(town)[without]) == ("b", "a2")


def test_a_choice_whose_area_ended_with_no_successor_goes_to_triage(town: Database, tmp_path: Path) -> None:
    ids = list(places(town))
    settle(town, ids[-1], "a")
    with town.transaction() as session:
        registry_operations.publish(
            session,
            layer=registry.get_layer(session, "admin"),
            areas=[
                AreaRecord("community", "c", "社区", shapely.box(113.31, 34.80, 113.32, 34.81)),
                AreaRecord("grid", "b", "乙", shapely.box(113.31, 34.80, 113.32, 34.81), "c", "unit-b", "乙组"),
            ],
            publication=registry_operations.Publication(author=who("test")),
            lead_s=0,
        )
    operations.hand_over(town, cache=tmp_path)
    with town.transaction() as session:
        methods = {row[0]: row[1] for row in session.execute(text("SELECT report_id, method FROM report_place"))}
    assert (methods[ids[-1]], methods[ids[0]]) == ("unassigned", "unassigned")
