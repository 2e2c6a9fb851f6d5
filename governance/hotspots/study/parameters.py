"""What a planner may set for a run: one flat list, each with its default, its range and a sentence."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, fields
from typing import Any, TypeVar

from core.errors import DomainError

N = TypeVar("N", int, float)


class ParameterInvalidError(DomainError):
    """A parameter of the run is not valid."""

    code = "hotspot-parameter-invalid"


def _number(default: N, low: N, high: N, words: str) -> N:
    # dataclasses.field is typed as the value it stands for.
    return field(default=default, metadata={"low": low, "high": high, "words": words})


def _choice(default: str, choices: tuple[str, ...], words: str) -> str:
    return field(default=default, metadata={"choices": choices, "words": words})


def _names(default: tuple[str, ...], words: str) -> tuple[str, ...]:
    return field(default=default, metadata={"names": True, "words": words})


RATES = ("none", "households", "km2", "road_km")


@dataclass(frozen=True, slots=True)
class Parameters:
    """All numbers of a run. Distances in metres, spans in days."""

    history_days: int = _number(182, 28, 3660, "Days of reports read, back from the end of the period.")
    pile_up_reports: int = _number(30, 2, 1_000_000, "One point with so many reports ...")
    pile_up_share: float = _number(0.005, 0.0, 1.0, "... and so large a share of all is taken for a default geocode.")
    repeat_days: float = _number(2.0, 0.0, 365.0, "Calls of one person about one category within so many days ...")
    repeat_distance_m: float = _number(50.0, 0.0, 10_000.0, "... and metres count once.")
    patrol: str = _choice(
        "apart", ("apart", "adjusted"), "What patrols found is kept apart, or counted against their recorded effort."
    )
    level: float = _number(0.05, 0.0001, 0.5, "Level of every decision, after adjusting for how many were made.")
    replicates: int = _number(999, 19, 99_999, "Monte Carlo replicates and permutations.")
    unit: str = _choice("grid", ("grid", "hexagon"), "Unit of gi, moran and emerging: the run's areas, or hexagons.")
    hexagon_edge_m: float = _number(250.0, 20.0, 10_000.0, "Edge of a hexagon.")
    rate_per: str = _choice(
        "none", RATES, "gi and moran look at counts (none) or at rates per household, km2, road km."
    )
    density_eps_m: float = _number(120.0, 1.0, 50_000.0, "density, st_dbscan: reports so near are neighbours.")
    density_min_reports: int = _number(8, 2, 1_000_000, "density, st_dbscan: so many neighbours make a dense place.")
    density_days: int = _number(7, 0, 366, "st_dbscan: neighbours are at most so many days apart.")
    density_alpha_m: float = _number(0.0, 0.0, 50_000.0, "Outline as an alpha shape of this radius; 0 draws the hull.")
    density_resamples: int = _number(20, 0, 1000, "Bootstrap samples for the stability of clusters; 0 leaves it out.")
    hdbscan_min_reports: int = _number(15, 2, 1_000_000, "hdbscan: smallest cluster.")
    scan_days: int = _number(90, 14, 3660, "scan: days looked at, back from the end of the period.")
    scan_radius_m: float = _number(600.0, 10.0, 100_000.0, "scan: largest circle.")
    scan_window_days: int = _number(14, 1, 366, "scan: longest span.")
    scan_min_reports: int = _number(20, 5, 1_000_000, "Scans leave out categories with fewer reports.")
    scan_prospective: int = _number(
        0, 0, 1, "scan: 1 asks only for clusters alive at the end, with recurrence interval."
    )
    scan_zones: str = _choice("circles", ("circles", "neighbours"), "Scans look at circles, or at neighbouring areas.")
    scan_steps: int = _number(2, 0, 20, "Zones of neighbouring areas: so many borders from the centre at most.")
    concentration_radius_m: float = _number(800.0, 10.0, 100_000.0, "concentration, population: largest circle.")
    population_per: str = _choice("households", RATES[1:], "population: what reports are compared with.")
    emerging_step_days: int = _number(7, 1, 92, "emerging: length of a step.")
    emerging_steps: int = _number(12, 3, 260, "emerging: number of steps, back from the end of the period.")

    def as_json(self) -> dict[str, Any]:
        """Return plain values."""
        return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items()}


def described() -> list[dict[str, Any]]:
    """Say each parameter: name, default, range or choices, and what it is."""
    defaults = Parameters().as_json()
    return [
        {
            "name": f.name,
            "default": defaults[f.name],
            "minimum": f.metadata.get("low"),
            "maximum": f.metadata.get("high"),
            "choices": list(f.metadata["choices"]) if "choices" in f.metadata else None,
            "words": f.metadata["words"],
        }
        for f in fields(Parameters)
    ]


def parse_parameters(given: dict[str, Any]) -> Parameters:
    """Take what was given, the rest as it stands.

    Raises
    ------
    ParameterInvalidError
        For a name that is not known or a value out of its range.
    """
    known = {f.name: f for f in fields(Parameters)}
    values: dict[str, Any] = {}
    for name, value in given.items():
        where = f"parameters.{name}"
        if name not in known:
            raise ParameterInvalidError(
                f"There is no parameter '{name[:80]}'; there are {', '.join(sorted(known))}.", field=where
            )
        allowed = known[name].metadata
        if "names" in allowed:
            if not isinstance(value, list | tuple) or not all(isinstance(item, str) for item in value):
                raise ParameterInvalidError(f"{name} is a list of texts.", field=where)
            values[name] = tuple(value)
        elif "choices" in allowed:
            if value not in allowed["choices"]:
                raise ParameterInvalidError(f"{name} is one of {', '.join(allowed['choices'])}.", field=where)
            values[name] = value
        else:
            low, high = allowed["low"], allowed["high"]
            whole = isinstance(low, int)
            number = isinstance(value, int if whole else int | float) and not isinstance(value, bool)
            if not number or not low <= value <= high:
                raise ParameterInvalidError(
                    f"{name} is a {'whole ' if whole else ''}number of {low:g} to {high:g}.", field=where
                )
            values[name] = value
    return Parameters(**values)
