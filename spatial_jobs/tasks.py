"""Every task of the queue, by its name in core.queue.TaskName; each calls one operation below.

A task takes the worker's context first and accepts arguments of the future (`**_`). It may run twice: each operation
does nothing the second time.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, cast

import structlog
from procrastinate import JobContext, PsycopgConnector

from core import clock
from core.events import upkeep
from core.queue import QUEUE_OF, TaskName
from core.seals import operations as seals
from governance.assessment import operations as assessment
from governance.attachments import operations as attachments
from governance.attachments.storage import FileStore
from governance.boundary_changes import operations as boundary_changes
from governance.bulletins import operations as bulletins
from governance.bulletins import queries as bulletin_queries
from governance.bulletins.states import PrintForm
from governance.cases.lifecycle import operations as cases
from governance.cases.reminders import beside
from governance.cases.reminders import operations as reminders
from governance.data_quality import operations as data_quality
from governance.erasure import retention
from governance.hotspots import execution
from governance.hotspots.runs import operations as hotspots
from governance.notifications.operations import collecting, delivering, inboxes
from governance.reports import partitions
from governance.suggestions import operations as suggestions
from grids.boundaries.queries import layer_name
from identity.actors import SCHEDULE
from presentation.prints import bulletin_files
from presentation.prints.bulletin import sheet_of
from presentation.words.notifications import message_words
from spatial_jobs.schedule import ScheduledApp

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.db import Database
    from core.settings import Settings

log = structlog.get_logger("wangge.worker")

tasks = ScheduledApp(connector=PsycopgConnector())
"""Holds the registered tasks; spatial_jobs.app sets the real connection."""


def database_of(context: JobContext) -> Database:
    """Return the worker's database."""
    return cast("Database", context.additional_context["database"])


def settings_of(context: JobContext) -> Settings:
    """Return the worker's settings."""
    return cast("Settings", context.additional_context["settings"])


@tasks.periodic(cron="* * * * *")
@tasks.task(name=TaskName.HAND_OVER, queueing_lock=TaskName.HAND_OVER, pass_context=True)
def hand_over(context: JobContext, /, timestamp: int = 0, **_: object) -> None:
    """Give open matters the areas of releases that came into force, within a minute of it."""
    del timestamp
    boundary_changes.hand_over(database_of(context), cache=settings_of(context).index_cache_dir)


@tasks.periodic(cron="*/5 * * * *")
@tasks.task(name=TaskName.EXAMINE, queueing_lock=TaskName.EXAMINE, pass_context=True)
def examine(context: JobContext, /, timestamp: int = 0, **_: object) -> None:
    """Examine the points of new reports, and offer sources a datum where the evidence is clear."""
    del timestamp
    more = True
    while more:
        with database_of(context).transaction() as session:
            more = data_quality.examine(session).more


@tasks.task(name=TaskName.SEAL, queueing_lock=TaskName.SEAL, pass_context=True)
def seal(context: JobContext, /, **_: object) -> None:
    """Seal what was recorded, and log the chain's head, so that it is kept where the logs are kept."""
    rows, more = 0, True
    while more:
        with database_of(context).transaction() as session:
            sealing = seals.seal_next(session, actor=SCHEDULE)
        rows, more = rows + sealing.rows, sealing.more
    if rows:
        log.info("rows were sealed", rows=rows, head=str(sealing.head))


@tasks.task(name=TaskName.OPEN_CASES, queueing_lock=TaskName.OPEN_CASES, pass_context=True)
def open_cases(context: JobContext, /, **_: object) -> None:
    """Open the cases of new reports, each once."""
    more = True
    while more:
        with database_of(context).transaction() as session:
            more = cases.open_stored(session).more


@tasks.task(name=TaskName.FOLLOW_PLACES, queueing_lock=TaskName.FOLLOW_PLACES, pass_context=True)
def follow_places(context: JobContext, /, **_: object) -> None:
    """Add a step to each open case whose report belongs to another area now."""
    more = True
    while more:
        with database_of(context).transaction() as session:
            more = cases.follow_places(session).more


@tasks.periodic(cron="* * * * *")
@tasks.task(name=TaskName.REMIND, queueing_lock=TaskName.REMIND, pass_context=True)
def remind(context: JobContext, /, timestamp: int = 0, **_: object) -> None:
    """Tell of deadlines of cases, of their parts and of called units that are near or over, each once."""
    del timestamp
    for tell in (reminders.remind, beside.remind_of_parts, beside.remind_of_whistles):
        after: int | None = 0
        while after is not None:
            with database_of(context).transaction() as session:
                _fired, after = tell(session, after=after)


@tasks.task(name=TaskName.NOTIFY, queueing_lock=TaskName.NOTIFY, pass_context=True)
def notify(context: JobContext, /, **_: object) -> None:
    """Make the messages that events lead to."""
    more = True
    while more:
        with database_of(context).transaction() as session:
            more = collecting.collect(session).more


@tasks.periodic(cron="* * * * *")
@tasks.task(name=TaskName.DELIVER, queue=QUEUE_OF[TaskName.DELIVER], pass_context=True)
def deliver(context: JobContext, /, timestamp: int = 0, **_: object) -> None:
    """Send the messages that are due to their targets."""
    del timestamp
    delivering.deliver(database_of(context), settings_of(context), message_words)


@tasks.periodic(cron="5 19 * * *")  # 03:05 in China
@tasks.task(name=TaskName.PRUNE_NOTIFICATIONS, queueing_lock=TaskName.PRUNE_NOTIFICATIONS, pass_context=True)
def prune_notifications(context: JobContext, /, timestamp: int = 0, **_: object) -> None:
    """Forget messages that were kept as long as they are."""
    del timestamp
    before = clock.now() - timedelta(days=settings_of(context).notifications_kept_days)
    more = True
    while more:
        with database_of(context).transaction() as session:
            more = inboxes.forget_old(session, before=before) > 0


@tasks.periodic(cron="40 19 * * *")  # 03:40 in China
@tasks.task(name=TaskName.PRUNE_EVENTS, queueing_lock=TaskName.PRUNE_EVENTS, pass_context=True)
def prune_events(context: JobContext, /, timestamp: int = 0, **_: object) -> None:
    """Empty the weeks of the feed that every consumer has read and that are older than they need be kept."""
    del timestamp
    kept = timedelta(days=settings_of(context).events_kept_days)
    upkeep.prune(database_of(context), before=clock.now() - kept)


@tasks.periodic(cron="20 19 * * *")  # 03:20 in China
@tasks.task(name=TaskName.MAKE_PARTITIONS, queueing_lock=TaskName.MAKE_PARTITIONS, pass_context=True)
def make_partitions(context: JobContext, /, timestamp: int = 0, **_: object) -> None:
    """Make the months of the ledger that reports will need next."""
    del timestamp
    with database_of(context).transaction() as session:
        partitions.make_ahead(session, now=clock.now())


@tasks.periodic(cron="30 17 * * *")  # 01:30 in China
@tasks.task(name=TaskName.RETAIN, queue=QUEUE_OF[TaskName.RETAIN], queueing_lock=TaskName.RETAIN, pass_context=True)
def retain(context: JobContext, /, timestamp: int = 0, **_: object) -> None:
    """Erase what of each kind is older than the settings keep it."""
    del timestamp
    settings = settings_of(context)
    for kind, days in retention.kept_days(settings).items():
        if days:
            retention.run(
                database_of(context),
                kind,
                clock.now() - timedelta(days=days),
                actor=SCHEDULE,
                note=f"kept for {days} days",
                caller_key=settings.caller_key_bytes,
            )


@tasks.task(name=TaskName.DISCARD_FILES, pass_context=True)
def discard_files(context: JobContext, /, folders: Sequence[str] = (), **_: object) -> None:
    """Delete the files of attachments that were erased."""
    with database_of(context).transaction() as session:
        attachments.discard(session, FileStore.from_settings(settings_of(context)), list(folders))


@tasks.periodic(cron="50 18 * * *")  # 02:50 in China
@tasks.task(name=TaskName.SWEEP_FILES, queueing_lock=TaskName.SWEEP_FILES, pass_context=True)
def sweep_files(context: JobContext, /, timestamp: int = 0, **_: object) -> None:
    """Delete files that no attachment names: of uploads that a killed process left."""
    del timestamp
    gone = attachments.sweep(database_of(context), FileStore.from_settings(settings_of(context)))
    if gone:
        log.info("files that nothing names were deleted", files=gone)


@tasks.task(name=TaskName.HOTSPOT_RUN, queue=QUEUE_OF[TaskName.HOTSPOT_RUN], pass_context=True)
def hotspot_run(context: JobContext, /, run: int, **_: object) -> None:
    """Execute one hotspot run; its row shows progress, result and failure."""
    execution.execute_run(database_of(context), run, longest_s=settings_of(context).hotspot_run_longest_s)


@tasks.periodic(cron="10 18 * * *")  # 02:10 in China
@tasks.task(name=TaskName.HOTSPOT_SCHEDULE, queueing_lock=TaskName.HOTSPOT_SCHEDULE, pass_context=True)
def hotspot_schedule(context: JobContext, /, timestamp: int = 0, **_: object) -> None:
    """Request the day's warning, on Mondays the week, on the first the month."""
    del timestamp
    today = clock.now().astimezone(clock.LOCAL).date()
    with database_of(context).transaction() as session:
        hotspots.schedule(session, layer=settings_of(context).default_layer, today=today)


@tasks.periodic(cron="30 18 * * 6")  # Sunday, 02:30 in China
@tasks.task(
    name=TaskName.TRAIN_SUGGESTIONS, queue=QUEUE_OF[TaskName.TRAIN_SUGGESTIONS],
    queueing_lock=TaskName.TRAIN_SUGGESTIONS, pass_context=True,
)  # fmt: skip
def train_suggestions(context: JobContext, /, timestamp: int = 0, **_: object) -> None:
    """Train the models of suggestions on the cases there are."""
    del timestamp
    suggestions.train(database_of(context), actor=SCHEDULE)


@tasks.periodic(cron="50 18 1 * *")  # 02:50 on the second of a month in China
@tasks.task(name=TaskName.ASSESS, queue=QUEUE_OF[TaskName.ASSESS], pass_context=True)
def assess(context: JobContext, /, timestamp: int = 0, request: dict[str, Any] | None = None, **_: object) -> None:
    """Compute the results of a period that somebody asked for, or of the month before."""
    del timestamp
    with database_of(context).transaction() as session:
        if request is None:
            assessment.compute_last_month(session, actor=SCHEDULE)
        else:
            assessment.compute_requested(session, request)


@tasks.periodic(cron="* * * * *")
@tasks.task(name=TaskName.DRAFT_BULLETINS, queueing_lock=TaskName.DRAFT_BULLETINS, pass_context=True)
def draft_bulletins(context: JobContext, /, timestamp: int = 0, **_: object) -> None:
    """Draft the bulletins whose cut-offs have passed, each once."""
    del timestamp
    with database_of(context).transaction() as session:
        bulletins.draft_due(session, actor=SCHEDULE)


@tasks.task(name=TaskName.DRAW_BULLETIN, pass_context=True)
def draw_bulletin(context: JobContext, /, bulletin: int, **_: object) -> None:
    """Draw a released bulletin in every form, and keep the bytes."""
    layer = settings_of(context).default_layer
    with database_of(context).transaction() as session:
        row = bulletin_queries.bulletin(session, bulletin, sees_drafts=False)
        sheet = sheet_of(row, bulletin_queries.figures_of(row), layer_name=layer_name(session, layer))
        bulletins.store_prints(session, bulletin, {form: bulletin_files.drawn(sheet, form) for form in PrintForm})
