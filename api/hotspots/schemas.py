"""What hotspot requests and answers look like."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from api.hotspots.finding_schemas import HotspotMessage, message_answer
from api.http.instants import Day
from api.http.texts import Line, Prose
from core.personal import masked
from core.words import FIRST_LANGUAGE, Message
from governance.hotspots.catalogue import ABOUT, Finds, HotspotMethod
from governance.hotspots.runs.states import RunStatus
from governance.hotspots.study.parameters import described
from governance.hotspots.topics.states import TopicEventKind, TopicStatus
from presentation.words.hotspots import method_label, method_words, note_sentence, sentence_of

if TYPE_CHECKING:
    from governance.hotspots.result_format import Result
    from governance.hotspots.runs.tables import HotspotRun
    from governance.hotspots.topics.tables import HotspotTopic, HotspotTopicEvent


def _schema_of(parameter: dict[str, Any]) -> dict[str, Any]:
    """Return a parameter as JSON Schema."""
    default = parameter["default"]
    said = {"description": sentence_of(f"parameter/{parameter['name']}", "en"), "default": default}
    if parameter["choices"]:
        return {"type": "string", "enum": parameter["choices"], **said}
    if isinstance(default, list):
        return {"type": "array", "items": {"type": "string"}, **said}
    kind = "integer" if isinstance(default, int) else "number"
    return {"type": kind, "minimum": parameter["minimum"], "maximum": parameter["maximum"], **said}


_PARAMETERS: dict[str, Any] = {parameter["name"]: _schema_of(parameter) for parameter in described()}


class MethodAnswer(BaseModel):
    """A method: what it asks, whether it tests, where its findings stand, and its words on maps."""

    method: HotspotMethod
    label: str
    words: str
    asks: str
    tests: str
    finds: Finds


class ParameterAnswer(BaseModel):
    """A parameter: its default, and its range or choices."""

    name: str
    default: Any
    minimum: float | None
    maximum: float | None
    choices: list[str] | None
    words: str


class MethodsAnswer(BaseModel):
    """The methods, and the parameters they share."""

    methods: list[MethodAnswer]
    parameters: list[ParameterAnswer]


def methods_answer(language: str) -> MethodsAnswer:
    """Return what a run can be asked, in the words of a language."""
    return MethodsAnswer(
        methods=[
            MethodAnswer(
                method=method,
                label=method_label(method, language),
                words=method_words(method, "words", language),
                asks=method_words(method, "asks", language),
                tests=method_words(method, "tests", language),
                finds=about.finds,
            )
            for method, about in ABOUT.items()
        ],
        parameters=[
            ParameterAnswer(words=sentence_of(f"parameter/{parameter['name']}", language), **parameter)
            for parameter in described()
        ],
    )


class RunRequest(BaseModel):
    """A run to be carried out: days in the district's civil time, `end` not included."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"start": "2026-05-01", "end": "2026-06-01", "kind": "monthly"},
                {
                    "start": "2026-05-01",
                    "end": "2026-06-01",
                    "within": "410106001",
                    "categories": ["占道经营"],
                    "methods": ["gi", "moran"],
                    "parameters": {"unit": "hexagon", "hexagon_edge_m": 200, "rate_per": "households"},
                },
                {
                    "start": "2026-05-01",
                    "end": "2026-06-01",
                    "methods": ["scan", "population"],
                    "parameters": {"scan_zones": "neighbours", "population_per": "road_km", "replicates": 1999},
                    "seed": 7,
                },
            ]
        },
    )

    start: Day
    end: Day
    layer: Line | None = None
    level: Line | None = None
    within: Line | None = Field(default=None, description="Only the area of this code.")
    categories: list[Line] = Field(default_factory=list, max_length=200, description="Empty: all.")
    methods: list[HotspotMethod] = Field(
        default_factory=lambda: list(HotspotMethod), min_length=1, max_length=len(HotspotMethod)
    )
    parameters: dict[str, Any] = Field(
        default_factory=dict,
        description="What differs from the defaults; GET /v1/hotspots/methods lists all, with ranges.",
        json_schema_extra={"properties": _PARAMETERS, "additionalProperties": False},
    )
    seed: int = Field(default=0, ge=0, lt=2**31)
    kind: Literal["adhoc", "monthly"] = Field(default="adhoc", description="A monthly run feeds the topics.")


class RunAnswer(BaseModel):
    """A run and how it is doing."""

    id: int
    kind: str
    status: RunStatus
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


def run_answer(run: HotspotRun, result: Result | None = None, language: str = FIRST_LANGUAGE) -> RunAnswer:
    """Return the answer of a run; with its result, the notes in a language."""
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
        input=result.input.model_dump(mode="json") if result else None,
        notes=[note_sentence(note, language) for note in result.notes] if result else None,
    )


class Decision(BaseModel):
    """What is decided about a topic; what is left out stays."""

    model_config = ConfigDict(extra="forbid")

    owner: Line | None = None
    measures: Prose | None = None
    follow_up_on: Day | None = None
    status: Literal[TopicStatus.OPEN, TopicStatus.RESOLVED] | None = None


class TopicClosingIn(BaseModel):
    """Since when measures count."""

    model_config = ConfigDict(extra="forbid")

    since: Day = Field(description="First day of the measures.")


class TopicClosedOut(BaseModel):
    """The evidence by which a topic was closed: reports in as many days before and since."""

    topic: int
    since: date
    days: int
    before: int
    after: int
    p: float = Field(description="How probable so few are if nothing changed.")


class TopicEvent(BaseModel):
    """One step of a topic's history."""

    kind: TopicEventKind
    happened_at: datetime
    actor: str
    run: int | None
    finding: dict[str, Any]


class TopicAnswer(BaseModel):
    """A topic with its history."""

    id: int
    title: HotspotMessage
    category: str
    scope: str
    status: TopicStatus
    areas: list[str]
    opened_on: date
    last_seen_on: date
    owner: str | None
    measures: str | None
    follow_up_on: date | None
    history: list[TopicEvent]


def topic_answer(topic: HotspotTopic, history: list[HotspotTopicEvent], language: str) -> TopicAnswer:
    """Return a topic with its history, titled in a language."""
    return TopicAnswer(
        id=topic.id,
        title=message_answer(Message.model_validate(topic.title), language),
        category=topic.category,
        scope=topic.scope,
        status=TopicStatus(topic.status),
        areas=topic.area_codes,
        opened_on=topic.opened_on,
        last_seen_on=topic.last_seen_on,
        owner=masked(topic.owner),
        measures=masked(topic.measures),
        follow_up_on=topic.follow_up_on,
        history=[
            TopicEvent(
                kind=TopicEventKind(e.kind),
                happened_at=e.happened_at,
                actor=e.actor,
                run=e.run_id,
                finding=masked(e.finding),
            )
            for e in history
        ],
    )
