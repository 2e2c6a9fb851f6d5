"""Separated values: the rule of RFC 4180 is held, a line that breaks it costs itself alone, legal rows all come in."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.csv_files import CsvFile, CsvUnreadableError, encoding_of, read

INTAKE = Path(__file__).resolve().parents[1] / "data" / "intake"


def good_and_bad(content: bytes) -> tuple[list[list[str]], list[int]]:
    rows = list(read(content).rows())
    return [cells for _, cells, problem in rows if problem is None], [line for line, _, problem in rows if problem]


def test_one_quote_that_is_never_closed_costs_its_own_line_and_no_other() -> None:
    good, bad = good_and_bad((INTAKE / "42_merge3.csv").read_bytes())
    assert [row[0] for row in good] == [f"B42-{n}" for n in range(2, 40)]
    assert bad == [2, 41]
    good, bad = good_and_bad((INTAKE / "40_merge.csv").read_bytes())
    assert ([row[0] for row in good], bad) == (["B40-2", "B40-3", "B40-4", "B40-5"], [2])


@pytest.mark.parametrize(
    ("last", "expected"),
    [("9,类,第9行,1", 8), ('9,类,"第9行,1', 7), ('9,类,第9行",1', 8), ('9,类,"",1', 8), ('9,类,",第9行",1', 8)],
)
def test_an_open_quote_swallows_nothing_however_a_later_line_may_close_it(last: str, expected: int) -> None:
    rows = ["id,category,text,n", '1,类,"没关,1', *(f"{n},类,第{n}行,1" for n in range(2, 9)), last]
    good, bad = good_and_bad("\n".join(rows).encode())
    assert len(good) == expected
    assert bad[0] == 2
    assert len(good) + len(bad) == 9


def test_the_line_that_breaks_the_rule_is_given_as_it_stands() -> None:
    (row,) = read('id,text\n1,"他说"没事\n'.encode()).rows()
    line, cells, problem = row
    assert (line, cells) == (2, ["1", '"他说"没事'])
    assert problem is not None
    assert "closing" in str(problem)


def test_quotes_inside_a_value_and_legal_values_of_several_lines_survive() -> None:
    text = 'id,text,n\n1,老"好再来"店,1\n2,"说""好""",2\n3,"两行，\n第二行,有逗号",3\n4,"",4\n5,7",5\n'
    good, bad = good_and_bad(text.encode())
    assert [row[1] for row in good] == ['老"好再来"店', '说"好"', "两行，\n第二行,有逗号", "", '7"']
    assert bad == []


def test_rows_of_another_width_are_named_and_blank_rows_passed_over() -> None:
    rows = list(read(b"a,b,c\n1,2,3\n\n,,\n  \n1,2\n1,2,3,,\n1,2,3,4\n").rows())
    assert [(line, problem is None) for line, _, problem in rows] == [(2, True), (6, False), (7, True), (8, False)]


@given(
    rows=st.lists(
        st.lists(st.text(alphabet="ab,;\"\n汉 \t'", max_size=6), min_size=5, max_size=5), min_size=1, max_size=6
    ),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
)
def test_what_a_correct_writer_writes_is_read_back_or_named_never_changed(rows: list[list[str]], quoting: int) -> None:
    target = io.StringIO()
    writer = csv.writer(target, quoting=quoting)
    writer.writerows([["h1", "h2", "h3", "h4", "h5"], *rows])
    table = CsvFile(io.BytesIO(target.getvalue().encode()), "utf-8", delimiter=",")
    found = list(table.rows())
    if all(problem is None for _, _, problem in found):
        assert [cells for _, cells, _ in found] == [row for row in rows if any(map(str.strip, row))]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gbk", "gb18030"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_encoding_of_an_office_is_read(encoding: str, end: str) -> None:
    rows = ["id,text", *(f"{n},plain" for n in range(20_000)), "9,汉字"]
    table = read(end.join(rows).encode(encoding))
    assert table.header == ["id", "text"]
    assert [cells[1] for _, cells, _ in table.rows()][-1] == "汉字"


def test_one_broken_byte_does_not_turn_a_file_of_utf8_into_gbk() -> None:
    lines = "第一行\n第二行\n第三行\n".encode() + b"\xff\n"
    assert encoding_of(io.BytesIO(lines)) == "utf-8-sig"


@pytest.mark.parametrize(
    ("content", "header", "above"),
    [
        ("sep=;\nid;text\n1;a,b\n", ["id", "text"], []),
        ("上街区工单统计表,\n统计时间：2025年6月,制表：张三\nid,text\n1,x\n", ["id", "text"], [1, 2]),
        ("\n\n\nid\n1\n", ["id"], []),
        ("\n\nid\ttext\n1\tx\n", ["id", "text"], []),
        ('"id","text"\n1,x\n', ["id", "text"], []),
    ],
)
def test_the_header_is_found_under_titles_and_by_any_separator(
    content: str, header: list[str], above: list[int]
) -> None:
    table = read(content.encode(), lambda cells: sum(cell in {"id", "text"} for cell in cells))
    assert table.header == header
    assert [line for line, _ in table.above] == above
    assert len(list(table.rows())) == 1


@pytest.mark.parametrize("content", [b"", b"\n\n", b'"id,text\n1,2\n'])
def test_a_file_without_a_header_is_refused(content: bytes) -> None:
    with pytest.raises(CsvUnreadableError):
        read(content)
