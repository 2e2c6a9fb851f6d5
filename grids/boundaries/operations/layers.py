"""Layers: define one, change its definition, declare its allowed gaps."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
from geoalchemy2.shape import from_shape
from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from core import audit, clock
from grids.boundaries import queries
from grids.boundaries.errors import LayerExistsError, LayerInUseError, LayerInvalidError
from grids.boundaries.records import canonical
from grids.boundaries.tables import AllowedGap, Layer

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import shapely
    from sqlalchemy.orm import Session

CODE = re.compile(r"^[a-z][a-z0-9_-]{0,39}$")
LEVEL = re.compile(r"^[a-z][a-z0-9_]{0,39}$")
MAPPED_FIELDS = ("code", "name", "parent", "level", "unit_code", "unit_name")
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
    actor: str,
) -> Layer:
    """Define a new layer: `levels` from the coarsest to the finest.

    Raises
    ------
    LayerInvalidError, LayerExistsError
    """
    if not CODE.match(code):
        raise LayerInvalidError(
            f"A code is 1 to 40 lower-case letters, digits, - or _, a letter first; not '{code[:80]}'.",
            field="code",
        )
    if session.scalar(select(Layer.id).where(Layer.code == code)) is not None:
        raise LayerExistsError(f"There is a layer '{code}' already.", field="code")
    layer = Layer(code=code, created_at=clock.now())
    _describe(layer, name, levels, code_rule, field_mapping or {}, nearest_tolerance_m)
    layer.is_coverage = is_coverage
    session.add(layer)
    try:
        session.flush()
    except IntegrityError as error:  # somebody else defined it this very moment
        raise LayerExistsError(f"There is a layer '{code}' already.", field="code") from error
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
    actor: str,
) -> Layer:
    """Change a layer's definition; levels, code rule and coverage are fixed once a release stands on them.

    Raises
    ------
    LayerNotFoundError, LayerInvalidError, LayerInUseError
    """
    layer = queries.get_layer(session, code)
    fixed = list(levels) != layer.levels or code_rule != layer.code_rule or is_coverage != layer.is_coverage
    if fixed and queries.latest_release(session, layer) is not None:
        raise LayerInUseError(f"Layer '{code}' has releases; make a new layer for other levels or another code rule.")
    _describe(layer, name, levels, code_rule, field_mapping, nearest_tolerance_m)
    layer.is_coverage = is_coverage
    session.flush()
    audit.record(session, actor=actor, action="layers.change", subject=code)
    return layer


def remember_mapping(session: Session, *, layer: Layer, field_mapping: Mapping[str, str], actor: str) -> None:
    """Remember which field of a layer's files means what, for the next import."""
    require_known_fields(field_mapping)
    layer.field_mapping = {**layer.field_mapping, **field_mapping}
    audit.record(session, actor=actor, action="layers.mapping", subject=layer.code, mapping=dict(field_mapping))


def declare_gaps(session: Session, *, layer: Layer, gaps: Sequence[tuple[str, shapely.Geometry]], actor: str) -> None:
    """Replace the layer's declared gaps (lakes, parks): name and WGS 84 polygon each.

    Raises
    ------
    LayerInvalidError
        When a gap is no valid polygon.
    """
    stored = canonical(np.array([geom for _, geom in gaps], dtype=object))
    for (name, _), geom in zip(gaps, stored, strict=True):
        if geom is None or geom.geom_type != "MultiPolygon" or not geom.is_valid:
            raise LayerInvalidError(f"The gap '{name[:80]}' is not a valid polygon.", field="gaps")
    session.execute(delete(AllowedGap).where(AllowedGap.layer_id == layer.id))
    session.add_all(
        AllowedGap(layer_id=layer.id, name=name, geom=from_shape(geom, srid=4326))
        for (name, _), geom in zip(gaps, stored, strict=True)
    )
    session.flush()
    audit.record(session, actor=actor, action="layers.gaps", subject=layer.code, names=[name for name, _ in gaps])


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
    if not 0 <= nearest_tolerance_m <= 100_000:
        raise LayerInvalidError("The tolerance is between 0 and 100,000 m.", field="nearest_tolerance_m")
    require_known_fields(field_mapping)
    layer.name, layer.levels, layer.code_rule = name, list(levels), code_rule
    layer.field_mapping, layer.nearest_tolerance_m = dict(field_mapping), nearest_tolerance_m


def require_known_fields(field_mapping: Mapping[str, str]) -> None:
    """Refuse a mapping of anything but the known fields; a level's own are named level.field."""
    unknown = sorted({key.rpartition(".")[2] for key in field_mapping} - set(MAPPED_FIELDS))
    if unknown:
        raise LayerInvalidError(
            f"No field {', '.join(unknown)[:80]} can be mapped; there are {', '.join(MAPPED_FIELDS)}.",
            field="field_mapping",
        )
