"""Scan statistics agree with SaTScan's recorded results, computed elsewhere."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import numpy as np
import pytest

from geo.hotspot.scan import (
    ScanOptions,
    TimeAxis,
    TimeWindows,
    bernoulli_scan,
    circular_zones,
    expected_from_population,
    poisson_scan,
    population_days,
)

if TYPE_CHECKING:
    from pathlib import Path


def _recorded(path: Path) -> list[dict[str, str]]:
    """Clusters of a SaTScan result file: the members and every labelled line."""
    lines = path.read_text(encoding="utf-8").split("CLUSTERS DETECTED")[1].split("______")[0].splitlines()
    clusters: list[dict[str, str]] = []
    label = ""
    for line in lines:
        if "Location IDs included" in line:
            clusters.append({"members": line.split(":", 1)[1]})
            label = "members"
        elif ":" in line and clusters and not line.startswith("NOTE"):
            label, value = line.split(":", 1)
            label = label.strip(" .")
            clusters[-1][label] = value.strip()
        elif line.strip() and label == "members" and clusters:
            clusters[-1]["members"] += line
    return clusters


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


def test_north_humberside_bernoulli(published: Path) -> None:
    folder = published / "north_humberside"
    places = np.loadtxt(folder / "NHumberside.geo")
    names = [str(int(row[0])) for row in places]
    cases = np.loadtxt(folder / "NHumberside.cas")[:, 1]
    controls = np.loadtxt(folder / "NHumberside.ctl")[:, 1]
    result = bernoulli_scan(cases, controls, circular_zones(places[:, 1:]), ScanOptions(seed=1, sequential=None))
    recorded = _recorded(folder / "satscan_10.3.2_result.txt")
    assert len(recorded) == 6
    ours = {frozenset(names[m] for m in cluster.members): cluster for cluster in result.clusters[:6]}
    for row in recorded:
        cluster = ours[frozenset(_names(row["members"]))]
        assert [names[m] for m in cluster.members] == _names(row["members"])
        assert f"{cluster.log_likelihood_ratio:.6f}" == row["Log likelihood ratio"]
        assert f"{cluster.radius_m:.2f}" == row["Coordinates / radius"].split("/")[1].strip()
        assert cluster.observed == float(row["Number of cases"])
        assert f"{cluster.expected:.2f}" == row["Expected cases"]
        assert f"{cluster.relative_risk:.2f}" == row["Relative risk"]
        assert cluster.population == float(row["Population"])
    ratios = [cluster.log_likelihood_ratio for cluster in result.clusters]
    assert ratios == sorted(ratios, reverse=True)
    assert result.clusters[6].log_likelihood_ratio < 3.6


def test_equal_ratios_get_equal_p_values(published: Path) -> None:
    folder = published / "north_humberside"
    places = np.loadtxt(folder / "NHumberside.geo")
    cases, controls = (np.loadtxt(folder / f"NHumberside.{kind}")[:, 1] for kind in ("cas", "ctl"))
    result = bernoulli_scan(cases, controls, circular_zones(places[:, 1:]), ScanOptions(seed=2))
    first, second = result.clusters[:2]
    assert first.p_value == second.p_value
    assert first.p_kind == "sequential"
    assert 0.5 < first.p_value < 0.8  # ties counted: 0.64 by an independent simulation


def test_new_mexico_space_time_poisson_adjusted_for_age_and_sex(published: Path) -> None:
    folder = published / "new_mexico"
    places = [line.split() for line in (folder / "nm.geo").read_text().splitlines() if line.strip()]
    names = [row[0] for row in places]
    number = {name: k for k, name in enumerate(names)}
    years = TimeAxis(dt.date(1973, 1, 1), dt.date(1991, 12, 31), "year")
    rows = [line.split() for line in (folder / "nm.cas").read_text().splitlines()]
    count = np.array([int(row[1]) for row in rows])
    cases = years.table([number[row[0]] for row in rows], [row[2] for row in rows], 32, count)
    by_class = np.bincount([(int(row[3]) - 1) * 2 + int(row[4]) - 1 for row in rows], count, 36)
    population = np.zeros((32, 3, 18, 2))
    for line in (folder / "nm.pop").read_text().splitlines():
        county, year, people, age, sex = line.split()
        population[number[county], ("73", "82", "91").index(year), int(age) - 1, int(sex) - 1] += float(people)
    expected = expected_from_population(
        by_class, population.reshape(32, 3, 36), population_days([1973, 1982, 1991]), years.edges_days
    )
    zones = circular_zones([[float(row[2]), float(row[1])] for row in places], great_circle=True)
    result = poisson_scan(
        cases, expected, zones, ScanOptions(windows=TimeWindows(unit="year"), seed=1, sequential=None)
    )
    recorded = _recorded(folder / "satscan_10.3.2_result.txt")
    assert len(recorded) == 3
    for cluster, row in zip(result.clusters, recorded, strict=False):
        assert [names[m] for m in cluster.members] == _names(row["members"])
        first, last = years.days_of(cluster.start, cluster.end)
        assert f"{first:%Y}/{first.month}/{first.day} to {last:%Y}/{last.month}/{last.day}" == row["Time frame"]
        assert f"{cluster.log_likelihood_ratio:.6f}" == row["Log likelihood ratio"]
        assert cluster.observed == float(row["Number of cases"])
        assert f"{cluster.expected:.2f}" == row["Expected cases"]
        assert f"{cluster.relative_risk:.2f}" == row["Relative risk"]
        radius = float(row["Coordinates / radius"].split("/")[1].replace("km", ""))
        assert cluster.radius_m / 1000 == pytest.approx(radius, abs=0.005)
        assert cluster.p_value == pytest.approx(float(row["P-value"]), abs=0.05)
    assert result.total_cases == 1175
