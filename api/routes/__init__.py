"""One thin file per resource; ROUTERS is what the application serves."""

from __future__ import annotations

from api.ogc import editing as ogc_editing
from api.ogc import reading as ogc_reading
from api.ogc import tiling as ogc_tiling
from api.routes import (
    assignments,
    boundaries,
    boundary_files,
    change_set_checks,
    change_set_review,
    change_sets,
    data_quality,
    documentation,
    grid_workers,
    health,
    hotspot_inputs,
    hotspots,
    intake,
    lineage,
    locate,
    maps,
    reports,
    start,
    tiles,
    triage,
)

ROUTERS = [
    assignments.router,
    boundaries.router,
    boundary_files.router,
    change_sets.router,
    change_set_checks.router,
    change_set_review.router,
    lineage.router,
    data_quality.router,
    documentation.router,
    grid_workers.router,
    health.router,
    hotspots.router,
    hotspot_inputs.router,
    intake.router,
    locate.router,
    maps.router,
    ogc_editing.router,
    ogc_reading.router,
    ogc_tiling.router,
    reports.router,
    start.router,
    tiles.router,
    triage.router,
]
documentation.summarise(ROUTERS)
