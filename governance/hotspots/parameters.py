"""What a planner may set for a run, with what holds if nothing is set."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from typing import Any

from core.errors import DomainError


class Method(StrEnum):
    """How hotspots are looked for."""

    DENSITY = "density"
    GI = "gi"
    CONCENTRATION = "concentration"
    SCAN = "scan"
    EMERGING = "emerging"
    WARNING = "warning"


METHOD_LABELS: dict[Method, str] = {
    Method.DENSITY: "密集区（DBSCAN）",
    Method.GI: "冷热网格（Gi*）",
    Method.CONCENTRATION: "事项区域集中（伯努利扫描）",
    Method.SCAN: "时空聚集（时空重排扫描）",
    Method.EMERGING: "演变类型（新兴热点）",
    Method.WARNING: "同期预警",
}

METHOD_WORDS: dict[Method, str] = {
    Method.DENSITY: "上报点彼此靠近而成片的地方，只说密不密，不检验是否偶然。",
    Method.GI: "本网格与相邻网格合计明显多于（少于）全域平均；已按错误发现率校正多重检验。",
    Method.CONCENTRATION: "某类事项在圈内的占比高于圈外；圈内各网格是检验对象，圈只是示意。",
    Method.SCAN: "某类事项在某处、某段时间内多于该处与该时段各自应有的件数。",
    Method.EMERGING: "按周把各网格的冷热历史归类：新增、连续、加强、持续、减弱、零星、振荡、历史。",
    Method.WARNING: "本期件数与往期同样日子的预期相比，显著偏多的街道与事项。",
}


class ParameterInvalidError(DomainError):
    """A parameter of the run is not valid."""

    code = "hotspot-parameter-invalid"


@dataclass(frozen=True, slots=True)
class Parameters:
    """All numbers of a run. Distances in metres, spans in days."""

    history_days: int = 182
    pile_up_reports: int = 30
    pile_up_share: float = 0.005
    repeat_days: float = 2.0
    repeat_distance_m: float = 50.0
    patrol_channels: tuple[str, ...] = ("patrol", "dum", "grid-patrol", "digital-urban")
    level: float = 0.05
    replicates: int = 999
    density_eps_m: float = 120.0
    density_min_reports: int = 8
    scan_days: int = 90
    scan_radius_m: float = 600.0
    scan_window_days: int = 14
    scan_min_reports: int = 20
    scan_prospective: int = 0
    concentration_radius_m: float = 800.0
    emerging_step_days: int = 7
    emerging_steps: int = 12

    def as_json(self) -> dict[str, Any]:
        """Return plain values."""
        return {**asdict(self), "patrol_channels": list(self.patrol_channels)}


_BOUNDS: dict[str, tuple[float, float]] = {
    "history_days": (28, 3660),
    "pile_up_reports": (2, 1_000_000),
    "pile_up_share": (0, 1),
    "repeat_days": (0, 365),
    "repeat_distance_m": (0, 10_000),
    "level": (0.0001, 0.5),
    "replicates": (19, 99_999),
    "density_eps_m": (1, 50_000),
    "density_min_reports": (2, 1_000_000),
    "scan_days": (14, 3660),
    "scan_radius_m": (10, 100_000),
    "scan_window_days": (1, 366),
    "scan_min_reports": (5, 1_000_000),
    "scan_prospective": (0, 1),
    "concentration_radius_m": (10, 100_000),
    "emerging_step_days": (1, 92),
    "emerging_steps": (3, 260),
}


def parse_parameters(given: dict[str, Any]) -> Parameters:
    """Take what was given, the rest as it stands.

    Raises
    ------
    ParameterInvalidError
        For a name that is not known or a value out of its range.
    """
    known = {f.name for f in fields(Parameters)}
    values: dict[str, Any] = {}
    for name, value in given.items():
        field = f"parameters.{name}"
        if name not in known:
            raise ParameterInvalidError(
                f"There is no parameter '{name[:80]}'; there are {', '.join(sorted(known))}.", field=field
            )
        if name == "patrol_channels":
            if not isinstance(value, list | tuple) or not all(isinstance(item, str) for item in value):
                raise ParameterInvalidError("patrol_channels is a list of channel codes.", field=field)
            values[name] = tuple(value)
            continue
        low, high = _BOUNDS[name]
        whole = isinstance(getattr(Parameters(), name), int)
        if isinstance(value, bool) or not isinstance(value, int if whole else int | float) or not low <= value <= high:
            raise ParameterInvalidError(
                f"{name} is a {'whole ' if whole else ''}number of {low:g} to {high:g}.", field=field
            )
        values[name] = value
    return Parameters(**values)
