"""Same-period early warning: this week against the same weeks before, with its probability.

- :func:`same_period_warning`: daily, many series (area × category), weekday, day off, trend, overdispersion
- :func:`short_series_warning`: daily, series with few days before the period
- :func:`noufaily`: weekly, several years, the improved Farrington method as published
"""

from geo.hotspot.early_warning.noufaily import WeeklyWarning, noufaily
from geo.hotspot.early_warning.same_period import SamePeriodWarning, same_period_warning
from geo.hotspot.early_warning.short_series import ShortWarning, cusum, short_series_warning

__all__ = [
    "SamePeriodWarning",
    "ShortWarning",
    "WeeklyWarning",
    "cusum",
    "noufaily",
    "same_period_warning",
    "short_series_warning",
]
