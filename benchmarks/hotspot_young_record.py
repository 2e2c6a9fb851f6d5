"""A record that began not long ago, at a constant rate: how often chance alone alarms."""

from __future__ import annotations

import numpy as np

from geo.hotspot.early_warning import same_period_warning, short_series_warning
from geo.hotspot.significance import false_discovery_rate

HISTORY, SERIES = 182, 40


def any_alarm(run: int, recorded: int, period_days: int) -> tuple[float, float]:
    """Smallest q of forty series; second: where the days before the record are taken for zeros."""
    random = np.random.default_rng([40, recorded, period_days, run])
    table = np.zeros((SERIES, HISTORY))
    workday = np.arange(HISTORY) % 7 < 5
    rate = random.gamma(0.8, 1.0, SERIES)[:, None] * np.where(workday, 1.15, 0.6)
    table[:, -recorded:] = random.poisson(rate)[:, -recorded:]
    starts = np.full(SERIES, HISTORY - recorded)
    if recorded - period_days >= 60:
        p = same_period_warning(table, starts=starts, period_days=period_days).p
    else:
        p = short_series_warning(table, starts, strata=workday, period_days=period_days, seed=run).p
    enough = table[:, -period_days:].sum(axis=1) >= 3
    zeros = same_period_warning(table, period_days=period_days)
    now, before = (np.where(enough, np.nan_to_num(q, nan=1.0), 1.0) for q in (false_discovery_rate(p), zeros.q))
    return float(now.min()), float(before.min())
