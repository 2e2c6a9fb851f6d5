"""Numbers that can be read out, and what of a reporter is shown."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.reports import rules


@given(st.integers(min_value=1, max_value=2**55))
def test_a_number_leads_back_to_its_report(identity: int) -> None:
    number = rules.report_number(identity)
    assert rules.report_id(number) == identity
    assert rules.report_id(number.lower().replace("-", " ")) == identity


@given(st.integers(min_value=1, max_value=99_999_999), st.integers(0, 7), st.integers(1, 9))
def test_one_wrong_digit_is_found(identity: int, place: int, off: int) -> None:
    number = rules.report_number(identity)
    at = 2 + place
    wrong = number[:at] + str((int(number[at]) + off) % 10) + number[at + 1 :]
    with pytest.raises(rules.NumberMalformedError):
        rules.report_id(wrong)


@pytest.mark.parametrize(
    "number", ["", "SJ", "42", "SJ0000001-1", "XX00000001-4", "SJ" + "9" * 40 + "-1", "SJ00000001-"]
)
def test_what_is_no_number_is_said_to_be_none(number: str) -> None:
    with pytest.raises(rules.NumberMalformedError):
        rules.report_id(number)


def test_a_name_and_a_telephone_are_masked() -> None:
    assert rules.masked_reporter("张三丰", "13800001234") == {"name": "张**", "phone": "138****34"}
    assert rules.masked_reporter(None, "110") == {"name": None, "phone": "****"}
    assert rules.masked_reporter(None, None) is None


def test_one_caller_is_recognised_however_the_number_is_written() -> None:
    assert rules.caller_hash("138 0000-1234") == rules.caller_hash("+8613800001234") == rules.caller_hash("13800001234")
    assert rules.caller_hash("13800001234") != rules.caller_hash("13800001235")
    assert rules.caller_hash("") is None
