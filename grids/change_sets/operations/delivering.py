"""Deliveries: a surveyor's file taken into a draft, or a layer's whole new content handed in as a draft of its own.

What comes from outside is checked in a confined process before it is stored: two outlines can cross each other in more
points than memory holds, and every later step would compute with them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from core import audit
from grids.boundaries import operations as registry_operations
from grids.boundaries import queries as registry
from grids.boundaries.errors import ReleaseOvertakenError
from grids.boundaries.records import with_canonical_geometries
from grids.boundaries.rules import Changes, checksum, fingerprints
from grids.change_sets import draft_queries, queries
from grids.change_sets.errors import EditRefusedError
from grids.change_sets.operations.checking import latest_areas
from grids.change_sets.operations.drafting import Edited, latest_number, open_change_set, open_draft, store
from grids.change_sets.operations.replacing import planned
from grids.change_sets.operations.reviewing import submit
from grids.change_sets.rules.differences import Difference, differences

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from geo.coverage import CoverageReport
    from grids.boundaries.files.limits import Limits
    from grids.boundaries.files.staging import Upload
    from grids.boundaries.operations import Imported, Publication, ReadingOptions
    from grids.boundaries.records import AreaRecord
    from grids.boundaries.tables import Layer
    from grids.change_sets.tables import ChangeSet
    from identity.actors import Actor


@dataclass(frozen=True, slots=True)
class Delivered:
    """What a delivery makes different, area by area, and what the whole layer's check then finds.

    `edited.number` is None where it was only tried. `remarks` tell what the delivery hides and the draft keeps.
    """

    edited: Edited
    differences: list[Difference]
    report: CoverageReport
    remarks: tuple[str, ...] = ()


def take_delivery(  # noqa: PLR0913 (a delivery is many facts)
    session: Session,
    *,
    change_set_id: int,
    areas: Sequence[AreaRecord],
    actor: Actor,
    limits: Limits,
    source: str = "",
    retire_others: bool = False,
    expected_version: int | None = None,
    dry_run: bool = False,
) -> Delivered:
    """Take a delivery into an open draft, matched by code; a dry run only returns what it would change.

    Raises
    ------
    ChangeSetNotFoundError, ChangeSetStateError, ChangeSetStaleError, EditRefusedError, FileTooLargeError,
    ReadersBusyError
    """
    change_set = open_change_set(session, change_set_id, expected_version, locked=not dry_run)
    layer = queries.layer_of(session, change_set)
    plan = planned(session, change_set, areas, retire_others=retire_others, people_kept=True)
    if not plan.after:
        raise EditRefusedError("The delivery is what the draft has already: nothing to take over.", field="file")
    latest = latest_areas(session, change_set, plan.content)
    answering = queries.rules_of_draft(session, change_set)
    report = registry_operations.check(session, layer, plan.whole, limits=limits, latest=latest, answering=answering)
    draft = draft_queries.state_of(session, change_set, upto=latest_number(session, change_set))
    number = None
    if not dry_run:
        number = store(session, change_set, "replace", {"source": source, "areas": len(areas)}, actor, plan.after)
    return Delivered(
        Edited(change_set, number, plan.after, draft),
        differences(plan.now, plan.after, layer.levels),
        report,
        plan.told,
    )


def take_files(
    session: Session,
    *,
    layer: Layer,
    uploads: Sequence[Upload],
    publication: Publication,
    lead_s: float,
    options: ReadingOptions,
    limits: Limits,
    as_draft: bool = False,
) -> tuple[Imported, ChangeSet | None]:
    """Publish a layer's first content at once; hand later content in as a draft for a second person's approval.

    `as_draft` keeps either as an open draft, also with defects that block: to be repaired and handed in.
    Two first imports at once: one is published, the other raises ReleaseOvertakenError.

    Raises
    ------
    BlockedImport, FileRefusedError and what else an import raises, ReleaseOvertakenError, EffectiveInstantError,
    EditRefusedError
    """
    if as_draft or registry.latest_release(session, layer) is not None:
        return hand_in(
            session,
            layer=layer,
            uploads=uploads,
            publication=publication,
            options=options,
            limits=limits,
            as_draft=as_draft,
        )
    if publication.expected_latest is None:
        publication = replace(publication, expected_latest=0)
    imported = registry_operations.import_delivery(
        session,
        layer=layer,
        uploads=uploads,
        publication=publication,
        lead_s=lead_s,
        options=options,
        limits=limits,
    )
    return imported, None


def hand_in(
    session: Session,
    *,
    layer: Layer,
    uploads: Sequence[Upload],
    publication: Publication,
    options: ReadingOptions,
    limits: Limits,
    as_draft: bool = False,
) -> tuple[Imported, ChangeSet | None]:
    """Hand a layer's whole new content in as a draft of its own, submitted for a second person's approval.

    `as_draft` leaves it open, whatever the check finds: defects that block are repaired in the draft. Content that the
    latest release has already makes no draft.

    Raises
    ------
    BlockedImport, FileRefusedError and what else an import raises, ReleaseOvertakenError, EditRefusedError
    """
    author, expected_latest = publication.author, publication.expected_latest
    registry_operations.require_meant(session, publication)
    imported = registry_operations.check_delivery(session, layer=layer, uploads=uploads, options=options, limits=limits)
    if imported.report.blocks and not as_draft:
        raise registry_operations.BlockedImport(imported)
    latest = registry.latest_release(session, layer)
    if latest is not None and expected_latest is not None and expected_latest != latest.number:
        raise ReleaseOvertakenError(
            "Layer '{code}' is at release {number}, not {expected_latest}.",
            values={"code": layer.code, "number": latest.number, "expected_latest": expected_latest},
            latest=latest.number,
        )
    areas = with_canonical_geometries(imported.delivery.areas)
    content = checksum(fingerprints(areas))
    if latest is not None and content == latest.checksum:
        same = Changes((), (), (), tuple(sorted((area.code for area in areas), key=str.encode)))
        published = registry_operations.Published(latest, is_new=False, changes=same)
        return replace(imported, published=published), None
    names = ", ".join(file["name"] for file in imported.delivery.source["files"])
    change_set = open_draft(session, layer=layer, title=(publication.note or names)[:200], author=author)
    change_set.effective_at = publication.effective_at
    plan = planned(session, change_set, areas, retire_others=False)
    codes = {area.code for area in areas}
    after = plan.after | {code: None for code in plan.now if code not in codes}
    store(session, change_set, "replace", {"source": names[:500], "areas": len(areas)}, author, after)
    if not as_draft:
        submit(session, change_set_id=change_set.id, actor=author, checked_content=content)
    audit.record(
        session, actor=author, action="change_sets.hand_in", subject=str(change_set.id), files=names[:500],
        areas=len(areas),
    )  # fmt: skip
    if options.remember and options.mapping:
        registry_operations.remember_mapping(session, layer=layer, field_mapping=options.mapping, actor=author)
    return imported, change_set
