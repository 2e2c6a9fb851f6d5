"""One thin file per resource; ROUTERS is what the application serves."""

from __future__ import annotations

from api.routes import documentation, health

ROUTERS = [documentation.router, health.router]
