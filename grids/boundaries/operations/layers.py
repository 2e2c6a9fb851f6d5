"""Layers: define one, change its definition, declare the gaps that its first release will have.

Once a release stands, tolerance, tie-break and gaps are its own and are changed with a draft (docs/adr/0015).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from geoalchemy2.shape import from_shape
from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from core import audit, clock
from grids.boundaries import queries
from grids.boundaries.errors import LayerExistsError, LayerInUseError, LayerInvalidError
from grids.boundaries.files.columns import known_fields
from grids.boundaries.release_rules import MOST_TOLERANCE_M
from grids.boundaries.tables import AllowedGap, Layer

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy.orm import Session

    from grids.boundaries.release_rules import ReleaseRules, RulesChange
    from grids.boundaries.tables import Release
    from identity.actors import Actor

CODE = re.compile(r"^[a-z][a-z0-9_-]{0,39}$")
LEVEL = re.compile(r"^[a-z][a-z0-9_]{0,39}$")
_GB15_LEVELS = 4


def create_layer(  # noqa: PLR0913 (a layer is many facts)
    session: Session,
    *,
    code: str,
    name: str,
    levels: Sequence[str],
    code_rule: str = "free",
    is_coverage: bool = True,
    nearest_tolerance_m: float = 50.0,
    field_mapping: Mapping[str, str] | None = None,
    actor: Actor,
) -> Layer:
    """Define a new layer: `levels` from the coarsest to the finest.

    Raises
    ------
    LayerInvalidError, LayerExistsError
    """
    if not CODE.match(code):
        raise LayerInvalidError(
            "A code is 1 to 40 lower-case letters, digits, - or _, a letter first; not '{code}'.",
            values={"code": code[:80]},
            field="code",
        )
    if session.scalar(select(Layer.id).where(Layer.code == code)) is not None:
        raise LayerExistsError("There is a layer '{code}' already.", values={"code": code}, field="code")
    layer = Layer(code=code, created_at=clock.now())
    _describe(layer, name, levels, code_rule, field_mapping or {}, nearest_tolerance_m)
    layer.is_coverage = is_coverage
    session.add(layer)
    try:
        session.flush()
    except IntegrityError as error:  # somebody else defined it this very moment
        raise LayerExistsError("There is a layer '{code}' already.", values={"code": code}, field="code") from error
    audit.record(session, actor=actor, action="layers.create", subject=code, levels=list(levels), code_rule=code_rule)
    return layer


def change_layer(  # noqa: PLR0913 (a layer is many facts)
    session: Session,
    *,
    code: str,
    name: str,
    levels: Sequence[str],
    code_rule: str,
    is_coverage: bool,
    nearest_tolerance_m: float,
    field_mapping: Mapping[str, str],
    actor: Actor,
) -> Layer:
    """Change a layer's definition; what its releases answer by is fixed once there is one.

    Raises
    ------
    LayerNotFoundError, LayerInvalidError, LayerInUseError
    """
    layer = queries.get_layer(session, code)
    before = _described(layer)
    fixed = list(levels) != layer.levels or code_rule != layer.code_rule or is_coverage != layer.is_coverage
    latest = queries.latest_release(session, layer)
    if fixed and latest is not None:
        raise LayerInUseError(
            "Layer '{code}' has releases; make a new layer for other levels or another code rule.",
            values={"code": code},
        )
    if latest is not None and latest.nearest_tolerance_m != nearest_tolerance_m:
        raise _belongs_to_release(layer, latest, "nearest_tolerance_m")
    _describe(layer, name, levels, code_rule, field_mapping, nearest_tolerance_m)
    layer.is_coverage = is_coverage
    session.flush()
    audit.record(session, actor=actor, action="layers.change", subject=code, before=before, after=_described(layer))
    return layer


def remember_mapping(session: Session, *, layer: Layer, field_mapping: Mapping[str, str], actor: Actor) -> None:
    """Remember which field of a layer's files means what, for the next import."""
    before = layer.field_mapping
    layer.field_mapping = {**before, **known_fields(field_mapping)}
    audit.record(
        session, actor=actor, action="layers.mapping", subject=layer.code, before=before, after=layer.field_mapping
    )


def declare_gaps(session: Session, *, layer: Layer, change: RulesChange, actor: Actor) -> ReleaseRules:
    """Add and take out gaps (lakes, parks) that a layer's first release will have; the others stay.

    Raises
    ------
    LayerInUseError
        When the layer has a release: its gaps are changed with a draft.
    GapInvalidError
    """
    latest = queries.latest_release(session, layer)
    if latest is not None:
        raise _belongs_to_release(layer, latest, "gaps")
    before = queries.current_rules(session, layer)
    after = change.applied(before)
    session.execute(delete(AllowedGap).where(AllowedGap.layer_id == layer.id, AllowedGap.release_id.is_(None)))
    keep_gaps(session, layer, None, after)
    audit.record(
        session, actor=actor, action="layers.gaps", subject=layer.code, before=before.described, after=after.described
    )
    return after


def keep_gaps(session: Session, layer: Layer, release: Release | None, rules: ReleaseRules) -> None:
    """Store the declared gaps of a release, or of a layer before its first one."""
    session.add_all(
        AllowedGap(
            layer_id=layer.id,
            release_id=None if release is None else release.id,
            name=gap.name,
            geom=from_shape(gap.geom, srid=4326),
        )
        for gap in rules.gaps
    )
    session.flush()


def _belongs_to_release(layer: Layer, latest: Release, field: str) -> LayerInUseError:
    return LayerInUseError(
        (
            "Layer '{code}' answers by what release {number} was approved with. Open a draft and change it "
            "there (PATCH /v1/change-sets/{{change_set}}/rules, or `wangge boundaries rules`): it takes "
            "effect with its release, when a second person has approved it."
        ),
        values={"code": layer.code, "number": latest.number},
        field=field,
    )


def _described(layer: Layer) -> dict[str, object]:
    facts = ("name", "levels", "code_rule", "is_coverage", "nearest_tolerance_m", "field_mapping")
    return {fact: getattr(layer, fact) for fact in facts}


def _describe(
    layer: Layer,
    name: str,
    levels: Sequence[str],
    code_rule: str,
    field_mapping: Mapping[str, str],
    nearest_tolerance_m: float,
) -> None:
    if not levels or len(set(levels)) != len(levels) or not all(LEVEL.match(level) for level in levels):
        raise LayerInvalidError(
            "Levels are one or more different names of lower-case letters, digits or _, coarsest first.",
            field="levels",
        )
    if code_rule not in {"gb15", "free"}:
        raise LayerInvalidError("The code rule is 'gb15' (6, 9, 12, 15 digits) or 'free'.", field="code_rule")
    if code_rule == "gb15" and len(levels) > _GB15_LEVELS:
        raise LayerInvalidError("The 15-digit rule has at most four levels.", field="levels")
    if not 0 <= nearest_tolerance_m <= MOST_TOLERANCE_M:
        raise LayerInvalidError("The tolerance is between 0 and 100,000 m.", field="nearest_tolerance_m")
    layer.name, layer.levels, layer.code_rule = name, list(levels), code_rule
    layer.field_mapping, layer.nearest_tolerance_m = known_fields(field_mapping), nearest_tolerance_m
