"""Spellings come to one form, and what was written can be found again behind it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.address.characters import chinese_number, merged_sound_key, name_key, normalise, number_of, sound_key


@pytest.mark.parametrize(
    ("written", "form"),
    [
        ("济源路３号", "济源路3号"),
        ("濟源路 3 號樓", "济源路3号楼"),
        ("Ａ座（东）", "a座,东,"),
        ("A路—B路", "a路-b路"),
        ("", ""),
        ("　\t", ""),
    ],
)
def test_spellings_come_to_one_form(written: str, form: str) -> None:
    assert normalise(written).text == form


@given(st.text(max_size=40))
def test_every_character_of_the_form_points_into_the_original(text: str) -> None:
    address = normalise(text)
    assert len(address.origin) == len(address.text)
    assert list(address.origin) == sorted(address.origin)
    assert address.said(0, len(address.text)) in text


@given(st.integers(0, 9999))
def test_a_number_written_in_chinese_reads_back(value: int) -> None:
    assert number_of(chinese_number(value)) == value
    assert number_of(str(value)) == value


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("两百", 200),
        ("两百五", 250),
        ("二百零五", 205),
        ("一二六", 126),
        ("百", 100),
        ("十", 10),
        ("路", None),
        ("", None),
        ("五六十", None),
    ],
)
def test_spoken_numbers(said: str, value: int | None) -> None:
    assert number_of(said) == value


def test_numbers_beyond_four_digits_have_no_chinese_form_here() -> None:
    with pytest.raises(ValueError, match="10000"):
        chinese_number(10_000)


def test_homophones_have_one_sound_and_dialect_merges_more() -> None:
    assert sound_key("新乡路") == sound_key("心香路")
    assert sound_key("登封") != sound_key("登粉")
    assert merged_sound_key("登封") == merged_sound_key("登粉")
    assert merged_sound_key("商") == merged_sound_key("三")
    assert len(sound_key("纬3路a")) == 4


def test_names_with_digits_are_one_with_names_in_characters() -> None:
    assert name_key("纬3路") == name_key("纬三路") == name_key("纬３路")
    assert name_key("第12中学") == name_key("第十二中学")
