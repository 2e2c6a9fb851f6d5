"""State who works which areas; let posts follow the land when a release ends their area."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sqlalchemy import text

from core import audit, clock
from core.db.locks import LockSpace, lock
from governance.grid_workers import queries, rules
from grids.boundaries.descent import Descent, main_successors
from identity.people import queries as people
from identity.people.operations import PersonIn, add_people, correct

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from governance.grid_workers.queries import Held
    from governance.grid_workers.rules import Appointment
    from grids.boundaries.tables import Layer
    from identity.actors import Actor
    from identity.people.tables import Person


@dataclass(frozen=True, slots=True)
class Stated:
    """What a statement changed."""

    areas: int
    begun: int
    ended: int


def set_workers(
    session: Session,
    *,
    layer: Layer,
    appointments: Sequence[Appointment],
    areas: Sequence[str],
    actor: Actor,
    start: datetime | None = None,
) -> Stated:
    """State who works these areas from an instant on: exactly those named, nobody else; stated again, nothing changes.

    An area's statement begins with the earliest of its appointments, or with `start` (now if left out).

    Raises
    ------
    WorkersInvalidError
    """
    start = start or clock.now()
    wanted = rules.checked(appointments, start)
    lock(session, LockSpace.GRID_WORKERS, layer.id)
    by_area: dict[str, list[Appointment]] = {code: [] for code in areas}
    for one in wanted:
        by_area.setdefault(one.area_code, []).append(one)
    starts = {code: min((one.start or start for one in ones), default=start) for code, ones in by_area.items()}
    _require_areas(session, layer, starts)
    _keep_workers(session, wanted, actor)
    existing = queries.spans(session, layer_id=layer.id, codes=list(by_area))
    closed: list[dict[str, object]] = []
    dropped: list[int] = []
    new: list[Appointment] = []
    for code, ones in by_area.items():
        change = rules.restated(existing[code], ones, starts[code])
        closed += [{"id": number, "at": starts[code]} for number in change.closed]
        dropped += change.dropped
        new += change.new
    if dropped:
        session.execute(text("DELETE FROM grid_worker_post WHERE id = ANY(CAST(:ids AS bigint[]))"), {"ids": dropped})
    if closed:
        session.execute(text(_CLOSE), closed)
    if new:
        rows = [
            {"layer": layer.id, "number": one.staff_number, "code": one.area_code, "start": one.start,
             "until": one.until, "follows": None} for one in new
        ]  # fmt: skip
        session.execute(text(_BEGIN), rows)
    done = Stated(areas=len(by_area), begun=len(new), ended=len(closed) + len(dropped))
    if done.begun or done.ended:
        audit.record(
            session, actor=actor, action="grid_workers.state", subject=layer.code, areas=sorted(by_area)[:100],
            begun=done.begun, ended=done.ended,
        )  # fmt: skip
    session.flush()
    return done


def hand_over_posts(session: Session, person: Person, heir: Person, *, at: datetime, actor: Actor) -> int:
    """Let another person take over all posts that a person holds at an instant or later; return how many.

    A post on an area where the other one is already ends.

    Raises
    ------
    WorkersInvalidError
        When the other one has no staff number.
    """
    posts = queries.posts_of_person(session, person.id, at=at)
    if not posts:
        return 0
    if heir.staff_number is None:
        raise rules.WorkersInvalidError(
            "Person {id} has no staff number, by which posts are kept.", values={"id": heir.id}, field="to"
        )
    for layer_id in sorted({post.layer_id for post in posts}):
        lock(session, LockSpace.GRID_WORKERS, layer_id)
    session.execute(
        text(
            "INSERT INTO grid_worker (staff_number, person_id) VALUES (:number, :person)"
            " ON CONFLICT (staff_number) DO UPDATE SET person_id = excluded.person_id"
        ),
        {"number": heir.staff_number, "person": heir.id},
    )
    for post in posts:
        heir_post = replace(post.held, staff_number=heir.staff_number)
        _move(session, post.layer_id, heir_post, post.held.area_code, at)
    audit.record(
        session, actor=actor, action="grid_workers.hand_over", subject=str(person.id), to=heir.id, posts=len(posts)
    )
    session.flush()
    return len(posts)


def audit_read(session: Session, *, reader: Actor, layer: str, areas: Collection[str]) -> None:
    """Write down that somebody read in clear who works these areas."""
    if areas:
        audit.record(
            session, actor=reader, action="grid_workers.read", subject=layer, count=len(areas), areas=sorted(areas)[:20]
        )


def follow_release(session: Session, *, layer_id: int, release_id: int, at: datetime) -> int:
    """Let posts follow the land of areas that a release ends at an instant; return how many ended or moved.

    A post on an area that ends is closed at that instant; the worker goes on in the area that got most of its land
    (of equal shares the lowest code), unless the worker has a post there or a person has stated who works that new
    area. When a code comes back, as in a rollback, those who had left it because it ended return to it.
    """
    areas = queries.areas_that_came_and_went(session, layer_id=layer_id, at=at)
    moved = 0
    planned = queries.held_from(session, layer_id=layer_id, codes=sorted(areas.begun), at=at)
    spoken_for = {post.area_code for post in planned if post.start == at}
    for post, home in queries.returning_posts(
        session, layer_id=layer_id, codes=sorted(areas.begun - spoken_for), at=at
    ):
        _move(session, layer_id, post, home, at)
        moved += 1
    heirs = _heirs(session, layer_id, release_id, areas.ended)
    for post in queries.held_from(session, layer_id=layer_id, codes=sorted(areas.ended), at=at):
        heir = heirs.get(post.area_code)
        _move(session, layer_id, post, None if heir in spoken_for else heir, at)
        moved += 1
    return moved


_CLOSE = "UPDATE grid_worker_post SET valid_during = tstzrange(lower(valid_during), :at) WHERE id = :id"
_BEGIN = """
INSERT INTO grid_worker_post (layer_id, staff_number, area_code, valid_during, follows_post_id)
SELECT :layer, :number, :code, span, CAST(:follows AS bigint)
FROM tstzrange(CAST(:start AS timestamptz), CAST(:until AS timestamptz)) AS span
WHERE NOT EXISTS (
    SELECT FROM grid_worker_post p
    WHERE p.layer_id = :layer AND p.staff_number = :number AND p.area_code = :code AND p.valid_during && span
)
"""


def _move(session: Session, layer_id: int, post: Held, code: str | None, at: datetime) -> None:
    """End a post at an instant and begin the same worker's on another area, if any."""
    if post.start < at:
        session.execute(text(_CLOSE), {"id": post.id, "at": at})
    else:  # Planned for later: it never begins.
        session.execute(text("DELETE FROM grid_worker_post WHERE id = :id"), {"id": post.id})
    if code is not None:
        session.execute(
            text(_BEGIN),
            {"layer": layer_id, "number": post.staff_number, "code": code, "start": max(post.start, at),
             "until": post.until, "follows": post.id if post.start < at else None},
        )  # fmt: skip


def _heirs(session: Session, layer_id: int, release_id: int, ended: frozenset[str]) -> dict[str, str]:
    """Return the main successor of each area that a release ended."""
    rows = session.execute(
        text(
            "SELECT predecessor, successor, share_of_predecessor, share_of_successor FROM area_lineage"
            " WHERE layer_id = :layer AND release_id = :release AND predecessor = ANY(CAST(:ended AS text[]))"
        ),
        {"layer": layer_id, "release": release_id, "ended": sorted(ended)},
    )
    steps = [Descent(*row) for row in rows]
    return main_successors(steps, {step.successor for step in steps} - ended)


def _require_areas(session: Session, layer: Layer, starts: dict[str, datetime]) -> None:
    for instant in sorted(set(starts.values())):
        codes = [code for code, at in starts.items() if at == instant]
        unknown = sorted(set(codes) - queries.areas_valid_at(session, layer_id=layer.id, codes=codes, at=instant))
        if unknown:
            raise rules.WorkersInvalidError(
                (
                    "Layer '{layer}' has no area '{code}' at {at}, nor {more} others that are named."
                    if len(unknown) > 1
                    else "Layer '{layer}' has no area '{code}' at {at}."
                ),
                values={
                    "layer": layer.code,
                    "code": unknown[0][:80],
                    "at": instant.isoformat(),
                    "more": len(unknown) - 1,
                },
                field="area_code",
                areas=unknown[:100],
            )


def _keep_workers(session: Session, appointments: Sequence[Appointment], actor: Actor) -> None:
    """Add the workers, each a person; take over new names and units, one without a unit keeps what is known."""
    units = sorted({one.unit_code for one in appointments if one.unit_code})
    unknown = queries.units_unknown(session, units)
    if unknown:
        raise rules.WorkersInvalidError(
            "There is no responsible unit '{unknown}'.", values={"unknown": unknown[0][:80]}, field="unit_code"
        )
    workers = {one.staff_number: one for one in sorted(appointments, key=lambda one: one.unit_code is not None)}
    if not workers:
        return
    known = people.of_staff_numbers(session, list(workers))
    new = [PersonIn(one.name, number) for number, one in sorted(workers.items()) if number not in known]
    for person in known.values():
        correct(session, person, name=workers[person.staff_number or ""].name, actor=actor)
    known |= {one.staff_number or "": one for one in add_people(session, new, actor=actor)}
    session.flush()
    session.execute(
        text(
            "INSERT INTO grid_worker (staff_number, person_id, unit_code) VALUES (:number, :person, :unit)"
            " ON CONFLICT (staff_number) DO UPDATE SET person_id = excluded.person_id,"
            " unit_code = COALESCE(excluded.unit_code, grid_worker.unit_code)"
        ),
        [
            {"number": number, "person": known[number].id, "unit": one.unit_code}
            for number, one in sorted(workers.items())
        ],
    )
