"""Duplicates of cases as JSON."""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field

from api.cases.schemas import CaseSummaryOut
from api.http.texts import Line, Text
from governance.cases.duplicates.states import ReasonCode, RelationVerb

MOST_MERGED: Final = 200
"""Cases that one act merges."""


class RelationIn(BaseModel):
    """What is said of a case and another one."""

    model_config = ConfigDict(extra="forbid")

    verb: RelationVerb
    other: Line = Field(max_length=40, description="Number of the other case; in a merge, of the main one.")
    reason: Text = Field(min_length=1, max_length=2000)
    repeat: bool = Field(
        default=False, description="Merged as a repeat: the main case's caller says the same without new facts."
    )


class MergingIn(BaseModel):
    """Cases that are merged into a main one by one act."""

    model_config = ConfigDict(extra="forbid")

    cases: list[Annotated[Line, Field(max_length=40)]] = Field(
        min_length=1, max_length=MOST_MERGED, description="Numbers of the cases, each once."
    )
    reason: Text = Field(min_length=1, max_length=2000)


class DuplicateReasonOut(BaseModel):
    """Why a case may tell of the same."""

    code: ReasonCode
    value: bool | int | float | str = Field(description="Metres, hours, a code, a share, or bits, as the code says.")
    points: float = Field(description="What it adds to the score.")
    sentence: str = Field(
        description="The reason in the language of `?lang=` or `Accept-Language`; English where none is asked for.",
        examples=["The places are 27 m apart."],
    )


class CandidateOut(CaseSummaryOut):
    """A case that may tell of the same."""

    score: float = Field(description="0 to 1: the sum of the reasons' points.")
    reasons: list[DuplicateReasonOut]


class CandidateListOut(BaseModel):
    """Cases that may tell of the same, the likeliest first; 20 at most."""

    items: list[CandidateOut]


class BurstOut(BaseModel):
    """Cases that are likely one incident."""

    category: str = Field(description="The class that they share: its code, or a word that nobody has mapped.")
    main: str = Field(description="Number of the earliest: the others would be merged into it.")
    cases: list[CaseSummaryOut] = Field(description="The earliest first.")


class BurstListOut(BaseModel):
    """Bursts of the last hour, the largest first."""

    items: list[BurstOut]


class RelationsOut(BaseModel):
    """What a case is merged with and linked to, of what the caller may see."""

    main: CaseSummaryOut | None = Field(description="The case that this one is merged into.")
    merged: list[CaseSummaryOut] = Field(description="The cases that are merged into this one.")
    repeats: list[str] = Field(description="Numbers of those of them that repeat what the same caller had said.")
    linked: list[CaseSummaryOut]
