"""Counts of units that differ much in land: what has more land has more reports, also where they lie equally dense."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from governance.hotspots.catalogue import HotspotMethod
from governance.hotspots.notes import NoteCode, unit_words

if TYPE_CHECKING:
    from governance.hotspots.result_format import Result
    from governance.hotspots.study.frame import Study

#: The land of the large units (90th percentile) over that of the small ones (10th) from which on a note warns.
MUCH = 2.0
M2_PER_HECTARE = 10_000.0


def note_unequal_land(study: Study, result: Result, method: HotspotMethod) -> None:
    """Warn where counts are compared although the units differ much in land."""
    land = np.asarray(shapely.area(study.units.frame.shapes_m), dtype=np.float64)
    # The 10th and the 90th percentile: a single odd unit is no reason to warn.
    small, large = np.quantile(land, (0.1, 0.9)).tolist() if len(land) else (1.0, 1.0)
    if large < MUCH * small:
        return
    code = NoteCode.UNEQUAL_LAND_NO_RATES if method is HotspotMethod.EMERGING else NoteCode.UNEQUAL_LAND
    unit = unit_words(study.parameters.unit)
    least_ha, most_ha = (float(m2) / M2_PER_HECTARE for m2 in (land.min(), land.max()))
    result.note(code, method, unit=unit, least_ha=round(least_ha, 1), most_ha=round(most_ha, 1))
