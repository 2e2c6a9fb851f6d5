"""Whoever ever worked on a draft cannot approve it, whichever way the work was done, and even if nothing is left."""

from __future__ import annotations

import inspect
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from sqlalchemy import text

from grids.boundaries.files.limits import Limits
from grids.boundaries.release_rules import RulesChange
from grids.change_sets import operations, queries
from grids.change_sets.errors import SecondPersonError
from grids.change_sets.rules.verbs import EditCommand
from identity import holders
from identity.keyring import Keyring
from identity.keys import create_key
from migrations.run import move_to
from tests.factories.identity import who
from tests.grids.change_sets.drafts import across, areas, draft, first_grid, publish, published

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.orm import Session

    from core.db import Database

REVIEWING = {"approve", "send_back", "publish_change_set", "withdraw", "request_withdrawal", "approve_withdrawal"}
"""Verbs of reviewers: they decide on a draft and change nothing in it."""


def _rename(session: Session, change_set: int, code: str, actor: str, name: str = "甲") -> None:
    operations.assign_facts(session, change_set_id=change_set, code=code, facts={"name": name}, actor=who(actor))


def _undo(session: Session, change_set: int, code: str, record: Any) -> None:
    del code, record
    operations.undo(session, change_set_id=change_set, actor=who("hand"))


def _facts(session: Session, change_set: int, code: str, record: Any) -> None:
    del record
    _rename(session, change_set, code, "hand", "乙")


def _edit(session: Session, change_set: int, code: str, record: Any) -> None:
    command = EditCommand("split", (code,), geometry=across(record))
    operations.edit(session, change_set_id=change_set, command=command, actor=who("hand"))


def _replace_one(session: Session, change_set: int, code: str, record: Any) -> None:
    del code
    operations.replace_area(session, change_set_id=change_set, area=_named(record), actor=who("hand"))


def _replace_many(session: Session, change_set: int, code: str, record: Any) -> None:
    del code
    operations.replace_areas(session, change_set_id=change_set, areas=[_named(record)], actor=who("hand"))


def _delivery(session: Session, change_set: int, code: str, record: Any) -> None:
    del code
    operations.take_delivery(
        session, change_set_id=change_set, areas=[_named(record)], actor=who("hand"), limits=Limits(max_bytes=2**30)
    )


def _redesign(session: Session, change_set: int, code: str, record: Any) -> None:
    del code
    found = operations.propose(session, change_set_id=change_set, parent_code=record.parent_code, k=3)
    operations.take_redesign(session, change_set_id=change_set, redesign=found, actor=who("hand"))


def _rules(session: Session, change_set: int, code: str, record: Any) -> None:
    del code, record
    change = RulesChange(nearest_tolerance_m=7)
    operations.change_rules(session, change_set_id=change_set, change=change, actor=who("hand"))


def _submit(session: Session, change_set: int, code: str, record: Any) -> None:
    del code, record
    operations.submit(session, change_set_id=change_set, actor=who("hand"))
    operations.send_back(session, change_set_id=change_set, actor=who("approver"), reason="再看一遍")


def _named(record: Any) -> Any:
    return replace(record, name="丙")


TOUCHES: dict[str, Callable[[Session, int, str, Any], None]] = {
    "undo": _undo,
    "assign_facts": _facts,
    "edit": _edit,
    "replace_area": _replace_one,
    "replace_areas": _replace_many,
    "take_delivery": _delivery,
    "take_redesign": _redesign,
    "change_rules": _rules,
    "submit": _submit,
}
ELSEWHERE = {"open_draft", "hand_in", "take_files", "rebase", "resolve_conflict", "repair", "change_locking"}
"""Tested below, but for those of test_publishing.py and test_layers_over_http.py; change_locking changes no content."""


def test_every_verb_that_takes_an_actor_is_tested_here() -> None:
    verbs = {
        name
        for name in operations.__all__
        if inspect.isfunction(found := getattr(operations, name))
        and {"actor", "author", "publication"} & inspect.signature(found).parameters.keys()
    }
    assert verbs == TOUCHES.keys() | ELSEWHERE | REVIEWING


@pytest.mark.parametrize("verb", TOUCHES)
def test_who_touched_a_draft_cannot_approve_it(database: Database, district: str, verb: str) -> None:
    now = published(database, district)
    code = first_grid(now)
    change_set = draft(database, district)
    with database.transaction() as session:
        _rename(session, change_set, max(now), "editor")
        _rename(session, change_set, code, "editor")
    with database.transaction() as session:
        TOUCHES[verb](session, change_set, code, areas(database, change_set)[code])
    _refused(database, change_set, "hand")


def test_one_person_with_two_keys_cannot_approve_with_the_other_also_when_that_is_declared_later(
    database: Database, district: str
) -> None:
    with database.transaction() as session:
        keys = {name: create_key(session, name=name, scopes=[]) for name in ("liu-editor", "liu-approver")}
    hands = {name: Keyring(database).authenticate(key).actor for name, key in keys.items()}
    change_set = draft(database, district)
    with database.transaction() as session:
        code = first_grid(published(database, district))
        operations.assign_facts(
            session, change_set_id=change_set, code=code, facts={"name": "甲"}, actor=hands["liu-editor"]
        )
        operations.submit(session, change_set_id=change_set, actor=who("editor"))
    with database.transaction() as session:
        holders.join_keys(session, "liu-editor", "liu-approver", person="刘洋", actor=who("administrator"))
    for actor in (*hands.values(), *(Keyring(database).authenticate(key).actor for key in keys.values())):
        with pytest.raises(SecondPersonError), database.transaction() as session:
            operations.approve(session, change_set_id=change_set, actor=actor)
    with database.transaction() as session:
        holders.separate_key(session, "liu-approver", actor=who("administrator"))
        operations.approve(session, change_set_id=change_set, actor=hands["liu-approver"])


def test_who_edited_cannot_approve_although_the_edit_was_undone(database: Database, district: str) -> None:
    code, *_, last = sorted(c for c, r in published(database, district).items() if r.level == "grid")
    change_set = draft(database, district)
    with database.transaction() as session:
        _rename(session, change_set, last, "editor")
        _rename(session, change_set, code, "hand")
        operations.undo(session, change_set_id=change_set, actor=who("editor"))
    _refused(database, change_set, "hand")


@pytest.mark.parametrize("settled", [False, True])
def test_who_rebased_or_settled_a_conflict_cannot_approve(database: Database, district: str, settled: bool) -> None:  # noqa: FBT001
    grids = sorted(c for c, r in published(database, district).items() if r.level == "grid")
    one, two = draft(database, district), draft(database, district)
    with database.transaction() as session:
        _rename(session, one, grids[0], "editor")
        _rename(session, two, grids[0] if settled else grids[-1], "editor", "乙")
    publish(database, one)
    with database.transaction() as session:
        if settled:
            operations.resolve_conflict(session, change_set_id=two, code=grids[0], keep="mine", actor=who("hand"))
        else:
            operations.rebase(session, change_set_id=two, actor=who("hand"))
    _refused(database, two, "hand")


def test_who_took_a_repair_cannot_approve(database: Database, district: str) -> None:
    now = published(database, district)
    code = first_grid(now)
    change_set = draft(database, district)
    wider = replace(now[code], geom=now[code].geom.buffer(1e-6))
    with database.transaction() as session:
        operations.replace_areas(session, change_set_id=change_set, areas=[wider], actor=who("editor"))
        operations.repair(session, change_set_id=change_set, keys=None, actor=who("hand"))
    _refused(database, change_set, "hand")


def test_who_only_tried_an_edit_may_approve(database: Database, district: str) -> None:
    now = published(database, district)
    code = first_grid(now)
    change_set = draft(database, district)
    with database.transaction() as session:
        _rename(session, change_set, code, "editor")
        command = EditCommand("split", (code,), geometry=across(now[code]))
        operations.edit(session, change_set_id=change_set, command=command, actor=who("approver"), dry_run=True)
    assert publish(database, change_set) == 2


def test_who_sent_a_draft_back_may_approve_it_later(database: Database, district: str) -> None:
    change_set = draft(database, district)
    with database.transaction() as session:
        _rename(session, change_set, first_grid(published(database, district)), "editor")
        operations.submit(session, change_set_id=change_set, actor=who("editor"))
        operations.send_back(session, change_set_id=change_set, actor=who("approver"), reason="名称有误")
    assert publish(database, change_set) == 2


def test_a_rebase_takes_the_approval_back(database: Database, district: str) -> None:
    grids = sorted(c for c, r in published(database, district).items() if r.level == "grid")
    one, two = draft(database, district), draft(database, district)
    with database.transaction() as session:
        _rename(session, one, grids[0], "editor")
        _rename(session, two, grids[-1], "editor")
        operations.submit(session, change_set_id=two, actor=who("editor"))
        operations.approve(session, change_set_id=two, actor=who("approver"))
    publish(database, one)
    with database.transaction() as session:
        done = operations.rebase(session, change_set_id=two, actor=who("editor")).change_set
        assert (done.state, done.submitted_by, done.approved_by, done.approved_at) == ("open", None, None, None)


def test_the_record_of_hands_cannot_be_changed(database: Database, district: str) -> None:
    draft(database, district)
    with pytest.raises(Exception, match="append-only"), database.transaction() as session:
        session.execute(text("DELETE FROM change_set_hand"))


def test_hands_of_drafts_from_before_are_found_in_edits_and_audit(
    database: Database, database_url: str, district: str
) -> None:
    code = first_grid(published(database, district))
    change_set = draft(database, district)
    with database.transaction() as session:
        _rename(session, change_set, code, "undone")
        operations.undo(session, change_set_id=change_set, actor=who("undoer"))
        _rename(session, change_set, code, "editor")
        operations.submit(session, change_set_id=change_set, actor=who("submitter"))
        operations.send_back(session, change_set_id=change_set, actor=who("approver"), reason="再看")
    move_to(database_url, "0011")
    move_to(database_url, "head")
    with psycopg.connect(database_url) as connection:
        found = connection.execute("SELECT actor FROM change_set_hand ORDER BY actor").fetchall()
    assert [row[0] for row in found] == ["editor", "submitter", "undoer", "undone"]


def _refused(database: Database, change_set: int, actor: str) -> None:
    with database.transaction() as session:
        assert who(actor).id in queries.hands(session, queries.get_change_set(session, change_set))
    with database.transaction() as session:
        if queries.get_change_set(session, change_set).state == "open":
            operations.submit(session, change_set_id=change_set, actor=who("editor"))
    with pytest.raises(SecondPersonError), database.transaction() as session:
        operations.approve(session, change_set_id=change_set, actor=who(actor))
