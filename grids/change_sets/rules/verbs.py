"""The verbs on records: which areas each needs, what it makes of them, which facts new areas get."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, cast

import shapely

from core.errors import capitalised
from geo import edit
from grids.boundaries.records import AreaRecord
from grids.change_sets.errors import EditRefusedError
from grids.change_sets.rules.facts import apportioned
from grids.change_sets.rules.following import with_geometry
from grids.change_sets.rules.numbering import next_codes, next_names

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from shapely.geometry.base import BaseGeometry

    Records = Mapping[str, AreaRecord]
    After = dict[str, AreaRecord | None]


MOST_PARTS = 1000
"""Areas that one edit may name or make."""


@dataclass(frozen=True, slots=True)
class EditCommand:
    """One edit as it was asked for. Which members a verb reads stands in VERBS."""

    verb: str
    codes: tuple[str, ...] = ()
    into: str | None = None
    geometry: BaseGeometry | None = None
    new_codes: tuple[str, ...] = ()
    parent_code: str | None = None
    name: str | None = None
    facts: Mapping[str, Any] | None = None
    shapes: Mapping[str, BaseGeometry] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Return what was asked for as JSON, the geometry as WKT; of shapes their codes: the edit's areas hold them."""
        values = {
            "codes": [*self.codes, *(code for code in self.shapes if code not in self.codes)],
            "into": self.into,
            "geometry": None if self.geometry is None else shapely.to_wkt(self.geometry, rounding_precision=9),
            "new_codes": list(self.new_codes),
            "parent_code": self.parent_code,
            "name": self.name,
            "facts": dict(self.facts) if self.facts is not None else None,
        }
        return {key: value for key, value in values.items() if value not in (None, [], {})}


@dataclass(frozen=True, slots=True)
class EditContext:
    """What a verb works on: the finest level's areas around the command, and how codes are given.

    `used` are all codes the layer ever had or drafts, `names` the names that begin as the areas' own do;
    `has_parents` whether the layer has a level above the finest.
    """

    finest: Records
    used: frozenset[str]
    code_rule: str
    names: frozenset[str] = frozenset()
    has_parents: bool = True


def apply_edit(command: EditCommand, context: EditContext) -> After:
    """Return the areas that the command changes, by code; None for one that ends.

    Raises
    ------
    EditRefusedError
        With what is missing, or why it cannot be.
    """
    verb = VERBS.get(command.verb)
    if verb is None:
        raise EditRefusedError(
            "There is no verb '{verb}'; there are {verbs}.",
            values={"verb": command.verb[:40], "verbs": [*VERBS]},
            field="verb",
        )
    try:
        return verb(command, context)
    except edit.EditError as error:
        raise EditRefusedError(capitalised(error), field="geometry") from error
    except shapely.errors.GEOSException as error:
        raise EditRefusedError(
            "An outline there crosses itself or its neighbours: check the draft and repair it first.", field="codes"
        ) from error


def _split(command: EditCommand, context: EditContext) -> After:
    (code,) = _codes(command, 1)
    old = _record(context, code)
    lines = edit.partition.as_lines(_geometry(command))
    codes = command.new_codes
    if codes:
        _require_fresh(codes, context, but=code)
    else:
        faces = edit.partition.faces_of(_land(old), lines)
        if len(faces) > MOST_PARTS:
            raise EditRefusedError(
                "The lines cut {code} into more than {most_parts} parts.",
                values={"code": code, "most_parts": MOST_PARTS},
                field="geometry",
            )
        faces = edit.in_numbering_order(faces)
        codes = tuple(
            next_codes(faces, community=old.parent_code or code, used=context.used, code_rule=context.code_rule)
        )
    outcome = edit.split(_lands(context), code, lines, codes)
    lands = outcome.changed | outcome.created
    names = iter(next_names(old.name, len(codes), context.names))
    patterns = {
        c: replace(old, code=c, name=old.name if c == code else next(names), attributes=apportioned([old], lands[c]))
        for c in codes
    }
    return _after(context, outcome, patterns)


def _merge(command: EditCommand, context: EditContext) -> After:
    codes = _codes(command, 2, more=True)
    into = command.into or codes[0]
    if into not in codes:
        _require_fresh([into], context)
    outcome = edit.merge(_lands(context), codes, into)
    keeper = _record(context, into if into in codes else codes[0])
    merged = [_record(context, code) for code in dict.fromkeys(codes)]
    attributes = apportioned(merged, (outcome.changed | outcome.created)[into], of=keeper)
    pattern = replace(keeper, code=into, name=command.name or keeper.name, attributes=attributes)
    return _after(context, outcome, {into: pattern})


def _transfer(command: EditCommand, context: EditContext) -> After:
    giver, taker = _codes(command, 2)
    return _after(context, edit.transfer(_lands(context), giver, taker, _geometry(command)), {})


def _reshape(command: EditCommand, context: EditContext) -> After:
    first, second = _codes(command, 2)
    return _after(context, edit.reshape(_lands(context), first, second, _geometry(command)), {})


def _create(command: EditCommand, context: EditContext) -> After:
    if context.has_parents and not command.parent_code:
        raise EditRefusedError("A new area needs the code of its parent.", field="parent_code")
    outline, codes = _geometry(command), command.new_codes
    if not codes and command.parent_code:
        prefix, used = command.parent_code, context.used
        codes = tuple(next_codes([outline], community=prefix, used=used, code_rule=context.code_rule))
    if len(codes) != 1:
        raise EditRefusedError("A new area needs one code of its own: name it.", field="new_codes")
    _require_fresh(codes, context)
    sibling = next((r for r in context.finest.values() if r.parent_code == command.parent_code), None)
    level = next(iter(context.finest.values())).level if context.finest else None
    if level is None:
        raise EditRefusedError("The new area must lie beside areas there are.", field="geometry")
    pattern = AreaRecord(
        level, codes[0], command.name or codes[0], None, command.parent_code, sibling.unit_code if sibling else None
    )
    return _after(context, edit.create(_lands(context), codes[0], outline), {codes[0]: pattern})


def _retire(command: EditCommand, context: EditContext) -> After:
    (code,) = _codes(command, 1)
    if command.into is None:
        return _after(context, edit.retire(_lands(context), code, None), {})
    heir, old = _record(context, command.into), _record(context, code)
    outcome = edit.retire(_lands(context), code, command.into)
    attributes = apportioned([heir, old], outcome.changed[command.into])
    return _after(context, outcome, {command.into: replace(heir, attributes=attributes)})


def _recut(command: EditCommand, context: EditContext) -> After:
    codes = _codes(command, 1, more=True)
    pieces = edit.in_numbering_order(list(shapely.get_parts(_geometry(command))))
    parents = {_record(context, code).parent_code for code in codes}
    parent = command.parent_code or (min(filter(None, parents)) if len(parents) == 1 and None not in parents else None)
    if parent is None:
        raise EditRefusedError("These areas have different parents: say whose the new ones are.", field="parent_code")
    new = next_codes(pieces, community=parent, used=context.used, code_rule=context.code_rule)
    outcome = edit.recut(_lands(context), codes, dict(zip(new, pieces, strict=True)))
    old = [_record(context, code) for code in dict.fromkeys(codes)]
    first, name = old[0], command.name or old[0].name
    lands = outcome.changed | outcome.created
    patterns = {
        c: replace(first, code=c, parent_code=parent, name=given, attributes=apportioned(old, lands[c]))
        for c, given in zip(new, next_names(name, len(new), context.names), strict=True)
    }
    return _after(context, outcome, patterns)


def _redraw(command: EditCommand, context: EditContext) -> After:
    if not command.shapes:
        raise EditRefusedError("The verb {verb} needs shapes.", values={"verb": command.verb}, field="shapes")
    after: After = {}
    for code, shape in command.shapes.items():
        old = _record(context, code)
        if not isinstance(shape, shapely.Polygon | shapely.MultiPolygon) or not shape.is_valid:
            raise EditRefusedError(
                "The outline drawn for {code} is no polygon, or crosses itself.", values={"code": code}, field="shapes"
            )
        drawn = with_geometry(old, shape)
        if not shapely.equals_identical(drawn.geom, old.geom):
            after[code] = drawn
    if not after:
        raise EditRefusedError("The outlines are those that the draft has: nothing would change.", field="shapes")
    return after


VERBS: dict[str, Callable[[EditCommand, EditContext], After]] = {
    "split": _split,  # codes: one; geometry: line(s); new_codes: W→E then N→S, else numbered
    "merge": _merge,  # codes: two or more; into: one of them or a new code; name
    "transfer": _transfer,  # codes: giver, taker; geometry: the piece
    "reshape": _reshape,  # codes: two neighbours; geometry: where their border shall run
    "create": _create,  # geometry: outline over uncovered land; parent_code; new_codes: one; name
    "recut": _recut,  # codes: one or more; geometry: polygons that tile their land; parent_code; name
    "redraw": _redraw,  # shapes: outlines by code, drawn together so that their borders match
    "retire": _retire,  # codes: one; into: the neighbour that takes the land, else it stays uncovered
}
"""Verbs of geometry, on the finest level. Facts (`assign`) and deliveries (`replace`) are in operations."""


def _after(context: EditContext, outcome: edit.Outcome, patterns: Records) -> After:
    after: After = dict.fromkeys(outcome.retired)
    for code, geometry in outcome.changed.items():
        pattern = patterns.get(code, context.finest.get(code))
        after[code] = with_geometry(pattern if pattern is not None else patterns[code], geometry)
    for code, geometry in outcome.created.items():
        after[code] = with_geometry(patterns[code], geometry)
    return after


def _codes(command: EditCommand, count: int, *, more: bool = False) -> tuple[str, ...]:
    if len(command.codes) != count and not (more and len(command.codes) > count):
        if more:
            sentence = "The verb {verb} takes at least {count} area codes."
        else:
            sentence = (
                "The verb {verb} takes {count} area codes." if count > 1 else "The verb {verb} takes 1 area code."
            )
        raise EditRefusedError(sentence, values={"verb": command.verb, "count": count}, field="codes")
    return command.codes


def _record(context: EditContext, code: str) -> AreaRecord:
    record = context.finest.get(code)
    if record is None:
        raise EditRefusedError(
            "There is no area {code} on the finest level of this draft.", values={"code": code[:80]}, field="codes"
        )
    return record


def _geometry(command: EditCommand) -> BaseGeometry:
    if command.geometry is None or command.geometry.is_empty:
        raise EditRefusedError("The verb {verb} needs a geometry.", values={"verb": command.verb}, field="geometry")
    return command.geometry


def _land(record: AreaRecord) -> BaseGeometry:
    if record.geom is None:  # pragma: no cover (stored areas have land)
        raise EditRefusedError("Area {code} has no land.", values={"code": record.code})
    return cast("BaseGeometry", record.geom)


def _lands(context: EditContext) -> dict[str, BaseGeometry]:
    return {code: _land(record) for code, record in context.finest.items()}


def _require_fresh(codes: Sequence[str], context: EditContext, but: str | None = None) -> None:
    taken = sorted(code for code in codes if code in context.used and code != but)
    if taken:
        raise EditRefusedError(
            "{taken} is or was another area's code; numbers are not given twice.",
            values={"taken": taken[0]},
            field="new_codes",
        )
