"""Take areas over as somebody drew them elsewhere: a whole delivery, or one area with what stands above it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import shapely

from grids.boundaries.files.people import with_people_kept
from grids.boundaries.records import with_canonical_geometries, with_unit_code
from grids.boundaries.rules import repeated_codes
from grids.change_sets import draft_queries, queries
from grids.change_sets.errors import EditRefusedError
from grids.change_sets.operations.drafting import Edited, latest_number, open_change_set, store
from grids.change_sets.operations.editing import require_parents, update_ancestors

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from grids.boundaries.records import AreaRecord
    from grids.change_sets.tables import ChangeSet
    from identity.actors import Actor


def replace_areas(
    session: Session,
    *,
    change_set_id: int,
    areas: Sequence[AreaRecord],
    actor: Actor,
    retire_others: bool = False,
    source: str = "",
    verb: str = "replace",
    expected_version: int | None = None,
) -> Edited:
    """Take over a surveyor's delivery (or repaired areas): matched by code, coarser levels as delivered.

    With `retire_others`, areas of the delivered levels that are not in it end. Nothing else is touched; what does not
    fit together is reported by the check.

    Raises
    ------
    ChangeSetNotFoundError, ChangeSetStateError, ChangeSetStaleError, EditRefusedError
    """
    change_set = open_change_set(session, change_set_id, expected_version)
    plan = planned(session, change_set, areas, retire_others=retire_others)
    if not plan.after:
        raise EditRefusedError("The delivery is what the draft has already: nothing to take over.", field="file")
    draft = draft_queries.state_of(session, change_set, upto=latest_number(session, change_set))
    number = store(session, change_set, verb, {"source": source, "areas": len(areas)}, actor, plan.after)
    return Edited(change_set, number, plan.after, draft)


@dataclass(frozen=True, slots=True)
class Plan:
    """What a delivery would make of a draft: the draft as it is (`now`), and the areas that would become different.

    `told` are remarks on what the delivery hides of the draft's facts about people, which stays.
    """

    content: queries.Content
    now: dict[str, AreaRecord]
    after: dict[str, AreaRecord | None]
    told: tuple[str, ...] = ()

    @property
    def whole(self) -> list[AreaRecord]:
        """The whole layer as it would be."""
        return list(queries.overlaid(self.now, self.after).values())


def planned(
    session: Session,
    change_set: ChangeSet,
    areas: Sequence[AreaRecord],
    *,
    retire_others: bool,
    people_kept: bool = False,
) -> Plan:
    """Return what a delivery would make different; nothing is stored.

    With `people_kept` columns about people that an export left out or masked stay as the draft has them, as in imports.

    Raises
    ------
    EditRefusedError
        For an unknown level, a code that stands twice or was another area's, or what is no polygon.
    """
    layer = queries.layer_of(session, change_set)
    strange = sorted({area.level for area in areas} - set(layer.levels))
    if strange:
        raise EditRefusedError(
            "Layer '{code}' has no level {strange}.",
            values={"code": layer.code, "strange": ", ".join(strange)[:80]},
            field="level",
        )
    repeated = repeated_codes(areas)
    if repeated:
        raise EditRefusedError(
            "The code {repeated} stands twice in the delivery.", values={"repeated": repeated[0][:80]}, field="file"
        )
    content = queries.content_of(session, change_set)
    now = content.areas
    told: list[str] = []
    if people_kept:
        areas, told = with_people_kept(areas, list(now.values()))
    delivered = {area.code: area for area in with_canonical_geometries(areas)}
    wrong = [c for c, a in delivered.items() if not isinstance(a.geom, shapely.MultiPolygon)]
    if wrong:
        raise EditRefusedError(
            "Area {wrong} of the delivery is no polygon.", values={"wrong": wrong[0][:80]}, field="file"
        )
    fresh = delivered.keys() - now.keys() - content.base.keys()
    spent = sorted(queries.codes_ever_used(session, layer, codes=fresh)) if fresh else []
    if spent:
        raise EditRefusedError(
            (
                "{spent} was an area's code before, or another draft gives it: numbers are not given twice. To "
                "bring an older release back, roll back to it."
            ),
            values={"spent": spent[0][:80]},
            field="file",
        )
    after: dict[str, AreaRecord | None] = {c: a for c, a in delivered.items() if not _same(a, now.get(c))}
    if retire_others:
        levels = {area.level for area in areas}
        after |= {c: None for c, a in now.items() if a.level in levels and c not in delivered}
    return Plan(content, now, after, tuple(told))


def replace_area(session: Session, *, change_set_id: int, area: AreaRecord, actor: Actor, source: str = "") -> Edited:
    """Put one area's facts and land in place of what the draft has; what stands above it follows, in the same edit.

    Its neighbours do not move: what no longer fits together is reported by the check. Where nothing differs, no edit is
    made and `after` is empty.

    Raises
    ------
    ChangeSetNotFoundError, ChangeSetStateError, EditRefusedError
    """
    change_set = open_change_set(session, change_set_id, None)
    latest = latest_number(session, change_set)
    draft = draft_queries.state_of(session, change_set, upto=latest)
    old = draft_queries.named(session, draft, [area.code]).get(area.code)
    if old is None:
        raise EditRefusedError("There is no area {code} in this draft.", values={"code": area.code[:80]}, field="code")
    (new,) = with_canonical_geometries([with_unit_code(area)])
    if not isinstance(new.geom, shapely.MultiPolygon):
        raise EditRefusedError("The land of an area is a polygon.", field="geometry")
    if _same(new, old) and new.unit_name in {None, old.unit_name}:
        return Edited(change_set, latest, {}, draft)
    after: dict[str, AreaRecord | None] = {new.code: new}
    if new.parent_code != old.parent_code:
        require_parents(session, draft, after)
    after |= update_ancestors(session, draft, {old.code: old}, after)
    number = store(session, change_set, "replace", {"source": source, "areas": 1}, actor, after)
    return Edited(change_set, number, after, draft)


def _same(one: AreaRecord, two: AreaRecord | None) -> bool:
    if two is None:
        return False
    facts = [(a.level, a.code, a.name, a.parent_code, a.unit_code, a.attributes) for a in (one, two)]
    return facts[0] == facts[1] and bool(shapely.equals_identical(one.geom, two.geom))
