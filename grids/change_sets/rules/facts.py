"""Facts of an area: code, name, parent, unit. They may be changed on any level."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

from core.personal import keeping_people
from grids.boundaries.records import with_unit_code
from grids.change_sets.errors import EditRefusedError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from shapely.geometry.base import BaseGeometry

    from grids.boundaries.records import AreaRecord


def changed_facts(record: AreaRecord, facts: Mapping[str, Any]) -> AreaRecord:
    """Return the record with other facts: name, parent_code, unit_code, unit_name, attributes, code.

    Attributes about people stay unless they are named, as not every editor sees them; null removes one.

    Raises
    ------
    EditRefusedError
        When a fact is none of these or is empty where it must not be.
    """
    known = {"code", "name", "parent_code", "unit_code", "unit_name", "attributes"}
    unknown = sorted(set(facts) - known)
    if unknown:
        raise EditRefusedError(
            "There is no fact {unknown}; there are {known}.",
            values={"unknown": ", ".join(unknown)[:80], "known": [*sorted(known)]},
        )
    if not facts:
        raise EditRefusedError("Name at least one fact to change.")
    for name in ("code", "name"):
        if name in facts and not str(facts[name] or "").strip():
            raise EditRefusedError("The {name} must not be empty.", values={"name": name}, field=name)
    if not isinstance(facts.get("attributes", {}), dict):
        raise EditRefusedError("The attributes are an object of names and values.", field="attributes")
    if "unit_code" in facts and not facts["unit_code"] and "unit_name" not in facts:
        facts = {**facts, "unit_name": None}
    if "attributes" in facts:
        facts = {**facts, "attributes": keeping_people(record.attributes, facts["attributes"])}
    return with_unit_code(replace(record, **dict(facts)))


COUNTED = ("households",)
"""Attributes that are counts: they are shared out by area where an area is cut, and added where areas are joined."""


def apportioned(old: Sequence[AreaRecord], land: BaseGeometry, *, of: AreaRecord | None = None) -> dict[str, Any]:
    """Return the attributes of an area on the `land` of old areas: those of one of them, with its share of counts.

    A count is spread evenly over each old area; it is an estimate until somebody who knows corrects it. It is left out
    where one of the areas has none.
    """
    attributes = dict((of or old[0]).attributes)
    shares = [
        cast("BaseGeometry", record.geom).intersection(land).area / cast("Any", record.geom).area for record in old
    ]
    for name in COUNTED:
        counts = [record.attributes.get(name) for record in old]
        given = [
            count * share
            for count, share in zip(counts, shares, strict=True)
            if isinstance(count, int | float) and not isinstance(count, bool)
        ]
        attributes.pop(name, None)
        if len(given) == len(old):
            attributes[name] = round(sum(given))
    return attributes
