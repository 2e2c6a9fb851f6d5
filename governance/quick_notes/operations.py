"""Writes of quick notes: write one down, let it become a case, and for how long back one may be written down."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert

from core import audit, clock
from governance.cases.lifecycle import operations as cases
from governance.quick_notes import queries, rules
from governance.quick_notes.rules import CHANNEL
from governance.quick_notes.tables import QuickNote, QuickNotePolicy
from governance.reports import operations as reports
from governance.reports.numbers import report_id
from governance.reports.reach_queries import area_reach
from governance.reports.rules import IntakeDefaults, draft_from
from identity.grants import EVERYTHING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime
    from typing import Any

    from sqlalchemy.orm import Session

    from governance.cases.lifecycle.queries import CaseView
    from governance.quick_notes.queries import NoteView
    from governance.quick_notes.states import NoteSource
    from governance.reports.placement import PlacementContext
    from identity.actors import Actor
    from identity.grants import Reach
    from identity.people.tables import Person


_TAKE_OVER: Final = """
INSERT INTO quick_note (report_id, source, author_id, author, noted_at, written_at)
SELECT r.id, g.source, g.author_id, g.author, r.reported_at, r.reported_at
FROM unnest(CAST(:ids AS bigint[]), CAST(:sources AS text[]), CAST(:authors AS integer[]), CAST(:names AS text[]))
    AS g (id, source, author_id, author)
JOIN report r ON r.id = g.id AND r.channel = :channel
ON CONFLICT (report_id) DO NOTHING RETURNING report_id
"""


def write_down(
    session: Session,
    fields: Mapping[str, Any],
    context: PlacementContext,
    *,
    source: NoteSource,
    noted_at: datetime | None,
    client_id: int,
    areas: Reach,
    actor: Actor,
) -> tuple[NoteView, bool]:
    """Write a quick note down as a report of the channel of notes; return whether it is new.

    `fields` are those of a report (reports.rules.draft_from). Sent again under its external id it is there once.
    `areas` are those in which the author works. When it was is bound by our clock, not by the device's.

    Raises
    ------
    QuickNoteTooOldError, QuickNoteInvalidError, DifferentContentError, DraftFieldError
    """
    now, at = context.at, noted_at or context.at
    given = dict(fields) | {"channel": CHANNEL, "reported_at": noted_at}
    placed = reports.place_report(
        draft_from(given, IntakeDefaults(CHANNEL, "WGS84"), now), context, client_id=client_id
    )
    stored = reports.store_in(session, placed)
    if not stored.replayed:
        rules.require_in_time(at, now, queries.back_fill_days(session, now.astimezone(clock.LOCAL).date()))
        place = placed.placement
        is_own = None
        if place.layer_id is not None and place.area_path and not areas.is_everything:
            is_own = area_reach(session, areas, layer_id=place.layer_id).covers(place.area_path, placed.draft.category)
        session.add(
            QuickNote(
                report_id=stored.id,
                source=source,
                author_id=actor.id,
                author=actor.name,
                noted_at=at,
                written_at=now,
                in_own_area=is_own,
            )
        )
        session.flush()
    return queries.note(session, stored.id, reach=EVERYTHING), not stored.replayed


@dataclass(frozen=True, slots=True)
class OldNote:
    """A quick note that another system kept: the number of its report, how the matter was met, and who wrote it."""

    number: str
    source: NoteSource
    author: Person


def take_over(session: Session, notes: Sequence[OldNote], *, actor: Actor) -> int:
    """Make quick notes of reports that came in under the channel of notes; return how many were new.

    They were written down in time elsewhere, so that how far back they lie is not bound here: it stands as the instant
    of the report, and that they were taken over stands in the audit.
    """
    given = {
        "ids": [report_id(note.number) for note in notes], "sources": [str(note.source) for note in notes],
        "authors": [note.author.id for note in notes], "names": [note.author.name for note in notes],
        "channel": CHANNEL,
    }  # fmt: skip
    new = len(session.execute(text(_TAKE_OVER), given).all())
    audit.record(session, actor=actor, action="quick_notes.take_over", subject=CHANNEL, notes=new)
    return new


def make_case(session: Session, note: NoteView, *, actor: Actor) -> tuple[CaseView, bool]:
    """Open the case of a quick note that grew: it bears the note's number; return whether it is new."""
    caller = cases.Caller(actor, lambda _: EVERYTHING)
    view, is_new = cases.open_case(session, report_id=note.report_id, caller=caller)
    if is_new:
        audit.record(session, actor=actor, action="quick_notes.case", subject=note.number)
    return view, is_new


def set_policy(session: Session, *, valid_from: date, days: int, actor: Actor) -> None:
    """State for how many days back notes may be written down, from a day on, tomorrow at the earliest.

    Raises
    ------
    QuickNotePolicyError
    """
    if valid_from <= clock.now().astimezone(clock.LOCAL).date():
        raise rules.QuickNotePolicyError(field="valid_from")
    if not 0 <= days <= 31:
        raise rules.QuickNotePolicyError(field="days")
    row = {"valid_from": valid_from, "back_fill_days": days, "added_by": actor.name}
    added = session.execute(
        insert(QuickNotePolicy).values(row).on_conflict_do_nothing().returning(QuickNotePolicy.valid_from)
    ).all()
    if not added:
        raise rules.QuickNotePolicyError(field="valid_from")
    audit.record(session, actor=actor, action="quick_notes.policy", subject=str(valid_from), days=days)
