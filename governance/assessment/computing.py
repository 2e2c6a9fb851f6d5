"""Pure: what indicators come to over a stream of facts, for every grouping at once, and the digest of it all."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC
from typing import TYPE_CHECKING, Final

from governance.assessment.facts import facts_of
from governance.assessment.indicators import is_excluded, valued
from governance.assessment.states import Grouping, Mark

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime

    from governance.assessment.facts import Fact
    from governance.assessment.indicators import Rule, Value
    from governance.assessment.queries import CaseAsOf, StoredCase, StoredFact
    from governance.assessment.states import Counted
    from governance.cases.clocks.working_time import WorkingTime

    Key = tuple[int, Grouping, str]
    """An indicator's number, a grouping, and the subject in it."""

_EXCLUDED: Final = 2
_DENOMINATOR: Final = 1
_NUMERATOR: Final = 0


@dataclass(slots=True)
class Tally:
    """Counts of indicators while facts come in; `rules` by the indicators' numbers."""

    rules: Mapping[int, Rule]
    _counts: Counter[tuple[int, Grouping, str, int]] = field(default_factory=Counter)
    _known: dict[tuple[Counted, frozenset[Mark]], list[tuple[int, int]]] = field(default_factory=dict)

    def add(self, case: CaseAsOf, fact: Fact) -> None:
        """Count a fact of a case for each indicator and each of its subjects."""
        kind = (fact.counted, fact.marks)
        if kind not in self._known:
            self._known[kind] = list(self._roles(*kind))
        for grouping, subject in subjects_of(case, fact):
            for number, role in self._known[kind]:
                self._counts[number, grouping, subject, role] += 1

    def values(self) -> Iterator[tuple[Key, Value]]:
        """Yield the value of each indicator for each subject that it has, in order."""
        for number, grouping, subject in sorted({key[:3] for key in self._counts}):
            numerator, denominator, excluded = (
                self._counts[number, grouping, subject, role] for role in (_NUMERATOR, _DENOMINATOR, _EXCLUDED)
            )
            yield (number, grouping, subject), valued(self.rules[number], numerator, denominator, excluded)

    def _roles(self, counted: Counted, marks: frozenset[Mark]) -> Iterator[tuple[int, int]]:
        for number, rule in self.rules.items():
            if rule.formula.counted is not counted:
                continue
            match is_excluded(rule, marks):
                case True:
                    yield number, _EXCLUDED
                case False:
                    yield number, _DENOMINATOR
                    if rule.formula.numerator <= marks:
                        yield number, _NUMERATOR


def subjects_of(case: CaseAsOf, fact: Fact) -> list[tuple[Grouping, str]]:
    """Return for whom something counts: the district, its unit, person, channel, category, and the areas it lies in."""
    found = [(Grouping.DISTRICT, ""), (Grouping.CHANNEL, case.channel)]
    if fact.unit_code is not None:
        found.append((Grouping.UNIT, fact.unit_code))
    if fact.person_id is not None:
        found.append((Grouping.PERSON, str(fact.person_id)))
    if case.category_code is not None:
        found.append((Grouping.CATEGORY, case.category_code))
    return found + [(Grouping.AREA, code) for code in case.area_path]


def counted_in(
    case: CaseAsOf, work: WorkingTime, *, since: datetime, until: datetime, cut: datetime
) -> list[Fact]:  # fmt: skip
    """Return what a case counts for in [since, until), in the order of the key of facts."""
    found = facts_of(case.steps, work, urgency=case.urgency, cut=cut)
    return sorted((one for one in found if since <= one.at < until), key=lambda one: (one.counted, one.number))


def with_exempt(
    case_id: int, facts: list[Fact], exempt: frozenset[tuple[Counted, int, int]]
) -> list[Fact]:  # fmt: skip
    """Mark what granted appeals took out; `exempt` names what was counted, its case and step."""
    if not exempt:
        return facts
    return [
        replace(one, marks=one.marks | {Mark.EXEMPT}) if (one.counted, case_id, one.number) in exempt else one
        for one in facts
    ]


class Digest:
    """SHA-256 of what a run holds, in a stated order: cases and facts by case, then values."""

    def __init__(self) -> None:
        self._hash = hashlib.sha256()

    def add_case(self, case: StoredCase, facts: Iterable[StoredFact]) -> None:
        """Add a case with what it counts for, in the order of the key of facts."""
        head = (case.id, case.last_step, case.channel, case.category_code or "", case.urgency, *case.area_path)
        self._line("case", *head)
        for one in facts:
            at = one.at.astimezone(UTC).isoformat()
            person = "" if one.person_id is None else one.person_id
            self._line("fact", one.counted, one.number, at, one.unit_code or "", person, *sorted(one.marks))

    def add_values(self, values: Iterable[tuple[Key, Value]]) -> None:
        """Add what indicators came to."""
        for (number, grouping, subject), one in values:
            figures = (one.numerator, one.denominator, one.excluded, one.percent, one.points)
            self._line("value", number, grouping, subject, *figures)

    def hexdigest(self) -> str:
        """Return the digest in hexadecimal."""
        return self._hash.hexdigest()

    def _line(self, *parts: object) -> None:
        self._hash.update(("\x1f".join(map(str, parts)) + "\n").encode())
