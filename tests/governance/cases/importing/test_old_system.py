"""Cases of an old system: mapped, stored with whole histories, run again, gone on with, and compared month by month."""

from __future__ import annotations

import csv
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from typer.testing import CliRunner

from cli import app
from core import clock
from core.csv_files import folded
from governance.cases.clocks.working_time import WorkingTime
from governance.cases.importing import histories
from governance.cases.importing.columns import CASE_FIELDS
from governance.cases.importing.histories import WAYS, ClockHistories, ToldCase, ToldStep
from governance.cases.lifecycle import queries, rules
from governance.cases.lifecycle.states import TABLE, CaseState, Verb
from governance.cases.lifecycle.verifying import verify_cases
from governance.categories.queries import CategoryInForce
from governance.categories.rules import Limit
from governance.categories.states import CategoryKind, LimitUnit, Step, Urgency
from governance.reports.importing.columns import (
    FIELDS,
    OF_CASES,
    ColumnNotUnderstoodError,
    check_unread,
    columns_of,
    looks_like,
)
from identity.grants import EVERYTHING
from tests.factories.cases import WORD, case_district
from tests.factories.photos import photo
from tests.factories.reports import store_report

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from core.db import Database

HEADER = ["案件编号", "当前状态", "受理时间", "立案时间", "派遣时间", "处置时间", "核查时间", "结案时间", "责任单位",
          "处置意见", "处置照片", "评价"]  # fmt: skip
FULL = ["2026-06-01 09:05", "2026-06-01 09:10", "2026-06-01 09:20", "2026-06-02 15:00", "2026-06-02 16:00",
        "2026-06-03 09:00"]  # fmt: skip


class OldSystem:
    """A district whose channel 12345 has six reports, and the command that takes in their cases."""

    def __init__(self, database: Database, folder: Path, run: Callable[..., Any]) -> None:
        self.database, self.folder, self._run = database, folder, run
        self.ids: dict[str, int] = {}
        with database.transaction() as session:
            case_district(session)
            for number in range(1, 7):
                at = datetime(2026, 5 + number % 2, 1, 1, 0, tzinfo=UTC)
                self.ids[f"A{number}"] = store_report(
                    session, category=WORD, external_id=f"A{number}", lon=113.5, lat=34.5, path=["S", "g1"], at=at,
                    received_at=at,
                )  # fmt: skip
        self.mapping = folder / "old.toml"
        self.mapping.write_text('[states]\n"办结" = "closed"\n[units]\n"老城管" = "bureau"\n', encoding="utf-8")

    def take_in(self, rows: list[list[str]], *more: str, header: list[str] = HEADER, mapped: bool = True) -> Any:
        """Write the rows and take them in."""
        file = self.folder / "old.csv"
        with file.open("w", encoding="utf-8", newline="") as target:
            csv.writer(target).writerows([header, *rows])
        mapping = ["--mapping", str(self.mapping)] if mapped else []
        return self._run("cases", "import", str(file), "--channel", "12345", *mapping, *more)

    def history(self, number: str) -> list[tuple[str, str, str | None]]:
        """Return verb, instant and unit of each step of a case."""
        with self.database.snapshot() as session:
            steps = queries.steps_of(session, self.ids[number])
            return [(one.verb, f"{one.at.astimezone(clock.LOCAL):%m-%d %H:%M}", one.unit_code) for one in steps]

    def case(self, number: str) -> queries.CaseView:
        """Return a case as it stands."""
        with self.database.snapshot() as session:
            return queries.case(session, self.ids[number], reach=EVERYTHING)


def listed(output: str) -> list[list[str]]:
    """Return the cells of the table that a command printed."""
    lines = [line for line in output.splitlines() if line.startswith("│")]
    return [[cell.strip() for cell in line.strip("│").split("│")] for line in lines]


@pytest.fixture
def old(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> OldSystem:

    monkeypatch.setenv("DATABASE_URL", database.libpq_url)
    monkeypatch.setenv("WANGGE_ATTACHMENTS_DIR", str(tmp_path / "files"))
    monkeypatch.setenv("COLUMNS", "200")
    return OldSystem(database, tmp_path, lambda *words: CliRunner().invoke(app, words))


def test_words_that_nobody_has_mapped_are_listed_and_nothing_is_stored(old: OldSystem) -> None:
    rows = [
        ["A1", "办结", *FULL, "老城管", "", "", ""], ["A2", "转办", *FULL, "路政", "", "", ""],
        ["A3", "merged", *FULL, "", "", "", ""],
    ]  # fmt: skip
    done = old.take_in(rows, mapped=False)
    assert done.exit_code == 2
    assert listed(done.output) == [
        ["[states]", "办结", "1"], ["[states]", "转办", "1"], ["[states]", "merged", "1"],
        ["[units]", "老城管", "1"], ["[units]", "路政", "1"],
    ]  # fmt: skip
    with old.database.snapshot() as session:
        assert session.scalar(text("SELECT count(*) FROM case_record")) == 0


def test_histories_are_whole_sealed_by_the_chain_and_stored_once(old: OldSystem) -> None:
    photos = old.folder / "photos"
    photos.mkdir()
    (photos / "a.jpg").write_bytes(photo())
    rows = [
        ["A1", "办结", *FULL, "老城管", "已拆除", "a.jpg；b.jpg", ""],
        ["A2", "已派单", *FULL[:3], "", "", "", "bureau", "", "", ""],
        ["A3", "不予受理", "", "", "", "", "", "2026-06-01 10:00", "", "", "", ""],
        ["A4", "已评价", *FULL, "城市管理局", "", "", "4"],
        ["A5", "办结", FULL[0], "", "", "2026-05-20 08:00", "", "2026-06-03 09:00", "", "", "", ""],
        ["A6", "办结", FULL[0], "", "", "", "", "2026-06-30 09:00", "", "", "", ""],
        ["B9", "办结", *FULL, "bureau", "", "", ""],
    ]
    done = old.take_in(rows, "--files", str(photos))
    assert done.exit_code == 2
    assert "5 cases stored, 0 known before, 0 gone on with, 2 rejected; 31 steps, 1 photos" in done.output
    assert "1 photos that the table names are not in the folder" in done.output
    rejected = (old.folder / "old.csv.rejected.csv").read_text(encoding="utf-8-sig").splitlines()
    assert [line.split(",")[2] for line in rejected[1:]] == ["A5", "B9"]
    assert old.history("A1") == [
        ("open", "06-01 09:00", None), ("accept", "06-01 09:05", None), ("file", "06-01 09:10", None),
        ("dispatch", "06-01 09:20", "bureau"), ("acknowledge", "06-01 09:20", "bureau"),
        ("handle", "06-02 15:00", "bureau"), ("verify", "06-02 16:00", "bureau"), ("close", "06-03 09:00", "bureau"),
    ]  # fmt: skip
    first, second, fourth = old.case("A1"), old.case("A2"), old.case("A4")
    assert (first.state, first.version, first.category_path, first.due_at) == (
        CaseState.CLOSED,
        8,
        ["E0101", "E"],
        None,
    )
    assert (second.state, second.unit_code, second.due_step) == (CaseState.DISPATCHED, "bureau", "handle")
    assert (fourth.state, fourth.rating, fourth.unit_code) == (CaseState.RATED, 4, "bureau")
    with old.database.snapshot() as session:
        assert verify_cases(session).findings == []
        words = queries.words_of(session, old.ids["A1"])[6]
        assert (words.opinion, len(words.photos[0])) == ("已拆除", 64)
        moved = session.execute(
            text("SELECT sum(CAST(payload->>'rows' AS integer)) FROM event WHERE subject = 'case_step'")
        ).scalar_one()
        inferred = session.scalars(
            text("SELECT verb FROM case_step WHERE case_id = :id AND detail ? 'inferred' ORDER BY number"),
            {"id": old.ids["A1"]},
        ).all()
    assert (moved, inferred) == (31, ["acknowledge"]), "each step is named in the feed, from which seals are made"
    again = old.take_in(rows, "--files", str(photos))
    assert "0 cases stored, 5 known before, 0 gone on with, 2 rejected; 0 steps, 0 photos" in again.output
    assert listed(done.output) == [
        ["2026-05", "3", "3", "2", "2", "yes"], ["2026-06", "3", "2", "2", "1", "no"]
    ]  # fmt: skip


def test_a_case_goes_on_with_the_old_system_but_not_with_another_history(old: OldSystem) -> None:
    begun = ["A2", "已派单", *FULL[:3], "", "", "", "bureau", "", "", ""]
    assert old.take_in([begun]).exit_code == 0
    done = old.take_in([["A2", "办结", *FULL, "bureau", "清了", "", ""]])
    assert (done.exit_code, "0 cases stored, 0 known before, 1 gone on with" in done.output) == (0, True)
    assert [verb for verb, _, _ in old.history("A2")] == [*map(str, (Verb.OPEN, *WAYS[CaseState.CLOSED]))]
    assert (old.case("A2").version, old.case("A2").due_at) == (8, None)
    other = old.take_in([["A2", "办结", "2026-06-01 09:06", *FULL[1:], "bureau", "", "", ""]])
    assert (other.exit_code, "1 rejected" in other.output) == (2, True)
    assert old.take_in([begun]).exit_code == 2, "the file is older than what is here: the closed one is missing in it"


def test_a_table_of_steps_tells_returns_and_reworks(old: OldSystem) -> None:
    steps = old.folder / "steps.csv"
    told = [
        ("A1", "受理", FULL[0], ""), ("A1", "立案", FULL[1], ""), ("A1", "派单", FULL[2], "street"),
        ("A1", "退单", "2026-06-01 10:00", ""), ("A1", "派单", "2026-06-01 11:00", "老城管"),
        ("A1", "签收", "2026-06-01 11:30", ""), ("A1", "处置", FULL[3], ""), ("A1", "返工", FULL[4], ""),
        ("A1", "处置", "2026-06-03 08:00", ""), ("A1", "核查", "2026-06-03 08:30", ""), ("A1", "结案", FULL[5], ""),
        ("A2", "结案", FULL[5], ""), ("A3", "受理", "昨天", ""),
    ]  # fmt: skip
    with steps.open("w", encoding="utf-8", newline="") as target:
        csv.writer(target).writerows([("案件编号", "操作", "操作时间", "接收单位"), *told])
    rows = [[number, "办结", *[""] * 10] for number in ("A1", "A2", "A3")]
    done = old.take_in(rows, "--steps", str(steps))
    assert (done.exit_code, "1 cases stored" in done.output, "2 rejected" in done.output) == (2, True, True)
    history = old.history("A1")
    assert [verb for verb, _, _ in history] == [
        "open", "accept", "file", "dispatch", "return", "dispatch", "acknowledge", "handle", "rework", "handle",
        "verify", "close",
    ]  # fmt: skip
    assert [unit for _, _, unit in history[3:7]] == ["street", None, "bureau", "bureau"]


LIMITS = {
    (Step.ACCEPT, Urgency.NORMAL): Limit(15, LimitUnit.MINUTES),
    (Step.HANDLE, Urgency.NORMAL): Limit(4, LimitUnit.WORKING_HOURS),
    (Step.VERIFY, Urgency.NORMAL): Limit(1, LimitUnit.HOURS),
}
CATEGORY = CategoryInForce(("E",), CategoryKind.EVENT, "事件", "事件", None, Urgency.NORMAL, False, LIMITS)  # noqa: FBT003
WORK = WorkingTime(lambda day: day.weekday() < 5)
BEGUN = datetime(2026, 6, 1, 1, 0, tzinfo=UTC)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_clocks_of_an_imported_history_are_those_of_one_that_was_lived_here(data: st.DataObject) -> None:
    steps, state, at = [ToldStep(Verb.OPEN, BEGUN)], CaseState.OPENED, BEGUN
    for _ in range(data.draw(st.integers(0, 14))):
        verbs = [verb for verb, rule in TABLE.items() if state in rule.sources and verb in histories.TAKEN_OVER]
        verb = data.draw(st.sampled_from(verbs or [Verb.OPEN]))
        if verb is Verb.OPEN:
            break
        at += timedelta(minutes=data.draw(st.integers(0, 3000)))
        steps.append(ToldStep(verb, at, "bureau"))
        state = TABLE[verb].target or state
    deadline = data.draw(st.none() | st.just(BEGUN + timedelta(days=3)))
    told = ToldCase(2, "A1", steps, deadline, 5)
    history = histories.history_of(told, CATEGORY, Urgency.NORMAL, ClockHistories(), now=at)
    assert history.state is state
    lived: list[tuple[datetime, list[dict[str, Any]]]] = []
    for step, kept in zip(steps, history.steps, strict=True):
        readings = rules.readings_of(rules.events_of(lived), WORK, now=step.at)
        changes = rules.clock_changes(step.verb, readings, LIMITS, Urgency.NORMAL)
        if step.verb is Verb.OPEN and deadline is not None:
            changes.append({"clock": Step.HANDLE, "what": "fixed", "deadline": deadline.isoformat()})
        lived.append((step.at, changes))
        assert kept.detail["clocks"] == changes
    if state in histories.AT_END:
        assert rules.next_due(rules.readings_of(rules.events_of(lived), WORK, now=at)) == (None, None)


def test_every_state_but_merged_has_a_way_that_the_table_allows() -> None:
    for wanted, way in WAYS.items():
        state = CaseState.OPENED
        for verb in way:
            assert state in TABLE[verb].sources
            state = TABLE[verb].target or state
        assert state is wanted
    assert set(WAYS) == set(CaseState) - {CaseState.MERGED}


def test_one_file_serves_the_import_of_reports_and_that_of_cases() -> None:
    headings = {folded(name) for names in CASE_FIELDS.values() for name in names if looks_like(name)}
    known = {folded(name) for names in FIELDS.values() for name in names}
    assert headings - known - {folded("登记时间")} <= OF_CASES, "no heading of cases stops the import of reports"
    header = ["编号", "类别", "描述", "上报时间", *sorted(OF_CASES)]
    columns = columns_of(header, {})
    check_unread(header, columns, (), ())
    assert set(columns) == {"external_id", "category", "text", "reported_at"}
    with pytest.raises(ColumnNotUnderstoodError, match="完成时间"):
        check_unread([*header, "完成时间"], columns, (), ())
