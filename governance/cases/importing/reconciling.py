"""Compare a file with the ledger month by month: how many cases each has, and how many of them are closed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlalchemy import text

from core.clock import LOCAL
from governance.cases.importing.histories import ENDED
from governance.cases.lifecycle.states import TABLE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy.orm import Session

    from governance.cases.importing.histories import ToldCase

_LEDGER: Final = """
SELECT to_char(c.opened_at AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM') AS month, count(*),
       count(*) FILTER (WHERE c.state = ANY (:closed))
FROM unnest(CAST(:ids AS bigint[])) AS given (id) JOIN case_record c USING (id)
GROUP BY 1
"""


@dataclass(slots=True)
class MonthCounts:
    """Cases of a month of opening: in the file and here, closed ones of both."""

    in_file: int = 0
    here: int = 0
    closed_in_file: int = 0
    closed_here: int = 0

    @property
    def is_equal(self) -> bool:
        """Whether nothing is missing."""
        return (self.in_file, self.closed_in_file) == (self.here, self.closed_here)


class Reconciliation:
    """Counts by month of opening, local time; `refused` rows have no month."""

    def __init__(self) -> None:
        self.months: dict[str, MonthCounts] = {}

    def count_told(self, cases: Iterable[ToldCase]) -> None:
        """Count what the file tells."""
        for told in cases:
            targets = [rule.target for step in told.steps if (rule := TABLE[step.verb]).target is not None]
            month = self.months.setdefault(f"{told.steps[0].at.astimezone(LOCAL):%Y-%m}", MonthCounts())
            month.in_file += 1
            month.closed_in_file += targets[-1] in ENDED

    def count_stored(self, session: Session, ids: Iterable[int]) -> None:
        """Count what the ledger has of the file's cases."""
        values = {"ids": list(ids), "closed": [str(state) for state in ENDED]}
        for month, here, closed in session.execute(text(_LEDGER), values):
            found = self.months.setdefault(month, MonthCounts())
            found.here, found.closed_here = here, closed

    def rows(self) -> list[tuple[str, MonthCounts]]:
        """Return the months in order."""
        return sorted(self.months.items())
