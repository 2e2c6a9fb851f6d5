"""Reads of duplicates: candidates for a case in a reach, and what it is merged with and linked to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import select, text

from governance.attachments.queries import same_pictures
from governance.cases.duplicates import rules
from governance.cases.duplicates.rules import ComparedCase
from governance.cases.duplicates.tables import CaseLink, CaseMerge
from governance.cases.lifecycle import queries as cases
from governance.cases.lifecycle.queries import OF_CASE
from governance.cases.protection import confidentiality
from governance.reports.reach_queries import reach_condition

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from governance.cases.duplicates.rules import Reason
    from governance.cases.lifecycle.queries import CaseView
    from identity.grants import Reach

_OWN: Final = """
SELECT r.description, q.caller_hash, ST_AsEWKB(p.geom) AS geom, report_first_id(:since) AS first
FROM report r JOIN report_place_of(:id) p ON p.report_id = r.id LEFT JOIN reporter q ON q.report_id = r.id
WHERE r.id = :id
"""
# By place and time, of each month its own index; what was moved since; and what the same caller sent.
# `first` is given as a number, so that months before it are not even planned.
_NEAR: Final = """
WITH near AS MATERIALIZED (
    SELECT r.id FROM report r
    WHERE r.geom && ST_Expand(CAST(:geom AS geometry), :around)
      AND r.id >= :first AND r.reported_at BETWEEN :since AND :until
    UNION SELECT m.report_id FROM report_reassignment m
    WHERE m.geom && ST_Expand(CAST(:geom AS geometry), :around) AND m.report_id >= :first
    UNION SELECT q.report_id FROM reporter q WHERE q.caller_hash = CAST(:caller AS bytea) AND q.report_id >= :first
)
"""
# As the view report_place, of the months from `first` on alone: planning all months takes longer than the reading.
_PLACE: Final = """(
    SELECT o.id AS report_id, coalesce(m.layer_id, o.layer_id) AS layer_id, coalesce(m.area_path, o.area_path)
           AS area_path, coalesce(m.geom, o.geom) AS geom
    FROM report o LEFT JOIN LATERAL (
        SELECT * FROM report_reassignment a WHERE a.report_id = o.id AND a.report_id >= :first
        ORDER BY a.id DESC LIMIT 1) m ON true
    WHERE o.id >= :first)"""
_COMPARED: Final = (
    _NEAR
    + cases.COLUMNS
    + """, r.description, coalesce(q.caller_hash = CAST(:caller AS bytea), false) AS same_caller,
    ST_Distance(p.geom::geography, CAST(:geom AS geometry)::geography) AS distance_m
"""
    + cases.FROM.format(place=_PLACE)
    + """LEFT JOIN reporter q ON q.report_id = c.id AND q.report_id >= :first
WHERE c.id IN (SELECT id FROM near) AND c.id <> :id AND c.state NOT IN ('merged', 'voided', 'rejected')
  AND c.id >= :first AND r.id >= :first AND p.report_id >= :first AND r.reported_at BETWEEN :since AND :until
  AND (q.caller_hash = CAST(:caller AS bytea)
    OR ST_DWithin(p.geom::geography, CAST(:geom AS geometry)::geography, :radius)) {reach}
ORDER BY abs(extract(epoch FROM r.reported_at - :at)), c.id LIMIT :limit
"""
)
_DEGREES_A_METRE: Final = 1 / 80_000
"""A metre is no longer than that in degrees of longitude up to 44° of latitude."""


@dataclass(frozen=True, slots=True)
class DuplicateCandidate:
    """A case that may tell of the same, how alike it is (0 to 1), and why."""

    case: CaseView
    score: float
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Relations:
    """What a case is merged into, what is merged into it, and what it is linked to; of a reach.

    `repeats`: the ids of merged cases that repeat what the same caller had said.
    """

    main: CaseView | None
    merged: Sequence[CaseView]
    linked: Sequence[CaseView]
    repeats: frozenset[int] = frozenset()


def candidates(session: Session, view: CaseView, *, reach: Reach) -> list[DuplicateCandidate]:
    """Return cases of a reach that may tell of the same as one of it, the likeliest first; closed ones too.

    That two cases have the same caller counts only where the viewer may know of both callers; what is found by the
    caller alone, and not near, is offered to nobody else.
    """
    within = timedelta(days=rules.WITHIN_DAYS)
    own = session.execute(text(_OWN), {"id": view.id, "since": view.reported_at - within}).one()
    conditions, values = reach_condition(session, reach, category=OF_CASE)
    given: dict[str, Any] = {
        "id": view.id, "geom": own.geom, "around": rules.RADIUS_M * _DEGREES_A_METRE, "caller": own.caller_hash,
        "since": view.reported_at - within, "until": view.reported_at + within, "at": view.reported_at,
        "limit": rules.MOST_COMPARED, "first": own.first, "radius": rules.RADIUS_M,
    }  # fmt: skip
    reached = "".join(f" AND {one}" for one in conditions)
    rows = [dict(row) for row in session.execute(text(_COMPARED.format(reach=reached)), values | given).mappings()]
    kept = confidentiality.kept_from(session, [view.id, *(row["id"] for row in rows)], reach.viewer)
    pictures = same_pictures(session, view.id, among=[row["id"] for row in rows])
    facts = ComparedCase(view.reported_at, view.category_path, view.word, own.description)
    found = []
    for row in rows:
        words, same, distance = row.pop("description"), row.pop("same_caller"), row.pop("distance_m")
        case = cases.view_of(row)
        if same and (kept.get(view.id, False) or kept.get(case.id, False)):
            if distance is None or distance > rules.RADIUS_M:
                continue
            same = False
        other = ComparedCase(case.reported_at, case.category_path, case.word, words)
        points, reasons = rules.score(
            facts, other, distance_m=distance, same_caller=same, photo_bits=pictures.get(case.id)
        )
        if points >= rules.LEAST_SCORE:
            found.append(DuplicateCandidate(case, points, reasons))
    return sorted(found, key=lambda one: (-one.score, one.case.id))[: rules.MOST_CANDIDATES]


def main_of(session: Session, case_id: int) -> int | None:
    """Return the id of the case that another is merged into now; None: it is not merged."""
    return session.scalar(select(CaseMerge.main_id).where(CaseMerge.case_id == case_id))


def merged_into(session: Session, main_id: int) -> Sequence[int]:
    """Return the ids of the cases that are merged into one."""
    return session.scalars(
        select(CaseMerge.case_id).where(CaseMerge.main_id == main_id).order_by(CaseMerge.case_id)
    ).all()


def merged_seen(session: Session, main_id: int, *, reach: Reach) -> list[int]:
    """Return the ids of the cases of a reach that are merged into one, in order."""
    return sorted(cases.cases_of(session, merged_into(session, main_id), reach=reach))


def relations(session: Session, case_id: int, *, reach: Reach) -> Relations:
    """Return what of a reach a case is merged with and linked to."""
    main, merged = main_of(session, case_id), merged_into(session, case_id)
    pairs = session.execute(
        select(CaseLink.first_id, CaseLink.second_id).where(
            (CaseLink.first_id == case_id) | (CaseLink.second_id == case_id)
        )
    )
    linked = {one for pair in pairs for one in pair} - {case_id}
    known = cases.cases_of(session, {*merged, *linked} | ({main} if main is not None else set()), reach=reach)
    return Relations(
        None if main is None else known.get(main),
        [known[one] for one in merged if one in known],
        [known[one] for one in sorted(linked) if one in known],
        frozenset(session.scalars(select(CaseMerge.case_id).where(CaseMerge.main_id == case_id, CaseMerge.is_repeat))),
    )
