"""What the requests of a process share, typed: made once with the application (api/app.py), read by routes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, cast

from fastapi import Depends, Request

if TYPE_CHECKING:
    from starlette.applications import Starlette

    from api.http.admission import Gate
    from api.http.console_build import ConsoleBuild
    from api.http.live_events import LiveEvents
    from api.http.moments import Moments
    from api.http.public_limits import Windows
    from core.db import Database
    from core.db.group_commit import GroupCommit
    from core.db.silence import SilenceWatch
    from core.db.watch import DatabaseWatch
    from core.events.upkeep import FeedState
    from core.queue import JobStatus
    from core.settings import Settings
    from governance.attachments.storage import FileStore
    from governance.channels.memory import ChannelCache
    from governance.reports.operations import Outcome, PlacedReport
    from grids.assignment.release_cache import ReleaseCache
    from grids.change_sets.operations import CheckMemory
    from grids.gazetteer.memory import GazetteerCache
    from grids.maps.map_store import MapStore
    from identity.key_failures import KeyFailures
    from identity.keyring import Keyring
    from identity.sign_in.session_memory import SessionMemory


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """The settings, and each thing of which a process has one."""

    settings: Settings
    console: ConsoleBuild
    database: Database
    silence: SilenceWatch
    key_failures: KeyFailures
    keyring: Keyring
    sessions: SessionMemory
    gate: Gate
    channels: ChannelCache
    files: FileStore
    intake: GroupCommit[PlacedReport, Outcome]
    gazetteer: GazetteerCache
    releases: ReleaseCache
    maps: MapStore
    draft_checks: CheckMemory
    ogc_moments: Moments
    public_requests: Windows
    queue_watch: DatabaseWatch[dict[tuple[str, JobStatus], int]]
    events_watch: DatabaseWatch[FeedState]
    live: LiveEvents
    requests_watch: DatabaseWatch[int]


def services_of(app: Starlette) -> Services:
    """Return what an application shares; `request.app` is its application."""
    return cast("Services", app.state.services)


async def get_services(request: Request) -> Services:
    """Return what the process shares."""
    return services_of(request.app)


ServicesDep = Annotated[Services, Depends(get_services)]
