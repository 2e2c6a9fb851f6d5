"""Reads of the boundary desk: drafts, their areas, what others changed meanwhile, lineage."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast

import shapely
from sqlalchemy import select, text

from grids.boundaries import queries as registry
from grids.boundaries.records import AreaRecord
from grids.boundaries.release_rules import RulesChange
from grids.boundaries.tables import Layer, Release
from grids.change_sets.errors import ChangeSetNotFoundError
from grids.change_sets.states import PENDING
from grids.change_sets.tables import ChangeSet, ChangeSetEdit, ChangeSetHand

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from sqlalchemy.orm import Session

    from grids.boundaries.release_rules import ReleaseRules

_BEFORE_ALL = datetime(1, 1, 1, tzinfo=UTC)
RULES = "rules"
"""The verb of an edit that changes what the release answers by, and no area."""
Overlay = dict[str, AreaRecord | None]
"""What a draft changed: an area as it is now, or None where it is retired."""


Marks = dict[str, tuple[int, int, int]]
"""By the code of each area that a draft changed: the draft, its edit, the transaction that wrote the row."""


@dataclass(frozen=True, slots=True)
class Content:
    """A draft's whole layer: the areas of its base, by code, and what it changed."""

    base: dict[str, AreaRecord]
    changed: Overlay

    @property
    def areas(self) -> dict[str, AreaRecord]:
        """The areas as the draft has them, by code."""
        return overlaid(self.base, self.changed)


@dataclass(frozen=True, slots=True)
class LineageStep:
    """How much of one area's land became another's, at one release."""

    predecessor: str
    successor: str
    share_of_predecessor: float
    share_of_successor: float
    release_number: int
    effective_at: datetime


def get_change_set(session: Session, change_set_id: int, *, for_update: bool = False) -> ChangeSet:
    """Return one change set, or raise ChangeSetNotFoundError; `for_update` makes others wait."""
    found = session.get(ChangeSet, change_set_id, with_for_update=for_update, populate_existing=for_update)
    if found is None:
        raise ChangeSetNotFoundError(
            "There is no change set {change_set_id}.", values={"change_set_id": change_set_id}, field="change_set"
        )
    return found


def list_change_sets(
    session: Session, *, layer: Layer | None = None, states: Sequence[str] = ()
) -> Sequence[ChangeSet]:
    """Return change sets, latest first."""
    query = select(ChangeSet).order_by(ChangeSet.id.desc())
    if layer is not None:
        query = query.where(ChangeSet.layer_id == layer.id)
    if states:
        query = query.where(ChangeSet.state.in_(states))
    return session.scalars(query).all()


def layer_of(session: Session, change_set: ChangeSet) -> Layer:
    """Return the layer a change set is a draft of."""
    return session.get_one(Layer, change_set.layer_id)


def base_of(session: Session, change_set: ChangeSet) -> Release:
    """Return the release a change set stands on; for a layer's first content one without areas, numbered 0."""
    if change_set.base_release_id is not None:
        return session.get_one(Release, change_set.base_release_id)
    return Release(
        layer_id=change_set.layer_id, number=0, checksum="", effective_at=_BEFORE_ALL, published_at=_BEFORE_ALL,
        area_count=0,
    )  # fmt: skip


def edits(session: Session, change_set: ChangeSet) -> Sequence[ChangeSetEdit]:
    """Return the edits of a change set in order."""
    query = select(ChangeSetEdit).where(ChangeSetEdit.change_set_id == change_set.id)
    return session.scalars(query.order_by(ChangeSetEdit.number)).all()


def rules_of_draft(session: Session, change_set: ChangeSet) -> ReleaseRules:
    """Return the rules that the release of a draft would answer by: its base's, as the draft's edits change them."""
    layer, base = layer_of(session, change_set), base_of(session, change_set)
    asked = session.scalars(
        select(ChangeSetEdit.arguments)
        .where(ChangeSetEdit.change_set_id == change_set.id, ChangeSetEdit.verb == RULES)
        .order_by(ChangeSetEdit.number)
    )
    found = registry.rules_of_release(session, layer, base)
    for arguments in asked:
        found = RulesChange.from_json(arguments).applied(found, strict=False)
    return found


def hands(session: Session, change_set: ChangeSet) -> set[int]:
    """Return the principals who ever worked on a draft, also those of whose work nothing is left."""
    return set(session.scalars(select(ChangeSetHand.actor_id).where(ChangeSetHand.change_set_id == change_set.id)))


def overlay(session: Session, change_set: ChangeSet) -> Overlay:
    """Return what the draft changed, by code."""
    newest: Overlay = {}
    for _, areas in areas_by_edit(session, change_set, newest=True):
        newest |= areas
    return newest


def areas_by_edit(session: Session, change_set: ChangeSet, *, newest: bool = False) -> list[tuple[int, Overlay]]:
    """Return the number of each edit, in order, with the areas as it left them; `newest`, each code's last alone."""
    distinct, order = ("DISTINCT ON (code)", "code, edit_number DESC") if newest else ("", "edit_number, code")
    rows = session.execute(
        text(
            f"SELECT {distinct} code, level, name, parent_code, unit_code, unit_name, attributes, is_retired,"
            f" ST_AsBinary(geom), edit_number FROM change_set_area WHERE change_set_id = :id ORDER BY {order}"
        ),
        {"id": change_set.id},
    )
    found: dict[int, Overlay] = {}
    for r in rows:
        found.setdefault(r[9], {})[r[0]] = (
            None
            if r[7]
            else AreaRecord(
                level=r[1], code=r[0], name=r[2], parent_code=r[3], unit_code=r[4], unit_name=r[5], attributes=r[6],
                geom=shapely.from_wkb(bytes(r[8])),
            )
        )  # fmt: skip
    return sorted(found.items())


def marks(session: Session, change_set: ChangeSet) -> Marks:
    """Return by code the row that holds what the draft made of an area; another row is another mark.

    The number of the edit alone would not do: after an undo it is given again.
    """
    sql = (
        "SELECT DISTINCT ON (code) code, edit_number, xmin::text::bigint FROM change_set_area"
        " WHERE change_set_id = %s ORDER BY code, edit_number DESC"
    )
    driver = cast("Any", session.connection().connection.driver_connection)
    with driver.cursor(binary=True) as cursor:
        rows = cursor.execute(sql, [change_set.id]).fetchall()
    return {code: (change_set.id, number, written) for code, number, written in rows}


def codes_edited_by(session: Session, change_set: ChangeSet, verbs: Sequence[str]) -> set[str]:
    """Return the areas that edits of some verbs left different."""
    rows = session.execute(
        text(
            "SELECT DISTINCT a.code FROM change_set_area a JOIN change_set_edit e"
            " ON e.change_set_id = a.change_set_id AND e.number = a.edit_number"
            " WHERE a.change_set_id = :id AND e.verb = ANY(CAST(:verbs AS text[]))"
        ),
        {"id": change_set.id, "verbs": list(verbs)},
    )
    return {row[0] for row in rows}


def content_of(session: Session, change_set: ChangeSet) -> Content:
    """Return a draft's whole layer: read it once where more than one step needs it."""
    layer, base = layer_of(session, change_set), base_of(session, change_set)
    areas = {a.record.code: a.record for a in registry.areas_of_release(session, layer, base)}
    return Content(areas, overlay(session, change_set))


def draft_areas(session: Session, change_set: ChangeSet) -> dict[str, AreaRecord]:
    """Return the whole layer as the draft has it, by code."""
    return content_of(session, change_set).areas


def codes_ever_used(
    session: Session, layer: Layer, *, codes: Collection[str] = (), prefixes: Collection[str] = ()
) -> set[str]:
    """Return which of some codes, and of all that begin so, an area of the layer bears, bore or has in a draft."""
    wanted = "(code = ANY(CAST(:codes AS text[])) OR EXISTS (SELECT FROM unnest(CAST(:prefixes AS text[])) p"
    wanted += " WHERE starts_with(code, p)))"
    rows = session.execute(
        text(
            f"SELECT code FROM area WHERE layer_id = :layer AND {wanted} UNION"
            " SELECT a.code FROM change_set_area a JOIN change_set c ON c.id = a.change_set_id"
            f" WHERE c.layer_id = :layer AND c.state = ANY(CAST(:pending AS text[])) AND {wanted}"
        ),
        {"layer": layer.id, "codes": list(codes), "prefixes": list(prefixes), "pending": list(PENDING)},
    )
    return {row[0] for row in rows}


def names_ever_used(session: Session, layer: Layer, prefixes: Collection[str]) -> set[str]:
    """Return the names that begin so and that an area of the layer bears, bore or has in a draft."""
    begins = "EXISTS (SELECT FROM unnest(CAST(:prefixes AS text[])) p WHERE starts_with(name, p))"
    rows = session.execute(
        text(
            f"SELECT name FROM area WHERE layer_id = :layer AND {begins} UNION"
            " SELECT a.name FROM change_set_area a JOIN change_set c ON c.id = a.change_set_id"
            f" WHERE c.layer_id = :layer AND c.state = ANY(CAST(:pending AS text[])) AND {begins}"
        ),
        {"layer": layer.id, "prefixes": list(prefixes), "pending": list(PENDING)},
    )
    return {row[0] for row in rows}


def drafted_elsewhere(session: Session, change_set: ChangeSet, names: Collection[str]) -> list[tuple[Any, ...]]:
    """Return name, code, level, parent and draft of the areas that other drafts of the layer call so."""
    rows = session.execute(
        text(
            "SELECT a.name, a.code, a.level, a.parent_code, a.change_set_id FROM change_set_area a"
            " JOIN change_set c ON c.id = a.change_set_id"
            " WHERE c.layer_id = :layer AND c.id <> :id AND c.state = ANY(CAST(:pending AS text[]))"
            " AND NOT a.is_retired AND a.name = ANY(CAST(:names AS text[])) AND NOT EXISTS ("
            "  SELECT FROM change_set_area n WHERE n.change_set_id = a.change_set_id AND n.code = a.code"
            "  AND n.edit_number > a.edit_number)"
        ),
        {"layer": change_set.layer_id, "id": change_set.id, "pending": list(PENDING), "names": list(names)},
    )
    return [tuple(row) for row in rows]


def codes_changed_since(session: Session, layer: Layer, base: Release, latest: Release) -> set[str]:
    """Return the codes that releases after `base` up to `latest` brought, changed or ended."""
    rows = session.execute(
        text(
            "SELECT DISTINCT code FROM area WHERE layer_id = :layer AND"
            " ((lower(valid_during) > :base AND lower(valid_during) <= :latest)"
            "  OR (upper(valid_during) > :base AND upper(valid_during) <= :latest))"
        ),
        {"layer": layer.id, "base": base.effective_at, "latest": latest.effective_at},
    )
    return {row[0] for row in rows}


def lineage(
    session: Session, layer: Layer, code: str, *, backwards: bool, at: datetime | None = None
) -> list[LineageStep]:
    """Return what an area became (or, `backwards`, came from), step by step, up to an instant.

    Forwards the steps lead to all successors' successors; backwards to all predecessors' predecessors.
    """
    start, step = ("successor", "predecessor") if backwards else ("predecessor", "successor")
    rows = session.execute(
        text(
            "WITH RECURSIVE line AS ("
            " SELECT l.*, r.number, r.effective_at FROM area_lineage l"
            " JOIN release r ON r.id = l.release_id AND r.withdrawn_at IS NULL"
            f" WHERE l.layer_id = :layer AND l.{start} = :code"
            " UNION"
            " SELECT l.*, r.number, r.effective_at FROM area_lineage l"
            " JOIN release r ON r.id = l.release_id AND r.withdrawn_at IS NULL"
            f" JOIN line ON l.layer_id = line.layer_id AND l.{start} = line.{step}"
            f" AND r.effective_at {'<' if backwards else '>'} line.effective_at)"
            " SELECT predecessor, successor, share_of_predecessor, share_of_successor, number, effective_at FROM line"
            " WHERE CAST(:at AS timestamptz) IS NULL OR effective_at <= :at"
            " ORDER BY number, predecessor, successor"
        ),
        {"layer": layer.id, "code": code, "at": at},
    )
    return [LineageStep(*row) for row in rows]


def overlaid(areas: dict[str, AreaRecord], changed: Overlay) -> dict[str, AreaRecord]:
    """Return areas as a draft leaves them; what it did not change are the same objects."""
    result = areas | {code: record for code, record in changed.items() if record is not None}
    for code, record in changed.items():
        if record is None:
            result.pop(code, None)
    return result
