"""How often chance alone looks significant, and how often planted clusters are found.

    python benchmarks/calibration_hotspots.py [--runs 400] [--only WORDS] [--write docs/hotspots-calibration.md]

``--only`` takes a regular expression and prints the rows it finds. Every row simulates ``runs`` data sets and counts
those with p <= 0.05. Seeds are fixed: the table can be repeated.
"""

from __future__ import annotations

import argparse
import re
import sys
import time
from functools import partial
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from typing import TYPE_CHECKING

from benchmarks.hotspot_chance import (
    CIRCLES,
    CONNECTED,
    DAYS,
    LOCATIONS,
    PROSPECTIVE,
    REPLICATES,
    RETROSPECTIVE,
    STABLE,
    bernoulli,
    bernoulli_time,
    density_clusters,
    emerging,
    emerging_any,
    expectation,
    getis,
    getis_rates,
    moran,
    noufaily_weekly,
    permutation,
    planted_gi,
    planted_scan,
    planted_warning,
    poisson,
    poisson_shaped,
    poisson_time,
    repeat_calls,
    warning,
    warning_overdispersed,
    weekday_patterns,
)
from benchmarks.hotspot_looking_chance import holiday_week, holidays_by_place, patrol_campaign, worked_weekend
from benchmarks.hotspot_sparse_chance import any_bin, any_grid, any_grid_normal
from benchmarks.hotspot_young_record import any_alarm

if TYPE_CHECKING:
    from collections.abc import Callable


def chance(runs: int, only: str = "") -> list[str]:
    """Rows of the table of false alarms."""
    rows: list[tuple[str, str, Callable[[int], tuple[float, float]]]] = [
        ("Poisson scan, spatial", "[0.03, 0.07]", poisson),
        ("Poisson scan, space-time, retrospective", "[0.03, 0.07]", poisson_time),
        ("Bernoulli scan", "[0.03, 0.07]", bernoulli),
        ("Permutation scan, prospective", "[0.03, 0.07]", lambda run: permutation(run, PROSPECTIVE)),
        ("Permutation scan, retrospective", "[0.03, 0.07]", lambda run: permutation(run, RETROSPECTIVE)),
        ("Permutation scan, neighbouring areas", "[0.03, 0.07]", lambda run: permutation(run, PROSPECTIVE, CONNECTED)),
        ("Bernoulli scan, space-time, prospective", "[0.03, 0.07]", bernoulli_time),
        ("Poisson scan, neighbouring areas", "[0.03, 0.07]", lambda run: poisson_shaped(run, CONNECTED, "high")),
        ("Poisson scan, low rates", "[0.03, 0.07]", lambda run: poisson_shaped(run, CIRCLES, "low")),
        ("Poisson scan, high and low rates", "[0.03, 0.07]", lambda run: poisson_shaped(run, CIRCLES, "both")),
        ("Expectation-based scan", "[0.03, 0.07]", expectation),
        ("Gi\\* of one area (second: analytic)", "[0.03, 0.07]", getis),
        ("Gi\\* of standardised rates (second: analytic)", "[0.03, 0.07]", getis_rates),
        ("Local Moran of one area (second: analytic)", "[0.03, 0.07]", moran),
        ("Emerging: one bin (second: Mann-Kendall trend)", "[0.03, 0.07]", emerging),
        *(
            (f"Emerging: any bin of mean {mean:g} (second: normal curve)", "<= 0.07", partial(emerging_any, mean=mean))
            for mean in (5, 1, 0.3)
        ),
        ("Same-period warning, 7 days", "[0.03, 0.07]", warning),
        ("Same-period warning, variance twice the mean", "[0.03, 0.07]", warning_overdispersed),
        ("Noufaily, weekly", "[0.03, 0.07]", noufaily_weekly),
    ]
    both = (("prospective", PROSPECTIVE), ("retrospective", RETROSPECTIVE))
    rows += [
        (
            f"{rate} repeat calls, {name}, {'merged' if merged else 'as they come'}",
            "<= 0.08" if merged else "-",
            partial(repeat_calls, rate=rate, merged=merged, windows=windows),
        )
        for rate in (0.3, 1.0)
        for name, windows in both
        for merged in (False, True)
    ]
    rows += [
        (
            f"Weekday patterns by place, {name}, {'stratified' if stratified else 'not stratified'}",
            "<= 0.08" if stratified else "-",
            partial(weekday_patterns, stratified=stratified, windows=windows),
        )
        for stratified in (False, True)
        for name, windows in both
    ]
    rows += [
        (
            f"Constant rate, {recorded} days on record, {period} judged (second: days before taken for zeros)",
            "<= 0.07",
            partial(any_alarm, recorded=recorded, period_days=period),
        )
        for recorded, period in ((30, 7), (60, 7), (100, 7), (61, 31), (100, 31))
    ]
    rows += sparse_rows() + looking_rows()
    lines = ["| method | bound | runs with p <= 0.05 | second p |", "|---|---|---|---|"]
    for name, bound, simulate in rows:
        if not re.search(only, name):
            continue
        start = time.perf_counter()
        p = np.array([simulate(run) for run in range(runs)])
        shares = (p <= 0.05).mean(axis=0)
        lines.append(f"| {name} | {bound} | {shares[0]:.3f} | {shares[1]:.3f} |")
        print(lines[-1], f"{time.perf_counter() - start:.0f} s", flush=True)
    return lines


def sparse_rows() -> list[tuple[str, str, Callable[[int], tuple[float, float]]]]:
    """Rows of few reports on the sample district's 327 grids: how often any of them is flagged."""
    loads = (1, 30, 100, 300, 1000)
    rows: list[tuple[str, str, Callable[[int], tuple[float, float]]]] = [
        (
            f"Any of 327 grids, {reports} reports, Gi\\* (second: local Moran)",
            "<= 0.07",
            partial(any_grid, reports=reports),
        )
        for reports in loads
    ]
    rows += [
        (f"The same, {reports} reports, by the normal curve", "-", partial(any_grid_normal, reports=reports))
        for reports in loads
    ]
    rows += [
        (
            f"The same, {reports} reports at equal density, rates per km²",
            "<= 0.07",
            partial(any_grid, reports=reports, by_land=True, rates=True),
        )
        for reports in loads
    ]
    rows += [
        (
            f"The same, {reports} reports at equal density, counts",
            "warned of",
            partial(any_grid, reports=reports, by_land=True),
        )
        for reports in loads
    ]
    return rows + [
        (
            f"Emerging: any bin of 327 grids and 12 weeks, {reports} reports (second: normal curve)",
            "<= 0.07",
            partial(any_bin, reports=reports),
        )
        for reports in loads
    ]


def looking_rows() -> list[tuple[str, str, Callable[[int], tuple[float, float]]]]:
    """Rows of holidays and of patrols, with and without knowing of them."""
    rows: list[tuple[str, str, Callable[[int], tuple[float, float]]]] = []
    for known in (False, True):
        told, bound = ("known" if known else "not known"), ("<= 0.08" if known else "-")
        for days in (182, 800):
            simulate = partial(holiday_week, known=known, days=days)
            rows.append((f"Holiday week × 2 (second: × 0.4), {days} days, calendar {told}", bound, simulate))
        worked = partial(worked_weekend, known=known)
        rows.append((f"Week with a Sunday worked (second: the Sunday), calendar {told}", bound, worked))
        for name, windows in (("prospective", PROSPECTIVE), ("retrospective", RETROSPECTIVE)):
            by_place = partial(holidays_by_place, stratified=known, windows=windows)
            rows.append((f"Holiday patterns by place, {name}, {'' if known else 'not '}stratified", bound, by_place))
            campaign = partial(patrol_campaign, known=known, windows=windows)
            rows.append((f"Patrol campaign, {name}, hours {told}", bound, campaign))
    return rows


def power(runs: int, only: str = "") -> list[str]:
    """Rows of the table of power."""
    lines = ["| planted | found at 5 % | and |", "|---|---|---|"]
    cases: list[tuple[str, str, Callable[[int], tuple[bool, bool]]]] = [
        (
            f"permutation scan: {members} places × 7 days, {members * 1.75:.1f} expected, risk × {risk:g}",
            "the centre is a member",
            partial(planted_scan, risk=risk, members=members),
        )
        for members in (1, 4, 8)
        for risk in (2.0, 3.0, 5.0)
    ]
    cases += [
        (
            f"Gi\\*: 3 × 3 of 144 areas, 10 expected each, risk × {risk:g}",
            "no flag elsewhere",
            partial(planted_gi, risk=risk),
        )
        for risk in (1.5, 2.0, 3.0)
    ]
    cases += [
        (
            f"same-period warning: 28 expected a week, × {factor:g}, one of 20 series",
            "no other alarm",
            partial(planted_warning, factor=factor),
        )
        for factor in (1.5, 2.0, 3.0)
    ]
    for name, also, simulate in cases:
        if not re.search(only, name):
            continue
        outcome = np.array([simulate(run) for run in range(runs)]).mean(axis=0)
        lines.append(f"| {name} | {outcome[0]:.2f} | {also}: {outcome[1]:.2f} |")
        print(lines[-1], flush=True)
    return lines


def density(runs: int, only: str = "") -> list[str]:
    """Rows of the table of density clusters, which have no p-value."""
    lines = ["| method | reports planted | a cluster | a stable one |", "|---|---|---|---|"]
    for method in ("DBSCAN", "HDBSCAN", "ST-DBSCAN"):
        for planted in (0, 15, 30):
            if not re.search(only, method):
                continue
            outcome = np.array([density_clusters(run, method, planted) for run in range(runs)]).mean(axis=0)
            lines.append(f"| {method} | {planted} | {outcome[0]:.2f} | {outcome[1]:.2f} |")
            print(lines[-1], flush=True)
    return lines


def main() -> None:
    """Print the tables, and write them where asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=400)
    parser.add_argument("--power-runs", type=int, default=100)
    parser.add_argument("--only", default="")
    parser.add_argument("--write", type=Path)
    options = parser.parse_args()
    tables = [
        chance(options.runs, options.only),
        power(options.power_runs, options.only),
        density(options.power_runs, options.only),
    ]
    if options.write:
        options.write.write_text(
            f"""# How far the hotspot statistics can be trusted

Made by `python benchmarks/calibration_hotspots.py --write docs/hotspots-calibration.md`; seeds are fixed.

## Chance alone

{options.runs} simulated data sets a row, none with a cluster; {LOCATIONS} places in 8 × 8 km, circles up to 2 km,
windows up to 14 of {DAYS} days, {REPLICATES} replicates. A calibrated method is significant at the 5 % level in 5 % of
them; with 400 runs the share itself scatters by ± 0.022 (two standard deviations). The first p is by rank among the
replicates (or by permutation), the second as reported (the Gumbel tail where the rank is below ten) or as the row says.

{chr(10).join(tables[0])}

Read: repeat callers make false clusters out of nothing; merging them into incidents (same reporter, matter and place,
within two days) mends it. Places with weeks of their own do the same to a lesser degree; strata by day of the week mend
it. The rows of emerging hot spots *of any bin* ask whether chance flags any of a cube's 3,456 bins after the adjustment
for multiple testing: by the normal curve, which the method is usually published with, it does so the oftener the fewer
reports a bin has; hence the heavier tail (`geo/hotspot/emerging/hot_spots.py`).

The rows of *any of 327 grids* ask the same of Gi\\* and local Moran over the sample district, whose grids have 4 to
65 ha. By the normal curve chance flags something in most months with few reports; as many permutations as the
decision needs (`geo/hotspot/local/permutation.py`) hold at every load. Rates of few reports must pass the test of
chance too (`geo/hotspot/local/rates.py`). Counts over grids that differ in land flag the large ones though all land
is alike: a run that compares them warns, and rates are the mend.

Rows of a *constant rate* have forty series whose record began not long before: where the days before it are taken
for zeros, chance alarms in most nights. A record of 60 days before the period has a model, a shorter one a cumulative
sum whose days are exchanged (`geo/hotspot/early_warning/short_series.py`).

Holidays and patrols: whoever does not know that a week is a holiday takes it for a rise (or overlooks one), and whoever
does not know that patrols looked more takes their findings for a cluster. The calendar mends the first. Hours mend the
second; that scan takes its expectation from the very data it judges, place by place and day by day, and so errs on the
cautious side.

## Planted clusters

{options.power_runs} simulated data sets a row.

{chr(10).join(tables[1])}

## Density clusters

Density clusters say where reports lie dense, not what is more than chance: they have no p-value, and chance alone makes
some. Their stability (the mean Jaccard similarity over 20 bootstrap samples; stable is {STABLE} or more) tells the two
apart only in part, so a decision needs one of the tests above. {options.power_runs} simulated data sets a row: 300
reports at random in 4 × 4 km and {DAYS} days, and those planted around one point (standard deviation 60 m, five days).
With planted reports, a cluster counts that holds half of them.

{chr(10).join(tables[2])}
""",
            encoding="utf-8",
        )


if __name__ == "__main__":
    main()
