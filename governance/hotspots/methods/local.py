"""Gi* and local Moran: which units are above or below the whole, or stand out against their neighbours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geo.hotspot.local import (
    ChanceTails,
    LocalAssociation,
    Neighbours,
    chance_tails,
    getis_ord,
    local_moran,
    standardised_rate,
)
from governance.hotspots.catalogue import HotspotMethod
from governance.hotspots.methods.land_sizes import note_unequal_land
from governance.hotspots.methods.patrol_adjustment import expected_in_space, found_by_patrols
from governance.hotspots.notes import NoteCode, per, unit_words
from governance.hotspots.result_format import UnitJudgement

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geo.hotspot.progress import Progress
    from governance.hotspots.result_format import Result
    from governance.hotspots.study.frame import Study


@dataclass(frozen=True, slots=True, eq=False)
class _Judged:
    """Rows of the units judged, the values tested, who touches whom among them, and for rates what chance would do."""

    rows: NDArray[np.int64]
    values: NDArray[np.float64]
    neighbours: Neighbours
    chance: ChanceTails | None


def gi(study: Study, result: Result, progress: Progress | None) -> None:
    """Test each unit together with its neighbours against the whole."""
    judged = _judged(study, result, HotspotMethod.GI)
    if judged is None:
        return
    p = study.parameters
    found = getis_ord(
        judged.values, judged.neighbours, p.replicates, study.seed, level=p.level, chance=judged.chance,
        progress=progress,
    )  # fmt: skip
    _write(study, result, judged, found, HotspotMethod.GI)


def moran(study: Study, result: Result, progress: Progress | None) -> None:
    """Test each unit against its neighbours; `found` names the quadrant of those that are significant."""
    judged = _judged(study, result, HotspotMethod.MORAN)
    if judged is None:
        return
    p = study.parameters
    found = local_moran(
        judged.values, judged.neighbours, p.replicates, study.seed, level=p.level, chance=judged.chance,
        progress=progress,
    )  # fmt: skip
    _write(study, result, judged, found, HotspotMethod.MORAN)


def _judged(study: Study, result: Result, method: HotspotMethod) -> _Judged | None:
    """Count the period by unit; with rates, only where the exposure is known, standardised (Assunção & Reis)."""
    units = study.units
    size = len(units.frame.codes)
    inside = study.in_period & (study.unit >= 0)
    counts = np.bincount(study.unit[inside], minlength=size).astype(np.float64)
    rows = np.arange(size)
    values, exposed = counts, None
    if study.parameters.rate_per != "none":
        if units.rates is None or np.count_nonzero(units.rates.usable) < 3:
            result.note(NoteCode.EXPOSURE_UNKNOWN, method, per=per(study.parameters.rate_per))
            return None
        rows = np.flatnonzero(units.rates.usable)
        exposed = units.rates.values[rows]
        values = standardised_rate(counts[rows], exposed)
        for row, amount in zip(rows.tolist(), exposed.tolist(), strict=True):
            unit = result.units[row]
            unit.exposure, unit.rate = round(amount, 4), round(counts[row] / amount, 6)
    for row, count in enumerate(counts.tolist()):
        result.units[row].reports = int(count)
    found = found_by_patrols(study, result, method, study.first_day) if units.hexagons is None else []
    if found:
        # Without a rate every area expects the same share of the citizens' reports.
        alike = np.ones(len(rows)) if exposed is None else exposed
        counts[rows], exposed = expected_in_space(counts[rows], alike, [one.select(rows) for one in found])
        values = standardised_rate(counts[rows], exposed)
        for row, amount in zip(rows.tolist(), exposed.tolist(), strict=True):
            unit = result.units[row]
            unit.reports_and_findings, unit.expected = int(counts[row]), round(amount, 4)
    elif study.parameters.patrol == "adjusted" and units.hexagons is not None:
        result.note(NoteCode.FINDINGS_APART_IN_HEXAGONS, method)
    if study.parameters.rate_per == "none":
        note_unequal_land(study, result, method)
    neighbours = Neighbours.touching(units.frame.shapes_m[rows], tolerance_m=1.0)
    chance = None
    if exposed is not None:
        chance = chance_tails(counts[rows], exposed, neighbours, with_own=method is HotspotMethod.GI)
    return _Judged(rows, values, neighbours, chance)


def _write(study: Study, result: Result, judged: _Judged, found: LocalAssociation, method: HotspotMethod) -> None:
    for place, row in enumerate(judged.rows.tolist()):
        tested = bool(np.isfinite(found.z[place]))
        result.units[row].judged[method] = UnitJudgement(
            found=str(found.kinds[place]),
            flag=int(found.flags[place]),
            z=round(float(found.z[place]), 6) if tested else None,
            p=float(found.p[place]) if tested else None,
            q=float(found.q[place]) if tested else None,
        )
    many, p, unit = len(judged.rows), study.parameters, unit_words(study.parameters.unit)
    left_out = len(study.units.frame.codes) - many
    if p.rate_per != "none" and left_out:
        result.note(NoteCode.RATES_COMPARED_EXCEPT, method, per=per(p.rate_per), left_out=left_out, unit=unit)
    elif p.rate_per != "none":
        result.note(NoteCode.RATES_COMPARED, method, per=per(p.rate_per))
    if found.permutations_too_few:
        result.note(
            NoteCode.MORE_PERMUTATIONS, method, many=many, unit=unit, replicates=p.replicates, level=p.level,
            drawn=found.most_permutations,
        )  # fmt: skip
    result.note(NoteCode.FALSE_DISCOVERY, method, many=many, unit=unit, level=p.level)
