"""Why something belongs where it does, as answers state it: the sentence in the reader's language, code and values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from pydantic import BaseModel, Field

from api.http.language import ENGLISH, in_language, language_among
from presentation.words.places import CATALOGUE, reason_answer, reason_sentence

if TYPE_CHECKING:
    from starlette.responses import Response

    from core.words import StoredMessage

_LANGUAGES: Final = frozenset(CATALOGUE.languages)


class ReasonOut(BaseModel):
    """Why, for people and for programs."""

    reason: str = Field(
        description="Why, in the language of `?lang=` or `Accept-Language`; English where none is asked for.",
        examples=["The point lies inside grid 新安社区03号网格, 41.7 m from its edge."],
    )
    reason_zh: str = Field(
        description="Why, in Chinese whatever was asked for. Use `reason` with `lang=zh`.",
        examples=["该点位于网格“新安社区03号网格”内，距边界 41.7 米。"],
        json_schema_extra={"deprecated": True},
    )
    reason_code: str = Field(
        description="What `reason` says, for programs; a code keeps its meaning and its values for good.",
        examples=["inside"],
    )
    reason_values: dict[str, Any] = Field(
        description="The values of `reason`: texts, numbers, and further codes with their values.",
        examples=[{"level": {"code": "level/grid"}, "name": "新安社区03号网格", "distance_m": 41.7}],
    )


def reason_language() -> str:
    """Return the language of reasons that the request asks for; English where none fits."""
    return language_among(_LANGUAGES, ENGLISH)


def reason_out(reason: StoredMessage) -> dict[str, Any]:
    """Return a reason as answers state it."""
    return reason_answer(reason, reason_language())


def reason_words(reason: StoredMessage) -> str:
    """Return the sentence of a reason in the request's language."""
    return reason_sentence(reason, reason_language())


def of_record(record: dict[str, Any]) -> StoredMessage:
    """Return the reason that a row of reports has."""
    return {"code": record["reason_code"], "values": record["reason_values"]}


def in_reasons_language(response: Response) -> Response:
    """Let an answer with reasons name their language."""
    return in_language(response, reason_language())
