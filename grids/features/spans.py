"""Instants and intervals of CQL2 as SQL: read, and compared by the fifteen temporal functions.

A date is its whole day in UTC where it meets a time, and compared by days where both sides are dates.
"""

from __future__ import annotations

from dataclasses import dataclass

# [a0, a1] against [b0, b1], both ends included.
_EITHER = {
    "t_after": "{a0} > {b1}",
    "t_before": "{a1} < {b0}",
    "t_disjoint": "({a0} > {b1} OR {a1} < {b0})",
    "t_equals": "({a0} = {b0} AND {a1} = {b1})",
    "t_intersects": "({a0} <= {b1} AND {a1} >= {b0})",
}
_INTERVALS = {
    "t_contains": "({a0} < {b0} AND {a1} > {b1})",
    "t_during": "({a0} > {b0} AND {a1} < {b1})",
    "t_finishedby": "({a0} < {b0} AND {a1} = {b1})",
    "t_finishes": "({a0} > {b0} AND {a1} = {b1})",
    "t_meets": "{a1} = {b0}",
    "t_metby": "{a0} = {b1}",
    "t_overlappedby": "({a0} > {b0} AND {a0} < {b1} AND {a1} > {b1})",
    "t_overlaps": "({a0} < {b0} AND {a1} > {b0} AND {a1} < {b1})",
    "t_startedby": "({a0} = {b0} AND {a1} > {b1})",
    "t_starts": "({a0} = {b0} AND {a1} < {b1})",
}
FUNCTIONS = _EITHER | _INTERVALS
"""OGC 21-065r2, table of temporal functions: [a0, a1] is the first argument, [b0, b1] the second."""


@dataclass(frozen=True, slots=True)
class Bound:
    """One end of a span: SQL and its kind; `open` (a double dot) fits both kinds."""

    sql: str
    kind: str


@dataclass(frozen=True, slots=True)
class Span:
    """An instant, which is both ends, or an interval with both ends in it."""

    start: Bound
    end: Bound
    is_interval: bool


START, END = Bound("'-infinity'", "open"), Bound("'infinity'", "open")


def compared(function: str, one: Span, two: Span) -> str:
    """Return the SQL of a temporal function.

    Raises
    ------
    ValueError
        When it takes intervals alone, and is given an instant.
    """
    if function in _INTERVALS and not (one.is_interval and two.is_interval):
        raise ValueError(function)
    days = not any(bound.kind == "time" for span in (one, two) for bound in (span.start, span.end))
    ends = {"a0": one.start, "a1": one.end, "b0": two.start, "b1": two.end}
    return FUNCTIONS[function].format(
        **{name: _day(bound) if days else _moment(bound, last=name in {"a1", "b1"}) for name, bound in ends.items()}
    )


def _day(bound: Bound) -> str:
    return f"{bound.sql}::date"


def _moment(bound: Bound, *, last: bool) -> str:
    if bound.kind != "date":
        return f"{bound.sql}::timestamptz"
    # A date begins at midnight UTC and ends in the last microsecond of the day, PostgreSQL's smallest step.
    first = f"({bound.sql}::date)::timestamp AT TIME ZONE 'UTC'"
    return f"({first} + interval '1 day' - interval '1 microsecond')" if last else f"({first})"
