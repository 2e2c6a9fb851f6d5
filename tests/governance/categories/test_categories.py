"""Categories: a dated tree whose limits and units come from above, words of channels, and files of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from governance.categories import operations, queries
from governance.categories.imports import import_categories
from governance.categories.operations import CategoryIn
from governance.categories.rules import CategoryInUseError, CategoryInvalidError, CategoryNotFoundError, Limit
from governance.categories.states import LimitUnit, Step, Urgency
from governance.categories.table_files import CategoryFileError, parsed_limit, read_categories
from identity.units.operations import UnitIn, state_units
from identity.units.rules import UnitNotFoundError
from migrations.run import move_to
from tests.factories.identity import who
from tests.factories.reports import store_report
from tests.factories.workbooks import xlsx

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from core.db import Database

T = [datetime(2026, month, 1, tzinfo=UTC) for month in range(1, 13)]
SEED = Path(__file__).parents[3] / "data/categories/classes.csv"
ADMIN = who("admin")
HANDLE = (Step.HANDLE, Urgency.NORMAL)
HOURS = LimitUnit.WORKING_HOURS
EVENTS = CategoryIn(
    "E", "事件", "event", T[0], limits={HANDLE: Limit(5, LimitUnit.WORKING_DAYS)}, unit_code="410106"
)  # fmt: skip
RUBBISH = CategoryIn("E0102", "暴露垃圾", "event", T[0], parent_code="E", limits={HANDLE: Limit(4, HOURS)})
NOISE = CategoryIn("E0112", "噪声污染", "event", T[0], parent_code="E", public_name="噪声扰民")


@pytest.fixture
def tree(session: Session) -> Session:
    state_units(session, [UnitIn("410106", "运行中心", "centre", None, T[0])], actor=ADMIN)
    assert operations.state_categories(session, [RUBBISH, NOISE, EVENTS], actor=ADMIN) == 5
    assert operations.state_categories(session, [EVENTS, RUBBISH], actor=ADMIN) == 0, "said again"
    return session


def test_what_is_nearer_counts_before_what_is_above_and_each_by_its_date(tree: Session) -> None:
    operations.state_categories(tree, [replace(RUBBISH, start=T[5], limits={HANDLE: None})], actor=ADMIN)
    late = replace(EVENTS, start=T[6], limits={(Step.VERIFY, Urgency.NORMAL): Limit(30, LimitUnit.MINUTES)})
    operations.state_categories(tree, [late], actor=ADMIN)

    def handle(code: str, month: int) -> str:
        return str(queries.in_force(tree, code, T[month]).limits[HANDLE])

    assert [handle("E0102", 0), handle("E0102", 5)] == ["4 working_hours", "5 working_days"]
    noise = queries.in_force(tree, "E0112", T[7])
    assert (noise.path, noise.unit_code, noise.public_name) == (("E0112", "E"), "410106", "噪声扰民")
    assert {step for step, _ in noise.limits} == {Step.HANDLE, Step.VERIFY}
    assert {step for step, _ in queries.in_force(tree, "E0112", T[5]).limits} == {Step.HANDLE}


def test_what_does_not_fit_names_it_and_changes_nothing(tree: Session) -> None:
    wrong: list[tuple[CategoryIn, type[Exception], str]] = [
        (replace(EVENTS, parent_code="E0102"), CategoryInvalidError, "below itself"),
        (replace(NOISE, parent_code="nowhere"), CategoryNotFoundError, "nowhere"),
        (replace(NOISE, unit_code="nobody"), UnitNotFoundError, "nobody"),
        (replace(NOISE, kind="thing"), CategoryInvalidError, "component, event"),
        (replace(NOISE, code="words"), CategoryInvalidError, "none of"),
        (replace(NOISE, words=("a\nb",)), CategoryInvalidError, "printable"),
    ]
    for category, error, words in wrong:
        with pytest.raises(error, match=words), tree.begin_nested():
            operations.state_categories(tree, [category], actor=ADMIN)
    with pytest.raises(CategoryInUseError, match="E0102"), tree.begin_nested():
        operations.end_category(tree, "E", at=T[3], actor=ADMIN)
    assert [one.category_code for one in queries.categories_at(tree, T[3])] == ["E", "E0102", "E0112"]
    assert operations.end_category(tree, "E0102", at=T[3], actor=ADMIN)
    assert not operations.end_category(tree, "E0102", at=T[3], actor=ADMIN)
    with pytest.raises(CategoryNotFoundError):
        queries.in_force(tree, "E0102", T[3])
    assert queries.limits_of(tree, "E0102", T[3]) == {}


def test_words_of_a_channel_count_before_those_of_any_and_the_others_wait_for_a_person(tree: Session) -> None:
    now = datetime.now(UTC)
    for channel, category in ((None, "E0102"), ("12345", "E0112")):
        operations.map_word(tree, channel=channel, word="扰民", category=category, start=T[0], actor=ADMIN)

    def means(channel: str, word: str) -> str | None:
        return queries.category_of_word(tree, channel, word, now)

    assert [means("app", "扰民"), means("12345", "扰民"), means("app", "E0102"), means("app", "别的")] == [
        "E0102", "E0112", "E0102", None
    ]  # fmt: skip
    for category in ("扰民", "E0102", "别的", "别的", ""):
        store_report(tree, category=category)
    unknown = queries.unknown_words(tree, since=T[0], at=now, limit=9)
    assert [(one.channel, one.word, one.reports) for one in unknown] == [("12345", "别的", 2)]
    with pytest.raises(CategoryNotFoundError):
        operations.map_word(tree, channel=None, word="别的", category="nowhere", actor=ADMIN)


def test_the_seed_is_taken_in_tried_first_and_again_without_effect(session: Session) -> None:
    rows = read_categories(SEED, start=T[0])
    assert import_categories(session, rows, actor=ADMIN, dry_run=True) > len(rows)
    assert queries.categories_at(session, T[0]) == []
    import_categories(session, rows, actor=ADMIN)
    assert import_categories(session, rows, actor=ADMIN) == 0
    illegal_building = queries.in_force(session, "E0101", T[0])
    assert {f"{step} {urgency}": str(limit) for (step, urgency), limit in illegal_building.limits.items()} == {
        "accept normal": "15 minutes", "file normal": "15 minutes", "dispatch normal": "15 minutes",
        "acknowledge normal": "1 working_days", "handle normal": "20 working_days", "handle urgent": "4 working_hours",
        "verify normal": "30 minutes",
    }  # fmt: skip
    assert queries.category_of_word(session, "12345", "垃圾清运", T[0]) == "E0102"


def test_a_spreadsheet_is_read_and_wrong_rows_are_named_by_line(tmp_path: Path) -> None:
    path = tmp_path / "categories.xlsx"
    head = ["code", "kind", "name", "on_the_spot", "handle"]
    path.write_bytes(xlsx({"表": [head, ["E1", "事件", "甲", "是", "4工作小时"]]}))
    (one,) = read_categories(path, start=T[0])
    assert (one.on_the_spot, one.limits) == (True, {HANDLE: Limit(4, HOURS)})
    wrong = [["E1", "thing", "甲", "", ""], ["E2", "event", "乙", "vielleicht", ""], ["E3", "event", "丙", "", "bald"]]
    (tmp_path / "wrong.csv").write_text("\n".join(",".join(row) for row in [head, *wrong, wrong[0]]))
    with pytest.raises(CategoryFileError) as caught:
        read_categories(tmp_path / "wrong.csv", start=T[0])
    assert [one["field"] for one in caught.value.context["errors"]] == ["line 2", "line 3", "line 4", "line 5"]


@pytest.mark.parametrize(
    ("words", "limit"),
    [
        ("15 分钟", Limit(15, LimitUnit.MINUTES)), ("20个工作日", Limit(20, LimitUnit.WORKING_DAYS)),
        ("7天", Limit(7, LimitUnit.CALENDAR_DAYS)), ("4 working_hours", Limit(4, HOURS)), ("", None),
    ],
)  # fmt: skip
def test_a_limit_is_read_as_offices_write_it(words: str, limit: Limit | None) -> None:
    assert parsed_limit(words, "handle") == limit


def test_the_way_back_drops_the_tables_and_the_way_there_makes_them_again(
    database: Database, database_url: str
) -> None:
    database.close()
    move_to(database_url, "0039")
    move_to(database_url, "head")
    with database.transaction() as session:
        assert operations.state_categories(session, [replace(EVENTS, unit_code=None)], actor=ADMIN) == 2
