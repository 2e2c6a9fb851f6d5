"""Reads of categories: the tree at an instant, what holds for a category, and which words mean which."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select, text

from core.trees import Span
from governance.categories import rules
from governance.categories.rules import Limit
from governance.categories.states import CategoryKind, LimitUnit, Step, Urgency
from governance.categories.tables import Category, CategoryLimit, CategoryState, ChannelWord

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    Limits = dict[tuple[Step, Urgency], Limit]

# From a category up to its root, as valid at an instant; 20 steps end a tree that runs in a circle.
_PATH = """
WITH RECURSIVE way (code, parent_code, step) AS (
    SELECT category_code, parent_code, 0 FROM category_state
    WHERE category_code = :code AND superseded_at IS NULL AND valid_during @> CAST(:at AS timestamptz)
    UNION ALL
    SELECT s.category_code, s.parent_code, w.step + 1 FROM way w JOIN category_state s
        ON s.category_code = w.parent_code AND s.superseded_at IS NULL
        AND s.valid_during @> CAST(:at AS timestamptz)
    WHERE w.step < 20
)
SELECT code FROM way ORDER BY step
"""
# Words of channels that are neither mapped (for the channel or for all, '') nor codes themselves.
_UNKNOWN = """
SELECT r.channel, r.category, count(*), min(r.received_at), max(r.received_at)
FROM report r
WHERE r.id >= report_first_id(:since) AND r.received_at >= :since AND r.category <> ''
  AND NOT EXISTS (
    SELECT FROM channel_word w
    WHERE w.channel IN ('', r.channel) AND w.word = r.category
      AND w.superseded_at IS NULL AND w.valid_during @> CAST(:at AS timestamptz))
  AND NOT EXISTS (
    SELECT FROM category_state s
    WHERE s.category_code = r.category AND s.superseded_at IS NULL AND s.valid_during @> CAST(:at AS timestamptz))
GROUP BY r.channel, r.category
ORDER BY count(*) DESC, r.channel COLLATE "C", r.category COLLATE "C"
LIMIT :limit
"""


@dataclass(frozen=True, slots=True)
class CategoryInForce:
    """What holds for cases of a category at an instant, with what it takes from the categories above it.

    `path` are the codes from the category itself upwards.
    """

    path: tuple[str, ...]
    kind: CategoryKind
    name: str
    public_name: str
    unit_code: str | None
    urgency: Urgency
    on_the_spot: bool
    limits: Limits

    @property
    def code(self) -> str:
        """The category's code."""
        return self.path[0]


@dataclass(frozen=True, slots=True)
class UnknownWord:
    """A word that a channel sends and that means no category yet."""

    channel: str
    word: str
    reports: int
    first_at: datetime
    last_at: datetime


def categories_at(
    session: Session,
    at: datetime,
    *,
    kind: CategoryKind | None = None,
    parent_code: str | None = None,
    after: str = "",
    limit: int | None = None,
) -> Sequence[CategoryState]:
    """Return the categories at an instant, by code; those behind a code, and so many at most."""
    code = CategoryState.category_code.collate("C")
    query = select(CategoryState).where(CategoryState.holds(at), code > after).order_by(code).limit(limit)
    if kind is not None:
        query = query.where(CategoryState.kind == kind)
    if parent_code is not None:
        query = query.where(CategoryState.parent_code == parent_code)
    return session.scalars(query).all()


def category_history(session: Session, code: str) -> Sequence[CategoryState]:
    """Return what a category was, is and will be, by time, as is known now.

    Raises
    ------
    CategoryNotFoundError
    """
    rows = session.scalars(
        select(CategoryState)
        .where(CategoryState.category_code == code, CategoryState.superseded_at.is_(None))
        .order_by(CategoryState.valid_during)
    ).all()
    if not rows and session.get(Category, code) is None:
        raise rules.CategoryNotFoundError("There is no category '{code}'.", values={"code": code[:80]}, field="code")
    return rows


def limits_of(session: Session, code: str, at: datetime) -> Limits:
    """Return the limits that are stated for a category itself at an instant."""
    query = select(CategoryLimit).where(CategoryLimit.holds(at), CategoryLimit.category_code == code)
    return {_key(row): _limit(row) for row in session.scalars(query)}


def in_force(session: Session, code: str, at: datetime) -> CategoryInForce:
    """Return what holds for a category at an instant.

    Raises
    ------
    CategoryNotFoundError
        When there is no such category then.
    """
    path = tuple(session.scalars(text(_PATH), {"code": code, "at": at}))
    if not path:
        raise rules.CategoryNotFoundError(
            "There is no category '{code}' at {at}.", values={"code": code[:80], "at": at.isoformat()}, field="category"
        )
    states = {
        row.category_code: row
        for row in session.scalars(
            select(CategoryState).where(CategoryState.holds(at), CategoryState.category_code.in_(path))
        )
    }
    stated: dict[str, Limits] = {one: {} for one in path}
    for row in session.scalars(
        select(CategoryLimit).where(CategoryLimit.holds(at), CategoryLimit.category_code.in_(path))
    ):
        stated[row.category_code][_key(row)] = _limit(row)
    limits: Limits = {}
    for one in reversed(path):  # what is nearer to the category counts before what is above
        limits |= stated[one]
    own = states[path[0]]
    return CategoryInForce(
        path, CategoryKind(own.kind), own.name, own.public_name,
        next((states[one].unit_code for one in path if states[one].unit_code is not None), None),
        Urgency(own.urgency), own.on_the_spot, limits,
    )  # fmt: skip


def category_of_word(session: Session, channel: str, word: str, at: datetime) -> str | None:
    """Return the code of the category that a channel means by a word at an instant.

    By the channel's own row, else by the row for any channel, else where the word is a category's code. None: a person
    has to say which.
    """
    query = (
        select(ChannelWord.category_code)
        .where(ChannelWord.holds(at), ChannelWord.channel.in_(("", channel)), ChannelWord.word == word)
        .order_by(ChannelWord.channel.desc())
        .limit(1)
    )
    found = session.scalar(query)
    if found is None:
        same = select(CategoryState.category_code).where(CategoryState.holds(at), CategoryState.category_code == word)
        found = session.scalar(same)
    return found


def words_at(
    session: Session, at: datetime, *, category: str | None = None, after: int = 0, limit: int | None = None
) -> Sequence[ChannelWord]:
    """Return which words mean which categories at an instant, in the order of their rows."""
    query = select(ChannelWord).where(ChannelWord.holds(at), ChannelWord.id > after).order_by(ChannelWord.id)
    if category is not None:
        query = query.where(ChannelWord.category_code == category)
    return session.scalars(query.limit(limit)).all()


def unknown_words(session: Session, *, since: datetime, at: datetime, limit: int) -> list[UnknownWord]:
    """Return the words that were received since an instant and mean no category at another, the most frequent first."""
    values = {"since": since, "at": at, "limit": limit}
    return [UnknownWord(*row) for row in session.execute(text(_UNKNOWN), values)]


def spans_of_tree(session: Session) -> list[Span]:
    """Return when which category lies below which, as is known now."""
    rows = session.scalars(select(CategoryState).where(CategoryState.superseded_at.is_(None)))
    return [Span(row.category_code, row.parent_code, row.start, row.until) for row in rows]


def _key(row: CategoryLimit) -> tuple[Step, Urgency]:
    return Step(row.step), Urgency(row.urgency)


def _limit(row: CategoryLimit) -> Limit:
    return Limit(row.amount, LimitUnit(row.unit))
