"""Space-time scan statistics after Kulldorff: where and when there is more than chance, and how sure.

- :func:`poisson_scan`: counts against a population or an expectation (covariates in the expectation)
- :func:`bernoulli_scan`: cases among cases and controls
- :func:`permutation_scan`: cases alone, strata for weekdays
- :func:`expectation_scan`: counts against a forecast

Cases with dates become tables by :class:`TimeAxis`; how to scan and how to judge is :class:`ScanOptions`. Zones are
circles (:func:`circular_zones`) or areas that hang together (:func:`neighbour_zones`); time is :class:`TimeWindows`
(retrospective, prospective, purely spatial). Definitions are SaTScan's where it has them; ratios are compared with a
tolerance, so that equal clusters get equal p-values. SaTScan leaves out clusters that every replicate reaches (p = 1):
here they are listed.
"""

from geo.hotspot.scan.bernoulli import bernoulli_scan
from geo.hotspot.scan.clusters import ScanCluster, ScanResult
from geo.hotspot.scan.expectation import expectation_scan
from geo.hotspot.scan.options import ScanOptions
from geo.hotspot.scan.permutation import permutation_expectation, permutation_scan, weekday_strata
from geo.hotspot.scan.poisson import poisson_scan
from geo.hotspot.scan.population import expected_from_population
from geo.hotspot.scan.time_axis import TimeAxis, population_days
from geo.hotspot.scan.windows import TimeWindows
from geo.hotspot.scan.zones import Zones, circular_zones, neighbour_zones

__all__ = [
    "ScanCluster",
    "ScanOptions",
    "ScanResult",
    "TimeAxis",
    "TimeWindows",
    "Zones",
    "bernoulli_scan",
    "circular_zones",
    "expectation_scan",
    "expected_from_population",
    "neighbour_zones",
    "permutation_expectation",
    "permutation_scan",
    "poisson_scan",
    "population_days",
    "weekday_strata",
]
