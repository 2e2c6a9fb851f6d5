"""Close a topic by evidence: reports a day before and after measures, tested, not by word."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any, Final

from scipy import stats
from sqlalchemy import text

from core import audit, clock
from core.errors import DomainError, Kind
from governance.hotspots.topics import queries
from governance.hotspots.topics.operations import TopicStateError, add_event
from governance.hotspots.topics.rules import WHOLE
from governance.hotspots.topics.states import TOPIC, TopicAction, TopicEventKind, TopicStatus

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy.orm import Session

    from governance.hotspots.topics.tables import HotspotTopic
    from identity.actors import Actor

LEAST_DAYS: Final = 14
"""So many days must have passed since the measures: two weeks, so that each day of the week counts alike."""
MOST_DAYS: Final = 92
LEVEL: Final = 0.05
_COUNT: Final = """
SELECT count(*) FILTER (WHERE r.reported_at < :since), count(*) FILTER (WHERE r.reported_at >= :since)
FROM report r JOIN report_place p ON p.report_id = r.id
WHERE r.category = :category AND r.reported_at >= :start AND r.reported_at < :until
  AND (:whole OR p.area_path && CAST(:areas AS text[]))
"""


class TopicEvidenceMissingError(DomainError):
    """Reports did not become fewer since the measures, or too few days have passed; the detail has the counts."""

    code = "hotspot-topic-evidence-missing"
    kind = Kind.CONFLICT


@dataclass(frozen=True, slots=True)
class Evidence:
    """Reports in as many days before and after measures began, and how probable so few are if nothing changed.

    `p` is exact: with the same rate both times, those after are binomial among all with probability one half.
    """

    since: date
    days: int
    before: int
    after: int
    p: float

    @property
    def holds(self) -> bool:
        """Whether they became fewer by more than chance."""
        return self.p < LEVEL


def evidence(before: int, after: int) -> float:
    """Return the probability of so few reports after, of all, if both spans have one rate."""
    return float(stats.binom.cdf(after, before + after, 0.5))


def evidence_of(session: Session, topic: HotspotTopic, since: date) -> Evidence:
    """Count the reports of a topic's category and areas in as many whole days before and since a day.

    Raises
    ------
    TopicEvidenceMissingError
        When too few days have passed.
    """
    today = clock.now().astimezone(clock.LOCAL).date()
    days = min((today - since).days, MOST_DAYS)
    if days < LEAST_DAYS:
        raise TopicEvidenceMissingError(
            "At least {least} days have to pass since the measures began; it were {days}.",
            values={"least": LEAST_DAYS, "days": max(days, 0)}, field="since",
        )  # fmt: skip
    span = timedelta(days=days)
    start, middle, until = (datetime.combine(day, time(), clock.LOCAL) for day in (since - span, since, since + span))
    values: dict[str, Any] = {
        "category": topic.category, "start": start, "since": middle, "until": until, "whole": topic.scope == WHOLE,
        "areas": list(topic.area_codes),
    }  # fmt: skip
    before, after = session.execute(text(_COUNT), values).one()
    return Evidence(since, days, before, after, evidence(before, after))


def close(session: Session, topic_id: int, since: date, *, actor: Actor) -> tuple[HotspotTopic, Evidence]:
    """Close a topic whose reports became fewer since measures began, with the evidence on its history.

    Raises
    ------
    TopicNotFoundError, TopicStateError, TopicEvidenceMissingError
    """
    topic = queries.get_topic(session, topic_id)
    session.refresh(topic, with_for_update=True)
    if topic.status == TopicStatus.RESOLVED or not TOPIC.allows(topic, TopicAction.RESOLVE):
        raise TopicStateError("Topic {topic_id} is {status}.", values={"topic_id": topic_id, "status": topic.status})
    found = evidence_of(session, topic, since)
    if not found.holds:
        raise TopicEvidenceMissingError(
            "{before} reports in {days} days before, {after} in as many since: so few come by chance with "
            "probability {p}, and {level} is the most.",
            values={"before": found.before, "days": found.days, "after": found.after, "p": f"{found.p:.3f}",
                    "level": f"{LEVEL:g}"}, field="since",
        )  # fmt: skip
    TOPIC.move(topic, TopicAction.RESOLVE)
    told = {
        "status": str(TopicStatus.RESOLVED), "since": since.isoformat(), "days": str(found.days),
        "before": str(found.before), "after": str(found.after), "p": f"{found.p:.4f}",
    }  # fmt: skip
    add_event(session, topic, None, actor, TopicEventKind.DECIDED, told)
    audit.record(session, actor=actor, action="hotspots.close_topic", subject=f"topic {topic_id}", **told)
    return topic, found
