"""Facts of an area: code, name, parent, unit. They may be changed on any level."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from grids.change_sets.errors import EditRefusedError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from grids.boundaries.records import AreaRecord


def changed_facts(record: AreaRecord, facts: Mapping[str, Any]) -> AreaRecord:
    """Return the record with other facts: name, parent_code, unit_code, unit_name, attributes, code.

    Raises
    ------
    EditRefusedError
        When a fact is none of these or is empty where it must not be.
    """
    known = {"code", "name", "parent_code", "unit_code", "unit_name", "attributes"}
    unknown = sorted(set(facts) - known)
    if unknown:
        raise EditRefusedError(f"There is no fact {', '.join(unknown)[:80]}; there are {', '.join(sorted(known))}.")
    if not facts:
        raise EditRefusedError("Name at least one fact to change.")
    for name in ("code", "name"):
        if name in facts and not str(facts[name] or "").strip():
            raise EditRefusedError(f"The {name} must not be empty.", field=name)
    if not isinstance(facts.get("attributes", {}), dict):
        raise EditRefusedError("The attributes are an object of names and values.", field="attributes")
    return replace(record, **dict(facts))
