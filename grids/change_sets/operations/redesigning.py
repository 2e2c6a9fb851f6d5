"""The redesign simulator: balanced, compact grids for a community or street, beside what is there today."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import shapely

from core import clock
from core.errors import capitalised
from geo import datum, edit
from geo.regionalise import Atoms, Measures, cut_atoms, measure, partition
from grids.boundaries.rules import households
from grids.change_sets import queries
from grids.change_sets.errors import EditRefusedError
from grids.change_sets.operations.editing import edit as edit_draft
from grids.change_sets.rules.verbs import EditCommand
from grids.gazetteer import queries as gazetteer

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray
    from sqlalchemy.orm import Session

    from grids.boundaries.records import AreaRecord
    from grids.change_sets.operations.drafting import Edited
    from identity.actors import Actor


@dataclass(frozen=True, slots=True)
class Redesign:
    """A proposal for one community or street, beside today's grids.

    `pieces` are the proposed grids in WGS 84, in the order of numbering. `origin` (k, n) is how much of each
    proposed grid's load comes from each of today's. `layer_name` and `parent_name` are what both are called.
    """

    parent_code: str
    today: tuple[AreaRecord, ...]
    pieces: tuple[shapely.Polygon, ...]
    before: Measures
    after: Measures
    cut_on_roads: float
    origin: NDArray[np.float64]
    load: str
    seed: int
    layer_name: str = ""
    parent_name: str = ""

    @property
    def moved_load(self) -> float:
        """The load of pieces whose present grid is not the largest part of their new one."""
        # A new grid continues the present one that most of its load comes from; the rest of its load moves.
        return float(self.origin.sum() - self.origin.max(axis=1).sum())

    @property
    def moves(self) -> list[tuple[str, int, float]]:
        """What would move: today's grid, the number of the proposed one (from 1), and the load, the largest first."""
        heirs = self.origin.argmax(axis=1)
        found = [
            (self.today[old].code, int(new) + 1, float(self.origin[new, old]))
            for new, old in zip(*np.nonzero(self.origin), strict=True)
            if old != heirs[new]
        ]
        return sorted(found, key=lambda move: (-move[2], move[0], move[1]))


def propose(
    session: Session,
    *,
    change_set_id: int,
    parent_code: str,
    k: int,
    points: NDArray[np.float64] | None = None,
    seed: int = 0,
    progress: Callable[[float], None] | None = None,
) -> Redesign:
    """Propose `k` grids for all land of a community, or of a street.

    The load is the households of today's grids (attribute `households`), spread over each by area; or, given `points`
    (n, 2) in degrees (last year's reports), how many fall into a piece.

    Raises
    ------
    ChangeSetNotFoundError, EditRefusedError
    """
    change_set = queries.get_change_set(session, change_set_id)
    layer, areas = queries.layer_of(session, change_set), queries.draft_areas(session, change_set)
    today = _grids_below(areas, parent_code, layer.levels[-1])
    if not today:
        raise EditRefusedError(
            "No grids lie below {parent_code} in this draft.",
            values={"parent_code": parent_code[:80]},
            field="parent_code",
        )
    lands = np.array([cast("Any", record.geom) for record in today], dtype=object)
    west, south, east, north = (float(v) for v in shapely.total_bounds(lands))
    crs = datum.metric_crs_for((west, south, east, north))

    def metric(geometries: Any) -> Any:  # noqa: ANN401 (shapely's own)
        return datum.to_metric(geometries, crs)

    roads = [cast("Any", road.geometry) for road in gazetteer.road_lines(session, at=clock.now())]
    try:
        atoms = cut_atoms(edit.join(list(lands)), list(lands), roads, metric=metric)
        loads = _loads(atoms, lands, today, points)
        plan = partition(atoms, loads, k, seed=seed, progress=progress)
    except ValueError as error:
        raise EditRefusedError(capitalised(error), field="k") from error
    except shapely.errors.GEOSException as error:
        raise EditRefusedError(
            "Outlines there cross themselves or each other: check the draft and repair it first.", field="parent_code"
        ) from error
    regions = [edit.join(list(atoms.geometries[plan.labels == i])) for i in range(k)]
    pieces = edit.in_numbering_order([cast("shapely.Polygon", region) for region in regions])
    order = [next(i for i, region in enumerate(regions) if region is piece) for piece in pieces]
    old = _holder(atoms.geometries, lands)
    before = np.bincount(old, loads, len(lands)).astype(np.float64)
    return Redesign(
        parent_code=parent_code,
        today=tuple(today),
        pieces=tuple(pieces),
        before=measure(metric(lands), before),
        after=measure(metric(np.array(pieces, dtype=object)), plan.loads[order]),
        cut_on_roads=plan.cut_on_roads,
        origin=_origin(plan.labels, old, loads, (k, len(lands)))[order],
        load="households" if points is None else "reports",
        seed=seed,
        layer_name=layer.name,
        parent_name=areas[parent_code].name if parent_code in areas else parent_code,
    )


def take_redesign(session: Session, *, change_set_id: int, redesign: Redesign, actor: Actor) -> Edited:
    """Take a proposal into the draft it was made from, as one edit.

    Raises
    ------
    ChangeSetNotFoundError, ChangeSetStateError, EditRefusedError
    """
    command = EditCommand(
        "recut",
        codes=tuple(record.code for record in redesign.today),
        geometry=shapely.MultiPolygon(redesign.pieces),
        parent_code=redesign.today[0].parent_code,
    )
    return edit_draft(session, change_set_id=change_set_id, command=command, actor=actor)


def _grids_below(areas: dict[str, AreaRecord], code: str, finest: str) -> list[AreaRecord]:
    def descends(record: AreaRecord) -> bool:
        step: AreaRecord | None = record
        seen: set[str] = set()  # a delivery may have named areas each other's parents
        while step is not None and step.code not in seen:
            if step.parent_code == code:
                return True
            seen.add(step.code)
            step = areas.get(step.parent_code) if step.parent_code else None
        return False

    return [r for _, r in sorted(areas.items()) if r.level == finest and descends(r)]


def _holder(pieces: NDArray[np.object_], lands: NDArray[np.object_]) -> NDArray[np.int64]:
    """Return which of `lands` holds each piece (by a point inside it)."""
    inside = shapely.point_on_surface(pieces)
    found, where = shapely.STRtree(lands).query(inside, predicate="covered_by")
    holder = np.zeros(len(pieces), dtype=np.int64)
    holder[found] = where
    return holder


def _loads(
    atoms: Atoms, lands: NDArray[np.object_], today: list[AreaRecord], points: NDArray[np.float64] | None
) -> NDArray[np.float64]:
    if points is not None:
        # A point on a border counts in each piece that it touches.
        piece, _ = shapely.STRtree(np.asarray(shapely.points(points))).query(atoms.geometries, predicate="covers")
        return np.bincount(piece, minlength=len(atoms.geometries)).astype(np.float64)
    loads = np.array([_households(record) for record in today])
    holder = _holder(atoms.geometries, lands)
    size = shapely.area(atoms.geometries)
    # Households of a grid, spread over its pieces by their share of its area; square degrees cancel.
    whole = np.bincount(holder, size, len(lands))
    return np.asarray(loads[holder] * size / whole[holder], dtype=np.float64)


def _households(record: AreaRecord) -> float:
    known = households(record)
    if known is None:
        raise EditRefusedError(
            "Grid {code} has no number of households: choose the load of reports instead.",
            values={"code": record.code},
            field="load",
        )
    return known


def _origin(
    labels: NDArray[np.int64], old: NDArray[np.int64], loads: NDArray[np.float64], shape: tuple[int, int]
) -> NDArray[np.float64]:
    """Return the load that each region takes from each of today's grids."""
    together = np.zeros(shape)
    np.add.at(together, (labels, old), loads)
    return together
