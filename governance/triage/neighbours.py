"""Reports beside one that waits: received at about the same time, or in words that are alike."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from core.likeness import text_alike
from governance.reports.numbers import report_number
from governance.triage import queries

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from identity.grants import Reach

WITHIN: Final = timedelta(days=7)
"""So far before and after a report is looked."""
MOST_COMPARED: Final = 1000
SOON: Final = timedelta(hours=2)
"""Received so near to each other, two calls may be about one matter, whatever their words."""
LEAST_ALIKE: Final = 0.25
MOST_SHOWN: Final = 8
"""Of each kind."""


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A report beside another: how many minutes later it was received (negative: earlier), how alike (0 to 1) it is."""

    report: dict[str, Any]
    minutes: int
    alike: float

    @property
    def number(self) -> str:
        """The report's number as people read it."""
        return report_number(self.report["id"])


def neighbours(session: Session, report_id: int, *, reach: Reach) -> list[Neighbour]:
    """Return what stands beside a waiting report in time and in words, the most alike first.

    At most MOST_SHOWN that were received within SOON and MOST_SHOWN whose words are alike.

    Raises
    ------
    ReportNotInTriageError, NotWaitingError
    """
    row = queries.one_waiting(session, report_id, reach=reach)
    around = queries.received_around(session, row, reach=reach, within=WITHIN, limit=MOST_COMPARED)
    found = [_beside(row, other) for other in around]
    soon = [one for one in found if abs(one.minutes) <= SOON.total_seconds() / 60][:MOST_SHOWN]
    by_words = sorted((one for one in found if one.alike >= LEAST_ALIKE), key=lambda one: -one.alike)[:MOST_SHOWN]
    shown = {one.report["id"]: one for one in [*soon, *by_words]}
    return sorted(shown.values(), key=lambda one: (-one.alike, abs(one.minutes), one.report["id"]))


def _beside(row: dict[str, Any], other: dict[str, Any]) -> Neighbour:
    minutes = round((other["received_at"] - row["received_at"]).total_seconds() / 60)
    return Neighbour(
        other, minutes, round(max(_alike(row, other, "address_text"), _alike(row, other, "description")), 2)
    )


def _alike(row: dict[str, Any], other: dict[str, Any], column: str) -> float:
    return text_alike(row[column] or "", other[column] or "")
