"""Who does something to cases, and the steps of history that it leaves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from geoalchemy2.shape import from_shape
from shapely import Point

from governance.cases.lifecycle.tables import Case, CaseStep, row_id

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from governance.cases.lifecycle.rules import Act
    from governance.cases.lifecycle.states import CaseState
    from identity.actors import Actor
    from identity.grants import Reach, Scope


@dataclass(frozen=True, slots=True)
class Caller:
    """Who does something to cases: the actor, and what each scope reaches (identity.keys.Principal.reach).

    `any_unit`: acts for every unit, as the operator's command line does.
    """

    actor: Actor
    reach: Callable[[Scope], Reach]
    any_unit: bool = False


def new_step(
    case: Case, act: Act, actor: Actor, now: datetime, came_from: CaseState | None, detail: dict[str, Any]
) -> CaseStep:
    """Return the step that an act leaves in the history of a case, which it has brought up to date before."""
    point = None if act.lon is None or act.lat is None else from_shape(Point(act.lon, act.lat), srid=4326)
    return CaseStep(
        case_id=case.id, number=case.version, id=row_id(case.id, case.version), at=now,
        device_at=act.device_at, verb=str(act.verb),
        came_from=None if came_from is None else str(came_from), led_to=case.state, actor_id=actor.id,
        actor=actor.name, unit_code=case.unit_code,
        category_code=case.category_path[0] if case.category_path else None,
        geom=point, detail=detail,
    )  # fmt: skip
