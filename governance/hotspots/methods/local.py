"""Gi* and local Moran: which units are above or below the whole, or stand out against their neighbours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geo.hotspot.local import LocalAssociation, Neighbours, getis_ord, local_moran, standardised_rate
from governance.hotspots.methods.catalogue import ABOUT, HotspotMethod
from governance.hotspots.methods.patrol_adjustment import expected_in_space, found_by_patrols
from governance.hotspots.study.exposure import EXPOSURE_LABELS, ExposureKind

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geo.hotspot.progress import Progress
    from governance.hotspots.result_format import Result
    from governance.hotspots.study.frame import Study


@dataclass(frozen=True, slots=True, eq=False)
class _Judged:
    """Rows of the units that are judged, their counts, the values tested and who touches whom among them."""

    rows: NDArray[np.int64]
    counts: NDArray[np.float64]
    values: NDArray[np.float64]
    neighbours: Neighbours


def gi(study: Study, result: Result, progress: Progress | None) -> None:
    """Test each unit together with its neighbours against the whole."""
    judged = _judged(study, result, HotspotMethod.GI)
    if judged is None:
        return
    p = study.parameters
    found = getis_ord(judged.values, judged.neighbours, p.replicates, study.seed, level=p.level, progress=progress)
    _write(study, result, judged, found, HotspotMethod.GI)


def moran(study: Study, result: Result, progress: Progress | None) -> None:
    """Test each unit against its neighbours; `moran_kind` names the quadrant of those that are significant."""
    judged = _judged(study, result, HotspotMethod.MORAN)
    if judged is None:
        return
    p = study.parameters
    found = local_moran(judged.values, judged.neighbours, p.replicates, study.seed, level=p.level, progress=progress)
    _write(study, result, judged, found, HotspotMethod.MORAN)
    for row, kind in zip(judged.rows.tolist(), found.kinds.tolist(), strict=True):
        result["units"][row]["moran_kind"] = kind


def _judged(study: Study, result: Result, method: HotspotMethod) -> _Judged | None:
    """Count the period by unit; with rates, only where the exposure is known, standardised (Assunção & Reis)."""
    units = study.units
    size = len(units.frame.codes)
    inside = study.in_period & (study.unit >= 0)
    counts = np.bincount(study.unit[inside], minlength=size).astype(np.float64)
    rows = np.arange(size)
    values = counts
    exposed = np.ones(size)
    if study.parameters.rate_per != "none":
        if units.rates is None or np.count_nonzero(units.rates.usable) < 3:
            per = EXPOSURE_LABELS[ExposureKind(study.parameters.rate_per)]
            result["notes"].append(f"{ABOUT[method].label}：没有“{per}”所需的数，未作判断。")
            return None
        rows = np.flatnonzero(units.rates.usable)
        exposed = units.rates.values[rows]
        values = standardised_rate(counts[rows], exposed)
        for row, amount in zip(rows.tolist(), exposed.tolist(), strict=True):
            result["units"][row] |= {"exposure": round(amount, 4), "rate": round(counts[row] / amount, 6)}
    for row, count in enumerate(counts.tolist()):
        result["units"][row]["reports"] = int(count)
    found = found_by_patrols(study, result, ABOUT[method].label, study.first_day) if units.hexagons is None else []
    if found:
        counts[rows], expected = expected_in_space(counts[rows], exposed, [one.at(rows) for one in found])
        values = standardised_rate(counts[rows], expected)
        for row, amount in zip(rows.tolist(), expected.tolist(), strict=True):
            result["units"][row] |= {"reports_and_findings": int(counts[row]), "expected": round(amount, 4)}
    elif study.parameters.patrol == "adjusted" and units.hexagons is not None:
        result["notes"].append(f"{ABOUT[method].label}：按六边形时巡查发现仍另计，未作校正。")
    neighbours = Neighbours.touching(units.frame.shapes_m[rows], tolerance_m=1.0)
    return _Judged(rows, counts[rows], values, neighbours)


def _write(study: Study, result: Result, judged: _Judged, found: LocalAssociation, method: HotspotMethod) -> None:
    for place, row in enumerate(judged.rows.tolist()):
        tested = bool(np.isfinite(found.z[place]))
        q = found.q_analytic[place] if found.permutations_too_few else found.q[place]
        result["units"][row] |= {
            f"{method}_z": round(float(found.z[place]), 6) if tested else None,
            f"{method}_p": float(found.p[place]) if tested else None,
            f"{method}_q": float(q) if tested else None,
            str(method): int(found.flags[place]),
        }
    label, many, p = ABOUT[method].label, len(judged.rows), study.parameters
    unit = "六边形" if p.unit == "hexagon" else "网格"
    if p.rate_per != "none":
        per = EXPOSURE_LABELS[ExposureKind(p.rate_per)]
        left = len(study.units.frame.codes) - many
        result["notes"].append(
            f"{label}：按{per}的率（标准化）比较" + (f"，{left} 个{unit}没有这个数。" if left else "。")
        )
    if found.permutations_too_few:
        result["notes"].append(
            f"{label}：{many} 个{unit}同时检验，{p.replicates} 次置换不足以在校正后达到 {p.level:g}，"
            "改用解析 z 值判定。"
        )
    result["notes"].append(
        f"{label}：{many} 个{unit}同时检验，按 Benjamini-Hochberg 校正，"
        f"标出的{unit}中误报的期望占比不超过 {p.level:.0%}。"
    )
