"""Numbers of reports that people can read out, and the ids behind them, which bear the month of receipt.

Pure. An id is the month in UTC and a place in it: 202607 500000731. docs/adr/0017 explains why.
"""

from __future__ import annotations

import re

from stdnum.iso7064 import mod_11_10

from core.errors import DomainError, Kind

NUMBER_PREFIX = "SJ"
"""事件 (shìjiàn), an event: what stands before every report's number."""

MONTH = 1_000_000_000
"""The place of the month in an id: 202607 000000731. Ids below are of reports from before ids bore their month."""

COUNTED_FROM = 500_000_000
"""Within a month, ids up to here end in the report's id of before, which its number keeps; those behind it count."""

_NUMBER = re.compile(rf"^{NUMBER_PREFIX}([0-9]{{8,18}})-?([0-9])$")
_OLD_DIGITS = 9
_FULL_DIGITS = 15
_SHORT_MONTHS = range(1970_01, 2070_01)
"""Months whose year is printed in two digits; numbers of others are printed in full."""


class NumberMalformedError(DomainError):
    """No report number looks like that: SJ, at least eight digits, a hyphen and the check digit."""

    code = "report-number-malformed"
    kind = Kind.INVALID


def report_number(report_id: int) -> str:
    """Return the number of a report: SJ, its month, its place in it, and an ISO 7064 MOD 11,10 check digit.

    SJ2607000731-4 is the 731st report received in July 2026 (UTC): with the check digit as long as a mobile phone's
    number. Reports from before ids bore their month keep the number they were given, SJ and their old id in eight
    digits or more. The check digit finds every single wrong digit and nearly every swap of two neighbours when a number
    is read out over the telephone.
    """
    month, place = divmod(report_id, MONTH)
    if month == 0 or place <= COUNTED_FROM:
        digits = f"{place:08d}"
    elif month in _SHORT_MONTHS:
        digits = f"{month % 10_000:04d}{place - COUNTED_FROM:06d}"
    else:
        digits = str(report_id)
    return f"{NUMBER_PREFIX}{digits}-{mod_11_10.calc_check_digit(digits)}"


def report_id(number: str) -> int:
    """Return the id behind a number; spaces and letter case do not matter.

    The number of a report from before ids bore their month gives the id of then, below `MONTH`;
    `queries.current_id` finds the one of now.

    Raises
    ------
    NumberMalformedError
        When it is no number, or its check digit does not fit.
    """
    match = _NUMBER.match(re.sub(r"\s", "", number).upper())
    if match is None:
        raise NumberMalformedError(field="number")
    digits, check = match.groups()
    if mod_11_10.calc_check_digit(digits) != check:
        raise NumberMalformedError("The check digit does not fit: the number has a typing error.", field="number")
    if len(digits) <= _OLD_DIGITS or len(digits) >= _FULL_DIGITS:
        return int(digits)
    year, month, place = int(digits[:2]), int(digits[2:4]), int(digits[4:])
    if not 1 <= month <= 12 or not 1 <= place <= MONTH - 1 - COUNTED_FROM or digits[4:] != f"{place:06d}":
        raise NumberMalformedError(field="number")
    century = 1900 if year >= _SHORT_MONTHS.start // 100 % 100 else 2000
    return ((century + year) * 100 + month) * MONTH + COUNTED_FROM + place
