"""Dated rows: statement after statement, what holds at an instant is what was stated last for it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from core.db.dated import Piece, Statement, after_statement

ORIGIN = datetime(2026, 1, 1, tzinfo=UTC)
LAST = 12


def at(hour: int) -> datetime:
    return ORIGIN + timedelta(hours=hour)


@st.composite
def statements(draw: st.DrawFn) -> tuple[int, int | None, str | None]:
    start = draw(st.integers(0, LAST - 1))
    return start, draw(st.none() | st.integers(start + 1, LAST)), draw(st.sampled_from([None, "a", "b"]))


@given(st.lists(statements(), max_size=8))
def test_what_holds_at_an_instant_is_what_was_stated_last_for_it(
    made: list[tuple[int, int | None, str | None]],
) -> None:
    pieces: list[Piece] = []
    hours: list[str | None] = [None] * (LAST + 1)
    for start, until, name in made:
        values = None if name is None else {"name": name}
        pieces = after_statement(pieces, Statement({}, values, at(start), None if until is None else at(until)))
        for hour in range(start, LAST + 1 if until is None else until):
            hours[hour] = name
    for hour, name in enumerate(hours):
        found = [
            dict(p.values)["name"] for p in pieces if p.start <= at(hour) and (p.until is None or at(hour) < p.until)
        ]
        assert found == ([] if name is None else [name])
    for one, next_one in pairwise(pieces):
        assert one.until is not None
        assert one.until < next_one.start or (one.until == next_one.start and one.values != next_one.values)
