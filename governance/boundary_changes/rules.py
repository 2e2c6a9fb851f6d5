"""Pure decisions: which matters count as open, which land and matters change hands, who gains and loses what."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import shapely

from geo import datum
from grids.boundaries.descent import Descent, main_successors

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import datetime

    from numpy.typing import NDArray

    from grids.assignment.release_index import ReleaseIndex
    from grids.boundaries.records import AreaRecord

OPEN_FOR = timedelta(days=90)
"""Until cases are followed to their end, every report of the last 90 days counts as open. This is the one place."""
LOOKED_BACK = timedelta(days=365)
NOTICED_M2 = 1.0
"""Land below this is the rounding of stored coordinates (1 cm), not a change."""


def open_since(now: datetime) -> datetime:
    """Return the instant since which reports count as open matters."""
    return now - OPEN_FOR


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


@dataclass(frozen=True, slots=True)
class NewPlace:
    """Where a release puts a matter, and why; without a point where an area was named."""

    method: str
    path: tuple[str, ...]
    reason: str
    lon: float | None = None
    lat: float | None = None


def by_land(code: str, now: str | None, chains: Chains) -> NewPlace:
    """Place a matter that was put into an area without a point: in that area, or in the one that got its land."""
    if now is None:
        return NewPlace("unassigned", (), f"It was put into area {code}, which has ended with no successor.")
    reason = (
        f"It was put into area {code} without a point."
        if now == code
        else f"It was put into area {code}, which has ended; most of its land is {now} now."
    )
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


@dataclass(frozen=True, slots=True)
class AreaChange:
    """What happens to one area: `kind` is changed, created, retired or renamed; sizes in m²."""

    code: str
    name: str
    level: str
    kind: str
    before_m2: float
    after_m2: float
    gained_m2: float
    lost_m2: float
    unit_before: str | None
    unit_after: str | None


@dataclass(frozen=True, slots=True, eq=False)
class LandMove:
    """A piece of land that comes from one area under another; None: uncovered before, or after."""

    from_area: str | None
    to_area: str | None
    m2: float
    geom: shapely.Geometry


@dataclass(frozen=True, slots=True)
class MatterMove:
    """Matters of a year, and those of them still open, between two areas; None: nobody's."""

    from_area: str | None
    to_area: str | None
    from_unit: str | None
    to_unit: str | None
    in_a_year: int
    still_open: int
    is_rehomed: bool


@dataclass(slots=True)
class Balance:
    """What somebody gains and loses: land in m², open matters, matters of the last year."""

    gained_m2: float = 0.0
    lost_m2: float = 0.0
    open_gained: int = 0
    open_lost: int = 0
    year_gained: int = 0
    year_lost: int = 0


@dataclass(frozen=True, slots=True)
class WorkerOnArea:
    """A grid worker who works an area; `number` and `name` as the reader may see them."""

    staff_number: str
    number: str
    name: str
    unit: str | None


@dataclass(slots=True)
class WorkerChange:
    """What a grid worker gains and loses, and the areas worked before and after."""

    worker: WorkerOnArea
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    balance: Balance = field(default_factory=Balance)


@dataclass(frozen=True, slots=True)
class Impact:
    """What publishing a draft would do.

    `open_moved` and `year_moved` count matters that come under another area; `…_other_unit` those for which another
    unit answers, whether or not their area changes. `vacant` are areas on the finest level with no grid worker on
    record after it.
    """

    areas: tuple[AreaChange, ...] = ()
    land: tuple[LandMove, ...] = ()
    examined: int = 0
    open_moved: int = 0
    year_moved: int = 0
    open_other_unit: int = 0
    year_other_unit: int = 0
    moved: tuple[MatterMove, ...] = ()
    units: Mapping[str, Balance] = field(default_factory=dict)
    workers: tuple[WorkerChange, ...] = ()
    vacant: tuple[str, ...] = ()


def area_changes(before: Mapping[str, AreaRecord], after: Mapping[str, AreaRecord]) -> tuple[AreaChange, ...]:
    """Compare areas before and after by code, leaving out what only gained a node on a straight border."""
    codes = sorted({*before, *after})
    if not codes:
        return ()
    old, new = _lands(before, codes), _lands(after, codes)
    sizes = datum.areas_m2(np.stack([old, new, shapely.difference(new, old), shapely.difference(old, new)]))
    changes = []
    for code, (before_m2, after_m2, gained_m2, lost_m2) in zip(codes, sizes.T.tolist(), strict=True):
        one, two = before.get(code), after.get(code)
        known = cast("AreaRecord", two if two is not None else one)
        kind = "retired" if two is None else "created"
        if one is not None and two is not None:
            is_other_land = max(gained_m2, lost_m2) >= NOTICED_M2
            if not is_other_land and _facts(one) == _facts(two):
                continue
            kind = "changed" if is_other_land else "renamed"
        units = tuple(None if r is None else r.unit_code for r in (one, two))
        changes.append(AreaChange(code, known.name, known.level, kind, before_m2, after_m2, gained_m2, lost_m2, *units))
    return tuple(changes)


def land_moves(before: Mapping[str, AreaRecord], after: Mapping[str, AreaRecord]) -> tuple[LandMove, ...]:
    """Tell which pieces of land change hands between areas of one level, the largest first."""
    codes = sorted({*before, *after})
    if not codes:
        return ()
    old, new = _lands(before, codes), _lands(after, codes)
    pieces: list[tuple[str | None, str | None, Any]] = []
    gained = shapely.difference(new, old)
    to, origin = shapely.STRtree(old).query(gained, predicate="intersects")
    common = shapely.intersection(gained[to], old[origin])
    pieces += [(codes[i], codes[j], g) for i, j, g in zip(origin.tolist(), to.tolist(), common, strict=True)]
    whole_old, whole_new = shapely.union_all(old), shapely.union_all(new)
    for code, piece, lost in zip(
        codes, shapely.difference(gained, whole_old), shapely.difference(old, whole_new), strict=True
    ):
        pieces += [(None, code, piece), (code, None, lost)]
    shapes = np.array([geom for *_, geom in pieces], dtype=object)
    moves = [
        LandMove(source, target, m2, geom)
        for (source, target, geom), m2 in zip(pieces, datum.areas_m2(shapes).tolist(), strict=True)
        if m2 >= NOTICED_M2
    ]
    return tuple(sorted(moves, key=lambda move: -move.m2))


def matter_moves(
    rows: tuple[NDArray[np.int64], NDArray[np.int64]], chains: tuple[Chains, Chains], is_open: NDArray[np.bool_]
) -> tuple[MatterMove, ...]:
    """Count matters by their areas before and after, leaving out those for which nothing changes; the most first.

    `rows` are the rows of each matter in the chains before and after.
    """
    if not is_open.size:
        return ()
    pairs, place = np.unique(np.stack(rows, axis=1), axis=0, return_inverse=True)
    place = place.reshape(-1)
    counts = np.bincount(place, minlength=len(pairs))
    still_open = np.bincount(place, weights=is_open, minlength=len(pairs)).astype(np.int64)
    moves = []
    for (one, two), count, opened in zip(pairs.tolist(), counts.tolist(), still_open.tolist(), strict=True):
        old, new = chains[0].of_row(one), chains[1].of_row(two)
        units = chains[0].unit_of_row(one), chains[1].unit_of_row(two)
        if old != new or units[0] != units[1]:
            ends = (old[-1] if old else None, new[-1] if new else None)
            moves.append(MatterMove(*ends, *units, count, opened, old != new))
    return tuple(sorted(moves, key=lambda move: (-move.in_a_year, move.from_area or "", move.to_area or "")))


def unit_balances(
    moves: Iterable[MatterMove], land: Iterable[LandMove], chains: tuple[Chains, Chains]
) -> dict[str, Balance]:
    """Add up what each responsible unit gains and loses."""
    units: defaultdict[str, Balance] = defaultdict(Balance)
    for move in moves:
        _book(units, {move.from_unit}, {move.to_unit}, move)
    for piece in land:
        ends = ((piece.from_area, chains[0]), (piece.to_area, chains[1]))
        loser, winner = (chain.unit_of_row(chain.row_of(code)) for code, chain in ends)
        _book(units, {loser}, {winner}, piece)
    return dict(sorted(units.items()))


def worker_changes(
    posts: tuple[Mapping[str, Sequence[WorkerOnArea]], Mapping[str, Sequence[WorkerOnArea]]],
    moves: Iterable[MatterMove],
    land: Iterable[LandMove],
    chains: tuple[Chains, Chains],
    changed: Collection[str],
) -> tuple[WorkerChange, ...]:
    """Add up what each grid worker concerned gains and loses, by unit and staff number.

    `posts` are the workers of areas of any level before and after; who works an area works all below it.
    """
    people = {worker.staff_number: worker for side in posts for ones in side.values() for worker in ones}
    balances: defaultdict[str, Balance] = defaultdict(Balance)

    def staff(side: int, code: str | None) -> set[str | None]:
        path = chains[side].of_row(chains[side].row_of(code))
        return {worker.staff_number for area in path for worker in posts[side].get(area, ())}

    everything: tuple[MatterMove | LandMove, ...] = (*moves, *land)
    for move in everything:
        _book(balances, staff(0, move.from_area), staff(1, move.to_area), move)
    found = {}
    for number, worker in people.items():
        areas = [
            tuple(sorted(code for code, ones in side.items() if any(w.staff_number == number for w in ones)))
            for side in posts
        ]
        if number in balances or areas[0] != areas[1] or set(areas[0]) & set(changed):
            found[number] = WorkerChange(worker, areas[0], areas[1], balances.get(number, Balance()))
    return tuple(sorted(found.values(), key=lambda c: (c.worker.unit or "", c.worker.staff_number)))


def posts_after(
    before: Mapping[str, Sequence[WorkerOnArea]],
    steps: Iterable[Descent],
    alive: Collection[str],
    gone: Collection[str],
) -> dict[str, list[WorkerOnArea]]:
    """Return who works which area once a draft is in force: posts on areas that end go on in their main successor."""
    heir = main_successors(steps, alive)
    after: dict[str, list[WorkerOnArea]] = {code: list(ones) for code, ones in before.items() if code not in gone}
    for code in sorted(gone):
        target = after.setdefault(heir[code], []) if code in heir else []
        known = {worker.staff_number for worker in target}
        target += [worker for worker in before.get(code, ()) if worker.staff_number not in known]
    return after


def _book(
    balances: defaultdict[str, Balance], losers: set[Any], winners: set[Any], what: MatterMove | LandMove
) -> None:
    """Write a move into the accounts of those who lose it and those who gain it; who does both does neither."""
    for name in losers - winners - {None}:
        if isinstance(what, LandMove):
            balances[name].lost_m2 += what.m2
        else:
            balances[name].open_lost += what.still_open
            balances[name].year_lost += what.in_a_year
    for name in winners - losers - {None}:
        if isinstance(what, LandMove):
            balances[name].gained_m2 += what.m2
        else:
            balances[name].open_gained += what.still_open
            balances[name].year_gained += what.in_a_year


def _facts(record: AreaRecord) -> tuple[str | None, ...]:
    return record.name, record.parent_code, record.unit_code


def _lands(records: Mapping[str, AreaRecord], codes: Sequence[str]) -> NDArray[np.object_]:
    """Return the land of areas in the order of the codes, valid also where a draft's is not, empty for none."""
    empty = shapely.MultiPolygon()
    lands = np.array([cast("Any", r.geom) if (r := records.get(code)) else empty for code in codes], dtype=object)
    bad = ~shapely.is_valid(lands)
    if bad.any():
        lands[bad] = shapely.make_valid(lands[bad], method="structure", keep_collapsed=False)
    return lands
