"""Same-period early warning: this week against the same weeks before, with its probability.

- :func:`same_period_warning`: daily, many series (area × category), weekday, day off, trend, overdispersion
- :func:`noufaily`: weekly, several years, the improved Farrington method as published
"""

from geo.hotspot.early_warning.noufaily import WeeklyWarning, noufaily
from geo.hotspot.early_warning.same_period import SamePeriodWarning, same_period_warning

__all__ = ["SamePeriodWarning", "WeeklyWarning", "noufaily", "same_period_warning"]
