"""What a run can be asked: the methods (what each finds, its legend, its function) and the parameters they share.

The words about methods and classes stand in presentation/words/hotspots. docs/guides/hotspot-methods.md lists what a
new method adds.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any, Final, TypeVar

N = TypeVar("N", int, float)


class HotspotMethod(StrEnum):
    """How hotspots are looked for."""

    DENSITY = "density"
    HDBSCAN = "hdbscan"
    ST_DBSCAN = "st_dbscan"
    GI = "gi"
    MORAN = "moran"
    CONCENTRATION = "concentration"
    POPULATION = "population"
    SCAN = "scan"
    EMERGING = "emerging"
    WARNING = "warning"


class Finds(StrEnum):
    """Where a method's findings stand: clusters, units (grids or hexagons), or series of an area and category."""

    CLUSTERS = "clusters"
    UNITS = "units"
    WARNINGS = "warnings"


@dataclass(frozen=True, slots=True)
class LegendClass:
    """A class of a legend: its code, its colours, and whether what is in it was found (or is as everywhere).

    Its words are `legend/<method>/<code>`; `dark_…` are the colours on a dark ground; `dash` is a pattern of the
    outline (SVG).
    """

    code: str
    fill: str
    dark_fill: str
    outline: str = ""
    dark_outline: str = ""
    dash: str = ""
    is_finding: bool = True


@dataclass(frozen=True, slots=True)
class About:
    """A method: where its findings stand, its legend, and its function as `module:function` under `methods`.

    `tested`: it tests against chance. `followed`: topics are made of what it finds.
    """

    function: str
    finds: Finds
    classes: tuple[LegendClass, ...]
    tested: bool = True
    followed: bool = False


#: Classes of one finding by how sure it is: up to this q the class with the suffix, where the legend has it.
SURENESS: Final = ((0.001, "/very_sure"), (0.01, "/sure"))

_CHANCE = LegendClass("none", "#faf8f3", "#262a30", is_finding=False)


def _patch(light: tuple[str, str], dark: tuple[str, str], dash: str = "") -> tuple[LegendClass, ...]:
    """Make the one class of a method that draws patches, of fill and outline on a light and on a dark ground."""
    return (LegendClass("found", light[0], dark[0], light[1], dark[1], dash),)


ABOUT: Final[dict[HotspotMethod, About]] = {
    HotspotMethod.DENSITY: About(
        "density:by_distance",
        Finds.CLUSTERS,
        _patch(("#74c476", "#238b45"), ("#2f6b3c", "#74c476"), "5 4"),
        tested=False,
    ),
    HotspotMethod.HDBSCAN: About(
        "density:by_hierarchy",
        Finds.CLUSTERS,
        _patch(("#83c5be", "#006d77"), ("#1f5f63", "#83c5be"), "2 4"),
        tested=False,
    ),
    HotspotMethod.ST_DBSCAN: About(
        "density:by_time",
        Finds.CLUSTERS,
        _patch(("#8fc1e3", "#1d6996"), ("#275a7c", "#8fc1e3"), "8 4"),
        tested=False,
    ),
    HotspotMethod.GI: About(
        "local:gi",
        Finds.UNITS,
        (
            LegendClass("hot/very_sure", "#b2182b", "#ff8a70"),
            LegendClass("hot/sure", "#ef8a62", "#d9542f"),
            LegendClass("hot", "#fbc9a8", "#7d3a28"),
            LegendClass("cold", "#92c5de", "#3f7fa8"),
            _CHANCE,
        ),
    ),
    HotspotMethod.MORAN: About(
        "local:moran",
        Finds.UNITS,
        (
            LegendClass("high-high", "#d7191c", "#ff6b57"),
            LegendClass("low-low", "#2c7bb6", "#5aa9e6"),
            LegendClass("high-low", "#fdae61", "#7a5a1e"),
            LegendClass("low-high", "#9fd0e6", "#2f5f78"),
            _CHANCE,
        ),
    ),
    HotspotMethod.CONCENTRATION: About(
        "concentration:concentration",
        Finds.CLUSTERS,
        _patch(("#c2a5cf", "#7b3294"), ("#5b3a6e", "#c9a3dd")),
        followed=True,
    ),
    HotspotMethod.POPULATION: About(
        "population:population",
        Finds.CLUSTERS,
        _patch(("#dfc27d", "#8c510a"), ("#6b4d1c", "#dfc27d")),
    ),
    HotspotMethod.SCAN: About(
        "space_time:space_time",
        Finds.CLUSTERS,
        _patch(("#fc8d59", "#d7301f"), ("#8a3a22", "#ff8a66")),
        followed=True,
    ),
    HotspotMethod.EMERGING: About(
        "emerging:emerging",
        Finds.UNITS,
        (
            LegendClass("NEW_HOT", "#ff7f00", "#ffa94d"),
            LegendClass("CONSECUTIVE_HOT", "#e31a1c", "#ff6b5e"),
            LegendClass("INTENSIFYING_HOT", "#99000d", "#ffc2b3"),
            LegendClass("PERSISTENT_HOT", "#cb181d", "#e5483f"),
            LegendClass("DIMINISHING_HOT", "#fc9272", "#a84a3a"),
            LegendClass("SPORADIC_HOT", "#fdbf6f", "#8f6a2f"),
            LegendClass("OSCILLATING_HOT", "#cab2d6", "#7a5c94"),
            LegendClass("HISTORICAL_HOT", "#b15928", "#6d4526"),
            LegendClass("NEW_COLD", "#a6cee3", "#4d86a8"),
            LegendClass("CONSECUTIVE_COLD", "#1f78b4", "#4ba3e3"),
            LegendClass("INTENSIFYING_COLD", "#08306b", "#c6dcff"),
            LegendClass("PERSISTENT_COLD", "#2171b5", "#3b82d0"),
            LegendClass("DIMINISHING_COLD", "#9ecae1", "#3d6480"),
            LegendClass("SPORADIC_COLD", "#c6dbef", "#2f4a63"),
            LegendClass("OSCILLATING_COLD", "#bcbddc", "#5a5c8a"),
            LegendClass("HISTORICAL_COLD", "#6baed6", "#2b5876"),
            LegendClass("NONE", "#faf8f3", "#262a30", is_finding=False),
        ),
    ),
    HotspotMethod.WARNING: About(
        "warning:warning",
        Finds.WARNINGS,
        (
            LegendClass("alarm/very_sure", "#a50f15", "#ffb9a3"),
            LegendClass("alarm/sure", "#ea6a2c", "#e8663a"),
            LegendClass("alarm", "#fdd49e", "#6e4318"),
            LegendClass("calm", "#cfe6f7", "#22394a", is_finding=False),
            LegendClass("not_judged", "#a8a8a8", "#70757e", is_finding=False),
        ),
        followed=True,
    ),
}


def class_of(method: HotspotMethod, found: str, q: float | None) -> str:
    """Return the class of a method's legend for what it found and how sure it is."""
    if q is not None:
        codes = {one.code for one in ABOUT[method].classes}
        for bound, suffix in SURENESS:
            if q <= bound and f"{found}{suffix}" in codes:
                return f"{found}{suffix}"
    return found


def _number(default: N, low: N, high: N) -> N:
    # dataclasses.field is typed as the value it stands for.
    return field(default=default, metadata={"low": low, "high": high})


def _choice(default: str, choices: tuple[str, ...]) -> str:
    return field(default=default, metadata={"choices": choices})


def _names(default: tuple[str, ...]) -> tuple[str, ...]:
    return field(default=default, metadata={"names": True})


RATES = ("none", "households", "km2", "road_km")


@dataclass(frozen=True, slots=True)
class Parameters:
    """All numbers of a run. Distances in metres, spans in days."""

    history_days: int = _number(182, 28, 3660)
    pile_up_reports: int = _number(30, 2, 1_000_000)
    pile_up_share: float = _number(0.005, 0.0, 1.0)
    repeat_days: float = _number(2.0, 0.0, 365.0)
    repeat_distance_m: float = _number(50.0, 0.0, 10_000.0)
    patrol: str = _choice("apart", ("apart", "adjusted"))
    level: float = _number(0.05, 0.0001, 0.5)
    replicates: int = _number(999, 19, 99_999)
    unit: str = _choice("grid", ("grid", "hexagon"))
    hexagon_edge_m: float = _number(250.0, 20.0, 10_000.0)
    rate_per: str = _choice("none", RATES)
    density_eps_m: float = _number(120.0, 1.0, 50_000.0)
    density_min_reports: int = _number(8, 2, 1_000_000)
    density_days: int = _number(7, 0, 366)
    density_alpha_m: float = _number(0.0, 0.0, 50_000.0)
    density_resamples: int = _number(20, 0, 1000)
    hdbscan_min_reports: int = _number(15, 2, 1_000_000)
    scan_days: int = _number(90, 14, 3660)
    scan_radius_m: float = _number(600.0, 10.0, 100_000.0)
    scan_window_days: int = _number(14, 1, 366)
    scan_min_reports: int = _number(20, 5, 1_000_000)
    scan_prospective: int = _number(0, 0, 1)
    scan_zones: str = _choice("circles", ("circles", "neighbours"))
    scan_steps: int = _number(2, 0, 20)
    concentration_radius_m: float = _number(800.0, 10.0, 100_000.0)
    population_per: str = _choice("households", RATES[1:])
    emerging_step_days: int = _number(7, 1, 92)
    emerging_steps: int = _number(12, 3, 260)

    def as_json(self) -> dict[str, Any]:
        """Return plain values."""
        return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items()}
