"""Reads of what the public sees: a matter by number and token, and what is reported nearby already."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import text

from core import clock
from core.personal import masked_text
from governance.attachments import queries as attachments
from governance.attachments.states import AttachmentKind
from governance.cases.duplicates import queries as duplicates
from governance.cases.duplicates import repeat_queries
from governance.cases.lifecycle import queries as cases
from governance.cases.lifecycle.states import CaseState, Verb
from governance.cases.lifecycle.tables import Case
from governance.categories import queries as categories
from governance.categories.rules import CategoryNotFoundError
from governance.public_trace import rules
from governance.public_trace.rules import EXPLAINED, TraceRefusedError
from governance.reports import sensitivity
from governance.reports.numbers import report_number

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from governance.attachments.tables import Attachment
    from governance.cases.lifecycle.tables import CaseStep

# The number may be one from before ids bore their month.
_OF_CALLER: Final = """
SELECT report_id FROM trace_token WHERE sha256 = :digest AND expires_at > :now
  AND report_id = coalesce((SELECT report_id FROM report_key WHERE old_id = :given), :given)
"""
_REPORT: Final = "SELECT received_at, category, channel FROM report WHERE id = :id"
_UNITS: Final = """
SELECT DISTINCT ON (unit_code) unit_code, name FROM unit_state
WHERE unit_code = ANY(:codes) AND superseded_at IS NULL ORDER BY unit_code, lower(valid_during) DESC
"""
# Metres on the ellipsoid; a box by the index first.
_NEARBY: Final = """
SELECT r.id, c.state, c.opened_at, c.category_path, r.category, r.description,
       round(ST_X(p.geom)::numeric, 4) AS lon, round(ST_Y(p.geom)::numeric, 4) AS lat,
       ST_Distance(p.geom::geography, ST_SetSRID(ST_MakePoint(:lon, :lat), 4326)::geography) AS distance_m
FROM report r JOIN case_record c ON c.id = r.id JOIN report_place p ON p.report_id = r.id
WHERE r.id >= report_first_id(:since) AND r.received_at >= :since
  AND c.state NOT IN ('rejected', 'voided', 'opened', 'merged', 'transferred')
  AND NOT EXISTS (SELECT FROM report_accused a WHERE a.report_id = r.id)
  AND NOT EXISTS (SELECT FROM report_confidential x WHERE x.report_id = r.id)
  AND (r.geom && ST_Expand(ST_SetSRID(ST_MakePoint(:lon, :lat), 4326), :around) OR r.id IN (
       SELECT report_id FROM report_reassignment
       WHERE geom && ST_Expand(ST_SetSRID(ST_MakePoint(:lon, :lat), 4326), :around)))
  AND ST_DWithin(p.geom::geography, ST_SetSRID(ST_MakePoint(:lon, :lat), 4326)::geography, :radius)
  AND (CAST(:category AS text) IS NULL OR c.category_path @> ARRAY[CAST(:category AS text)])
ORDER BY distance_m, r.id LIMIT :limit
"""
_DEGREES_A_METRE: Final = 1 / 80_000
"""A metre is no longer than that in degrees of longitude up to 44° of latitude."""


@dataclass(frozen=True, slots=True)
class PublicStep:
    """A step as the public sees it: what and when, at which unit, never by whom."""

    at: datetime
    verb: Verb
    led_to: CaseState
    unit: str | None
    reason: str | None
    answer: str | None = None
    source: str | None = None


@dataclass(frozen=True, slots=True)
class Trace:
    """A matter as its caller sees it; `state` None: no case was opened yet. `answer_until`: rating, reopening."""

    number: str
    received_at: datetime
    category: str
    state: CaseState | None
    unit: str | None
    steps: Sequence[PublicStep]
    photos: Sequence[Attachment]
    rating: int | None
    may_rate: bool
    may_reopen: bool
    answer_until: datetime | None


@dataclass(frozen=True, slots=True)
class Nearby:
    """A matter near a place that was reported already; its place is blurred to some ten metres."""

    state: CaseState
    opened_at: datetime
    category: str
    text: str
    lon: float
    lat: float
    distance_m: float
    photos: Sequence[Attachment]


def by_token(session: Session, number: str, token: str) -> int:
    """Return the id of the report of a number and its token.

    A number that there is not, one that is none and a token that is wrong all take the same look-up and the same error.

    Raises
    ------
    TraceRefusedError
    """
    values = {"digest": rules.digest_of(token), "now": clock.now(), "given": rules.id_or_none(number)}
    found = session.scalar(text(_OF_CALLER), values)
    if found is None:
        raise TraceRefusedError
    return int(found)


def trace(session: Session, report_id: int) -> Trace:
    """Return a matter as its caller sees it; one that is merged goes the way of the main case, and is rated apart."""
    report = session.execute(text(_REPORT), {"id": report_id}).one()
    own = session.get(Case, report_id)
    main_id = duplicates.main_of(session, report_id)
    case = own if main_id is None else session.get(Case, main_id)
    told = [one.id for one in (own, case) if one is not None]
    histories = {one: cases.steps_of(session, one) for one in told}
    reasons = {one: cases.words_of(session, one) for one in told}
    shown = [
        one
        for one in sorted((step for steps in histories.values() for step in steps), key=lambda step: step.at)
        if Verb(one.verb) in rules.SHOWN and (one.case_id == report_id or Verb(one.verb) not in rules.OF_CALLER)
    ]
    steps = [] if case is None else histories[case.id]
    units = _units(session, {unit for one in shown if (unit := _unit_of(one))} | _unit_codes(case))
    until = answer_until(steps)
    is_open = case is not None and until is not None and clock.now() < until
    state = None if case is None else CaseState(case.state)
    rating = None if own is None else own.rating
    is_merged = main_id is not None
    rates_elsewhere = main_id is not None and repeat_queries.rates_elsewhere(session, report_id, main_id)
    return Trace(
        number=report_number(report_id),
        received_at=report.received_at,
        category=_public_name(session, [] if case is None else case.category_path, report.category),
        state=state,
        unit=None if case is None or case.unit_code is None else units.get(case.unit_code),
        steps=[_public(one, units, reasons[one.case_id]) for one in shown],
        photos=_photos(session, [report_id]).get(report_id, []),
        rating=rating,
        may_rate=is_open and (rating is None and not rates_elsewhere if is_merged else state is CaseState.CLOSED),
        may_reopen=is_open and not is_merged and reopenings(steps) < rules.MOST_REOPENINGS,
        answer_until=until,
    )


def answer_until(steps: Sequence[CaseStep]) -> datetime | None:
    """Return until when a caller may rate or reopen a case by its history; None: it is not closed."""
    closed = next((one.at for one in reversed(steps) if Verb(one.verb) in rules.CLOSING), None)
    if closed is None or CaseState(steps[-1].led_to) not in {CaseState.CLOSED, CaseState.RATED}:
        return None
    return closed + rules.ANSWER_WITHIN


def reopenings(steps: Sequence[CaseStep]) -> int:
    """Count how often a case was reopened by its caller."""
    return sum(Verb(one.verb) is Verb.REOPEN and one.actor_id == rules.PUBLIC.id for one in steps)


def nearby(session: Session, lon: float, lat: float, *, radius_m: float, category: str | None = None) -> list[Nearby]:
    """Return what was reported near a place in the last 90 days and is followed as a case, the nearest first.

    Sensitive and confidential reports, and those that accuse somebody, are left out; people in texts are masked, and
    only cleared photos are shown.
    """
    values: dict[str, Any] = {
        "lon": lon, "lat": lat, "radius": radius_m, "around": radius_m * _DEGREES_A_METRE, "category": category,
        "since": clock.now() - timedelta(days=rules.NEARBY_DAYS), "limit": rules.MOST_NEARBY,
    }  # fmt: skip
    rows = session.execute(text(_NEARBY), values).all()
    ids = [row.id for row in rows]
    hidden, photos = sensitivity.marks_of(session, ids), _photos(session, ids)
    return [
        Nearby(
            CaseState(row.state), row.opened_at, _public_name(session, row.category_path, row.category),
            masked_text(row.description)[: rules.LONGEST_NEARBY_TEXT], float(row.lon), float(row.lat),
            round(row.distance_m, 1), photos.get(row.id, []),
        )
        for row in rows
        if row.id not in hidden
    ]  # fmt: skip


def _photos(session: Session, report_ids: Sequence[int]) -> dict[int, list[Attachment]]:
    """Return the photos of reports that the public may see; of sensitive reports none."""
    marked = sensitivity.marks_of(session, report_ids)
    rows = attachments.of_reports(session, [one for one in report_ids if one not in marked])
    cleared = attachments.cleared(session, [one.id for one in rows])
    found: dict[int, list[Attachment]] = {}
    for one in rows:
        if one.id in cleared and one.kind == AttachmentKind.PHOTO:
            found.setdefault(one.subject_id, []).append(one)
    return found


def _public(step: CaseStep, units: dict[str, str], reasons: dict[int, Any]) -> PublicStep:
    words = reasons.get(step.number)
    # What else is written to steps is the office's own.
    why = words.reason if words is not None and Verb(step.verb) in EXPLAINED else None
    unit = step.detail["transfer"]["to"] if Verb(step.verb) is Verb.TRANSFER else units.get(_unit_of(step) or "")
    shown = PublicStep(step.at, Verb(step.verb), CaseState(step.led_to), unit, masked_text(why) if why else None)
    if Verb(step.verb) is not Verb.ANSWER:
        return shown
    answer = step.detail["answer"]
    told = words.opinion if words is not None and words.opinion else answer["text"]
    return replace(shown, answer=masked_text(told) if told else None, source=answer["source"])


def _unit_of(step: CaseStep) -> str | None:
    """Return the unit that a step is about: in joint handling the called one, else the one that has the case."""
    own: str | None = step.detail.get("unit") if Verb(step.verb) is Verb.ARRIVE else None
    return own or step.unit_code


def _unit_codes(case: Case | None) -> set[str]:
    return set() if case is None or case.unit_code is None else {case.unit_code}


def _units(session: Session, codes: set[str]) -> dict[str, str]:
    if not codes:
        return {}
    return {row.unit_code: row.name for row in session.execute(text(_UNITS), {"codes": sorted(codes)})}


def _public_name(session: Session, path: Sequence[str], word: str) -> str:
    """Return what citizens call a category, else the word that the channel sent."""
    if not path:
        return masked_text(word)
    try:
        return categories.in_force(session, path[0], clock.now()).public_name
    except CategoryNotFoundError:
        return masked_text(word)
