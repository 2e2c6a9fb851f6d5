"""Replay a set of rules over cases of the past: which unit each would have gone to, and what would change."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from functools import cache, partial
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import text

from governance.cases.dispatch import answering, queries
from governance.cases.dispatch.answering import CasePlace
from governance.cases.dispatch.rules import DispatchBlockedError, RuleProblem, decided, failing, findings, matching
from governance.cases.dispatch.states import RuleFinding
from governance.categories.queries import in_force
from governance.categories.rules import CategoryNotFoundError
from governance.reports.numbers import report_number

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator
    from datetime import datetime

    from sqlalchemy import Row
    from sqlalchemy.orm import Session

    from governance.cases.clocks.working_time import WorkingTime
    from governance.cases.dispatch.rules import CaseFacts

    Standing = Callable[[], str | None]

_PAGE: Final = 5_000
# Months before the span are left out by the ids of their reports.
_CASES: Final = """
SELECT c.id, c.opened_at, c.category_path, r.category AS word, p.layer_id, l.code AS layer, p.area_path
FROM case_record c JOIN report r ON r.id = c.id JOIN report_place p ON p.report_id = c.id
LEFT JOIN layer l ON l.id = p.layer_id
WHERE {which} AND cardinality(c.category_path) > 0
ORDER BY c.id
"""
_SPAN: Final = "c.opened_at >= :since AND c.opened_at < :until"


@dataclass(frozen=True, slots=True)
class Change:
    """A case that would go to another unit; None: to nobody, so that its dispatch would be refused."""

    number: str
    area: str | None
    category: str
    before: str | None
    after: str | None
    rule: int


@dataclass(slots=True)
class Replay:
    """What a set would change: of so many cases so many, counted by units and by the finest area; the first listed.

    `fired` counts the cases that each rule (by position) decides; 0 those left to who answers.
    """

    cases: int = 0
    changed: int = 0
    by_unit: Counter[tuple[str | None, str | None]] = field(default_factory=Counter)
    by_area: Counter[str | None] = field(default_factory=Counter)
    fired: Counter[int] = field(default_factory=Counter)
    changes: list[Change] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Trial:
    """What a set decides for one case: the unit, the rule and those behind it, and why each rule before it does not."""

    unit_code: str | None
    rule: int
    behind: list[int]
    passed: list[tuple[int, str]]


def replay(
    session: Session, set_id: int, *, since: datetime, until: datetime, work: WorkingTime, most: int = 200,
    hidden: Collection[int] = (),
) -> Replay:  # fmt: skip
    """Compare a set with the one in force at `until`, over the cases that were opened in a span, without `hidden` ones.

    Each case is asked at the instant at which it was opened, with its present category and place; who answers, where no
    rule decides, is who does at `until`. Cases without a category are left out.

    Raises
    ------
    DispatchRuleSetNotFoundError
    """
    queries.rule_set(session, set_id)
    done, after = Replay(), queries.rules_of(session, set_id)
    known = queries.set_in_force(session, until)
    before = [] if known is None else queries.rules_of(session, known.id)
    asked, values = _CASES.format(which=f"{_SPAN} AND c.id <> ALL (:hidden)"), {"since": since, "until": until}
    for row, facts, standing in _asked(session, asked, values | {"hidden": list(hidden)}, until, work):
        old, _ = decided(before, facts, standing)
        new, rule = decided(after, facts, standing)
        done.cases += 1
        done.fired[rule] += 1
        if old == new:
            continue
        area = f"{row.layer}/{row.area_path[-1]}" if row.layer and row.area_path else None
        done.changed += 1
        done.by_unit[old, new] += 1
        done.by_area[area] += 1
        if len(done.changes) < most:
            done.changes.append(Change(report_number(row.id), area, row.category_path[0], old, new, rule))
    return done


def try_on(session: Session, set_id: int, case_id: int, *, at: datetime, work: WorkingTime) -> Trial:
    """Return what a set decides for one case now.

    Raises
    ------
    DispatchRuleSetNotFoundError
    DispatchBlockedError
        When the case has no category yet.
    """
    queries.rule_set(session, set_id)
    rules = queries.rules_of(session, set_id)
    for _, facts, standing in _asked(session, _CASES.format(which="c.id = :id"), {"id": case_id}, at, work, now=at):
        unit, first = decided(rules, facts, standing)
        passed = [(place, failing(rule, facts)) for place, rule in enumerate(rules[: (first or len(rules) + 1) - 1], 1)]
        return Trial(unit, first, matching(rules, facts)[1:], [(place, why) for place, why in passed if why])
    raise DispatchBlockedError("The case has no category yet: reclassify it first.", field="category")


def check(session: Session, set_id: int, *, since: datetime, until: datetime, work: WorkingTime) -> list[RuleProblem]:
    """Return what is wrong with a set, and which of its rules decided no case of a span."""
    queries.rule_set(session, set_id)
    rules = queries.rules_of(session, set_id)
    found = findings(rules, queries.world(session, until))
    fired: set[int] = set()
    asked = _CASES.format(which=_SPAN)
    for _, facts, _ in _asked(session, asked, {"since": since, "until": until}, until, work):
        fired.update(matching(rules, facts)[:1])
    named = {one.position for one in found}
    silent = [
        RuleProblem(place, RuleFinding.NEVER_FIRED) for place in range(1, len(rules) + 1) if place not in fired | named
    ]
    return sorted([*found, *silent], key=lambda one: one.position)


def _asked(
    session: Session, statement: str, values: dict[str, Any], at: datetime, work: WorkingTime,
    now: datetime | None = None,
) -> Iterator[tuple[Row[Any], CaseFacts, Standing]]:  # fmt: skip
    """Yield cases with what rules ask of them, and who answers where no rule decides (asked once a place)."""
    levels = queries.levels_by_area(session, at)

    @cache
    def answers(layer_id: int | None, area: tuple[str, ...], path: tuple[str, ...], word: str) -> str | None:
        try:
            default = in_force(session, path[0], at).unit_code
            place = CasePlace(layer_id, area)
            return answering.standing(session, place, at, categories=[*path, word], default_unit=default).unit_code
        except (DispatchBlockedError, CategoryNotFoundError):
            return None

    rows = session.execute(text(statement), values).all()
    for row in rows:
        area, path = tuple(row.area_path or ()), tuple(row.category_path)
        level = levels.get(f"{row.layer}/{area[-1]}") if area else None
        facts = queries.facts_of(row.layer, area, level, path, now or row.opened_at, work)
        yield row, facts, partial(answers, row.layer_id, area, path, row.word)
