"""The verbs of topics: follow a run's findings, decide about a topic."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from core import audit, clock
from core.errors import DomainError, Kind
from governance.hotspots.policy import dated_policy
from governance.hotspots.runs import queries
from governance.hotspots.runs.tables import HotspotRun
from governance.hotspots.topics import queries as topic_queries
from governance.hotspots.topics import rules
from governance.hotspots.topics.states import TopicEventKind, TopicStatus
from governance.hotspots.topics.tables import HotspotTopic, HotspotTopicEvent

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from sqlalchemy.orm import Session

    from identity.actors import Actor


class TopicOrderError(DomainError):
    """Topics are followed in the order of time; a later period has been followed already."""

    code = "hotspot-topic-order"
    kind = Kind.CONFLICT


class DecisionEmptyError(DomainError):
    """A decision names an owner, measures, a follow-up date or a state."""

    code = "hotspot-decision-empty"


def follow_run(session: Session, *, run_id: int, actor: Actor) -> list[HotspotTopic]:
    """Match a finished run's findings with the topics there are, and write each topic's history on.

    A second time for the same run does nothing. A topic that is not found again is `absent`, after so many runs in
    succession (policy) `gone`.

    Raises
    ------
    RunNotFoundError, RunUnfinishedError, TopicOrderError
    """
    run = queries.get_run(session, run_id)
    result = queries.result_of(run)
    # One follower at a time: the order of runs is the history.
    session.execute(select(HotspotRun.id).where(HotspotRun.id == run_id).with_for_update())
    if topic_queries.followed(session, run_id):
        return []
    latest = session.scalar(
        select(HotspotRun.period_end)
        .join(HotspotTopicEvent, HotspotTopicEvent.run_id == HotspotRun.id)
        .where(HotspotRun.layer_id == run.layer_id)
        .order_by(HotspotRun.period_end.desc())
        .limit(1)
    )
    if latest is not None and run.period_end <= latest:
        raise TopicOrderError(f"Topics are followed up to {latest}; run {run_id} ends on {run.period_end}.")
    thresholds = dated_policy.thresholds_on(session, run.period_start)
    found = rules.candidates(result, thresholds)
    listed = topic_queries.list_topics(session, layer_id=run.layer_id)
    topics = {t.id: t for t in listed if t.status != TopicStatus.RESOLVED}
    known = [rules.KnownTopic(t.id, t.category, t.scope, frozenset(t.area_codes)) for t in topics.values()]
    matched = rules.match(found, known, same_place_share=thresholds["same_place_share"])
    history = topic_queries.events_of(session, list(topics))
    days = (run.period_end - run.period_start).days
    seen = []
    for candidate, topic_id in zip(found, matched, strict=True):
        finding = {**candidate.finding, "kinds": candidate.kinds, "days": days, "areas": candidate.areas}
        if topic_id is None:
            topic = _open(session, run, candidate)
            kind = TopicEventKind.APPEARED
        else:
            topic = topics.pop(topic_id)
            last = next((e.finding for e in reversed(history[topic_id]) if "reports" in e.finding), None)
            kind = TopicEventKind.RETURNED if topic.status == TopicStatus.GONE else TopicEventKind.STEADY
            if last is not None and topic.status == TopicStatus.OPEN:
                counts = rules.comparable(last, finding)
                finding["last_time"] = None
                if counts is not None:
                    way, before, now = counts
                    earlier, later = {"reports": before, "days": last["days"]}, {"reports": now, "days": days}
                    kind = rules.change(earlier, later, grown_by=thresholds["grown_by"])
                    finding["last_time"] = {**earlier, "now": now, "way": way}
            topic.status, topic.last_seen_on = TopicStatus.OPEN, run.period_end
            topic.area_codes, topic.title = candidate.areas, candidate.title
        _event(session, topic, run, actor, kind, finding)
        seen.append(topic)
    for topic in topics.values():
        if topic.status == TopicStatus.OPEN:
            _miss(session, topic, run, actor, [e.kind for e in history[topic.id]], thresholds["gone_after_runs"])
    return seen


def _open(session: Session, run: HotspotRun, candidate: rules.TopicCandidate) -> HotspotTopic:
    topic = HotspotTopic(
        layer_id=run.layer_id,
        category=candidate.category,
        scope=candidate.scope,
        title=candidate.title,
        area_codes=candidate.areas,
        status=TopicStatus.OPEN,
        opened_on=run.period_end,
        last_seen_on=run.period_end,
    )
    session.add(topic)
    session.flush()
    return topic


def _miss(
    session: Session, topic: HotspotTopic, run: HotspotRun, actor: Actor, kinds: list[str], patience: int
) -> None:
    missed = 1
    for earlier in reversed([k for k in kinds if k != TopicEventKind.DECIDED]):
        if earlier != TopicEventKind.ABSENT:
            break
        missed += 1
    gone = missed >= patience
    if gone:
        topic.status = TopicStatus.GONE
    kind = TopicEventKind.GONE if gone else TopicEventKind.ABSENT
    _event(session, topic, run, actor, kind, {"missed_runs": missed})


def _event(
    session: Session,
    topic: HotspotTopic,
    run: HotspotRun | None,
    actor: Actor,
    kind: TopicEventKind,
    finding: Mapping[str, Any],
) -> None:
    session.add(
        HotspotTopicEvent(
            topic_id=topic.id,
            run_id=run.id if run is not None else None,
            happened_at=clock.now(),
            actor=actor.name,
            kind=kind,
            finding=dict(finding),
        )
    )


def decide(
    session: Session,
    *,
    topic_id: int,
    actor: Actor,
    owner: str | None = None,
    measures: str | None = None,
    follow_up_on: date | None = None,
    status: TopicStatus | None = None,
) -> HotspotTopic:
    """Set who takes care of a topic, how, until when, or that it is resolved; what is None stays as it is.

    Raises
    ------
    TopicNotFoundError, DecisionEmptyError
    """
    session.flush()  # refreshing would forget what is not written yet
    topic = topic_queries.get_topic(session, topic_id)
    session.refresh(topic, with_for_update=True)
    given = {"owner": owner, "measures": measures, "follow_up_on": follow_up_on, "status": status}
    changes = {name: value for name, value in given.items() if value is not None}
    if not changes:
        raise DecisionEmptyError
    for name, value in changes.items():
        setattr(topic, name, value)
    said = {name: str(value) for name, value in changes.items()}
    _event(session, topic, None, actor, TopicEventKind.DECIDED, said)
    audit.record(session, actor=actor, action="hotspots.decide", subject=f"topic {topic_id}", **said)
    return topic
