"""The rules that a release answers by, beside its areas: tolerance, tie-break, declared gaps (docs/adr/0015).

They belong to a release: nothing that is done later changes what an earlier instant answers. Until a layer has its
first release, they are the layer's own.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely

from geo import datum
from grids.boundaries.errors import GapCoveredError, GapInvalidError, LayerInvalidError
from grids.boundaries.records import canonical
from grids.boundaries.states import TieBreak

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from shapely.geometry.base import BaseGeometry

    from grids.boundaries.records import AreaRecord

MOST_TOLERANCE_M: Final = 100_000.0
_COVERED_M2: Final = 1.0
"""A border of a gap that was drawn a hand's breadth beside the areas' border does not cover them."""


@dataclass(frozen=True, slots=True)
class Gap:
    """A hole of the coverage that is meant to be there; `geom` is a MultiPolygon in WGS 84."""

    name: str
    geom: BaseGeometry

    @property
    def key(self) -> tuple[str, bytes]:
        """What makes two gaps the same."""
        return self.name, shapely.to_wkb(self.geom)


@dataclass(frozen=True, slots=True)
class ReleaseRules:
    """Tolerance in metres, tie-break, and the declared gaps in the order of their names."""

    nearest_tolerance_m: float = 50.0
    tie_break: TieBreak = TieBreak.LOWEST_CODE
    gaps: tuple[Gap, ...] = ()

    @property
    def key(self) -> tuple[Any, ...]:
        """What makes two sets of rules the same."""
        return self.nearest_tolerance_m, self.tie_break, tuple(sorted(gap.key for gap in self.gaps))

    @property
    def described(self) -> dict[str, Any]:
        """The rules as an audit entry keeps them: a gap by its name and its size."""
        sizes = datum.areas_m2(np.array([gap.geom for gap in self.gaps], dtype=object))
        return {
            "nearest_tolerance_m": self.nearest_tolerance_m,
            "tie_break": self.tie_break.value,
            "gaps": {gap.name: f"{size:.0f} m²" for gap, size in zip(self.gaps, sizes.tolist(), strict=True)},
        }

    @property
    def land_of_gaps(self) -> shapely.Geometry | None:
        """The land of all gaps together, None where there are none."""
        return shapely.union_all([gap.geom for gap in self.gaps]) if self.gaps else None


@dataclass(frozen=True, slots=True)
class RulesChange:
    """What is asked to become different: None and empty leave as it is.

    `declare` are gaps to add, `remove` names of gaps to end. A gap is drawn anew by naming it in both.
    """

    nearest_tolerance_m: float | None = None
    declare: Sequence[Gap] = ()
    remove: Sequence[str] = field(default=())

    def as_json(self) -> dict[str, Any]:
        """Return what is asked for as JSON, geometries as WKT."""
        values = {
            "nearest_tolerance_m": self.nearest_tolerance_m,
            "declare": [
                {"name": gap.name, "geometry": shapely.to_wkt(gap.geom, rounding_precision=9)} for gap in self.declare
            ],
            "remove": list(self.remove),
        }
        return {key: value for key, value in values.items() if value not in (None, [])}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> RulesChange:
        """Return the change that `as_json` wrote down."""
        return cls(
            nearest_tolerance_m=values.get("nearest_tolerance_m"),
            declare=[Gap(gap["name"], shapely.from_wkt(gap["geometry"])) for gap in values.get("declare", ())],
            remove=values.get("remove", ()),
        )

    def applied(self, rules: ReleaseRules, *, strict: bool = True) -> ReleaseRules:
        """Return the rules after the change.

        `strict` refuses what a person must have meant otherwise; without it a change made on an earlier release is
        applied to a later one, where a gap may be gone or drawn already.

        Raises
        ------
        LayerInvalidError, GapInvalidError
        """
        tolerance = rules.nearest_tolerance_m if self.nearest_tolerance_m is None else self.nearest_tolerance_m
        if not 0 <= tolerance <= MOST_TOLERANCE_M:
            raise LayerInvalidError("The tolerance is between 0 and 100,000 m.", field="nearest_tolerance_m")
        kept = {gap.name: gap for gap in rules.gaps if gap.name not in set(self.remove)}
        if strict:
            self._require_meant({gap.name for gap in rules.gaps}, kept)
        kept |= {gap.name: gap for gap in self.declare}
        ordered = tuple(kept[name] for name in sorted(kept, key=str.encode))
        return replace(rules, nearest_tolerance_m=float(tolerance), gaps=ordered)

    def _require_meant(self, known: set[str], kept: dict[str, Gap]) -> None:
        for name in self.remove:
            if name not in known:
                raise GapInvalidError(
                    "There is no declared gap '{name}'; there are: {known}.",
                    values={"name": name[:80], "known": ", ".join(sorted(known))[:200] or "none"},
                    field="remove",
                )
        seen: set[str] = set()
        for gap in self.declare:
            if gap.name in seen:
                raise GapInvalidError("Two gaps are named '{name}'.", values={"name": gap.name[:80]}, field="gaps")
            seen.add(gap.name)
            if gap.name in kept and kept[gap.name].key != gap.key:
                raise GapInvalidError(
                    "There is a gap '{name}' of another shape: to draw it anew, name it in `remove` too.",
                    values={"name": gap.name[:80]},
                    field="gaps",
                )


def gaps_of(drawn: Iterable[tuple[str, shapely.Geometry]]) -> list[Gap]:
    """Return drawn gaps (name and WGS 84 polygon) in the stored form.

    Raises
    ------
    GapInvalidError
        When one is no valid polygon.
    """
    pairs = list(drawn)
    stored = canonical(np.array([geom for _, geom in pairs], dtype=object))
    for (name, _), geom in zip(pairs, stored, strict=True):
        if geom is None or geom.geom_type != "MultiPolygon" or not geom.is_valid or geom.is_empty:
            raise GapInvalidError("The gap '{name}' is not a valid polygon.", values={"name": name[:80]}, field="gaps")
    return [Gap(name, geom) for (name, _), geom in zip(pairs, stored, strict=True)]


def require_uncovered(gaps: Sequence[Gap], areas: Iterable[AreaRecord], finest: str) -> None:
    """Refuse gaps over living areas of the finest level: there somebody answers, it is no gap.

    Raises
    ------
    GapCoveredError
        Naming each gap with the areas that it would cover, and how to go on.
    """
    found = covered_gaps(gaps, areas, finest)
    if found:
        name, codes = next(iter(found.items()))
        raise GapCoveredError(
            (
                "The gap '{name}' covers {codes}, which answers there. Draw the gap smaller, or take it out of the "
                "declared gaps."
            ),
            values={"name": name[:80], "codes": ", ".join(codes[:3])[:200] + (" …" if len(codes) > 3 else "")},
            field="gaps",
            gaps={gap: covering[:20] for gap, covering in list(found.items())[:20]},
        )


def covered_gaps(gaps: Sequence[Gap], areas: Iterable[AreaRecord], finest: str) -> dict[str, list[str]]:
    """Return the gaps that areas of the finest level cover by more than a square metre, with these areas' codes."""
    near = [area for area in areas if area.level == finest and area.geom is not None] if gaps else []
    if not near:
        return {}
    lands = np.array([area.geom for area in near], dtype=object)
    shapes = np.array([gap.geom for gap in gaps], dtype=object)
    pairs = shapely.STRtree(lands).query(shapes, predicate="intersects")
    sound = shapely.is_valid(lands[pairs[1]])
    pairs = pairs[:, sound]
    shared = datum.areas_m2(np.asarray(shapely.intersection(shapes[pairs[0]], lands[pairs[1]]), dtype=object))
    found: dict[str, list[str]] = {}
    for gap, area in pairs[:, shared > _COVERED_M2].T.tolist():
        found.setdefault(gaps[gap].name, []).append(near[area].code)
    return {name: sorted(codes, key=str.encode) for name, codes in found.items()}
