"""A release that is not in force is withdrawn by two persons, as if it had never been; what is in force never is."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import psycopg
import pytest
from sqlalchemy import select

from core import clock
from core.audit import AuditEntry
from grids.boundaries import operations as registry_operations
from grids.boundaries import queries as registry
from grids.boundaries.errors import (
    ReleaseInForceError,
    ReleaseNeededError,
    ReleaseWithdrawnError,
    WithdrawalNotRequestedError,
    WithdrawalRequestedError,
)
from grids.boundaries.rules import fingerprints
from grids.change_sets import operations, queries
from grids.change_sets.errors import SecondPersonError
from tests.factories.identity import who
from tests.grids.change_sets.drafts import across, do, draft, first_grid, published

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from core.db import Database
    from grids.boundaries.records import AreaRecord

FAR = timedelta(days=36 * 365)


def publish_at(database: Database, change_set: int, at: datetime) -> int:
    with database.transaction() as session:
        operations.submit(session, change_set_id=change_set, actor=who("editor"))
        operations.approve(session, change_set_id=change_set, actor=who("approver"), effective_at=at)
        done = operations.publish_change_set(session, change_set_id=change_set, actor=who("approver"), lead_s=0)
        return done.release.number


def request(database: Database, layer: str, number: int, actor: str = "editor") -> None:
    with database.transaction() as session:
        found = registry.get_layer(session, layer)
        operations.request_withdrawal(session, layer=found, number=number, actor=who(actor), reason="生效年份写错")


def approve(database: Database, layer: str, number: int, actor: str = "approver") -> None:
    with database.transaction() as session:
        found = registry.get_layer(session, layer)
        operations.approve_withdrawal(session, layer=found, number=number, actor=who(actor))


def contents(database: Database, layer: str, at: datetime) -> dict[str, bytes]:
    with database.transaction() as session:
        return fingerprints(a.record for a in registry.areas_at(session, registry.get_layer(session, layer), at))


def split_far_ahead(database: Database, layer: str) -> tuple[int, int, datetime]:
    """Publish a split that takes effect in 36 years; return the change set, the release's number and its instant."""
    before = published(database, layer)
    code = first_grid(before)
    change_set = draft(database, layer)
    do(database, change_set, "split", code, geometry=across(before[code]))
    at = clock.now() + FAR
    return change_set, publish_at(database, change_set, at), at


def test_a_wrong_year_is_taken_back_and_the_layer_goes_on(database: Database, district: str) -> None:
    before = contents(database, district, clock.now())
    change_set, number, at = split_far_ahead(database, district)
    after = contents(database, district, at)
    assert after != before
    request(database, district, number)
    assert contents(database, district, at) != before, "asking alone changes nothing"
    approve(database, district, number)
    assert contents(database, district, at) == before == contents(database, district, clock.now())
    with database.transaction() as session:
        found = registry.get_layer(session, district)
        assert registry.get_release(session, found, number).withdrawn_at is not None
        histories = [registry.area_history(session, found, code) for code in before]
        assert all(len(states) == 1 and states[0].valid_to is None for states in histories)
        assert not any(queries.lineage(session, found, code, backwards=False) for code in before.keys() - after.keys())
        with pytest.raises(ReleaseWithdrawnError):
            registry_operations.roll_back(
                session,
                layer=found,
                to_number=number,
                publication=registry_operations.Publication(author=who("t")),
                lead_s=0,
            )
        # The draft is open again with its edits, on the release that is the latest again.
        reopened = queries.get_change_set(session, change_set)
        assert (reopened.state, reopened.approved_by, reopened.published_release_id) == ("open", None, None)
    again = publish_at(database, change_set, clock.now() + timedelta(seconds=5))
    assert again == number + 1, "a number is not given twice"
    assert fingerprints(published(database, district).values()) == after


def test_the_same_instant_may_be_named_again_and_withdrawn_again(database: Database, district: str) -> None:
    before = contents(database, district, clock.now())
    change_set, number, at = split_far_ahead(database, district)
    request(database, district, number)
    approve(database, district, number)
    again = publish_at(database, change_set, at)
    assert contents(database, district, at) != before
    request(database, district, again)
    approve(database, district, again)
    assert contents(database, district, at) == before


def test_a_second_person_approves_and_the_audit_has_both(database: Database, district: str) -> None:
    _, number, _ = split_far_ahead(database, district)
    with pytest.raises(WithdrawalNotRequestedError):
        approve(database, district, number)
    request(database, district, number)
    with pytest.raises(SecondPersonError):
        approve(database, district, number, actor="editor")
    with pytest.raises(WithdrawalRequestedError):
        request(database, district, number, actor="other")
    approve(database, district, number)
    for step in (request, approve):
        with pytest.raises(ReleaseWithdrawnError):
            step(database, district, number)
    with database.transaction() as session:
        rows = session.scalars(select(AuditEntry).where(AuditEntry.subject == f"{district}/{number}")).all()
        by_action = {row.action: row for row in rows}
        assert by_action["releases.request_withdrawal"].actor == "editor"
        withdrawn = by_action["releases.withdraw"]
        assert withdrawn.actor == "approver"
        assert withdrawn.detail["requested_by"] == "editor"


def test_only_the_latest_release_without_drafts_on_it_and_none_in_force_is_withdrawn(
    database: Database, district: str
) -> None:
    with pytest.raises(ReleaseInForceError):
        request(database, district, 1)
    _, number, at = split_far_ahead(database, district)
    second = draft(database, district)
    with pytest.raises(ReleaseNeededError, match=f"change sets {second}"):
        request(database, district, number)
    do(database, second, "retire", first_grid(published(database, district)))
    with database.transaction() as session:
        found = registry.get_layer(session, district)
        first = registry.areas_of_release(session, found, registry.get_release(session, found, 1))
        registry_operations.publish(
            session,
            layer=found,
            areas=[a.record for a in first],
            publication=registry_operations.Publication(author=who("t"), effective_at=at + FAR),
            lead_s=0,
        )
        operations.withdraw(session, change_set_id=second, actor=who("editor"))
    with pytest.raises(ReleaseNeededError, match=f"Release {number + 1}"):
        request(database, district, number)
    for latest in (number + 1, number):
        request(database, district, latest)
        approve(database, district, latest)
    assert len(contents(database, district, at + 2 * FAR)) == len(first)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE release SET withdrawn_at = now() WHERE number = 2",
        "UPDATE release SET effective_at = now() WHERE number = 2",
        "DELETE FROM release WHERE number = 2",
        "UPDATE area SET valid_during = 'empty'",
        "UPDATE area SET valid_during = tstzrange(lower(valid_during), NULL) WHERE NOT upper_inf(valid_during)",
        "INSERT INTO release_withdrawal SELECT id, 'x', 'one', now(), 'one', now() FROM release WHERE number = 2",
    ],
)
def test_the_database_refuses_what_is_not_a_withdrawal_by_two(
    database: Database, district: str, statement: str
) -> None:
    split_far_ahead(database, district)
    with psycopg.connect(database.libpq_url) as connection, pytest.raises(psycopg.errors.IntegrityError):
        connection.execute(statement)


def test_the_first_release_too_is_withdrawn_and_the_next_may_lie_in_the_past(database: Database, district: str) -> None:
    with database.transaction() as session:
        layer = registry_operations.create_layer(
            session, code="new", name="新", levels=["district", "grid"], actor=who("t")
        )
        content = [a for a in published_records(session, district) if a.level == "district"]
        registry_operations.publish(
            session,
            layer=layer,
            areas=content,
            publication=registry_operations.Publication(author=who("t"), effective_at=clock.now() + FAR),
            lead_s=0,
        )
    request(database, "new", 1)
    approve(database, "new", 1)
    past = clock.now() - timedelta(days=100)
    with database.transaction() as session:
        found = registry.get_layer(session, "new")
        assert registry.latest_release(session, found) is None
        registry_operations.publish(
            session,
            layer=found,
            areas=content,
            publication=registry_operations.Publication(author=who("t"), effective_at=past),
            lead_s=0,
        )
    assert len(contents(database, "new", past)) == len(content)


def published_records(session: Session, layer: str) -> list[AreaRecord]:
    found = registry.get_layer(session, layer)
    latest = registry.latest_release(session, found)
    assert latest is not None
    return [a.record for a in registry.areas_of_release(session, found, latest)]
