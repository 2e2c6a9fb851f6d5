"""Channels are dated: who sends for them in which datum, and what kind of source they are."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import clock
from governance.channels import operations, queries, rules
from governance.channels.memory import ChannelCache
from governance.channels.rules import (
    Binding,
    ChannelAmbiguousError,
    ChannelForbiddenError,
    ChannelInvalidError,
    ChannelKindExistsError,
    ChannelMissingError,
)
from identity.keys import ApiClient, KeyNotFoundError, create_key
from migrations.run import move_to
from tests.factories.identity import issue_key, who

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from core.db import Database

TOMORROW = clock.now().astimezone(clock.LOCAL).date() + timedelta(days=1)


@given(st.none() | st.sampled_from("abcd"), st.lists(st.sampled_from("abc"), unique=True))
def test_a_report_comes_under_a_channel_of_its_key_and_under_no_other(sent: str | None, bound: list[str]) -> None:
    bindings = [Binding(channel, f"EPSG:{n}") for n, channel in enumerate(bound)]
    if (sent in bound) or (sent is None and len(bound) == 1):
        assert rules.choose(sent, bindings).channel == (sent or bound[0])
        return
    expected = ChannelMissingError if not bound else ChannelAmbiguousError if sent is None else ChannelForbiddenError
    with pytest.raises(expected):
        rules.choose(sent, bindings)


def test_a_key_is_bound_to_channels_each_with_its_datum_from_then_on(database: Database) -> None:
    with database.transaction() as session:
        create_key(session, name="hub", scopes=[])
        for channel, crs in (("12345", "BD-09"), ("app", "GCJ-02"), ("12345", "GCJ-02")):
            operations.bind_key(session, key="hub", channel=channel, crs=crs, actor=who("t"))
        number = _number(session, "hub")
    cache = ChannelCache(database)
    assert cache.at_hand(number) is None
    assert cache.bindings_of(number) == cache.at_hand(number) == (Binding("12345", "GCJ-02"), Binding("app", "GCJ-02"))
    with database.transaction() as session:
        assert operations.unbind_key(session, key="hub", channel="app", actor=who("t"))
        assert not operations.unbind_key(session, key="hub", channel="app", actor=who("t"))
        assert queries.bindings_of(session, number, clock.now()) == (Binding("12345", "GCJ-02"),)
        with pytest.raises(KeyNotFoundError):
            operations.bind_key(session, key="nobody", channel="app", crs="WGS84", actor=who("t"))
        for channel, crs in ((" ", "WGS84"), ("a\nb", "WGS84"), ("x" * 81, "WGS84"), ("app", "EPSG:999999")):
            with pytest.raises(ChannelInvalidError):
                operations.bind_key(session, key="hub", channel=channel, crs=crs, actor=who("t"))


def test_kinds_count_from_their_day_and_are_never_changed(session: Session) -> None:
    before = queries.kinds_on(session, TOMORROW)
    assert before["quick-note"] == "quick_note"
    operations.name_kind(session, channel="app", kind="sensor", valid_from=TOMORROW, note="", actor=who("t"))
    assert queries.kinds_on(session, TOMORROW - timedelta(days=1)) == before
    assert queries.kinds_on(session, TOMORROW) == before | {"app": "sensor"}
    with pytest.raises(ChannelKindExistsError):
        operations.name_kind(session, channel="app", kind="patrol", valid_from=TOMORROW, note="", actor=who("t"))
    for kind, day in (("friend", TOMORROW), ("patrol", TOMORROW - timedelta(days=1))):
        with pytest.raises(ChannelInvalidError):
            operations.name_kind(session, channel="b", kind=kind, valid_from=day, note="", actor=who("t"))


def test_keys_and_policies_of_the_release_before_become_rows_and_the_way_leads_back(
    database: Database, database_url: str
) -> None:
    with database.transaction() as session:
        issue_key(session, name="hotline", scopes=[], channel="12345", crs="BD-09")
        create_key(session, name="viewer", scopes=[])
        operations.name_kind(session, channel="app", kind="sensor", valid_from=TOMORROW, note="n", actor=who("t"))
        kinds = queries.kinds_on(session, date(2026, 1, 1)), queries.kinds_on(session, TOMORROW)
    database.close()
    with psycopg.connect(database_url, autocommit=True) as connection:
        move_to(database_url, "0022")
        clients = connection.execute("SELECT name, channel, crs FROM api_client ORDER BY id").fetchall()
        assert clients == [("hotline", "12345", "BD-09"), ("viewer", None, "WGS84")]
        policies = connection.execute("SELECT sources, thresholds FROM hotspot_policy ORDER BY valid_from").fetchall()
        assert tuple(row[0] for row in policies) == kinds
        assert policies[0][1] == policies[1][1]
        move_to(database_url, "head")
    with database.transaction() as session:
        assert (queries.kinds_on(session, date(2026, 1, 1)), queries.kinds_on(session, TOMORROW)) == kinds
        number = _number(session, "hotline")
        assert queries.bindings_of(session, number, clock.now()) == (Binding("12345", "BD-09"),)


def test_a_key_of_several_channels_is_not_taken_back_to_a_version_that_knows_one(
    database: Database, database_url: str
) -> None:
    with database.transaction() as session:
        issue_key(session, name="hub", scopes=[], channel="a")
        operations.bind_key(session, key="hub", channel="b", crs="WGS84", actor=who("t"))
    database.close()
    with pytest.raises(Exception, match="several channels"):
        move_to(database_url, "0022")


def _number(session: Session, name: str) -> int:
    return session.query(ApiClient.id).filter(ApiClient.name == name).scalar()
