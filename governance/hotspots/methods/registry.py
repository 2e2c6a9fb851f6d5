"""The methods by name."""

from __future__ import annotations

from collections.abc import Callable

from geo.hotspot.progress import Progress
from governance.hotspots.catalogue import HotspotMethod
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

METHODS: dict[HotspotMethod, Carry] = {
    HotspotMethod.DENSITY: by_distance,
    HotspotMethod.HDBSCAN: by_hierarchy,
    HotspotMethod.ST_DBSCAN: by_time,
    HotspotMethod.GI: gi,
    HotspotMethod.MORAN: moran,
    HotspotMethod.CONCENTRATION: concentration,
    HotspotMethod.POPULATION: population,
    HotspotMethod.SCAN: space_time,
    HotspotMethod.EMERGING: emerging,
    HotspotMethod.WARNING: warning,
}
