"""The verbs on records: which areas each needs, what it makes of them, which facts new areas get."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, cast

import shapely

from geo import edit
from grids.boundaries.records import AreaRecord
from grids.change_sets.errors import EditRefusedError
from grids.change_sets.rules.facts import apportioned
from grids.change_sets.rules.following import with_geometry
from grids.change_sets.rules.numbering import next_codes

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from shapely.geometry.base import BaseGeometry

    Records = Mapping[str, AreaRecord]
    After = dict[str, AreaRecord | None]


MOST_PARTS = 1000
"""Areas that one edit may name or make."""


@dataclass(frozen=True, slots=True)
class Deed:
    """One edit as it was asked for. Which members a verb reads stands in VERBS."""

    verb: str
    codes: tuple[str, ...] = ()
    into: str | None = None
    geometry: BaseGeometry | None = None
    new_codes: tuple[str, ...] = ()
    parent_code: str | None = None
    name: str | None = None
    facts: Mapping[str, Any] | None = None

    def as_json(self) -> dict[str, Any]:
        """Return what was asked for as JSON, the geometry as WKT."""
        values = {
            "codes": list(self.codes),
            "into": self.into,
            "geometry": None if self.geometry is None else shapely.to_wkt(self.geometry, rounding_precision=9),
            "new_codes": list(self.new_codes),
            "parent_code": self.parent_code,
            "name": self.name,
            "facts": dict(self.facts) if self.facts is not None else None,
        }
        return {key: value for key, value in values.items() if value not in (None, [], {})}


@dataclass(frozen=True, slots=True)
class Bench:
    """What a verb works on: the finest level's areas around the deed, and how codes are given.

    `used` are all codes the layer ever had or drafts.
    """

    finest: Records
    used: frozenset[str]
    code_rule: str


def carry_out(deed: Deed, bench: Bench) -> After:
    """Return the areas that the deed changes, by code; None for one that ends.

    Raises
    ------
    EditRefusedError
        In words that say what is missing or why it cannot be.
    """
    verb = VERBS.get(deed.verb)
    if verb is None:
        raise EditRefusedError(f"There is no verb '{deed.verb[:40]}'; there are {', '.join(VERBS)}.", field="verb")
    try:
        return verb(deed, bench)
    except edit.EditError as error:
        raise EditRefusedError(f"{str(error)[:1].upper()}{str(error)[1:]}.", field="geometry") from error
    except shapely.errors.GEOSException as error:
        raise EditRefusedError(
            "An outline there crosses itself or its neighbours: check the draft and repair it first.", field="codes"
        ) from error


def _split(deed: Deed, bench: Bench) -> After:
    (code,) = _codes(deed, 1)
    old = _record(bench, code)
    lines = edit.partition.as_lines(_geometry(deed))
    codes = deed.new_codes
    if codes:
        _require_fresh(codes, bench, but=code)
    else:
        faces = edit.partition.faces_of(_land(old), lines)
        if len(faces) > MOST_PARTS:
            raise EditRefusedError(f"The lines cut {code} into more than {MOST_PARTS} parts.", field="geometry")
        faces = edit.in_numbering_order(faces)
        codes = tuple(next_codes(faces, community=old.parent_code or code, used=bench.used, code_rule=bench.code_rule))
    outcome = edit.split(_lands(bench), code, lines, codes)
    lands = outcome.changed | outcome.created
    patterns = {
        c: replace(
            old, code=c, name=old.name if c == code else f"{old.name}-{i}", attributes=apportioned([old], lands[c])
        )
        for i, c in enumerate(codes, 1)
    }
    return _after(bench, outcome, patterns)


def _merge(deed: Deed, bench: Bench) -> After:
    codes = _codes(deed, 2, more=True)
    into = deed.into or codes[0]
    if into not in codes:
        _require_fresh([into], bench)
    outcome = edit.merge(_lands(bench), codes, into)
    keeper = _record(bench, into if into in codes else codes[0])
    merged = [_record(bench, code) for code in dict.fromkeys(codes)]
    attributes = apportioned(merged, (outcome.changed | outcome.created)[into], of=keeper)
    pattern = replace(keeper, code=into, name=deed.name or keeper.name, attributes=attributes)
    return _after(bench, outcome, {into: pattern})


def _transfer(deed: Deed, bench: Bench) -> After:
    giver, taker = _codes(deed, 2)
    return _after(bench, edit.transfer(_lands(bench), giver, taker, _geometry(deed)), {})


def _reshape(deed: Deed, bench: Bench) -> After:
    first, second = _codes(deed, 2)
    return _after(bench, edit.reshape(_lands(bench), first, second, _geometry(deed)), {})


def _create(deed: Deed, bench: Bench) -> After:
    if not deed.parent_code:
        raise EditRefusedError("A new area needs the code of its parent.", field="parent_code")
    outline = _geometry(deed)
    codes = deed.new_codes or tuple(
        next_codes([outline], community=deed.parent_code, used=bench.used, code_rule=bench.code_rule)
    )
    _require_fresh(codes, bench)
    sibling = next((r for r in bench.finest.values() if r.parent_code == deed.parent_code), None)
    level = next(iter(bench.finest.values())).level if bench.finest else None
    if level is None:
        raise EditRefusedError("The new area must lie beside areas there are.", field="geometry")
    pattern = AreaRecord(
        level, codes[0], deed.name or codes[0], None, deed.parent_code, sibling.unit_code if sibling else None
    )
    return _after(bench, edit.create(_lands(bench), codes[0], outline), {codes[0]: pattern})


def _retire(deed: Deed, bench: Bench) -> After:
    (code,) = _codes(deed, 1)
    if deed.into is None:
        return _after(bench, edit.retire(_lands(bench), code, None), {})
    heir, old = _record(bench, deed.into), _record(bench, code)
    outcome = edit.retire(_lands(bench), code, deed.into)
    attributes = apportioned([heir, old], outcome.changed[deed.into])
    return _after(bench, outcome, {deed.into: replace(heir, attributes=attributes)})


def _recut(deed: Deed, bench: Bench) -> After:
    codes = _codes(deed, 1, more=True)
    pieces = edit.in_numbering_order(list(shapely.get_parts(_geometry(deed))))
    parents = {_record(bench, code).parent_code for code in codes}
    parent = deed.parent_code or (min(filter(None, parents)) if len(parents) == 1 and None not in parents else None)
    if parent is None:
        raise EditRefusedError("These areas have different parents: say whose the new ones are.", field="parent_code")
    new = next_codes(pieces, community=parent, used=bench.used, code_rule=bench.code_rule)
    outcome = edit.recut(_lands(bench), codes, dict(zip(new, pieces, strict=True)))
    old = [_record(bench, code) for code in dict.fromkeys(codes)]
    first, name = old[0], deed.name or old[0].name
    lands = outcome.changed | outcome.created
    patterns = {
        c: replace(first, code=c, parent_code=parent, name=f"{name}-{i}", attributes=apportioned(old, lands[c]))
        for i, c in enumerate(new, 1)
    }
    return _after(bench, outcome, patterns)


VERBS: dict[str, Callable[[Deed, Bench], After]] = {
    "split": _split,  # codes: one; geometry: line(s); new_codes: W→E then N→S, else numbered
    "merge": _merge,  # codes: two or more; into: one of them or a new code; name
    "transfer": _transfer,  # codes: giver, taker; geometry: the piece
    "reshape": _reshape,  # codes: two neighbours; geometry: where their border shall run
    "create": _create,  # geometry: outline over uncovered land; parent_code; new_codes: one; name
    "recut": _recut,  # codes: one or more; geometry: polygons that tile their land; parent_code; name
    "retire": _retire,  # codes: one; into: the neighbour that takes the land, else it stays uncovered
}
"""Verbs of geometry, on the finest level. Facts (`assign`) and deliveries (`replace`) are in operations."""


def _after(bench: Bench, outcome: edit.Outcome, patterns: Records) -> After:
    after: After = dict.fromkeys(outcome.retired)
    for code, geometry in outcome.changed.items():
        pattern = patterns.get(code, bench.finest.get(code))
        after[code] = with_geometry(pattern if pattern is not None else patterns[code], geometry)
    for code, geometry in outcome.created.items():
        after[code] = with_geometry(patterns[code], geometry)
    return after


def _codes(deed: Deed, count: int, *, more: bool = False) -> tuple[str, ...]:
    if len(deed.codes) != count and not (more and len(deed.codes) > count):
        wanted = f"{'at least ' if more else ''}{count} area code{'s' if count > 1 else ''}"
        raise EditRefusedError(f"The verb {deed.verb} takes {wanted}.", field="codes")
    return deed.codes


def _record(bench: Bench, code: str) -> AreaRecord:
    record = bench.finest.get(code)
    if record is None:
        raise EditRefusedError(f"There is no area {code[:80]} on the finest level of this draft.", field="codes")
    return record


def _geometry(deed: Deed) -> BaseGeometry:
    if deed.geometry is None or deed.geometry.is_empty:
        raise EditRefusedError(f"The verb {deed.verb} needs a geometry.", field="geometry")
    return deed.geometry


def _land(record: AreaRecord) -> BaseGeometry:
    if record.geom is None:  # pragma: no cover (stored areas have land)
        raise EditRefusedError(f"Area {record.code} has no land.")
    return cast("BaseGeometry", record.geom)


def _lands(bench: Bench) -> dict[str, BaseGeometry]:
    return {code: _land(record) for code, record in bench.finest.items()}


def _require_fresh(codes: Sequence[str], bench: Bench, but: str | None = None) -> None:
    taken = sorted(code for code in codes if code in bench.used and code != but)
    if taken:
        raise EditRefusedError(
            f"{taken[0]} is or was another area's code; numbers are not given twice.", field="new_codes"
        )
