"""Screening of reports: what is set aside or merged before a map is drawn, each by a stated rule.

- :func:`find_pile_ups`: default geocodes and pile-ups, found and listed
- :func:`merge_incidents`: repeat callers on one matter counted once
- :func:`notes_of_calls`: quick notes that repeat their writer's own call
- :func:`effort_expectation`: patrol-found and citizen-reported matters, each against its own effort
- :func:`effort_margins`: the same in space and time, beside what places and days have anyway
- :func:`road_length_m`: how much road lies in each area
"""

from geo.hotspot.screening.effort import effort_expectation, effort_margins
from geo.hotspot.screening.incidents import Incidents, merge_incidents, notes_of_calls
from geo.hotspot.screening.pile_ups import PileUps, find_pile_ups
from geo.hotspot.screening.road_length import road_length_m

__all__ = [
    "Incidents",
    "PileUps",
    "effort_expectation",
    "effort_margins",
    "find_pile_ups",
    "merge_incidents",
    "notes_of_calls",
    "road_length_m",
]
