"""Writes of bulletins: draft what is due, each once, add words, release, and store what was drawn."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import TYPE_CHECKING

import orjson
from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.dialects.postgresql import insert

from core import audit, clock
from core.queue import TaskName, enqueue
from governance.bulletins import counting, queries, rules
from governance.bulletins.states import BULLETIN, BulletinAction, BulletinState, Edition
from governance.bulletins.tables import Bulletin, BulletinPrint
from governance.policies.queries import policies_at

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from sqlalchemy.orm import Session

    from governance.bulletins.rules import CutOff
    from governance.bulletins.states import PrintForm
    from identity.actors import Actor


def draft_due(session: Session, *, actor: Actor) -> list[int]:
    """Draft the bulletins whose cut-offs passed within a day and that are not there; return their numbers.

    A draft whose cut-off is still to come was made by a clock that was ahead: it is discarded, and made anew in its
    time, with the words that were added.
    """
    now = clock.now()
    _discard_early(session, now, actor=actor)
    due = rules.passed(now, lambda at: policies_at(session, at), within=rules.DRAFTED_WITHIN)
    drafted = [_draft(session, one, now, actor=actor) for one in due]
    return [one for one in drafted if one is not None]


def draft(session: Session, day: date, edition: Edition, *, actor: Actor) -> Bulletin:
    """Draft the bulletin of an edition of a day, however long ago, as the histories stood then; or return it.

    Raises
    ------
    BulletinInvalidError
        When its cut-off is still to come.
    """
    now = clock.now()
    one = rules.cut_off(day, edition, policies_at(session, rules.day_begins(day)))
    if one.at > now:
        raise rules.BulletinInvalidError("The cut-off is at {at}.", values={"at": one.at.isoformat()}, field="day")
    _draft(session, one, now, actor=actor)
    return session.scalars(select(Bulletin).where(_is(one))).one()


def write_words(session: Session, number: int, words: str, *, actor: Actor) -> Bulletin:
    """Put a person's words to a draft, or take them away (an empty text); its numbers stay as they are.

    Raises
    ------
    BulletinNotFoundError, BulletinStateError, BulletinInvalidError
    """
    row = _draft_of(session, number, BulletinAction.RELEASE)
    row.words, row.words_by = rules.checked_words(words), actor.name
    audit.record(session, actor=actor, action="bulletins.write", subject=f"bulletin/{number}")
    session.flush()
    return row


def release(session: Session, number: int, *, actor: Actor) -> Bulletin:
    """Release a draft: it is told, nothing in it changes any more, and a job draws it.

    Raises
    ------
    BulletinNotFoundError, BulletinStateError
    """
    row = _draft_of(session, number, BulletinAction.RELEASE)
    BULLETIN.move(row, BulletinAction.RELEASE)
    row.released_at, row.released_by_id, row.released_by = clock.now(), actor.id, actor.name
    row.digest = digest_of(row)
    enqueue(session, TaskName.DRAW_BULLETIN, bulletin=number)
    audit.record(session, actor=actor, action="bulletins.release", subject=f"bulletin/{number}", digest=row.digest)
    session.flush()
    return row


def digest_of(row: Bulletin) -> str:
    """Return the SHA-256 of what a bulletin says: its figures and words, as JSON with sorted keys."""
    said = {"figures": row.figures, "words": row.words}
    return hashlib.sha256(orjson.dumps(said, option=orjson.OPT_SORT_KEYS)).hexdigest()


def store_prints(session: Session, number: int, drawn: Mapping[PrintForm, bytes]) -> None:
    """Store what was drawn of a released bulletin; what is there stays."""
    now = clock.now()
    for form, content in drawn.items():
        digest = hashlib.sha256(content).hexdigest()
        row = {"bulletin_id": number, "form": form, "content": content, "digest": digest, "drawn_at": now}
        session.execute(insert(BulletinPrint).values(row).on_conflict_do_nothing())


def _draft(session: Session, one: CutOff, now: datetime, *, actor: Actor) -> int | None:
    """Draft a bulletin unless it is there; of two that do it at the same time one waits, and finds it there."""
    if session.scalar(select(Bulletin.id).where(_is(one))) is not None:
        return None
    since = _since(session, one)
    figures = counting.count(session, since=since, cut=one.at)
    early = session.execute(
        select(Bulletin.words, Bulletin.words_by)
        .where(Bulletin.day == one.day, Bulletin.edition == one.edition, Bulletin.state == BulletinState.DISCARDED)
        .order_by(Bulletin.id.desc())
        .limit(1)
    ).one_or_none()
    words, words_by = (None, None) if early is None else early
    row = {
        "day": one.day, "edition": one.edition, "since": since, "cut_at": one.at, "state": BulletinState.DRAFT,
        "drafted_at": now, "figures": figures.model_dump(mode="json"), "words": words, "words_by": words_by,
    }  # fmt: skip
    number = session.scalar(insert(Bulletin).values(row).on_conflict_do_nothing().returning(Bulletin.id))
    if number is not None:
        audit.record(
            session, actor=actor, action="bulletins.draft", subject=f"bulletin/{number}", day=one.day.isoformat(),
            edition=one.edition, cut_at=one.at.isoformat(),
        )  # fmt: skip
    return number


def _is(one: CutOff) -> ColumnElement[bool]:
    return and_(Bulletin.day == one.day, Bulletin.edition == one.edition, Bulletin.state != BulletinState.DISCARDED)


def _since(session: Session, one: CutOff) -> datetime:
    """Return from when a bulletin counts: the cut-off of the one before it, so that between them nothing is lost."""
    latest = session.scalar(
        select(Bulletin.cut_at)
        .where(Bulletin.state != BulletinState.DISCARDED, Bulletin.cut_at < one.at)
        .where(Bulletin.cut_at >= one.at - rules.FARTHEST_BACK)
        .order_by(Bulletin.cut_at.desc())
        .limit(1)
    )
    if latest is not None:
        return latest
    before = rules.passed(
        one.at - timedelta(microseconds=1), lambda at: policies_at(session, at), within=rules.DRAFTED_WITHIN
    )
    return before[-1].at


def _discard_early(session: Session, now: datetime, *, actor: Actor) -> None:
    query = select(Bulletin).where(Bulletin.state == BulletinState.DRAFT, Bulletin.cut_at > now)
    for row in session.scalars(query.with_for_update()):
        BULLETIN.move(row, BulletinAction.DISCARD)
        audit.record(session, actor=actor, action="bulletins.discard", subject=f"bulletin/{row.id}")
    session.flush()


def _draft_of(session: Session, number: int, action: BulletinAction) -> Bulletin:
    row = queries.bulletin(session, number, sees_drafts=True, lock=True)
    if not BULLETIN.allows(row, action):
        raise rules.BulletinStateError("The bulletin is {state}.", values={"state": row.state}, field="bulletin")
    return row
