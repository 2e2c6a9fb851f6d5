"""Density clusters in metres: DBSCAN, ST-DBSCAN, HDBSCAN, their outlines and their stability.

These methods find where reports lie dense; they test nothing. Tests against chance are in
:mod:`geo.hotspot.local` and :mod:`geo.hotspot.scan`.
"""

from geo.hotspot.density.by_distance import dbscan
from geo.hotspot.density.by_hierarchy import hdbscan
from geo.hotspot.density.by_time import st_dbscan
from geo.hotspot.density.clusters import DensityClusters
from geo.hotspot.density.outline import outline
from geo.hotspot.density.stability import cluster_stability

__all__ = ["DensityClusters", "cluster_stability", "dbscan", "hdbscan", "outline", "st_dbscan"]
