"""Patrol effort: taken in from tables, and read by a run as amounts by channel, area and day.

Patrols find what they go looking for. With their effort recorded, their findings can be compared with how much they
looked; without, they are kept apart from what citizens report. What a run makes of it: `methods.patrol_adjustment`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from sqlalchemy import distinct, func, insert, select
from sqlalchemy.dialects.postgresql import distinct_on

from core import audit, clock
from governance.channels.queries import kinds_on
from governance.hotspots.patrol_effort.rules import KnownAreas, checked
from governance.hotspots.patrol_effort.tables import PatrolEffort, PatrolEffortImport
from grids.boundaries.queries import areas_at, get_layer
from grids.boundaries.tables import Area

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date, datetime

    from numpy.typing import NDArray
    from sqlalchemy.orm import Session

    from governance.hotspots.area_frame import AreaFrame
    from grids.boundaries.tables import Layer
    from identity.actors import Actor

Unit = Literal["hours", "km"]
REFUSED_KEPT = 1000


@dataclass(frozen=True, slots=True, eq=False)
class Effort:
    """Effort of each channel, as a run sees it. Day 0 is the first of the run's history.

    `amounts`, shape (channels, areas, days), float64: hours or km, 0 where none was recorded. `recorded`, shape
    (channels, days), bool: somebody recorded the channel's effort on that day, in some area. `imports` are the imports
    that were looked at: the same ones return the same numbers again.
    """

    channels: tuple[str, ...]
    units: tuple[str, ...]
    amounts: NDArray[np.float64]
    recorded: NDArray[np.bool_]
    imports: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Coverage:
    """What is recorded of one channel."""

    channel: str
    unit: str
    first_day: date
    last_day: date
    days: int
    areas: int
    amount: float


def record_effort(
    session: Session, *, layer: str, rows: Iterable[Mapping[str, Any]], unit: Unit, source: str, actor: Actor
) -> PatrolEffortImport:
    """Take effort in; rows that cannot be used are named with the reason. A row sent again replaces the earlier one.

    Raises
    ------
    LayerNotFoundError, EffortInvalidError
    """
    found = get_layer(session, layer)
    today = clock.now().astimezone(clock.LOCAL).date()
    codes = frozenset(session.scalars(select(Area.code).distinct().where(Area.layer_id == found.id)))
    taken, refused = checked(rows, KnownAreas(codes, kinds_on(session, today), today))
    imported = PatrolEffortImport(
        layer_id=found.id,
        unit=unit,
        source=source,
        row_count=len(taken),
        rejected=[one | {"reason": str(one["reason"])} for one in refused[:REFUSED_KEPT]],
        added_by=actor.name,
        added_at=clock.now(),
    )
    session.add(imported)
    session.flush()
    session.execute(
        insert(PatrolEffort),
        [
            {
                "import_id": imported.id,
                "channel": row.channel,
                "area_code": row.area,
                "day": row.day,
                "amount": row.amount,
            }
            for row in taken
        ],
    )
    audit.record(
        session,
        actor=actor,
        action="hotspots.effort",
        subject=f"patrol effort {imported.id}",
        source=source,
        rows=len(taken),
        refused=len(refused),
    )
    return imported


def list_imports(session: Session, *, layer: str, limit: int = 50) -> Sequence[PatrolEffortImport]:
    """Return the imports of a layer, the latest first."""
    found = get_layer(session, layer)
    query = select(PatrolEffortImport).where(PatrolEffortImport.layer_id == found.id)
    return session.scalars(query.order_by(PatrolEffortImport.id.desc()).limit(limit)).all()


def coverage(session: Session, *, layer: str) -> list[Coverage]:
    """Return, by channel and unit, the first and last day, the days and the areas of recorded effort."""
    latest = _latest(_imports_of(session, get_layer(session, layer), None)).subquery()
    rows = session.execute(
        select(
            latest.c.channel,
            latest.c.unit,
            func.min(latest.c.day),
            func.max(latest.c.day),
            func.count(distinct(latest.c.day)),
            func.count(distinct(latest.c.area_code)),
            func.sum(latest.c.amount),
        )
        .group_by(latest.c.channel, latest.c.unit)
        .order_by(latest.c.channel, latest.c.unit)
    )
    return [Coverage(*row) for row in rows]


def read_effort(
    session: Session,
    areas: AreaFrame,
    span: tuple[date, date],
    *,
    layer: Layer,
    at: datetime,
    imports: Sequence[int] | None,
) -> Effort:
    """Read the effort of the days [span[0], span[1]) for the areas of a frame, with the boundaries of an instant.

    Effort recorded for an area above those of the frame is shared out by their land, that of an area below goes to the
    one it lies in. A channel counted in hours one day and in km another has no effort that can be compared: it is left
    out. `imports` repeats a run with the imports it saw; None takes all there are.
    """
    seen = _imports_of(session, layer, imports)
    latest = _latest(seen).subquery()
    rows = session.execute(
        select(latest).where(latest.c.day >= span[0], latest.c.day < span[1]).order_by(latest.c.channel, latest.c.day)
    ).all()
    units: dict[str, set[str]] = {}
    for row in rows:
        units.setdefault(row.channel, set()).add(row.unit)
    channels = tuple(sorted(channel for channel, used in units.items() if len(used) == 1))
    days = (span[1] - span[0]).days
    amounts = np.zeros((len(channels), len(areas.codes), days))
    recorded = np.zeros((len(channels), days), dtype=np.bool_)
    shares = _Shares(session, areas, layer, at)
    for row in rows:
        if row.channel not in channels:
            continue
        channel, day = channels.index(row.channel), (row.day - span[0]).days
        recorded[channel, day] = True
        where, share = shares.shares_of(row.area_code)
        amounts[channel, where, day] += row.amount * share
    return Effort(channels, tuple(units[c].copy().pop() for c in channels), amounts, recorded, tuple(seen))


def _imports_of(session: Session, layer: Layer, imports: Sequence[int] | None) -> list[int]:
    query = select(PatrolEffortImport.id).where(PatrolEffortImport.layer_id == layer.id).order_by(PatrolEffortImport.id)
    found = list(session.scalars(query))
    return found if imports is None else [number for number in found if number in set(imports)]


def _latest(imports: Sequence[int]) -> Any:  # noqa: ANN401 (a select of columns)
    """Select of each channel, area and day the row sent last."""
    said = (PatrolEffort.channel, PatrolEffort.area_code, PatrolEffort.day)
    return (
        select(*said, PatrolEffort.amount, PatrolEffortImport.unit)
        .join(PatrolEffortImport, PatrolEffortImport.id == PatrolEffort.import_id)
        .where(PatrolEffort.import_id.in_(imports))
        .ext(distinct_on(*said))
        .order_by(*said, PatrolEffort.import_id.desc())
    )


class _Shares:
    """Which areas of a frame an area's effort goes to, and which share of it each gets."""

    def __init__(self, session: Session, areas: AreaFrame, layer: Layer, at: datetime) -> None:
        self._position = {code: number for number, code in enumerate(areas.codes)}
        self._stored = {a.record.code: a for a in areas_at(session, layer, at, geometry=False)}
        self._below: dict[str, list[int]] = {}
        for number, chain in enumerate(areas.chains):
            for code in chain[:-1]:
                self._below.setdefault(code, []).append(number)

    def shares_of(self, code: str) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Return positions in the frame and shares; both empty for an area outside of it."""
        step: str | None = code
        while step is not None and step not in self._position and step not in self._below:
            step = self._stored[step].record.parent_code if step in self._stored else None
        if step in self._position:
            return np.array([self._position[step]]), np.ones(1)
        if step != code:  # it lies below an area that is above the frame's: beside them
            return np.empty(0, dtype=np.int64), np.empty(0)
        own = [self._stored[c].area_m2 for c in self._codes(code)]
        where = np.array(self._below[code], dtype=np.int64)
        return where, np.array(own) / self._stored[code].area_m2

    def _codes(self, code: str) -> list[str]:
        names = list(self._position)
        return [names[number] for number in self._below[code]]
