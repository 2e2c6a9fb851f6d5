"""Emerging hot spots: a space-time cube, Gi* in each bin, its Mann-Kendall trend and 17 categories.

Bins are flagged by :func:`emerging_hot_spots` with the false discovery rate over the whole cube; the category is a
description of a location's flags, not a further test.
"""

from geo.hotspot.emerging.categories import Category, classify
from geo.hotspot.emerging.cube import space_time_cube
from geo.hotspot.emerging.hot_spots import EmergingHotSpots, cube_scores, emerging_hot_spots
from geo.hotspot.emerging.mann_kendall import Trend, mann_kendall

__all__ = [
    "Category",
    "EmergingHotSpots",
    "Trend",
    "classify",
    "cube_scores",
    "emerging_hot_spots",
    "mann_kendall",
    "space_time_cube",
]
