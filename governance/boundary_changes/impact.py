"""Pure sums of a draft's impact: which land and matters change hands, who gains and loses what."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import shapely

from geo import datum
from grids.boundaries.descent import Descent, main_successors

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from numpy.typing import NDArray

    from governance.boundary_changes.rules import Chains
    from grids.boundaries.records import AreaRecord

NOTICED_M2 = 1.0
"""Land below this is the rounding of stored coordinates (1 cm), not a change."""
NOTICED_DEG2 = 1e-11
"""The same before it is measured: a tenth of a square metre, at any latitude less."""


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
class ReportMove:
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
    moved: tuple[ReportMove, ...] = ()
    units: Mapping[str, Balance] = field(default_factory=dict)
    workers: tuple[WorkerChange, ...] = ()
    vacant: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Lands:
    """The land of areas before and after, in the order of their codes, with what each gains and loses."""

    codes: list[str]
    old: NDArray[np.object_]
    new: NDArray[np.object_]
    gained: NDArray[np.object_]
    lost: NDArray[np.object_]

    @classmethod
    def from_areas(cls, before: Mapping[str, AreaRecord], after: Mapping[str, AreaRecord]) -> Lands:
        """Lay areas before and after beside each other."""
        codes = sorted({*before, *after})
        old, new = _lands(before, codes), _lands(after, codes)
        gained, lost = (np.full(len(codes), shapely.MultiPolygon(), dtype=object) for _ in range(2))
        # Only where the outlines are not the same to the bit.
        differ = ~shapely.equals_identical(old, new)
        gained[differ] = shapely.difference(new[differ], old[differ])
        lost[differ] = shapely.difference(old[differ], new[differ])
        return cls(codes, old, new, gained, lost)

    def select(self, codes: Collection[str]) -> Lands:
        """Return those of some codes."""
        chosen = [i for i, code in enumerate(self.codes) if code in codes]
        rest = (side[chosen] for side in (self.old, self.new, self.gained, self.lost))
        return Lands([self.codes[i] for i in chosen], *rest)


def area_changes(
    lands: Lands, before: Mapping[str, AreaRecord], after: Mapping[str, AreaRecord]
) -> tuple[AreaChange, ...]:
    """Compare areas before and after by code, leaving out what only gained a node on a straight border."""
    sizes = datum.areas_m2(np.stack([lands.old, lands.new, lands.gained, lands.lost]))
    changes = []
    for code, (before_m2, after_m2, gained_m2, lost_m2) in zip(lands.codes, sizes.T.tolist(), strict=True):
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


def land_moves(lands: Lands) -> tuple[LandMove, ...]:
    """Return which pieces of land change hands between areas of one level, the largest first."""
    codes = lands.codes
    # What an area gains out of the old land of another.
    to, origin = shapely.STRtree(lands.old).query(lands.gained, predicate="intersects")
    common = shapely.intersection(lands.gained[to], lands.old[origin])
    pieces: list[tuple[str | None, str | None, Any]] = [
        (codes[i], codes[j], g) for i, j, g in zip(origin.tolist(), to.tolist(), common, strict=True)
    ]
    # What comes from nobody, and goes to nobody.
    pieces += [(None, codes[j], g) for j, g in _rest(lands.gained, lands.old)]
    pieces += [(codes[i], None, g) for i, g in _rest(lands.lost, lands.new)]
    shapes = np.array([geom for *_, geom in pieces], dtype=object)
    moves = [
        LandMove(source, target, m2, geom)
        for (source, target, geom), m2 in zip(pieces, datum.areas_m2(shapes).tolist(), strict=True)
        if m2 >= NOTICED_M2
    ]
    return tuple(sorted(moves, key=lambda move: -move.m2))


def matter_moves(
    rows: tuple[NDArray[np.int64], NDArray[np.int64]], chains: tuple[Chains, Chains], is_open: NDArray[np.bool_]
) -> tuple[ReportMove, ...]:
    """Count matters by their areas before and after, leaving out those for which nothing changes; the most first.

    `rows` are the rows of each matter in the chains before and after.
    """
    if not is_open.size:
        return ()
    # Matters with the same areas before and after are counted together.
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
            moves.append(ReportMove(*ends, *units, count, opened, old != new))
    return tuple(sorted(moves, key=lambda move: (-move.in_a_year, move.from_area or "", move.to_area or "")))


def unit_balances(
    moves: Iterable[ReportMove], land: Iterable[LandMove], chains: tuple[Chains, Chains]
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
    moves: Iterable[ReportMove],
    land: Iterable[LandMove],
    chains: tuple[Chains, Chains],
    changed: AbstractSet[str],
) -> tuple[WorkerChange, ...]:
    """Add up what each grid worker concerned gains and loses, by unit and staff number.

    `posts` are the workers of areas of any level before and after; who works an area works all below it.
    """
    people = {worker.staff_number: worker for side in posts for ones in side.values() for worker in ones}
    balances: defaultdict[str, Balance] = defaultdict(Balance)

    def staff(side: int, code: str | None) -> set[str | None]:
        path = chains[side].of_row(chains[side].row_of(code))
        return {worker.staff_number for area in path for worker in posts[side].get(area, ())}

    everything: tuple[ReportMove | LandMove, ...] = (*moves, *land)
    for move in everything:
        _book(balances, staff(0, move.from_area), staff(1, move.to_area), move)
    worked: tuple[defaultdict[str, list[str]], defaultdict[str, list[str]]] = (defaultdict(list), defaultdict(list))
    for side, of_worker in zip(posts, worked, strict=True):
        for code in sorted(side):
            for worker in side[code]:
                of_worker[worker.staff_number].append(code)
    found = []
    for number, worker in people.items():
        before, after = (tuple(of_worker[number]) for of_worker in worked)
        if number in balances or before != after or not changed.isdisjoint(before):
            found.append(WorkerChange(worker, before, after, balances[number]))
    return tuple(sorted(found, key=lambda c: (c.worker.unit or "", c.worker.staff_number)))


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
    balances: defaultdict[str, Balance], losers: set[Any], winners: set[Any], what: ReportMove | LandMove
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


def sound(lands: NDArray[np.object_]) -> NDArray[np.object_]:
    """Return the lands, made valid where a draft has them cross themselves."""
    bad = ~shapely.is_valid(lands)
    if bad.any():
        lands = lands.copy()
        lands[bad] = shapely.make_valid(lands[bad], method="structure", keep_collapsed=False)
    return lands


def _rest(pieces: NDArray[np.object_], others: NDArray[np.object_]) -> list[tuple[int, Any]]:
    """Return what of each piece none of the others covers, where anything is left."""
    number, other = shapely.STRtree(others).query(pieces, predicate="intersects")
    # Common areas add up to the covered part, as the others do not overlap in a coverage.
    covered = np.zeros(len(pieces))
    np.add.at(covered, number, shapely.area(shapely.intersection(pieces[number], others[other])))
    left = np.flatnonzero(shapely.area(pieces) - covered > NOTICED_DEG2).tolist()
    return [(i, shapely.difference(pieces[i], shapely.union_all(others[other[number == i]]))) for i in left]


def _facts(record: AreaRecord) -> tuple[str | None, ...]:
    return record.name, record.parent_code, record.unit_code


def _lands(records: Mapping[str, AreaRecord], codes: Sequence[str]) -> NDArray[np.object_]:
    """Return the land of areas in the order of the codes, empty for none."""
    empty = shapely.MultiPolygon()
    return sound(np.array([cast("Any", r.geom) if (r := records.get(code)) else empty for code in codes], dtype=object))
