"""One thin file per resource; ROUTERS is what the application serves."""

from __future__ import annotations

from api.routes import assignments, boundaries, documentation, health, intake, maps, reports, tiles

ROUTERS = [
    assignments.router,
    boundaries.router,
    documentation.router,
    health.router,
    intake.router,
    maps.router,
    reports.router,
    tiles.router,
]
