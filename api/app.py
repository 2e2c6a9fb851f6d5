"""The application: settings in, FastAPI out. Everything a process shares is one `Services`."""

from __future__ import annotations

import gc
from contextlib import asynccontextmanager, suppress
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any

import structlog
from fastapi import FastAPI
from sqlalchemy.orm import configure_mappers
from starlette.concurrency import run_in_threadpool
from starlette.middleware.cors import CORSMiddleware

import migrations.tables  # noqa: F401 (its tables)
from api.http import admission, openapi, problems
from api.http.body_limits import BodyLimits
from api.http.console_build import ConsoleBuild
from api.http.direct_routes import DirectDispatch
from api.http.live_events import LiveEvents
from api.http.middleware import RequestEnvelope
from api.http.moments import Moments
from api.http.public_limits import Windows
from api.http.route_index import RouteIndex
from api.http.services import Services, services_of
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
from governance.attachments.storage import FileStore
from governance.channels.memory import ChannelCache
from governance.personal_requests.queries import count_overdue
from governance.reports.counts import counts_by_area
from governance.reports.operations import store
from grids.assignment.release_cache import ReleaseCache
from grids.boundaries import scratch
from grids.change_sets.operations import CheckMemory
from grids.gazetteer.memory import GazetteerCache
from grids.maps.map_store import MapStore
from identity.key_failures import KeyFailures
from identity.keyring import Keyring
from identity.sign_in.session_memory import SessionMemory

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

log = structlog.get_logger("wangge.http")

TITLE = "Wangge"
DESCRIPTION = """
Spatial governance by grid: boundaries, assignment of reports to the responsible grid, hotspots, responsibility maps.

Errors are RFC 9457 `application/problem+json`. Coordinates are longitude, latitude; the stored CRS is EPSG:4326.
Times carry a time zone; spans are half-open.

Boundaries change at the stated instant of a release, in every process. While the database is away, memory goes on
answering, and answers state in `Unconfirmed-Since` when it was last heard of: a release published later is not in them.
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
    services = services_of(app)
    with suppress(DatabaseUnavailableError):
        await run_in_threadpool(services.database.check_purpose)
    for name in services.settings.missing_secrets:
        log.warning("a secret is not set; docs/settings.md tells what that means", setting=name)
    await run_in_threadpool(scratch.sweep)
    await run_in_threadpool(services.releases.start)
    with suppress(DatabaseUnavailableError):
        await run_in_threadpool(services.gazetteer.refresh)
    configure_mappers()  # with the first connection, a tenth of a second that the first request would wait for
    await run_in_threadpool(services.database.is_up)
    gc.collect()
    gc.freeze()  # Start-up objects leave the collector: removes 90 ms pauses.
    services.intake.start()
    services.silence.start()
    services.key_failures.start()
    yield
    await services.intake.close()
    await run_in_threadpool(services.releases.close)
    await run_in_threadpool(services.key_failures.close)
    await run_in_threadpool(services.sessions.close)
    await run_in_threadpool(services.silence.close)
    services.database.close()


def build_services(settings: Settings) -> Services:
    """Make what the requests of a process share; nothing of it is started, and the database is not asked."""
    database = Database(settings, statement_longest_s=settings.statement_longest_s)
    releases = ReleaseCache(database, settings)
    failures = KeyFailures(database, settings.key_failures_per_minute)
    return Services(
        settings=settings,
        console=ConsoleBuild(settings.web_dist),
        database=database,
        silence=SilenceWatch(database),
        key_failures=failures,
        keyring=Keyring(database, failures, reads_per_minute=settings.reports_read_per_minute),
        sessions=SessionMemory(database, settings),
        gate=admission.Gate(settings.large_requests_each),
        channels=ChannelCache(database),
        files=FileStore.from_settings(settings),
        intake=GroupCommit(settings.libpq_url, store),
        gazetteer=GazetteerCache(database, poll_s=settings.release_poll_s),
        releases=releases,
        maps=MapStore(database, settings, releases.timeline, counts_by_area),
        draft_checks=CheckMemory(),
        ogc_moments=Moments(),
        public_requests=Windows(),
        queue_watch=DatabaseWatch(database, count_jobs),
        events_watch=DatabaseWatch(database, upkeep.state),
        live=LiveEvents(database),
        requests_watch=DatabaseWatch(database, count_overdue),
    )


def create_app(settings: Settings | None = None) -> FastAPI:
    """Build the application."""
    settings = settings or Settings()
    configure_logging(settings)
    app = FastAPI(
        # Not include_router: that builds each route a second time, in the middle of the first request.
        routes=[route for router in ROUTERS for route in router.routes],
        title=TITLE,
        version=release_version(),
        description=DESCRIPTION,
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
    )
    services = app.state.services = build_services(settings)
    admission.close(app.routes)
    problems.install(app)
    documentation.mount_assets(app)
    app.router.middleware_stack = RouteIndex(app.router)
    app.add_middleware(DirectDispatch, routers=ROUTERS)
    app.add_middleware(
        RequestEnvelope,
        limits=BodyLimits(settings.max_body_bytes, settings.body_wait_s),
        unconfirmed_since=lambda: services.releases.timeline.unconfirmed_since,
        trusted_proxies=frozenset(listed(settings.trusted_proxies)),
    )
    if settings.cors_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=listed(settings.cors_origins),
            allow_methods=["GET", "HEAD", "POST"],
            allow_headers=["X-API-Key", "Authorization", "Content-Type", "If-None-Match"],
            expose_headers=["ETag", "Link", "Content-Crs", "Unconfirmed-Since", "Wangge-Training", "X-Request-ID"],
            max_age=3600,
        )

    app.openapi = document  # type: ignore[method-assign]
    return app


@cache
def document() -> dict[str, Any]:
    """Return the OpenAPI document, which no setting changes; it is not to be changed."""
    return openapi.build_document(
        [route for router in ROUTERS for route in router.routes],
        title=TITLE,
        version=release_version(),
        description=DESCRIPTION,
        tags=documentation.TAGS,
    )
