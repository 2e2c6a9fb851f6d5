"""Reads: who works which area at an instant."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import text

from governance.grid_workers.rules import Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True)
class Post:
    """A grid worker on an area. The unit is the worker's own, else the one that answers for the area."""

    id: int
    area_code: str
    area_name: str
    staff_number: str
    name: str
    unit_code: str | None
    unit_name: str | None
    valid_from: datetime
    valid_to: datetime | None


# The areas at an instant that are one of these, or lie below one.
_BELOW = """
WITH RECURSIVE below (code) AS (
    SELECT unnest(CAST(:within AS text[]))
    UNION SELECT a.code FROM below b JOIN area a ON a.parent_code = b.code
    WHERE a.layer_id = :layer AND a.valid_during @> CAST(:at AS timestamptz)
)
"""
# A post counts while its area lives: whoever is to follow the land after a release does so within a minute.
_POSTS = f"""
{_BELOW}
SELECT p.id, p.area_code, a.name, p.staff_number, n.name, u.code, u.name, lower(p.valid_during), upper(p.valid_during)
FROM grid_worker_post p
JOIN grid_worker w ON w.staff_number = p.staff_number JOIN person n ON n.id = w.person_id
JOIN area a ON a.layer_id = p.layer_id AND a.code = p.area_code AND a.valid_during @> CAST(:at AS timestamptz)
LEFT JOIN responsible_unit u ON u.code = COALESCE(w.unit_code, a.unit_code)
WHERE p.layer_id = :layer AND p.valid_during @> CAST(:at AS timestamptz)
  AND (CAST(:codes AS text[]) IS NULL OR p.area_code = ANY(CAST(:codes AS text[])))
  AND (CAST(:unit AS text) IS NULL OR u.code = :unit)
  AND (CAST(:within AS text[]) IS NULL OR p.area_code IN (SELECT code FROM below))
  AND (p.area_code COLLATE "C", p.id) > (:after_area, :after_id)
ORDER BY p.area_code COLLATE "C", p.id
LIMIT :limit
"""


def posts_at(
    session: Session,
    *,
    layer_id: int,
    at: datetime,
    codes: Sequence[str] | None = None,
    unit: str | None = None,
    within: Iterable[str] | None = None,
    after: tuple[str, int] = ("", 0),
    limit: int | None = None,
) -> list[Post]:
    """Return the posts held at an instant, by area and age of the post; of some areas or one unit where asked.

    `within` are areas of any level: only posts on these, and on what lies below them.
    """
    values = {
        "layer": layer_id, "at": at, "codes": None if codes is None else list(codes), "unit": unit,
        "within": None if within is None else sorted(within),
        "after_area": after[0], "after_id": after[1], "limit": limit,
    }  # fmt: skip
    return [Post(*row) for row in session.execute(text(_POSTS), values)]


def lies_within(session: Session, *, layer_id: int, code: str, within: Iterable[str], at: datetime) -> bool:
    """Return whether an area is, at an instant, one of these areas or below one."""
    values = {"layer": layer_id, "code": code, "within": sorted(within), "at": at}
    return bool(session.scalar(text(f"{_BELOW} SELECT :code IN (SELECT code FROM below)"), values))


def spans(session: Session, *, layer_id: int, codes: Sequence[str]) -> dict[str, list[Span]]:
    """Return all posts of these areas, whenever."""
    rows = session.execute(
        text(
            "SELECT area_code, id, staff_number, lower(valid_during), upper(valid_during) FROM grid_worker_post"
            " WHERE layer_id = :layer AND area_code = ANY(CAST(:codes AS text[])) ORDER BY id"
        ),
        {"layer": layer_id, "codes": list(codes)},
    )
    found: dict[str, list[Span]] = {code: [] for code in codes}
    for code, *span in rows:
        found[code].append(Span(*span))
    return found


def areas_valid_at(session: Session, *, layer_id: int, codes: Sequence[str], at: datetime) -> set[str]:
    """Return which of these codes an area bears at an instant."""
    rows = session.execute(
        text(
            "SELECT code FROM area WHERE layer_id = :layer AND code = ANY(CAST(:codes AS text[]))"
            " AND valid_during @> CAST(:at AS timestamptz)"
        ),
        {"layer": layer_id, "codes": list(codes), "at": at},
    )
    return {row[0] for row in rows}


def units_unknown(session: Session, codes: Sequence[str]) -> list[str]:
    """Return which of these codes no responsible unit bears."""
    rows = session.execute(
        text(
            "SELECT wanted FROM unnest(CAST(:codes AS text[])) AS wanted"
            " WHERE NOT EXISTS (SELECT FROM responsible_unit u WHERE u.code = wanted) ORDER BY wanted"
        ),
        {"codes": list(codes)},
    )
    return [row[0] for row in rows]


@dataclass(frozen=True, slots=True)
class Ending:
    """What a release ended and brought: codes of areas of any level."""

    ended: frozenset[str]
    begun: frozenset[str]


def areas_that_came_and_went(session: Session, *, layer_id: int, at: datetime) -> Ending:
    """Return the codes that end at an instant with no area following under them, and those that begin so."""
    rows = session.execute(
        text(
            "SELECT code, bool_or(upper(valid_during) = :at), bool_or(lower(valid_during) = :at) FROM area"
            " WHERE layer_id = :layer AND (upper(valid_during) = :at OR lower(valid_during) = :at) GROUP BY code"
        ),
        {"layer": layer_id, "at": at},
    ).all()
    return Ending(
        ended=frozenset(code for code, went, came in rows if went and not came),
        begun=frozenset(code for code, went, came in rows if came and not went),
    )


@dataclass(frozen=True, slots=True)
class Held:
    """A post that is held or planned at an instant or after it."""

    id: int
    staff_number: str
    area_code: str
    start: datetime
    until: datetime | None


def held_from(session: Session, *, layer_id: int, codes: Sequence[str], at: datetime) -> list[Held]:
    """Return the posts of these areas that are held at an instant or later."""
    rows = session.execute(
        text(
            "SELECT id, staff_number, area_code, lower(valid_during), upper(valid_during) FROM grid_worker_post"
            " WHERE layer_id = :layer AND area_code = ANY(CAST(:codes AS text[]))"
            " AND (upper_inf(valid_during) OR upper(valid_during) > :at) ORDER BY id"
        ),
        {"layer": layer_id, "codes": list(codes), "at": at},
    )
    return [Held(*row) for row in rows]


@dataclass(frozen=True, slots=True)
class PersonsPost:
    """A post of a person, and its layer."""

    layer_id: int
    held: Held


def posts_of_person(session: Session, person_id: int, *, at: datetime) -> list[PersonsPost]:
    """Return the posts that a person holds at an instant or later."""
    rows = session.execute(
        text(
            "SELECT p.layer_id, p.id, p.staff_number, p.area_code, lower(p.valid_during), upper(p.valid_during)"
            " FROM grid_worker_post p JOIN grid_worker w ON w.staff_number = p.staff_number"
            " WHERE w.person_id = :person AND (upper_inf(p.valid_during) OR upper(p.valid_during) > :at)"
            " ORDER BY p.layer_id, p.area_code, p.id"
        ),
        {"person": person_id, "at": at},
    )
    return [PersonsPost(layer_id, Held(*held)) for layer_id, *held in rows]


def returning_posts(session: Session, *, layer_id: int, codes: Sequence[str], at: datetime) -> list[tuple[Held, str]]:
    """Return the posts held at an instant by those who once left one of these areas because it ended, and which."""
    rows = session.execute(
        text("""
            WITH RECURSIVE line AS (
                SELECT p.id AS held, p.follows_post_id AS earlier, 1 AS steps FROM grid_worker_post p
                WHERE p.layer_id = :layer AND p.valid_during @> CAST(:at AS timestamptz)
                  AND p.follows_post_id IS NOT NULL
                UNION ALL
                SELECT l.held, q.follows_post_id, l.steps + 1 FROM line l JOIN grid_worker_post q ON q.id = l.earlier
                WHERE q.follows_post_id IS NOT NULL
            )
            SELECT DISTINCT ON (p.id) p.id, p.staff_number, p.area_code, lower(p.valid_during), upper(p.valid_during),
                q.area_code
            FROM line l JOIN grid_worker_post q ON q.id = l.earlier JOIN grid_worker_post p ON p.id = l.held
            WHERE q.area_code = ANY(CAST(:codes AS text[]))
            ORDER BY p.id, l.steps DESC
        """),
        {"layer": layer_id, "codes": list(codes), "at": at},
    )
    return [(Held(*row[:5]), row[5]) for row in rows]
