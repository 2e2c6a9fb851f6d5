"""One analysis from honest input to results in plain values; the same input, parameters and seed give the same bytes.

Nothing is tested here: geo.hotspot tests. Here methods are called in a stated order, decisions are adjusted for how
many were made, and results are put into the form that is stored.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from geo.hotspot.density import dbscan
from geo.hotspot.early_warning import same_period_warning
from geo.hotspot.emerging import EXPLANATIONS, Category, emerging_hot_spots, space_time_cube
from geo.hotspot.local import Neighbours, getis_ord
from geo.hotspot.progress import Progress, report
from governance.hotspots.forms import Result, areas_of, cluster_form, geometry_form, part_of
from governance.hotspots.parameters import Method
from governance.hotspots.scans import concentration, space_time
from governance.hotspots.study import local_midnight_s

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from governance.hotspots.study import Study

FORMAT = 1
MIN_DAYS_FOR_WARNING = 60


def analyse(study: Study, methods: Sequence[Method], progress: Progress | None = None) -> Result:
    """Run the methods and return everything that is stored of a run.

    Raises
    ------
    geo.hotspot.progress.Cancelled
        When the caller cancels through `progress`.
    """
    incidents = study.honest.incidents
    result: Result = {
        "format": FORMAT,
        "crs_of_distances": study.areas.crs,
        "period": {"start": study.period_start.isoformat(), "end": study.period_end.isoformat()},
        "history_start": study.history_start.isoformat(),
        "input": study.honest.account(),
        "by_category": _by_category(study),
        "clusters": [],
        "levels": list(study.areas.levels),
        "areas": [{"code": chain[-1], "above": chain[:-1]} for chain in study.areas.chains],
        "names": {code: study.areas.names[code] for chain in study.areas.chains for code in chain},
        "warnings": [],
        "notes": [],
    }
    in_period = study.in_period
    result["input"]["incidents_in_period"] = int(np.count_nonzero(in_period))
    result["input"]["patrol_in_period"] = _patrol_in_period(study)
    for number, method in enumerate(methods):
        share = part_of(progress, number / len(methods), 1 / len(methods))
        report(share, 0.0)
        if len(incidents):
            _METHODS[method](study, result, share)
    report(progress, 1.0)
    return result


def _patrol_in_period(study: Study) -> int:
    return int(np.count_nonzero(study.honest.patrol.time_s >= local_midnight_s(study.period_start)))


def _by_category(study: Study) -> list[dict[str, Any]]:
    """Count each category: this period, the period before, and in how many areas of each level."""
    length = (study.period_end - study.period_start).days
    now, before = study.in_period, (study.day >= study.first_day - length) & (study.day < study.first_day)
    incidents = study.honest.incidents
    groups = {level: np.array(study.areas.group(level)) for level in study.areas.levels}
    found = []
    for name in np.unique(incidents.category[now | before]):
        own = incidents.category == name
        placed = own & now & (incidents.area >= 0)
        areas = {}
        for level, codes in groups.items():
            _, counts = np.unique(codes[incidents.area[placed]], return_counts=True)
            areas[level] = sorted(counts.tolist(), reverse=True)
        found.append(
            {
                "category": str(name),
                "reports": int(np.count_nonzero(own & now)),
                "before": int(np.count_nonzero(own & before)) if study.first_day >= length else None,
                "reports_per_area": areas,
                "areas_in_all": {level: len(set(codes.tolist())) for level, codes in groups.items()},
                "trend": study.trend(own),
            }
        )
    return found


def _density(study: Study, result: Result, progress: Progress | None) -> None:
    rows = np.flatnonzero(study.in_period)
    p = study.parameters
    found = dbscan(study.honest.points_m[rows], None, p.density_eps_m, p.density_min_reports, progress=progress)
    for number in range(found.count):
        members = rows[found.members(number)]
        hull = found.outlines[number]
        result["clusters"].append(
            {
                **cluster_form(Method.DENSITY, number, areas_of(study, members), study.describe(members)),
                "geometry": geometry_form(study, hull),
                "area_m2": round(hull.area, 1),
                "first": study.date_of(int(study.day[members].min())),
                "last": study.date_of(int(study.day[members].max())),
                "observed": len(members),
                "significant": None,
            }
        )


def _gi(study: Study, result: Result, progress: Progress | None) -> None:
    incidents = study.honest.incidents
    placed = study.in_period & (incidents.area >= 0)
    counts = np.bincount(incidents.area[placed], minlength=len(study.areas.codes)).astype(np.float64)
    neighbours = Neighbours.touching(study.areas.shapes_m, tolerance_m=1.0)
    p = study.parameters
    found = getis_ord(counts, neighbours, p.replicates, study.seed, level=p.level, progress=progress)
    for row, area in enumerate(result["areas"]):
        tested = bool(np.isfinite(found.z[row]))
        q = found.q_analytic[row] if found.permutations_too_few else found.q[row]
        area |= {
            "reports": int(counts[row]),
            "gi_z": round(float(found.z[row]), 6) if tested else None,
            "gi_p": float(found.p[row]) if tested else None,
            "gi_q": float(q) if tested else None,
            "gi": int(found.flags[row]),
        }
    if found.permutations_too_few:
        result["notes"].append(
            f"Gi*：{len(counts)} 个网格同时检验，{p.replicates} 次置换不足以在校正后达到 {p.level:g}，"
            "改用解析 z 值判定。"
        )
    result["notes"].append(
        f"Gi*：{len(counts)} 个网格同时检验，按 Benjamini-Hochberg 校正，"
        f"标出的网格中误报的期望占比不超过 {p.level:.0%}。"
    )


def _emerging(study: Study, result: Result, progress: Progress | None) -> None:
    incidents, p = study.honest.incidents, study.parameters
    steps = min(p.emerging_steps, study.days // p.emerging_step_days)
    if steps < 3 or not len(study.areas.codes):
        result["notes"].append("演变类型：历史不足三步，未作判断。")
        return
    cube = space_time_cube(
        incidents.area,
        study.day.astype(np.float64),
        len(study.areas.codes),
        end_s=float(study.days),
        step_s=float(p.emerging_step_days),
        steps=steps,
    )
    neighbours = Neighbours.touching(study.areas.shapes_m, tolerance_m=1.0)
    found = emerging_hot_spots(cube, neighbours, level=p.level, progress=progress)
    for row, area in enumerate(result["areas"]):
        category = found.categories[row]
        area["emerging"] = category.name
        area["emerging_steps"] = found.flags[row].tolist()
    result["emerging_words"] = {c.name: EXPLANATIONS[c][0] for c in Category}


def _warning(study: Study, result: Result, progress: Progress | None) -> None:
    incidents = study.honest.incidents
    length = (study.period_end - study.period_start).days
    if study.days - length < MIN_DAYS_FOR_WARNING:
        result["notes"].append("同期预警：往期不足 60 天，未作判断。")
        return
    levels = list(study.areas.levels)
    top, second = study.areas.group(levels[0]), study.areas.group(levels[min(1, len(levels) - 1)])
    placed = np.flatnonzero(incidents.area >= 0)
    series: dict[tuple[str, str], np.ndarray[Any, np.dtype[np.float64]]] = {}
    for row in placed.tolist():
        area, category = int(incidents.area[row]), str(incidents.category[row])
        for code in {top[area], second[area]}:
            series.setdefault((code, category), np.zeros(study.days))[study.day[row]] += 1
    keys = sorted(series)
    found = same_period_warning(
        np.array([series[key] for key in keys]),
        first_weekday=study.history_start.weekday(),
        period_days=length,
        level=study.parameters.level,
        progress=progress,
    )
    for k, (code, category) in enumerate(keys):
        if not found.alarm[k]:
            continue
        group = top if code in top else second
        rows = np.flatnonzero(
            (incidents.category == category) & np.isin(incidents.area, [i for i, g in enumerate(group) if g == code])
        )
        result["warnings"].append(
            {
                "area": code,
                "area_name": study.areas.names.get(code, code),
                "category": category,
                "observed": int(found.observed[k]),
                "expected": round(float(found.expected[k]), 4),
                "upper": round(float(found.upper[k]), 4),
                "p": float(f"{found.p[k]:.6g}"),
                "q": float(f"{found.q[k]:.6g}"),
                "trend": study.trend(rows),
            }
        )
    result["notes"].append(
        f"同期预警：{len(keys)} 个序列（街道 × 事项），其中 {int(found.judged.sum())} 个往期足以比较，"
        "按错误发现率校正。"
    )


_METHODS: dict[Method, Callable[[Study, Result, Progress | None], None]] = {
    Method.DENSITY: _density,
    Method.GI: _gi,
    Method.CONCENTRATION: concentration,
    Method.SCAN: space_time,
    Method.EMERGING: _emerging,
    Method.WARNING: _warning,
}
