"""The application: settings in, FastAPI out. Everything a process shares hangs on `app.state`."""

from __future__ import annotations

import gc
from contextlib import asynccontextmanager, suppress
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any

from fastapi import FastAPI
from sqlalchemy.orm import configure_mappers
from starlette.concurrency import run_in_threadpool
from starlette.middleware.cors import CORSMiddleware

import migrations.tables  # noqa: F401 (its tables)
from api.http import admission, openapi, problems
from api.http.body_limits import BodyLimits
from api.http.direct_routes import DirectDispatch
from api.http.middleware import RequestEnvelope
from api.ogc.features import Moments
from api.routers import ROUTERS
from api.service import documentation
from core.db import Database
from core.db.group_commit import GroupCommit
from core.db.silence import SilenceWatch
from core.db.watch import DatabaseWatch
from core.errors import DatabaseUnavailableError
from core.events import upkeep
from core.observability import configure_logging
from core.queue import count_jobs
from core.settings import Settings
from governance.channels.memory import ChannelCache
from governance.reports.counts import counts_by_area
from governance.reports.operations import store
from grids.assignment.release_cache import ReleaseCache
from grids.boundaries import scratch
from grids.change_sets.operations import CheckMemory
from grids.gazetteer.memory import GazetteerCache
from grids.maps.map_store import MapStore
from identity.keys import Keyring

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

DESCRIPTION = """
Spatial governance by grid: boundaries, assignment of reports to the responsible grid, hotspots, responsibility maps.

Errors are RFC 9457 `application/problem+json`. Coordinates are longitude, latitude; the stored CRS is EPSG:4326.
Times carry a time zone; spans are half-open.

Boundaries change at the stated instant of a release, in every process. While the database is away, memory goes on
answering, and answers say in `Unconfirmed-Since` when it was last heard of: a release published later is not in them.
"""


def release_version() -> str:
    """Return the version of this code."""
    try:
        return version("wangge")
    except PackageNotFoundError:
        return "0.1.0"


def listed(words: str) -> list[str]:
    """Return the words between commas."""
    return [word.strip() for word in words.split(",") if word.strip()]


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Start what the process shares, and close it at the end."""
    await run_in_threadpool(scratch.sweep)
    await run_in_threadpool(app.state.releases.start)
    with suppress(DatabaseUnavailableError):
        await run_in_threadpool(app.state.gazetteer.refresh)
    configure_mappers()  # with the first connection, a tenth of a second that the first request would wait for
    await run_in_threadpool(app.state.database.is_up)
    gc.collect()
    gc.freeze()  # Start-up objects leave the collector: removes 90 ms pauses.
    app.state.intake.start()
    app.state.silence.start()
    yield
    await app.state.intake.close()
    await run_in_threadpool(app.state.releases.close)
    await run_in_threadpool(app.state.silence.close)
    app.state.database.close()


def create_app(settings: Settings | None = None) -> FastAPI:
    """Build the application."""
    settings = settings or Settings()
    configure_logging(settings)
    app = FastAPI(
        # Not include_router: that builds each route a second time, in the middle of the first request.
        routes=[route for router in ROUTERS for route in router.routes],
        title="Wangge",
        version=release_version(),
        description=DESCRIPTION,
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
    )
    app.state.settings = settings
    app.state.database = Database(settings, statement_longest_s=settings.statement_longest_s)
    app.state.silence = SilenceWatch(app.state.database)
    app.state.keyring = Keyring(app.state.database)
    app.state.channels = ChannelCache(app.state.database)
    app.state.ogc_moments = Moments()
    app.state.draft_checks = CheckMemory()
    app.state.intake = GroupCommit(settings.libpq_url, store)
    app.state.gazetteer = GazetteerCache(app.state.database, poll_s=settings.release_poll_s)
    app.state.releases = ReleaseCache(app.state.database, settings)
    app.state.maps = MapStore(app.state.database, settings, app.state.releases.timeline, counts_by_area)
    app.state.queue_watch = DatabaseWatch(app.state.database, count_jobs)
    app.state.events_watch = DatabaseWatch(app.state.database, upkeep.state)
    app.state.gate = admission.Gate(settings.large_requests_each)
    admission.close(app.routes)
    problems.install(app)
    documentation.mount_assets(app)
    app.add_middleware(DirectDispatch, routers=ROUTERS)
    app.add_middleware(
        RequestEnvelope,
        limits=BodyLimits(settings.max_body_bytes, settings.body_wait_s),
        unconfirmed_since=lambda: app.state.releases.timeline.unconfirmed_since,
        trusted_proxies=frozenset(listed(settings.trusted_proxies)),
    )
    if settings.cors_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=listed(settings.cors_origins),
            allow_methods=["GET", "HEAD", "POST"],
            allow_headers=["X-API-Key", "Authorization", "Content-Type", "If-None-Match"],
            expose_headers=["ETag", "Link", "Content-Crs", "Unconfirmed-Since", "X-Request-ID"],
            max_age=3600,
        )

    def document() -> dict[str, Any]:
        if not app.openapi_schema:
            app.openapi_schema = openapi.build_document(app, documentation.TAGS)
        return app.openapi_schema

    app.openapi = document  # type: ignore[method-assign]
    return app
