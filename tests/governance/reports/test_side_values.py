"""Side values of a report: what can be read is read, everything else is kept as sent and named."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.reports.side_values import SideValues, read_side_values

INTAKE = Path(__file__).resolve().parents[2] / "data" / "intake"


def read(**sent: Any) -> SideValues:
    return read_side_values(**({"accuracy": None, "photos": None, "name": None, "phone": None} | sent))


@pytest.mark.parametrize(
    ("sent", "metres", "is_aside"),
    [
        ("15米", 15.0, False), (15, 15.0, False), ("±7.5 m", 7.5, False), (-1, None, False), ("nan", None, False),
        ("-", None, False), (None, None, False), ("GPS", None, True), (True, None, True), ([], None, True),
        ("1_5", None, True), (10**400, None, True),
    ],
)  # fmt: skip
def test_an_accuracy_is_metres_or_not_known_or_set_aside(sent: object, metres: float | None, *, is_aside: bool) -> None:
    side = read(accuracy=sent)
    assert (side.accuracy_m, bool(side.set_aside)) == (metres, is_aside)


def test_phones_as_offices_write_them_are_read_or_set_aside_as_sent() -> None:
    with (INTAKE / "06_phones.csv").open(encoding="utf-8", newline="") as source:
        phones = [row["联系电话"] for row in csv.DictReader(source)]
    sides = [read(phone=phone) for phone in phones]
    plain = [n for n, side in enumerate(sides) if side.phone == "13800005678" and not side.set_aside]
    assert plain == [0, 3, 4, 5, 6, 13, 14]
    assert [sides[n].phone for n in (7, 12)] == ["0371-68912345", "13800005678"]
    for n in (1, 2, 7, 8, 11, 12, 19):
        assert sides[n].set_aside == (("reporter.phone", phones[n]),)
    for n in (1, 2, 8, 11, 19, 9, 10, 18):
        assert sides[n].phone is None


def test_photos_that_are_addresses_are_kept_and_all_others_set_aside() -> None:
    good = "http://a.example/1.jpg"
    assert read(photos=f"{good},{good}").photos == (good, good)
    assert read(photos="无") == SideValues()
    assert read(photos=[good, "/upload/1.jpg", 7]) == SideValues(
        photos=(good,), set_aside=(("photos", '["/upload/1.jpg", 7]'),)
    )
    assert read(photos=[good] * 22).set_aside == (("photos", f'["{good}", "{good}"]'),)


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(), lambda inner: st.lists(inner, max_size=3)
)


@given(accuracy=ANYTHING, photos=ANYTHING, name=ANYTHING, phone=ANYTHING)
def test_nothing_that_can_be_sent_is_an_error_and_what_is_kept_can_be_stored(**sent: Any) -> None:
    for _, value in read_side_values(**sent).set_aside:
        value.encode()
        assert "\0" not in value
