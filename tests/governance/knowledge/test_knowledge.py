"""The knowledge base: what an entry must have, how near it is to a question, and what was answered when."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.categories.rules import CategoryNotFoundError
from governance.knowledge import operations, queries, rules
from governance.knowledge.rules import EntryIn
from tests.factories.identity import who

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

OLD, NEW = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 7, 1, tzinfo=UTC)
DOGS = EntryIn("K01", "犬只登记在哪里办", "到居住地派出所办理。", "养犬管理条例第十二条", OLD)
NOISE = EntryIn(
    "K02", "夜间施工几点以后不允许", "22 时至次日 6 时不得施工，抢修除外。", "噪声污染防治法第四十三条", OLD
)
TEXTS = st.text(st.characters(categories=("L", "N", "P", "Z")), max_size=30)


@given(TEXTS, TEXTS, TEXTS)
def test_nearness_is_a_share_that_only_grows_with_what_an_entry_holds(question: str, title: str, answer: str) -> None:
    near = rules.nearness(question, title, answer)
    assert 0 <= near <= 1
    assert near <= rules.nearness(question, title + "。" + question, answer) <= 1
    assert rules.nearness(question, question, answer) in {0, 1}


def test_the_entry_that_answers_stands_first_and_what_is_far_is_not_offered(session: Session) -> None:
    for one in (DOGS, NOISE):
        assert operations.state_entry(session, one, actor=who("test"))
    for question, code in (
        ("养狗到哪里登记", "K01"),
        ("犬只登记", "K01"),
        ("晚上施工到几点", "K02"),
        ("派出所在哪里", "K01"),
    ):
        found = queries.search(session, question, NEW)
        assert (found[0].entry.entry_code if found else None) == code, question
    assert queries.search(session, "公园几点开门", NEW) == []
    assert queries.search(session, "？！", NEW) == []


def test_an_answer_holds_for_its_time_and_the_one_before_stays(session: Session) -> None:
    operations.state_entry(session, DOGS, actor=who("test"))
    changed = EntryIn("K01", DOGS.question, "网上办理。", "2026 年修订版第十条", NEW)
    assert operations.state_entry(session, changed, actor=who("test"))
    assert not operations.state_entry(session, changed, actor=who("test"))
    assert queries.in_force(session, "K01", OLD).answer == DOGS.answer
    assert queries.in_force(session, "K01", NEW).answer == "网上办理。"
    assert operations.end_entry(session, "K01", at=datetime(2027, 1, 1, tzinfo=UTC), actor=who("test"))
    with pytest.raises(rules.KnowledgeNotFoundError):
        queries.in_force(session, "K01", datetime(2027, 1, 1, tzinfo=UTC))


def test_a_question_without_an_answer_waits_masked_until_an_entry_answers_it(session: Session) -> None:
    gap = operations.record_gap(session, "王建国 13800001234 问犬只登记", actor=who("test"))
    assert "13800001234" not in gap.question
    assert [one.id for one in queries.open_gaps(session)] == [gap.id]
    with pytest.raises(rules.KnowledgeNotFoundError):
        operations.close_gap(session, gap.id, entry="K01", actor=who("test"))
    operations.state_entry(session, DOGS, actor=who("test"))
    operations.close_gap(session, gap.id, entry="K01", actor=who("test"))
    assert queries.open_gaps(session) == []
    with pytest.raises(rules.KnowledgeGapClosedError):
        operations.close_gap(session, gap.id, entry="K01", actor=who("test"))


@pytest.mark.parametrize(
    ("change", "field"),
    [({"code": "a/b"}, "code"), ({"code": "gaps"}, "code"), ({"question": " "}, "question"), ({"answer": ""}, "answer"),
     ({"source": "x" * 201}, "source"), ({"answer": "\x00"}, "answer")],
)  # fmt: skip
def test_what_is_wrong_names_its_field(session: Session, change: dict[str, str], field: str) -> None:
    values = {name: getattr(DOGS, name) for name in ("code", "question", "answer", "source", "start")}
    with pytest.raises(rules.KnowledgeInvalidError) as wrong:
        operations.state_entry(session, EntryIn(**(values | change)), actor=who("test"))
    assert wrong.value.field == field


def test_an_entry_of_an_unknown_category_is_refused(session: Session) -> None:
    with pytest.raises(CategoryNotFoundError):
        operations.state_entry(session, EntryIn("K", "q", "a", "s", OLD, category_code="E9"), actor=who("test"))
