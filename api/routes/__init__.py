"""One thin file per resource; ROUTERS is what the application serves."""

from __future__ import annotations

from api.routes import documentation, health, intake, reports

ROUTERS = [documentation.router, health.router, intake.router, reports.router]
