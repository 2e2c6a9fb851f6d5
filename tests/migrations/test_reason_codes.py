"""Revision 0054 turns pairs of sentences into codes and back: each report reads as before, and nothing is guessed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st
from psycopg.rows import dict_row

from core.words import placeholders
from grids.assignment import rules
from grids.assignment.rules import AssignmentFacts, AssignmentMethod
from migrations.losses import losses
from migrations.run import move_to
from migrations.steps_0054 import moving
from migrations.steps_0054.sentences import _words, message_of, sentences_of
from presentation.words.places import CATALOGUE, reason_sentence
from tests.conftest import fresh_database

if TYPE_CHECKING:
    from collections.abc import Iterator

INSIDE = (
    "The point lies inside grid 新安社区03号网格, 41.7 m from its edge.",
    "该点位于网格“新安社区03号网格”内，距边界 41.7 米。",
)
PAIRS: dict[tuple[str, str | None], str] = {
    INSIDE: "inside",
    (
        f"No grid covers the point. {INSIDE[0].replace('grid', 'community')} Its accuracy of 30 m reaches into 乙, 丙.",
        f"没有网格覆盖该点。{INSIDE[1].replace('网格“', '社区（村）“')}定位精度 30 米，可能位于“乙”、“丙”。",
    ): "reaches_over",
    (
        "The point lies on the edge of beat P1, shared with P2; the lowest code is taken.",
        "该点位于区域“P1”的边界上，与“P2”共界，取编码最小者。",
    ): "on_shared_edge",
    (
        "No coordinates were sent. There is no gazetteer to look the address up in.",
        "未提供坐标。没有地名地址库可供查找。",
    ): "then",
    (f"张三电话核实 [{INSIDE[0]}]", f"张三电话核实【{INSIDE[1]}】"): "settled",
    ("家 [settled to an area without a point]", "家【指定到区域，没有点位】"): "settled",
    (
        "It was put into area 01, which has ended; most of its land is 02 now.",
        "此前指定到区域 01；该区域已终止，其大部分土地现属 02。",
    ): "area_moved",
    ("The words of this report were erased.", "该上报的文字已清除。"): "erased",
    # What no code gives back sign by sign stays as it was written.
    (INSIDE[0], "该点位于网格“新安社区04号网格”内，距边界 41.7 米。"): "as_written_in_two",
    (INSIDE[0], None): "as_written",
    (
        "No coordinates were sent. Its address text is certain: x.",
        "未提供坐标。已按地址定位至“x”，精度约 9 米。",
    ): "as_written_in_two",
    ("{code}", "“{values}”"): "as_written_in_two",
}
LEDGER = """
WITH holder AS (INSERT INTO principal (kind, name, created_at) VALUES ('system', 'hotline', now()) RETURNING id)
INSERT INTO api_client (name, holder_id, key_sha256, scopes, created_at)
SELECT 'hotline', id, '\\x00', '{}', now() FROM holder;
INSERT INTO layer (code, name, levels, created_at) VALUES ('admin', '网格', '{grid}', now());
SELECT make_report_month(report_month(now()::timestamptz)), make_report_month(202601), make_report_month(202602);
"""
REPORT = """
INSERT INTO report
    (id, client_id, channel, body_sha256, category, crs, reported_at, received_at, method, reason, reason_zh)
VALUES (report_new_id(%(at)s), (SELECT max(id) FROM api_client), '12345',
    '\\x01', '占道', 'WGS84', %(at)s, %(at)s, 'unassigned', %(english)s, %(chinese)s) RETURNING id
"""
DECISION = """
INSERT INTO report_reassignment
    (report_id, decided_at, actor, cause, layer_id, release_number, method, area_path, reason, reason_zh)
VALUES (%(id)s, now(), 'd', 'triage', 1, 1, 'covered', '{}', %(english)s, %(chinese)s)
"""
BEFORE = "SELECT report_id, reason, reason_zh, reassigned FROM report_place ORDER BY 1"
SINCE = "SELECT report_id, reason_code, reason_values, reassigned FROM report_place ORDER BY 1"


def _rows(url: str, query: str) -> list[dict[str, Any]]:
    with psycopg.connect(url, row_factory=dict_row) as connection:
        return connection.execute(query.encode()).fetchall()


def _store(connection: psycopg.Connection[Any], at: str) -> list[int]:
    stored = []
    for english, chinese in PAIRS:
        values = {"english": english, "chinese": chinese, "at": at}
        row = connection.execute(REPORT.encode(), values).fetchone()
        assert row is not None
        stored.append(row[0])
    for report_id, (english, chinese) in zip(stored[:4], list(PAIRS)[4:8], strict=True):
        connection.execute(DECISION.encode(), {"id": report_id, "english": english, "chinese": chinese})
    return stored


@pytest.fixture
def at_0053(server_url: str, template_database: str) -> Iterator[str]:
    """A database of revision 0053 with every sort of reason, in two months and in one that is detached."""
    with fresh_database(server_url, template_database) as url:
        move_to(url, "0053")
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(LEDGER.encode())
            detached = _store(connection, "2026-01-05T00:00Z")
            _store(connection, "2026-02-05T00:00Z")
            connection.execute(b"CREATE SCHEMA archive")
            for table in ("report_reassignment", "report"):
                connection.execute(f"ALTER TABLE {table} DETACH PARTITION {table}_202601".encode())
                connection.execute(f"ALTER TABLE {table}_202601 SET SCHEMA archive".encode())
            assert detached[0] // 10**9 == 202601
        yield url


def _interrupt(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    """Begin to turn rows, and end as if killed behind the third batch."""
    turn, left = moving._turn, iter(range(3))  # noqa: SLF001

    def killed(*given: Any, after: int) -> int | None:
        if next(left, None) is None:
            raise KeyboardInterrupt
        return turn(*given, after=after)

    with monkeypatch.context() as patched:
        patched.setattr(moving, "_turn", killed)
        with pytest.raises(KeyboardInterrupt):
            move_to(url)


def test_reasons_become_codes_that_read_as_before_and_go_back(at_0053: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(moving, "BATCH", 4)
    before = _rows(at_0053, BEFORE)
    _interrupt(monkeypatch, at_0053)
    with psycopg.connect(at_0053, autocommit=True) as connection:
        # What an old version stores and erases meanwhile; everything else of a row is refused as ever.
        _store(connection, "2026-02-06T00:00Z")
        connection.execute(b"INSERT INTO report_erasure SELECT min(id), now(), 'request', 'a', '' FROM report")
        connection.execute(b"SELECT erase_report_words(array_agg(report_id)) FROM report_erasure")
        with pytest.raises(psycopg.errors.IntegrityError):
            connection.execute(b"UPDATE report SET category = 'x', reason_code = 'inside'")
    before = _rows(at_0053, BEFORE)
    move_to(at_0053)
    since = _rows(at_0053, SINCE)
    assert [row["report_id"] for row in since] == [row["report_id"] for row in before]
    for new, old in zip(since, before, strict=True):
        message = {"code": new["reason_code"], "values": new["reason_values"]}
        read = reason_sentence(message, "en"), reason_sentence(message, "zh")  # type: ignore[arg-type]
        assert read == (old["reason"], old["reason_zh"])
    assert since[0]["reason_code"] == "erased"
    leaves = ("archive.report_202601", "archive.report_reassignment_202601")
    codes = [row["reason_code"] for leaf in leaves for row in _rows(at_0053, f"SELECT * FROM {leaf} ORDER BY id")]
    assert codes == [*PAIRS.values(), *list(PAIRS.values())[4:8]]

    assert [loss for loss in losses(at_0053, "0053") if loss.table.startswith("report") and loss.lost] == []
    move_to(at_0053, "0053")
    assert _rows(at_0053, BEFORE) == before
    kept = _rows(at_0053, "SELECT reason, reason_zh FROM archive.report_202601 ORDER BY id")
    assert [(row["reason"], row["reason_zh"]) for row in kept] == list(PAIRS)
    with psycopg.connect(at_0053) as connection, pytest.raises(psycopg.errors.IntegrityError):
        connection.execute(b"UPDATE report SET reason = 'x'")
    move_to(at_0053)
    assert _rows(at_0053, SINCE) == since


@pytest.mark.parametrize(("pair", "code"), PAIRS.items(), ids=PAIRS.values())
def test_a_pair_becomes_the_code_that_gives_it_back(pair: tuple[str, str | None], code: str) -> None:
    message = message_of(*pair)
    assert message["code"] == code
    assert sentences_of(message) == pair


names = st.text(st.sampled_from("甲乙 ,.;()[]“” and"), min_size=1, max_size=12)


@given(
    st.builds(
        AssignmentFacts,
        method=st.sampled_from(AssignmentMethod),
        level=st.sampled_from(["grid", "street", "beat"]),
        name=names,
        finest_level=st.sampled_from(["grid", "beat"]),
        distance_m=st.floats(0, 1e6),
        overlap=st.booleans(),
        others=st.lists(names, max_size=5).map(tuple),
        accuracy_m=st.none() | st.floats(0.5, 10_000),
        outside_share=st.sampled_from([0.0, 0.5]),
        tolerance_m=st.floats(0, 1000),
    )
)
def test_every_reason_of_a_place_goes_there_and_back_whatever_areas_are_called(facts: AssignmentFacts) -> None:
    reason = rules.reason(facts)
    pair = sentences_of(dict(reason))
    assert pair == (reason_sentence(reason, "en"), reason_sentence(reason, "zh"))
    assert sentences_of(message_of(*pair)) == pair


def test_codes_that_were_stored_keep_the_names_of_their_values() -> None:
    for language in ("en", "zh"):
        now = CATALOGUE.sentences(language)
        then = {code: sentences[language] for code, sentences in _words()["sentences"].items()}
        assert {code: placeholders(text) for code, text in then.items()} == {
            code: placeholders(now[code]) for code in then
        }
