"""What the findings of a run look like: each message as its code, its values and its sentence."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, Field

from governance.hotspots.catalogue import ABOUT, Finds, HotspotMethod
from governance.hotspots.findings import Finding, FindingKind, findings_of, legend_of
from presentation.words.hotspots import class_words, message_of, method_label, method_words, note_sentence

if TYPE_CHECKING:
    from core.words import Message
    from governance.hotspots.notes import Note
    from governance.hotspots.result_format import Result


class HotspotMessage(BaseModel):
    """A statement for programs and for people: a code that keeps its meaning, its values, and the sentence."""

    code: str = Field(examples=["ground/more_than_expected"])
    values: dict[str, Any]
    text: str


class HotspotNote(HotspotMessage):
    """What the run notes about itself: what was not judged and why, how decisions were adjusted."""

    method: HotspotMethod | None


class HotspotLegendClass(BaseModel):
    """A class of a method's legend: its colours, its words, and how many places, units or series are in it.

    `is_finding` is false for what is as everywhere, or was not judged.
    """

    code: str
    fill: str = Field(examples=["#b2182b"])
    outline: str | None
    dash: str | None = Field(description="Pattern of the outline, as in SVG.")
    is_finding: bool
    count: int
    text: str


class HotspotMethodFindings(BaseModel):
    """A method of the run: what it asks, whether it tests, where its findings stand, its legend, how many it found."""

    method: HotspotMethod
    label: str
    words: str
    asks: str
    tests: str
    finds: Finds
    findings: int
    legend: list[HotspotLegendClass]


class HotspotFinding(BaseModel):
    """One finding: what, where, when, how sure, and on what grounds.

    `probability` is adjusted for all tests that were made, null where the method does not test. `features` are the ids
    of its shapes in clusters.geojson, units.geojson or warnings.geojson, the surest first.
    """

    number: int
    kind: FindingKind
    method: HotspotMethod
    found: str = Field(description="Code of a class of the method's legend.")
    label: str
    title: HotspotMessage
    category: str | None
    areas: list[str]
    first: date
    last: date
    observed: int | None
    expected: float | None
    probability: float | None
    grounds: list[HotspotMessage]
    features: list[str]


class HotspotFindings(BaseModel):
    """All that a run found, with the legends and the words to show it."""

    run: int
    language: str
    start: date
    end: date = Field(description="Not included.")
    incidents: int | None = Field(
        description="Reports of the period that were analysed; null to who has grants for some areas or categories."
    )
    methods: list[HotspotMethodFindings]
    findings: list[HotspotFinding] = Field(
        description="Tested places first, the surest at the top (their numbers are those on the map), then series, "
        "units, and places that are only dense."
    )
    notes: list[HotspotNote]


def findings_answer(run: int, result: Result, language: str, *, whole: bool) -> HotspotFindings:
    """Return the findings of a run in the words of a language; totals of the run where the `whole` may be seen."""
    found = findings_of(result)
    return HotspotFindings(
        run=run,
        language=language,
        start=result.period.start,
        end=result.period.end,
        incidents=result.input.incidents_in_period if whole else None,
        methods=[_method(result, method, found, language) for method in result.methods],
        findings=[_finding(one, language) for one in found],
        notes=[_note(note, language) for note in result.notes],
    )


def _method(result: Result, method: HotspotMethod, found: list[Finding], language: str) -> HotspotMethodFindings:
    return HotspotMethodFindings(
        method=method,
        label=method_label(method, language),
        words=method_words(method, "words", language),
        asks=method_words(method, "asks", language),
        tests=method_words(method, "tests", language),
        finds=ABOUT[method].finds,
        findings=sum(method in {one.method, *(c.method for c in one.clusters)} for one in found),
        legend=[
            HotspotLegendClass(
                code=entry.legend.code,
                fill=entry.legend.fill,
                outline=entry.legend.outline or None,
                dash=entry.legend.dash or None,
                is_finding=entry.legend.is_finding,
                count=entry.count,
                text=class_words(method, entry.legend.code, language),
            )
            for entry in legend_of(result, method)
        ],
    )


def _finding(one: Finding, language: str) -> HotspotFinding:
    return HotspotFinding(
        number=one.number,
        kind=one.kind,
        method=one.method,
        found=one.found,
        label=message_of(one.label, language),
        title=message_answer(one.title, language),
        category=one.category,
        areas=list(one.areas),
        first=one.first,
        last=one.last,
        observed=one.observed,
        expected=one.expected,
        probability=one.probability,
        grounds=[message_answer(ground, language) for ground in one.grounds],
        features=one.features,
    )


def message_answer(message: Message, language: str) -> HotspotMessage:
    """Return a message with its sentence in a language."""
    return HotspotMessage(
        code=message.code, values=message.model_dump(mode="json")["values"], text=message_of(message, language)
    )


def _note(note: Note, language: str) -> HotspotNote:
    said = message_answer(note, language)
    return HotspotNote(code=said.code, values=said.values, text=note_sentence(note, language), method=note.method)
