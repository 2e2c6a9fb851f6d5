"""Which release answers when: swapped at its instant, past instants from theirs, memory goes on without a database."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from core import clock
from core.db import Database
from core.errors import DatabaseUnavailableError
from grids.assignment import operations, release_cache
from grids.assignment.errors import BoundariesNotLoadedError
from grids.assignment.release_cache import ReleaseCache
from grids.boundaries import operations as boundaries
from grids.boundaries import queries as boundary_queries
from grids.boundaries.errors import LayerNotFoundError
from grids.boundaries.release_rules import ReleaseRules
from tests.factories.identity import who

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from core.settings import Settings
    from grids.boundaries.records import AreaRecord
    from grids.boundaries.tables import Release

    Publish = Callable[..., Release]


def code_at(releases: ReleaseCache, at: datetime | None = None) -> str | None:
    return operations.assign(releases, x=113.005, y=34.005, at=at).code


def renamed(areas: list[AreaRecord], to: str) -> list[AreaRecord]:
    return [replace(area, code=to) if area.code == "g00" else area for area in areas]


def test_the_release_in_force_answers_with_chain_and_units(
    releases: ReleaseCache, publish: Publish, district: list[AreaRecord]
) -> None:
    publish(district)
    releases.refresh()
    answer = operations.assign(releases, x=113.005, y=34.005)
    assert [(area["code"], area["unit_name"]) for area in answer.areas] == [("D", "unit D"), ("g00", "unit g00")]
    assert answer.release is not None
    assert answer.release.number == 1


def test_a_release_is_loaded_ahead_and_answers_from_its_instant_on(
    releases: ReleaseCache, publish: Publish, district: list[AreaRecord]
) -> None:
    publish(district)
    instant = clock.now() + timedelta(seconds=1.5)
    publish(renamed(district, "new"), effective_at=instant)
    releases.refresh()
    seen = []
    while not seen or seen[-1][1] == "g00":
        seen.append((clock.now(), code_at(releases), clock.now()))
        assert clock.now() < instant + timedelta(seconds=5)
    assert all(after < instant for _, code, after in seen[:-1] if code == "g00" and after < instant)
    assert seen[-1][1] == "new"
    assert seen[-1][2] >= instant
    assert all(before < instant for before, code, _ in seen if code == "g00")


def test_a_past_instant_is_answered_from_its_own_release(
    releases: ReleaseCache, publish: Publish, district: list[AreaRecord], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(release_cache, "OLD_RELEASES_KEPT", 2)
    start = clock.now() - timedelta(days=1)
    first = publish(district, effective_at=start)
    instants = {"g00": first.effective_at}
    for number in range(4):
        instants[f"n{number}"] = publish(renamed(district, f"n{number}")).effective_at
    releases.refresh()
    for _ in range(2):
        assert {code: code_at(releases, at) for code, at in instants.items()} == {code: code for code in instants}
    assert code_at(releases, start - timedelta(seconds=1)) is None
    assert code_at(releases) == "n3"


def test_notices_bring_a_new_release_to_a_running_process(
    database: Database, settings: Settings, publish: Publish, district: list[AreaRecord]
) -> None:
    releases = ReleaseCache(database, settings)
    releases.start()
    try:
        assert code_at(releases) is None
        time.sleep(0.3)
        publish(district)
        until = time.monotonic() + 10
        while code_at(releases) is None and time.monotonic() < until:
            time.sleep(0.02)
        assert code_at(releases) == "g00"
    finally:
        releases.close()
    assert not [thread for thread in threading.enumerate() if thread.name == "release-indexes"]


def test_memory_goes_on_answering_while_the_database_is_away(
    settings: Settings, publish: Publish, district: list[AreaRecord]
) -> None:
    first = publish(district, effective_at=clock.now() - timedelta(days=1))
    publish(renamed(district, "new"))
    away = Database(settings)
    releases = ReleaseCache(away, settings)
    releases.refresh()
    away.close()
    nowhere = settings.model_copy(update={"database_url": "postgresql://nobody@127.0.0.1:1/none"})
    away.libpq_url, away.engine = nowhere.libpq_url, Database(nowhere).engine
    away._sessions.configure(bind=away.engine)  # noqa: SLF001
    with pytest.raises(DatabaseUnavailableError):
        releases.refresh()
    assert code_at(releases) == "new"
    with pytest.raises(DatabaseUnavailableError):
        code_at(releases, first.effective_at)
    away.close()


def test_a_process_that_never_saw_the_database_says_so(settings: Settings) -> None:
    nowhere = settings.model_copy(update={"database_url": "postgresql://nobody@127.0.0.1:1/none"})
    with pytest.raises(BoundariesNotLoadedError):
        ReleaseCache(Database(nowhere), nowhere).in_force_at()


def test_a_second_process_starts_from_the_kept_index(
    releases: ReleaseCache,
    database: Database,
    settings: Settings,
    publish: Publish,
    district: list[AreaRecord],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    publish(district)
    releases.refresh()
    kept = sorted(path.name for path in (settings.cache_dir / "point_location").iterdir())
    assert len(kept) == 2
    monkeypatch.setattr("geo.point_location.index.build_buffer", lambda _: pytest.fail("built again"))
    second = ReleaseCache(database, settings)
    second.refresh()
    assert code_at(second) == "g00"


def test_an_unknown_layer_is_named(releases: ReleaseCache, publish: Publish, district: list[AreaRecord]) -> None:
    publish(district)
    releases.refresh()
    with pytest.raises(LayerNotFoundError, match="police"):
        operations.assign(releases, x=113.0, y=34.0, layer="police")


def test_a_tolerance_counts_from_the_release_that_brings_it(
    releases: ReleaseCache, database: Database, publish: Publish, district: list[AreaRecord]
) -> None:
    publish(district)
    releases.refresh()
    before = clock.now()
    assert operations.assign(releases, x=112.9998, y=34.005).method == "nearest"
    rules = ReleaseRules(nearest_tolerance_m=1.0)
    with database.transaction() as session:
        layer = boundary_queries.get_layer(session, "admin")
        publication = boundaries.Publication(author=who("test"), answering=rules)
        boundaries.publish(session, layer=layer, areas=district, publication=publication, lead_s=0.0)
    releases.refresh()
    assert operations.assign(releases, x=112.9998, y=34.005).method == "unassigned"
    assert operations.assign(releases, x=112.9998, y=34.005, at=before).method == "nearest"
