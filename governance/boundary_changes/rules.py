"""Pure decisions: how far a preview looks back, and where a release puts open cases."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from typing import TYPE_CHECKING

from core.words import stored_message
from governance.reports.rules import NewPlace
from grids.boundaries.descent import Descent, main_successors

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from grids.assignment.release_index import ReleaseIndex

LOOKED_BACK = timedelta(days=365)


class Chains:
    """The chains of areas of a release in memory: by the row that an answer names, and by an area's code."""

    def __init__(self, index: ReleaseIndex) -> None:
        table = index.table
        self._paths = [table.paths[level] for level in index.layer.levels]
        self._rows = {code: row for row, code in enumerate(table.codes.tolist()) if code is not None}
        self._units = table.units
        self.codes = self._rows.keys()

    def of_row(self, row: int) -> list[str]:
        """Return the codes of a row's chain, the coarsest first; none for the last row."""
        return [code for column in self._paths if (code := column[row]) is not None]

    def unit_of_row(self, row: int) -> str | None:
        """Return the responsible unit of a row's area."""
        unit: str | None = self._units[row]
        return unit

    def row_of(self, code: str | None) -> int:
        """Return an area's row; the last row, which stands for none, when the release has no such area."""
        return self._rows.get(code, len(self._units) - 1) if code is not None else len(self._units) - 1


def by_land(code: str, now: str | None, chains: Chains) -> NewPlace:
    """Place a matter that was put into an area without a point: in that area, or in the one that got its land."""
    if now is None:
        return NewPlace("unassigned", (), stored_message("area_ended", code=code))
    moved = stored_message("area_moved", code=code, now=now)
    reason = stored_message("area_stays", code=code) if now == code else moved
    return NewPlace("covered", tuple(chains.of_row(chains.row_of(now))), reason)


def heirs(steps: Iterable[tuple[int, Descent]], gone: Collection[str], alive: Collection[str]) -> dict[str, str]:
    """Follow areas that are gone, release by release, to the area that has most of their land today.

    `steps` are (release number, descent), the earliest release first.
    """
    by_release: defaultdict[int, list[Descent]] = defaultdict(list)
    for number, step in steps:
        by_release[number].append(step)
    now = {code: code for code in gone}
    for number in sorted(by_release):
        successors = {step.successor for step in by_release[number]}
        main = main_successors(by_release[number], successors)
        now = {code: main.get(at, at) for code, at in now.items()}
    return {code: at for code, at in now.items() if at in alive}
