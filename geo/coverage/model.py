"""The values a coverage check takes and returns: areas, the rules of their layer, defects, the report.

Geometries are polygons and multipolygons in WGS 84 longitude and latitude; sizes are metres and square
metres.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import shapely

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    Texts = NDArray[np.object_]
    Geometries = NDArray[np.object_]

CodeRule = Literal["gb15", "free"]
#: What a sentence about a defect names: a text, a number, or a list of texts.
DefectValue = str | int | float | tuple[str, ...]


class Severity(StrEnum):
    """Whether a layer with the defect may be published."""

    BLOCKS = "blocks"
    WARNS = "warns"


class DefectKind(StrEnum):
    """What can be wrong with an area or a layer; docs/defects.md describes each."""

    NOT_DEGREES = "not_degrees"
    EMPTY = "empty"
    INVALID_RING = "invalid_ring"
    MALFORMED_CODE = "malformed_code"
    DUPLICATE_CODE = "duplicate_code"
    UNKNOWN_PARENT = "unknown_parent"
    OVERLAP = "overlap"
    GAP = "gap"
    OUTSIDE_PARENT = "outside_parent"
    PARENT_NOT_COVERED = "parent_not_covered"
    SLIVER = "sliver"
    SPIKE = "spike"
    SEVERAL_PARTS = "several_parts"
    SUSPECTED_DATUM = "suspected_datum"
    ELSEWHERE = "elsewhere"


# An area in the wrong place or in two places at once sends reports to the wrong unit: it blocks. What is
# narrower than any report is accurate, or may well be meant, warns.
SEVERITY: dict[DefectKind, Severity] = {
    DefectKind.NOT_DEGREES: Severity.BLOCKS,
    DefectKind.EMPTY: Severity.BLOCKS,
    DefectKind.INVALID_RING: Severity.BLOCKS,
    DefectKind.MALFORMED_CODE: Severity.BLOCKS,
    DefectKind.DUPLICATE_CODE: Severity.BLOCKS,
    DefectKind.UNKNOWN_PARENT: Severity.BLOCKS,
    DefectKind.OVERLAP: Severity.BLOCKS,
    DefectKind.GAP: Severity.BLOCKS,
    DefectKind.OUTSIDE_PARENT: Severity.BLOCKS,
    DefectKind.PARENT_NOT_COVERED: Severity.BLOCKS,
    DefectKind.SLIVER: Severity.WARNS,
    DefectKind.SPIKE: Severity.WARNS,
    DefectKind.SEVERAL_PARTS: Severity.WARNS,
    DefectKind.SUSPECTED_DATUM: Severity.WARNS,
    DefectKind.ELSEWHERE: Severity.BLOCKS,
}


@dataclass(frozen=True, slots=True)
class AreaSet:
    """The areas of a layer, all levels together, as parallel object arrays of one length.

    `levels`, `codes`, `names` hold texts; `parent_codes` texts or None; `geometries` polygons or
    multipolygons in WGS 84 degrees (or whatever came in: the check reports what is wrong with it).
    """

    levels: Texts
    codes: Texts
    names: Texts
    parent_codes: Texts
    geometries: Geometries

    @classmethod
    def from_areas(
        cls,
        *,
        levels: Sequence[str],
        codes: Sequence[str | None],
        geometries: Sequence[shapely.Geometry | None] | Geometries,
        names: Sequence[str | None] | None = None,
        parent_codes: Sequence[str | None] | None = None,
    ) -> AreaSet:
        """Build the set from plain sequences; missing codes and names become '', a z coordinate is dropped.

        Raises ValueError if the sequences differ in length.
        """
        count = len(codes)
        names = [""] * count if names is None else names
        parent_codes = [None] * count if parent_codes is None else parent_codes
        if not len(levels) == len(names) == len(parent_codes) == len(geometries) == count:
            message = "levels, codes, names, parent codes and geometries must have one length"
            raise ValueError(message)
        return cls(
            levels=_objects(levels),
            codes=_objects(["" if _is_missing(code) else str(code) for code in codes]),
            names=_objects(["" if _is_missing(name) else str(name) for name in names]),
            parent_codes=_objects([None if _is_missing(code) else str(code) for code in parent_codes]),
            geometries=shapely.force_2d(_objects(geometries)),
        )

    def __len__(self) -> int:
        """Return the number of areas."""
        return len(self.codes)

    def select(self, indices: NDArray[np.int64] | NDArray[np.bool_]) -> AreaSet:
        """Return the areas at the indices, or where the mask is true."""
        return AreaSet(
            self.levels[indices],
            self.codes[indices],
            self.names[indices],
            self.parent_codes[indices],
            self.geometries[indices],
        )

    def joined(self, other: AreaSet) -> AreaSet:
        """Return these areas followed by the other ones."""
        return AreaSet(
            np.concatenate([self.levels, other.levels]),
            np.concatenate([self.codes, other.codes]),
            np.concatenate([self.names, other.names]),
            np.concatenate([self.parent_codes, other.parent_codes]),
            np.concatenate([self.geometries, other.geometries]),
        )

    def with_geometries(self, geometries: Mapping[tuple[str, str], shapely.Geometry]) -> AreaSet:
        """Return the areas with new geometries for some (level, code); an area given an empty one is left out."""
        replaced = self.geometries.copy()
        keep = np.ones(len(self), dtype=bool)
        for index, key in enumerate(zip(self.levels, self.codes, strict=True)):
            if key in geometries:
                replaced[index] = geometries[key]
                keep[index] = not shapely.is_empty(geometries[key])
        return AreaSet(self.levels, self.codes, self.names, self.parent_codes, replaced).select(keep)


@dataclass(frozen=True, slots=True)
class Tolerances:
    """How fine the check looks.

    `noise_width_m`: what is nowhere wider is no defect. A border drawn straight in a projected system, with a
    neighbour's corner on it, bends on the way to degrees: by L² tan(latitude) / 8R, 0.15 mm on a border of
    100 m, 1 mm at 270 m. Doubles resolve degrees to nanometres, so that nothing real is lost in the
    arithmetic.

    `sliver_width_m`: an overlap or gap nowhere wider warns instead of blocking. 1 m is finer than any
    report's position (a phone's fix is good to 3 to 10 m), and assignment in it is still deterministic.

    `spike_angle_deg`: a corner sharper than this whose narrow part is at least `spike_length_m` long is a
    spike.
    """

    noise_width_m: float = 0.001
    sliver_width_m: float = 1.0
    spike_angle_deg: float = 3.0
    spike_length_m: float = 5.0


@dataclass(frozen=True, slots=True)
class Reference:
    """What the layer is compared with to suspect a wrong datum: the previous release or a trusted outline.

    `geometries` in WGS 84; `codes` beside them where they are areas of the same codes, None for a bare
    outline.
    """

    geometries: Geometries
    codes: Texts | None = None


@dataclass(frozen=True, slots=True)
class LayerRules:
    """What the layer must be.

    `levels` from the coarsest to the finest; `code_rule` 'gb15' (6, 9, 12, 15 digits, each code beginning
    with its parent's) or 'free'; `is_coverage` whether areas of a level must neither overlap nor leave gaps;
    `covers_parent` whether the areas of a level must fill their parent; `allowed_gaps` declared holes (lakes,
    parks), a geometry in WGS 84; `source_crs` the system the file was drawn in, which settles whether a
    mismatch below `noise_width_m` is real or comes from the conversion to degrees.
    """

    levels: tuple[str, ...]
    code_rule: CodeRule = "free"
    is_coverage: bool = True
    covers_parent: bool = True
    tolerances: Tolerances = field(default_factory=Tolerances)
    allowed_gaps: shapely.Geometry | None = None
    reference: Reference | None = None
    source_crs: str | None = None


@dataclass(frozen=True, slots=True)
class Defect:
    """One thing that is wrong, where, how large, and what to do.

    `geometry` is the place in WGS 84 degrees (None where there is none, as for an empty area); `size` with
    its `unit` 'm2' or 'm'; `codes` the areas concerned, the one to look at first in front; `cause` says what
    a sliver comes from ('overlap', 'gap', 'outside_parent', 'parent_not_covered', 'area') or which rule a
    code breaks; `values` are what sentences about it name: labels, codes, figures, in no language
    (docs/defects.md lists them by kind).
    """

    kind: DefectKind
    level: str
    codes: tuple[str, ...]
    geometry: shapely.Geometry | None
    size: float | None = None
    unit: Literal["m2", "m"] | None = None
    cause: str | None = None
    values: tuple[tuple[str, DefectValue], ...] = ()

    @property
    def severity(self) -> Severity:
        """Whether it blocks publishing or warns."""
        return SEVERITY[self.kind]

    @property
    def key(self) -> str:
        """A short name that stays the same while the defect does: kind, areas, and place to about a metre."""
        nowhere = self.geometry is None or bool(shapely.is_empty(self.geometry))
        place = "" if nowhere else ",".join(f"{degrees:.5f}" for degrees in shapely.bounds(self.geometry))
        text = "|".join([self.kind, self.cause or "", self.level, *self.codes, place])
        return f"{self.kind}-{hashlib.sha256(text.encode()).hexdigest()[:10]}"

    @property
    def facts(self) -> dict[str, Any]:
        """What is wrong as JSON, without its place: codes and values in no language."""
        return {
            "kind": self.kind.value,
            "severity": self.severity.value,
            "level": self.level,
            "codes": list(self.codes),
            "cause": self.cause,
            "size": self.size,
            "unit": self.unit,
            "values": {name: list(value) if isinstance(value, tuple) else value for name, value in self.values},
        }

    def as_feature(self) -> dict[str, Any]:
        """Return the defect as a GeoJSON feature, coordinates to 9 decimals (0.1 mm: slivers must not vanish)."""
        nowhere = self.geometry is None or bool(shapely.is_empty(self.geometry))
        return {
            "type": "Feature",
            "id": self.key,
            "geometry": None if nowhere else _rounded(json.loads(shapely.to_geojson(self.geometry) or "null")),
            "properties": self.facts,
        }


@dataclass(frozen=True, slots=True)
class CoverageReport:
    """All that was found.

    `defects` are ordered: what blocks first, then by level, kind and size. `is_edge_matched` tells whether
    every shared border has the same vertices on both sides, which some tools require and no report needs;
    `beneath_notice` counts the mismatches too narrow to be defects.
    """

    defects: tuple[Defect, ...]
    areas_checked: int
    is_edge_matched: bool = True
    beneath_notice: int = 0

    @property
    def blocks(self) -> bool:
        """Whether anything found forbids publishing."""
        return any(defect.severity is Severity.BLOCKS for defect in self.defects)

    @property
    def counts(self) -> dict[str, int]:
        """How many defects of each kind, only kinds that occur, in the order of the defects."""
        return dict(Counter(defect.kind.value for defect in self.defects))

    def of_kind(self, *kinds: DefectKind) -> tuple[Defect, ...]:
        """Return the defects of some kinds, in the order of the report."""
        return tuple(defect for defect in self.defects if defect.kind in kinds)

    @property
    def summary(self) -> dict[str, Any]:
        """What was found in numbers."""
        return {
            "blocks": self.blocks,
            "areas_checked": self.areas_checked,
            "counts": self.counts,
            "is_edge_matched": self.is_edge_matched,
            "beneath_notice": self.beneath_notice,
        }


def _is_missing(value: object) -> bool:
    """Whether a table's cell is empty: None, or the NaN that data frames put there."""
    return value is None or (isinstance(value, float) and value != value)  # noqa: PLR0124  NaN


def _objects(values: Sequence[Any] | NDArray[Any]) -> NDArray[np.object_]:
    array = np.empty(len(values), dtype=object)
    array[:] = list(values)
    return array


def _rounded(mapping: Any) -> Any:  # noqa: ANN401  nested GeoJSON
    if isinstance(mapping, dict):
        return {key: _rounded(value) for key, value in mapping.items()}
    if isinstance(mapping, list | tuple):
        return [_rounded(value) for value in mapping]
    return round(mapping, 9) if isinstance(mapping, float) else mapping
