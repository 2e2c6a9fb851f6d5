"""The policy of hotspots is dated, added to, never changed, and says of a channel what kind of source it is."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from core import clock
from core.audit import AuditEntry
from governance.channels.queries import kinds_on
from governance.channels.rules import ChannelInvalidError
from governance.hotspots.policy.dated_policy import (
    LEVEL,
    THRESHOLDS,
    PolicyDateError,
    PolicyExistsError,
    PolicyInvalidError,
    add_policy,
    list_policies,
    policy_on,
    thresholds_on,
)
from grids.boundaries import operations as boundaries
from tests.factories.identity import who

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


def today() -> date:
    return clock.now().astimezone(clock.LOCAL).date()


def add(session: Session, days: int = 1, **given: Any) -> None:
    options = {"thresholds": {}, "sources": {}, "note": "", "actor": who("规划科")}
    add_policy(session, valid_from=today() + timedelta(days=days), **{**options, **given})


def test_the_defaults_name_every_threshold_there_is(session: Session) -> None:
    (only,) = list_policies(session)
    assert set(only.thresholds) == {*THRESHOLDS, LEVEL}
    assert all(THRESHOLDS[n].low <= v <= THRESHOLDS[n].high for n, v in only.thresholds.items() if n != LEVEL)
    assert kinds_on(session, only.valid_from)["quick-note"] == "quick_note"


def test_a_policy_counts_from_its_day_on_and_keeps_what_it_does_not_name(session: Session) -> None:
    before, kinds = policy_on(session, today()), kinds_on(session, today())
    add(session, 3, thresholds={"hot_q": 0.01}, sources={"app": "quick_note"}, note="六月例会")
    add(session, 9, thresholds={"gone_after_runs": 3})
    assert policy_on(session, today() + timedelta(days=2)).thresholds == before.thresholds
    first, second = (policy_on(session, today() + timedelta(days=d)) for d in (3, 9))
    assert first.thresholds == {**before.thresholds, "hot_q": 0.01}
    assert second.thresholds == {**first.thresholds, "gone_after_runs": 3}
    assert kinds_on(session, second.valid_from) == {**kinds, "app": "quick_note"}
    assert thresholds_on(session, today() + timedelta(days=8))["hot_q"] == 0.01
    assert (first.note, first.added_by) == ("六月例会", "规划科")
    entries = session.scalars(select(AuditEntry).where(AuditEntry.action == "hotspots.policy")).all()
    assert entries[0].detail["thresholds"] == {"hot_q": 0.01}


def test_what_is_past_and_what_is_taken_are_refused(session: Session) -> None:
    for days in (-1, 0, 5000):
        with pytest.raises(PolicyDateError) as refused:
            add(session, days)
        assert refused.value.field == "valid_from"
    add(session)
    with pytest.raises(PolicyExistsError, match="choose another day"):
        add(session)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"thresholds": {"hot_q": 0.9}}, "thresholds.hot_q"),
        ({"thresholds": {"hot_q": "x"}}, "thresholds.hot_q"),
        ({"thresholds": {"hot_q": True}}, "thresholds.hot_q"),
        ({"thresholds": {"gone_after_runs": 1.5}}, "thresholds.gone_after_runs"),
        ({"thresholds": {"nonsense": 1}}, "thresholds.nonsense"),
        ({"thresholds": {LEVEL: "village"}}, f"thresholds.{LEVEL}"),
        ({"sources": {"12345": "friend"}}, "sources.12345"),
        ({"sources": {" ": "patrol"}}, "sources. "),
    ],
)
def test_a_value_that_cannot_be_is_refused_by_name(session: Session, given: dict[str, Any], field: str) -> None:
    with pytest.raises((PolicyInvalidError, ChannelInvalidError)) as refused:
        add(session, **given)
    assert refused.value.field == field
    assert len(list_policies(session)) == 1


def test_the_level_of_common_matters_is_one_of_a_layer(session: Session) -> None:
    boundaries.create_layer(session, code="admin", name="行政", levels=["street", "grid"], actor=who("t"))
    add(session, thresholds={LEVEL: "street"})
    assert list_policies(session)[0].thresholds[LEVEL] == "street"
