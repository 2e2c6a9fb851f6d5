"""Numbers that can be read out, and what of a reporter is shown."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.reports import numbers, rules

OLD = st.integers(1, numbers.COUNTED_FROM)
"""Ids from before ids bore their month."""
IDS = st.builds(
    lambda year, month, place: (year * 100 + month) * numbers.MONTH + numbers.COUNTED_FROM + place,
    st.integers(1970, 2200), st.integers(1, 12), st.integers(1, numbers.MONTH - numbers.COUNTED_FROM - 1),
)  # fmt: skip


@given(OLD | IDS)
def test_a_number_leads_back_to_its_report(identity: int) -> None:
    number = numbers.report_number(identity)
    assert numbers.report_id(number) == identity
    assert numbers.report_id(number.lower().replace("-", " ")) == identity


@given(st.sets(OLD | IDS, min_size=2, max_size=2))
def test_no_two_reports_have_one_number(two: set[int]) -> None:
    assert len({numbers.report_number(identity) for identity in two}) == 2


@given(OLD, st.integers(1970_01, 2069_12).filter(lambda month: 1 <= month % 100 <= 12))
def test_a_report_of_before_keeps_its_number_whatever_its_month(old_id: int, month: int) -> None:
    assert numbers.report_number(month * numbers.MONTH + old_id) == numbers.report_number(old_id)


def test_a_number_is_as_long_as_a_mobile_phones_and_one_in_full_leads_to_the_same_report() -> None:
    identity = 2026_07 * numbers.MONTH + numbers.COUNTED_FROM + 731
    assert numbers.report_number(identity) == "SJ2607000731-4"
    assert numbers.report_id("SJ202607500000731-7") == identity


@given(st.integers(min_value=1, max_value=99_999_999), st.integers(0, 7), st.integers(1, 9))
def test_one_wrong_digit_is_found(identity: int, place: int, off: int) -> None:
    number = numbers.report_number(identity)
    at = 2 + place
    wrong = number[:at] + str((int(number[at]) + off) % 10) + number[at + 1 :]
    with pytest.raises(numbers.NumberMalformedError):
        numbers.report_id(wrong)


@pytest.mark.parametrize(
    "number", ["", "SJ", "42", "SJ0000001-1", "XX00000001-4", "SJ" + "9" * 40 + "-1", "SJ00000001-"]
)
def test_what_is_no_number_is_said_to_be_none(number: str) -> None:
    with pytest.raises(numbers.NumberMalformedError):
        numbers.report_id(number)


def test_a_name_and_a_telephone_are_masked() -> None:
    assert rules.masked_reporter("张三丰", "13800001234") == {"name": "张**", "phone": "138****34"}
    assert rules.masked_reporter(None, "110") == {"name": None, "phone": "****"}
    assert rules.masked_reporter(None, None) is None


def test_one_caller_is_recognised_however_the_number_is_written() -> None:
    assert rules.caller_hash("138 0000-1234") == rules.caller_hash("+8613800001234") == rules.caller_hash("13800001234")
    assert rules.caller_hash("13800001234") != rules.caller_hash("13800001235")
    assert rules.caller_hash("") is None
    keyed = rules.caller_hash("13800001234", b"secret")
    assert keyed == rules.caller_hash("+86 138-0000-1234", b"secret")
    assert keyed not in {rules.caller_hash("13800001234"), rules.caller_hash("13800001234", b"another")}
