"""Writes of rules of dispatch: a set is made as a whole, never changed, and published once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy.exc import IntegrityError

from core import audit, clock
from governance.cases.dispatch import queries
from governance.cases.dispatch.rules import (
    MOST_RULES,
    DispatchRuleInvalidError,
    DispatchRuleSetPublishedError,
    checked_day,
    findings,
)
from governance.cases.dispatch.states import RuleFinding
from governance.cases.dispatch.tables import DispatchRuleRow, DispatchRuleSet

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from governance.cases.dispatch.rules import DispatchRule
    from identity.actors import Actor

_REFUSED = frozenset(RuleFinding) - {RuleFinding.SHADOWED, RuleFinding.NEVER_FIRED}


def add_set(session: Session, rules: Sequence[DispatchRule], *, note: str, actor: Actor) -> DispatchRuleSet:
    """Make a set of rules in this order; it counts for nothing until it is published.

    Raises
    ------
    DispatchRuleInvalidError
        When a code stands for nothing now, or a season has no such day.
    """
    if len(rules) > MOST_RULES:
        raise DispatchRuleInvalidError(
            "A set has {most} rules at most, not {count}.", values={"most": MOST_RULES, "count": len(rules)},
            field="rules",
        )  # fmt: skip
    for place, rule in enumerate(rules):
        for name, day in zip(("season_from", "season_until"), rule.season or (), strict=False):
            checked_day(day, f"rules.{place}.{name}")
    now = clock.now()
    _require_known(session, rules, now)
    made = DispatchRuleSet(note=note, made_at=now, made_by=actor.name)
    session.add(made)
    session.flush()
    for place, rule in enumerate(rules, 1):
        first, last = rule.season or (None, None)
        session.add(
            DispatchRuleRow(
                set_id=made.id, position=place, area=rule.area, category=rule.category,
                during=None if rule.during is None else str(rule.during), season_from=first, season_until=last,
                level=rule.level, unit_code=rule.unit_code, note=rule.note,
            )
        )  # fmt: skip
    audit.record(session, actor=actor, action="dispatch_rules.add", subject=f"set/{made.id}", rules=len(rules))
    session.flush()
    return made


def publish(session: Session, set_id: int, *, effective_at: datetime | None, actor: Actor) -> DispatchRuleSet:
    """Let a set count from an instant on (None: now), in place of the one before.

    Raises
    ------
    DispatchRuleSetNotFoundError, DispatchRuleSetPublishedError
    DispatchRuleInvalidError
        When the instant lies before now, or a code of it stands for nothing any more.
    """
    found, now = queries.rule_set(session, set_id, lock=True), clock.now()
    if found.effective_at is not None:
        raise DispatchRuleSetPublishedError("Set {set} was published before.", values={"set": set_id}, field="set")
    at = effective_at or now
    if at < now:
        raise DispatchRuleInvalidError(
            "Rules count from now on, {now}, at the earliest, not from {at}.",
            values={"now": now.isoformat(timespec="seconds"), "at": at.isoformat()}, field="effective_at",
        )  # fmt: skip
    _require_known(session, queries.rules_of(session, set_id), now)
    found.effective_at, found.published_at, found.published_by = at, now, actor.name
    try:
        with session.begin_nested():
            session.flush()
    except IntegrityError as error:
        raise DispatchRuleSetPublishedError(
            "Another set takes effect at {at}: choose another instant.", values={"at": at.isoformat()},
            field="effective_at",
        ) from error  # fmt: skip
    audit.record(
        session, actor=actor, action="dispatch_rules.publish", subject=f"set/{set_id}", effective_at=at.isoformat()
    )
    return found


def _require_known(session: Session, rules: Sequence[DispatchRule], at: datetime) -> None:
    wrong = next((one for one in findings(rules, queries.world(session, at)) if one.kind in _REFUSED), None)
    if wrong is None:
        return
    name = str(wrong.kind).removeprefix("unknown-")
    field_name = "unit_code" if wrong.kind is RuleFinding.UNKNOWN_UNIT else name
    raise DispatchRuleInvalidError(
        "Rule {position}: there is no {what} '{code}' now.",
        values={"position": wrong.position, "what": name, "code": getattr(rules[wrong.position - 1], field_name)},
        field=f"rules.{wrong.position - 1}.{field_name}",
    )
