"""Writes of categories: state what they are and how long steps may take, end them, name the words that mean them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from core import audit, clock
from core.db.dated import Statement, state, state_all
from governance.categories import queries, rules
from governance.categories.states import CategoryKind, Step, Urgency
from governance.categories.tables import Category, CategoryLimit, CategoryState, ChannelWord
from identity.units.rules import UnitNotFoundError
from identity.units.tables import Unit

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from governance.categories.rules import Limit
    from identity.actors import Actor


@dataclass(frozen=True, slots=True)
class CategoryIn:
    """What a category is from an instant until another (None: open).

    `limits` are by step and urgency; None: the category above's counts; what is not named stays as it is. `words` mean
    the category in every channel from then on.
    """

    code: str
    name: str
    kind: str
    start: datetime
    until: datetime | None = None
    public_name: str | None = None
    parent_code: str | None = None
    unit_code: str | None = None
    open311_code: str | None = None
    urgency: str = Urgency.NORMAL
    on_the_spot: bool = False
    limits: Mapping[tuple[Step, Urgency], Limit | None] = field(default_factory=dict)
    words: tuple[str, ...] = ()


def state_categories(session: Session, categories: Sequence[CategoryIn], *, actor: Actor) -> int:
    """State what categories are for a time, together, so that parents may come after children; return changes.

    Counted are the categories, limits and words that anything changed of.

    Raises
    ------
    CategoryInvalidError, CategoryInUseError, UnitNotFoundError, SpanEmptyError
    """
    states = [_state(one) for one in categories]
    if not states:
        return 0
    rows = [{"code": code, "created_at": clock.now()} for code in sorted({one.key["category_code"] for one in states})]
    session.execute(insert(Category).values(rows).on_conflict_do_nothing())
    _require_units(session, {one.unit_code for one in categories if one.unit_code is not None})
    _require_known(session, {one.parent_code.strip() for one in categories if one.parent_code is not None})
    changed = state_all(session, CategoryState, states, actor=actor)
    rules.require_tree(queries.spans_of_tree(session))
    limits = [statement for one in categories for statement in _limits(one)]
    words = [
        Statement(
            {"channel": "", "word": rules.checked_line(word, "words")},
            {"category_code": one.code.strip()},
            one.start,
            one.until,
        )
        for one in categories
        for word in one.words
    ]
    changed += state_all(session, CategoryLimit, limits, actor=actor)
    changed += state_all(session, ChannelWord, words, actor=actor)
    if changed:
        named = [str(row["code"]) for row in rows]
        subject = named[0] if len(named) == 1 else f"{len(named)} categories"
        audit.record(session, actor=actor, action="categories.state", subject=subject, categories=named[:100])
    session.flush()
    return changed


def end_category(session: Session, code: str, *, at: datetime | None = None, actor: Actor) -> bool:
    """End a category at an instant, and with it its limits and words; False when it had ended.

    Raises
    ------
    CategoryNotFoundError
    CategoryInUseError
        When others lie below it then.
    """
    at = at or clock.now()
    queries.category_history(session, code)
    done = state(session, CategoryState, Statement({"category_code": code}, None, at), actor=actor)
    rules.require_tree(queries.spans_of_tree(session))
    for table in (CategoryLimit, ChannelWord):
        rows = session.scalars(select(table).where(table.category_code == code, table.superseded_at.is_(None))).all()
        ended = [
            Statement({name: getattr(row, name) for name in table.KEY}, None, max(row.start, at), row.until)
            for row in rows
            if row.until is None or row.until > at
        ]
        state_all(session, table, ended, actor=actor)
    if done:
        audit.record(session, actor=actor, action="categories.end", subject=code, at=at.isoformat())
    session.flush()
    return done


def map_word(
    session: Session,
    *,
    channel: str | None,
    word: str,
    category: str | None,
    start: datetime | None = None,
    until: datetime | None = None,
    actor: Actor,
) -> bool:
    """State which category (None: none) a channel (None: any) means by a word for a time; False: that was so.

    Raises
    ------
    CategoryNotFoundError, CategoryInvalidError, SpanEmptyError
    """
    key = {
        "channel": "" if channel is None else rules.checked_line(channel, "channel"),
        "word": rules.checked_line(word, "word"),
    }
    if category is not None:
        _require_known(session, {category}, "category")
    values = None if category is None else {"category_code": category}
    done = state(session, ChannelWord, Statement(key, values, start or clock.now(), until), actor=actor)
    if done:
        audit.record(
            session, actor=actor, action="categories.map_word", subject=key["word"], channel=channel, category=category
        )
    session.flush()
    return done


def _state(one: CategoryIn) -> Statement:
    name = rules.checked_line(one.name, "name")
    values = {
        "parent_code": None if one.parent_code is None else rules.checked_code(one.parent_code, "parent_code"),
        "kind": str(rules.checked_one_of(CategoryKind, one.kind, "kind")),
        "name": name,
        "public_name": name if one.public_name is None else rules.checked_line(one.public_name, "public_name"),
        "unit_code": one.unit_code,
        "open311_code": None if one.open311_code is None else rules.checked_line(one.open311_code, "open311_code"),
        "urgency": str(rules.checked_one_of(Urgency, one.urgency, "urgency")),
        "on_the_spot": one.on_the_spot,
    }
    return Statement({"category_code": rules.checked_code(one.code)}, values, one.start, one.until)


def _limits(one: CategoryIn) -> list[Statement]:
    return [
        Statement(
            {"category_code": one.code.strip(), "step": str(step), "urgency": str(urgency)},
            None if limit is None else {"amount": limit.amount, "unit": str(limit.unit)},
            one.start,
            one.until,
        )
        for (step, urgency), limit in one.limits.items()
    ]


def _require_known(session: Session, codes: set[str], field_name: str = "parent_code") -> None:
    unknown = sorted(codes - set(session.scalars(select(Category.code).where(Category.code.in_(codes)))))
    if unknown:
        raise rules.CategoryNotFoundError(
            "There is no category '{unknown}'.", values={"unknown": unknown[0][:80]}, field=field_name
        )


def _require_units(session: Session, codes: set[str]) -> None:
    unknown = sorted(codes - set(session.scalars(select(Unit.code).where(Unit.code.in_(codes)))))
    if unknown:
        raise UnitNotFoundError("There is no unit '{unknown}'.", values={"unknown": unknown[0][:80]}, field="unit_code")
