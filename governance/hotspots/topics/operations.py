"""The verbs of topics: follow a run's findings, decide about a topic."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy import select

from core import audit, clock
from core.errors import Detail, DomainError, Kind, chained
from governance.hotspots.policy import dated_policy
from governance.hotspots.runs import queries
from governance.hotspots.runs.tables import HotspotRun
from governance.hotspots.topics import fitness, rules
from governance.hotspots.topics import queries as topic_queries
from governance.hotspots.topics.states import FOUND, TOPIC, TopicAction, TopicEventKind, TopicStatus
from governance.hotspots.topics.tables import HotspotTopic, HotspotTopicEvent
from grids.boundaries.tables import Layer

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from sqlalchemy.orm import Session

    from governance.hotspots.result_format import Result
    from identity.actors import Actor


class TopicOrderError(DomainError):
    """Topics are followed in the order of time; a later period has been followed already."""

    code = "hotspot-topic-order"
    kind = Kind.CONFLICT


class DecisionEmptyError(DomainError):
    """A decision names an owner, measures, a follow-up date or a state."""

    code = "hotspot-decision-empty"


class TopicStateError(DomainError):
    """The topic was taken back with the run that found it; nothing can be decided about its state."""

    code = "hotspot-topic-state"
    kind = Kind.CONFLICT


class TopicRunUnfitError(DomainError):
    """Topics follow whole, past months of the whole layer, with all methods that topics stand on, and with reports."""

    code = "hotspot-topic-run-unfit"
    kind = Kind.CONFLICT


class NothingToTakeBackError(DomainError):
    """Only the latest run that went into the topics can be taken back."""

    code = "hotspot-topic-nothing-to-take-back"
    kind = Kind.CONFLICT


def follow_run(session: Session, *, run_id: int, actor: Actor) -> list[HotspotTopic]:
    """Match a finished run's findings with the topics there are, and write each topic's history on.

    A second time for the same run does nothing. A topic that is not found again is `absent`, after so many runs of
    adjoining months (policy) `gone`. After months without a run nothing is compared with the last one, and absences are
    counted anew.

    Raises
    ------
    RunNotFoundError, RunUnfinishedError, TopicOrderError, TopicRunUnfitError
    """
    run = queries.get_run(session, run_id)
    result = queries.result_of(run)
    # One follower at a time: the order of runs is the history.
    session.execute(select(HotspotRun.id).where(HotspotRun.id == run_id).with_for_update())
    if topic_queries.followed(session, run_id):
        return []
    _require_fit(session, run, result)
    latest = topic_queries.latest_followed(session, run.layer_id)
    if latest is not None and run.period_end <= latest.period_end:
        raise TopicOrderError(
            (
                "Topics are followed up to {period_end}; run {run_id} ends on {run_period_end}. Take run {id} "
                "back first."
            ),
            values={
                "period_end": latest.period_end,
                "run_id": run_id,
                "run_period_end": run.period_end,
                "id": latest.id,
            },
        )
    gap = latest is not None and latest.period_end < run.period_start
    thresholds = dated_policy.thresholds_on(session, run.period_start)
    found = rules.candidates(result, thresholds)
    listed = topic_queries.list_topics(session, layer_id=run.layer_id)
    topics = {t.id: t for t in listed if t.status not in {TopicStatus.RESOLVED, TopicStatus.TAKEN_BACK}}
    known = [rules.KnownTopic(t.id, t.category, t.scope, frozenset(t.area_codes)) for t in topics.values()]
    matched = rules.match(found, known, same_place_share=thresholds["same_place_share"])
    history = {t: topic_queries.standing(e) for t, e in topic_queries.events_of(session, list(topics)).items()}
    days = (run.period_end - run.period_start).days
    seen = []
    for candidate, topic_id in zip(found, matched, strict=True):
        finding = {**candidate.finding, "kinds": candidate.kinds, "days": days, "areas": candidate.areas}
        finding |= {"title": candidate.title.model_dump(mode="json"), "after_gap": gap}
        if topic_id is None:
            topic = _open(session, run, candidate)
            kind = TopicEventKind.APPEARED
        else:
            topic = topics.pop(topic_id)
            last = None if gap else next((e.finding for e in reversed(history[topic_id]) if e.kind in FOUND), None)
            kind = TopicEventKind.RETURNED if topic.status == TopicStatus.GONE else TopicEventKind.STEADY
            if last is not None and topic.status == TopicStatus.OPEN:
                counts = rules.comparable(last, finding)
                finding["last_time"] = None
                if counts is not None:
                    way, before, now = counts
                    earlier, later = {"reports": before, "days": last["days"]}, {"reports": now, "days": days}
                    kind = rules.change(earlier, later, grown_by=thresholds["grown_by"])
                    finding["last_time"] = {**earlier, "now": now, "way": way}
            TOPIC.move(topic, TopicAction.FIND)
            topic.last_seen_on = run.period_end
            topic.area_codes, topic.title = candidate.areas, finding["title"]
        add_event(session, topic, run, actor, kind, finding)
        seen.append(topic)
    for topic in topics.values():
        if topic.status == TopicStatus.OPEN:
            missed = 1 if gap else rules.missed_runs([e.kind for e in history[topic.id]])
            finding = {"missed_runs": missed, "after_gap": gap, "reports_now": rules.reports_of(topic, result)}
            _miss(session, topic, run, actor, finding, patience=thresholds["gone_after_runs"])
    return seen


def _require_fit(session: Session, run: HotspotRun, result: Result) -> None:
    reasons = fitness.unfit_for_topics(
        run, session.get_one(Layer, run.layer_id).levels, requested_on=run.requested_at.astimezone(clock.LOCAL).date()
    )
    if not fitness.has_data(result):
        reasons.append(fitness.Unfit.NO_DATA)
    if reasons:
        words = chained([Detail(fitness.UNFIT_WORDS[reason]) for reason in reasons], "{first}; {rest}")
        raise TopicRunUnfitError(
            "Run {id} makes no topics: {words}.", values={"id": run.id, "words": words}, field="run"
        )


def take_back(session: Session, *, run_id: int, actor: Actor, reason: str = "") -> list[HotspotTopic]:
    """Take the follow-up of the latest run back, by a new event of each topic it touched; decisions of people stay.

    Each topic is again as it was before that run; one that only this run found is taken back. Another run of the month
    can be followed then.

    Raises
    ------
    RunNotFoundError, NothingToTakeBackError
    """
    run = queries.get_run(session, run_id)
    session.execute(select(HotspotRun.id).where(HotspotRun.id == run_id).with_for_update())
    latest = topic_queries.latest_followed(session, run.layer_id)
    if latest is None or latest.id != run_id:
        if latest is None:
            raise NothingToTakeBackError(
                "Run {run_id} cannot be taken back: no run is followed.", values={"run_id": run_id}, field="run"
            )
        raise NothingToTakeBackError(
            "Run {run_id} cannot be taken back: the latest one followed is run {latest}.",
            values={"run_id": run_id, "latest": latest.id},
            field="run",
        )
    touched = [topic for topic, _ in topic_queries.topics_of_run(session, run_id)]
    history = topic_queries.events_of(session, [topic.id for topic in touched])
    for topic in touched:
        left = [e for e in topic_queries.standing(history[topic.id]) if e.run_id != run_id]
        _restore(session, topic, left)
        add_event(session, topic, run, actor, TopicEventKind.TAKEN_BACK, {"reason": reason})
    session.flush()
    audit.record(session, actor=actor, action="hotspots.take_back", subject=f"run {run_id}", reason=reason)
    return touched


def _restore(session: Session, topic: HotspotTopic, left: Sequence[HotspotTopicEvent]) -> None:
    """Set a topic as the events that are left have it; what a person decided since stays."""
    found = [event for event in left if event.kind in FOUND]
    if topic.status != TopicStatus.RESOLVED:
        kinds = [event.kind for event in left if event.kind != TopicEventKind.DECIDED]
        given_up = kinds and kinds[-1] == TopicEventKind.GONE
        restored = TopicAction.RESTORE_GIVEN_UP if given_up else TopicAction.RESTORE_FOUND
        TOPIC.move(topic, restored if found else TopicAction.TAKE_BACK)
    if found:
        last = found[-1]
        topic.area_codes, topic.title = last.finding["areas"], last.finding.get("title", topic.title)
        topic.last_seen_on = session.get_one(HotspotRun, last.run_id).period_end


def _open(session: Session, run: HotspotRun, candidate: rules.TopicCandidate) -> HotspotTopic:
    topic = HotspotTopic(
        layer_id=run.layer_id,
        category=candidate.category,
        scope=candidate.scope,
        title=candidate.title.model_dump(mode="json"),
        area_codes=candidate.areas,
        status=TopicStatus.OPEN,
        opened_on=run.period_end,
        last_seen_on=run.period_end,
    )
    session.add(topic)
    session.flush()
    return topic


def _miss(
    session: Session, topic: HotspotTopic, run: HotspotRun, actor: Actor, finding: Mapping[str, Any], *, patience: int
) -> None:
    gone = finding["missed_runs"] >= patience
    if gone:
        TOPIC.move(topic, TopicAction.GIVE_UP)
    add_event(session, topic, run, actor, TopicEventKind.GONE if gone else TopicEventKind.ABSENT, finding)


def add_event(
    session: Session,
    topic: HotspotTopic,
    run: HotspotRun | None,
    actor: Actor,
    kind: TopicEventKind,
    finding: Mapping[str, Any],
) -> None:
    """Write a topic's history on."""
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
    status: Literal[TopicStatus.OPEN, TopicStatus.RESOLVED] | None = None,
) -> HotspotTopic:
    """Set who takes care of a topic, how, until when, or that it is resolved; what is None stays as it is.

    Raises
    ------
    TopicNotFoundError, DecisionEmptyError, TopicStateError
    """
    session.flush()  # refreshing would forget what is not written yet
    topic = topic_queries.get_topic(session, topic_id)
    session.refresh(topic, with_for_update=True)
    given = {"owner": owner, "measures": measures, "follow_up_on": follow_up_on, "status": status}
    changes = {name: value for name, value in given.items() if value is not None}
    if not changes:
        raise DecisionEmptyError
    action = {None: None, TopicStatus.RESOLVED: TopicAction.RESOLVE, TopicStatus.OPEN: TopicAction.REOPEN}[status]
    if action is not None and not TOPIC.allows(topic, action):
        raise TopicStateError(
            "Topic {topic_id} is {status}: {action} is not possible.",
            values={"topic_id": topic_id, "status": Detail(topic.status), "action": Detail(action)},
            field="status",
        )
    if action is not None:
        TOPIC.move(topic, action)
    for name, value in changes.items():
        if name != "status":
            setattr(topic, name, value)
    said = {name: str(value) for name, value in changes.items()}
    add_event(session, topic, None, actor, TopicEventKind.DECIDED, said)
    audit.record(session, actor=actor, action="hotspots.decide", subject=f"topic {topic_id}", **said)
    return topic
