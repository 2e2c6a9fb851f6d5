"""Emerging hot spots: how each unit's heat developed, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geo.hotspot.emerging import emerging_hot_spots, space_time_cube
from geo.hotspot.local import Neighbours
from governance.hotspots.catalogue import HotspotMethod
from governance.hotspots.methods.land_sizes import note_unequal_land
from governance.hotspots.notes import NoteCode
from governance.hotspots.result_format.model import Span, UnitJudgement
from governance.hotspots.study.beginnings import comparable_reports

if TYPE_CHECKING:
    from geo.hotspot.progress import Progress
    from governance.hotspots.result_format import Result
    from governance.hotspots.study.frame import Study

LEAST_STEPS = 3


def emerging(study: Study, result: Result, progress: Progress | None) -> None:
    """Classify the last steps of each unit; Mann-Kendall's trend, flags adjusted over all units and steps.

    The first step begins on record: days before the first report are no zeros.
    """
    p, frame = study.parameters, study.units.frame
    wanted = study.days - p.emerging_steps * p.emerging_step_days
    comparable = comparable_reports(study, result, HotspotMethod.EMERGING, max(wanted, 0) + p.emerging_step_days - 1)
    # Whole steps from the first comparable day on.
    steps = min(p.emerging_steps, (study.days - comparable.begin) // p.emerging_step_days)
    if steps < LEAST_STEPS or not len(frame.codes):
        result.note(NoteCode.HISTORY_TOO_SHORT, HotspotMethod.EMERGING, least_steps=LEAST_STEPS)
        return
    cube = space_time_cube(
        np.where(comparable.rows, study.unit, -1),
        study.day.astype(np.float64),
        len(frame.codes),
        end_s=float(study.days),
        step_s=float(p.emerging_step_days),
        steps=steps,
    )
    note_unequal_land(study, result, HotspotMethod.EMERGING)
    neighbours = Neighbours.touching(frame.shapes_m, tolerance_m=1.0)
    found = emerging_hot_spots(cube, neighbours, level=p.level, progress=progress)
    for row, unit in enumerate(result.units):
        unit.judged[HotspotMethod.EMERGING] = UnitJudgement(
            found=found.categories[row].name, steps=found.flags[row].tolist()
        )
    result.steps = [
        Span(first=study.date_of(day), last=study.date_of(day + p.emerging_step_days - 1))
        for day in range(study.days - steps * p.emerging_step_days, study.days, p.emerging_step_days)
    ]
