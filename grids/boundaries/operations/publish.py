"""Releases: publish a layer's whole content as the next one, or roll back to an older one's.

A release is published in one transaction, which also tells every process (NOTIFY): it is there whole or not at all.
What did not change lives on; what changed or went is closed at the instant the release takes effect. That instant lies
so far ahead of the commit that every process knows of the release by then; the database sees to it (docs/adr/0009).
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import orjson
import shapely
from sqlalchemy import text

from core import audit
from core.db import locks
from grids.boundaries import queries, rules
from grids.boundaries.descent import descents
from grids.boundaries.errors import EffectiveInstantError, ImportBlockedError, ReleaseOvertakenError
from grids.boundaries.operations import release_rows
from grids.boundaries.operations.layers import keep_gaps
from grids.boundaries.records import with_canonical_geometries, with_unit_code
from grids.boundaries.release_rules import require_uncovered
from grids.boundaries.tables import Release

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from grids.boundaries.descent import Descent
    from grids.boundaries.publication import Publication
    from grids.boundaries.queries import StoredArea
    from grids.boundaries.records import AreaRecord
    from grids.boundaries.release_rules import ReleaseRules
    from grids.boundaries.tables import Layer

NOTIFY_CHANNEL = "wangge_release"
_ATTEMPTS = 4
COMMIT_MARGIN = timedelta(seconds=0.25)
"""What the caller may take from the writing of a release to its commit."""


@dataclass(frozen=True, slots=True)
class Published:
    """The release that now holds the content; `is_new` is False when it was there already."""

    release: Release
    is_new: bool
    changes: rules.Changes


def publish(
    session: Session,
    *,
    layer: Layer,
    areas: Sequence[AreaRecord],
    publication: Publication,
    lead_s: float,
    check_report: Mapping[str, Any] | None = None,
    stored: Sequence[StoredArea] | None = None,
    require: Callable[[str], None] = lambda _: None,
) -> Published:
    """Publish the layer's whole content as its next release, with the rules that it answers by.

    The caller has checked the content (geo.coverage); the database refuses what is not even a valid polygon. Content
    and rules equal to the latest release's answer that release and change nothing. Rules that the publication does not
    give stay as they are. Publishing the same layer at once is serialised: one waits for the other.
    `stored` are the latest release's areas, where the caller has read them under the `lock` already: the records of
    `areas` that are these very objects are known to be unchanged, sound and in the stored form. `require` is called
    with the content's checksum before anything is written. The transaction should end soon after: a commit that comes
    too late for the effective instant is refused, and can be tried again.

    Raises
    ------
    EffectiveInstantError, EffectiveInstantDoubtfulError, ReleaseOvertakenError, ImportBlockedError, GapCoveredError
    """
    session.flush()
    lock(session, layer)
    latest = queries.latest_release(session, layer)
    _require_expected(layer, latest, publication.expected_latest)
    require_meant(session, publication)
    if stored is None:
        stored = [] if latest is None else queries.areas_of_release(session, layer, latest)
    before = {a.record.code: a.record for a in stored}
    kept = [area for area in areas if before.get(area.code) is area]
    given = with_canonical_geometries([with_unit_code(area) for area in areas if before.get(area.code) is not area])
    _require_storable(given, kept)
    old = rules.fingerprints(before.values())
    new = {area.code: old[area.code] for area in kept} | rules.fingerprints(given)
    changes = rules.compare(old, new)
    checksum = rules.checksum(new)
    rules_before = queries.rules_of_release(session, layer, latest)
    answering = publication.answering or rules_before
    if latest is not None and latest.checksum == checksum and answering.key == rules_before.key:
        return Published(latest, is_new=False, changes=changes)
    require_uncovered(answering.gaps, (*given, *kept), layer.levels[-1])
    require(checksum)
    release_rows.keep_units(session, given)
    gone = {*changes.changed, *changes.retired}
    fresh = {*changes.added, *changes.changed}
    writing = _Writing(
        close=[a.id for a in stored if a.record.code in gone],
        add=[area for area in given if area.code in fresh],
        lineage=descents(before, {area.code: area for area in (*kept, *given)}, layer.levels) if before else [],
        answering=answering,
    )

    number = queries.highest_number(session, layer) + 1

    def made(at: datetime, now: datetime) -> Release:
        return Release(
            layer_id=layer.id,
            number=number,
            author=publication.author.name,
            note=publication.note,
            checksum=checksum,
            effective_at=at,
            published_at=now,
            area_count=len(new),
            nearest_tolerance_m=answering.nearest_tolerance_m,
            tie_break=answering.tie_break,
            source=dict(publication.source),
            check_report=dict(check_report or {}),
        )

    previous = None if latest is None else latest.effective_at
    release = _written(
        session, layer, writing, made, _Timing(publication.effective_at, timedelta(seconds=lead_s), previous)
    )
    announce(session, layer, release, effective_at=release.effective_at.isoformat())
    audit.record(
        session, actor=publication.author, action="releases.publish", subject=f"{layer.code}/{release.number}",
        checksum=checksum, note=publication.note, effective_at=release.effective_at.isoformat(), **changes.counts,
        before=None if latest is None else {"release": latest.number, **rules_before.described},
        after={"release": release.number, **answering.described},
    )  # fmt: skip
    session.flush()
    return Published(release, is_new=True, changes=changes)


def roll_back(session: Session, *, layer: Layer, to_number: int, publication: Publication, lead_s: float) -> Published:
    """Publish an older release's content and rules again, as a new release: history is never rewritten.

    The release's source says which one it repeats, and so does its note where the publication has none.

    Raises
    ------
    ReleaseNotFoundError, ReleaseWithdrawnError, EffectiveInstantError, ReleaseOvertakenError
    """
    old = queries.standing_release(session, layer, to_number)
    areas = [stored.record for stored in queries.areas_of_release(session, layer, old)]
    note = publication.note or f"Roll back to release {to_number}"
    return publish(
        session,
        layer=layer,
        areas=areas,
        publication=replace(
            publication,
            note=note,
            source={"rollback_to": to_number},
            answering=queries.rules_of_release(session, layer, old),
        ),
        lead_s=lead_s,
        check_report=old.check_report,
    )


@dataclass(frozen=True, slots=True)
class _Writing:
    """What a release changes in the table of areas, where the land of changed areas came from, and its rules."""

    close: Sequence[int]
    add: Sequence[AreaRecord]
    lineage: Sequence[Descent]
    answering: ReleaseRules


@dataclass(frozen=True, slots=True)
class _Timing:
    """When a release is to take effect (None: as soon as can be), how far ahead at least, and after what."""

    wanted: datetime | None
    lead: timedelta
    previous: datetime | None


def _written(
    session: Session, layer: Layer, writing: _Writing, made: Callable[[datetime, datetime], Release], timing: _Timing
) -> Release:
    """Write a release so that it takes effect late enough after its commit, however long the writing takes.

    The areas bear the instant, so it is chosen before they are written. Should the writing take up the lead, it is done
    again with the time it took added.
    """
    lead = timing.lead
    for _ in range(_ATTEMPTS):
        begun = time.monotonic()
        now = queries.database_time(session)
        at = rules.effective_instant(wanted=timing.wanted, now=now, lead=lead, previous=timing.previous)
        with session.begin_nested() as attempt:
            release = made(at, now)
            session.add(release)
            session.flush()
            release_rows.close(session, release, writing.close)
            release_rows.copy(session, layer, release, writing.add)
            release_rows.record_lineage(session, layer, release, writing.lineage)
            keep_gaps(session, layer, release, writing.answering)
            if timing.previous is None or queries.is_announced_in_time(session, at - COMMIT_MARGIN):
                return release
            attempt.rollback()
        lead = timing.lead + 2 * timedelta(seconds=time.monotonic() - begun)
    raise EffectiveInstantError("The database writes too slowly to say when the release takes effect; try again later.")


def require_meant(session: Session, publication: Publication) -> None:
    """Raise EffectiveInstantDoubtfulError where the instant has to be confirmed or forced, and is not."""
    if publication.meant is not None:
        now = queries.database_time(session)
        rules.require_meant(publication.effective_at, now=now, meant=publication.meant)


def announce(session: Session, layer: Layer, release: Release, **facts: str) -> None:
    """Let every process hear of a release, or of its withdrawal, at the commit."""
    notice = {"layer": layer.code, "release": release.number, **facts}
    session.execute(
        text("SELECT pg_notify(:channel, :payload)"),
        {"channel": NOTIFY_CHANNEL, "payload": orjson.dumps(notice).decode()},
    )


def lock(session: Session, layer: Layer) -> None:
    """Make others who publish this layer wait until the transaction ends."""
    locks.lock(session, locks.LockSpace.REGISTRY, layer.id)


def _require_expected(layer: Layer, latest: Release | None, expected: int | None) -> None:
    number = 0 if latest is None else latest.number
    if expected is not None and expected != number:
        raise ReleaseOvertakenError(
            "Layer '{code}' is at release {number}, not {expected}: someone published meanwhile.",
            values={"code": layer.code, "number": number, "expected": expected},
            latest=number,
        )


def _require_storable(areas: Sequence[AreaRecord], kept: Sequence[AreaRecord]) -> None:
    """Refuse what the database would refuse, in words: callers that skipped the check get an answer, not a 500."""
    repeated = rules.repeated_codes([*areas, *kept])
    if repeated:
        raise ImportBlockedError(
            "The code {repeated} is used more than once.", values={"repeated": repeated[0]}, codes=repeated[:100]
        )
    geometries = np.array([area.geom for area in areas], dtype=object)
    sound = (shapely.get_type_id(geometries) == shapely.GeometryType.MULTIPOLYGON) & shapely.is_valid(geometries)
    if not sound.all():
        wrong = [areas[i].code for i in np.flatnonzero(~sound).tolist()]
        raise ImportBlockedError("Area {wrong} is not a valid polygon.", values={"wrong": wrong[0]}, codes=wrong[:100])
    if not (areas or kept):
        raise ImportBlockedError("There are no areas.")
