"""The methods by name."""

from __future__ import annotations

from collections.abc import Callable

from geo.hotspot.progress import Progress
from governance.hotspots.methods.catalogue import Method
from governance.hotspots.methods.concentration import concentration
from governance.hotspots.methods.density import by_distance, by_hierarchy, by_time
from governance.hotspots.methods.emerging import emerging
from governance.hotspots.methods.local import gi, moran
from governance.hotspots.methods.population import population
from governance.hotspots.methods.space_time import space_time
from governance.hotspots.methods.warning import warning
from governance.hotspots.result_format import Result
from governance.hotspots.study.frame import Study

Carry = Callable[[Study, Result, Progress | None], None]

METHODS: dict[Method, Carry] = {
    Method.DENSITY: by_distance,
    Method.HDBSCAN: by_hierarchy,
    Method.ST_DBSCAN: by_time,
    Method.GI: gi,
    Method.MORAN: moran,
    Method.CONCENTRATION: concentration,
    Method.POPULATION: population,
    Method.SCAN: space_time,
    Method.EMERGING: emerging,
    Method.WARNING: warning,
}
