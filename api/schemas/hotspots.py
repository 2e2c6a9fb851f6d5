"""What hotspot requests and answers look like."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from governance.hotspots.methods.catalogue import Method

if TYPE_CHECKING:
    from governance.hotspots.tables import HotspotRun, HotspotTopic, HotspotTopicEvent

Text = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")]
Prose = Annotated[str, StringConstraints(min_length=1, max_length=4000, pattern=r"^[^\x00]+$")]


class RunRequest(BaseModel):
    """A run to be carried out: days in the district's civil time, `end` not included."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"example": {"start": "2026-05-01", "end": "2026-06-01", "methods": ["gi", "scan"]}},
    )

    start: date
    end: date
    layer: Text | None = None
    level: Text | None = None
    within: Text | None = Field(default=None, description="Only the area of this code.")
    categories: list[Text] = Field(default_factory=list, max_length=200, description="Empty: all.")
    methods: list[Method] = Field(default_factory=lambda: list(Method), min_length=1, max_length=len(Method))
    parameters: dict[str, Any] = Field(default_factory=dict, description="Numbers that differ from the defaults.")
    seed: int = Field(default=0, ge=0, lt=2**31)
    kind: Literal["adhoc", "monthly"] = Field(default="adhoc", description="A monthly run feeds the topics.")


class RunAnswer(BaseModel):
    """A run and how it is doing."""

    id: int
    kind: str
    status: Literal["queued", "running", "done", "failed", "cancelled"]
    progress: float
    start: date
    end: date
    level: str
    within: str | None
    categories: list[str]
    methods: list[str]
    parameters: dict[str, Any]
    seed: int
    requested_by: str
    requested_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    error: str | None
    release: int | None
    last_report_id: int | None
    code_version: str | None
    result_sha256: str | None
    input: dict[str, Any] | None = Field(default=None, description="What was read, merged and set aside.")
    notes: list[str] | None = None


def run_answer(run: HotspotRun, result: dict[str, Any] | None = None) -> RunAnswer:
    """Say a run."""
    return RunAnswer(
        id=run.id,
        kind=run.kind,
        status=run.status,  # type: ignore[arg-type]
        progress=run.progress,
        start=run.period_start,
        end=run.period_end,
        level=run.level,
        within=run.within,
        categories=run.categories,
        methods=run.methods,
        parameters=run.parameters,
        seed=run.seed,
        requested_by=run.requested_by,
        requested_at=run.requested_at,
        started_at=run.started_at,
        finished_at=run.finished_at,
        error=run.error,
        release=run.release_number,
        last_report_id=run.last_report_id,
        code_version=run.code_version,
        result_sha256=run.result_sha256.hex() if run.result_sha256 else None,
        input=result["input"] if result else None,
        notes=result["notes"] if result else None,
    )


class Decision(BaseModel):
    """What is decided about a topic; what is left out stays."""

    model_config = ConfigDict(extra="forbid")

    owner: Text | None = None
    measures: Prose | None = None
    follow_up_on: date | None = None
    status: Literal["open", "resolved"] | None = None


class TopicEvent(BaseModel):
    """One step of a topic's history."""

    kind: str
    happened_at: datetime
    actor: str
    run: int | None
    finding: dict[str, Any]


class TopicAnswer(BaseModel):
    """A topic with its history."""

    id: int
    title: str
    category: str
    scope: str
    status: str
    areas: list[str]
    opened_on: date
    last_seen_on: date
    owner: str | None
    measures: str | None
    follow_up_on: date | None
    history: list[TopicEvent]


def topic_answer(topic: HotspotTopic, history: list[HotspotTopicEvent]) -> TopicAnswer:
    """Say a topic."""
    return TopicAnswer(
        id=topic.id,
        title=topic.title,
        category=topic.category,
        scope=topic.scope,
        status=topic.status,
        areas=topic.area_codes,
        opened_on=topic.opened_on,
        last_seen_on=topic.last_seen_on,
        owner=topic.owner,
        measures=topic.measures,
        follow_up_on=topic.follow_up_on,
        history=[
            TopicEvent(kind=e.kind, happened_at=e.happened_at, actor=e.actor, run=e.run_id, finding=e.finding)
            for e in history
        ],
    )
