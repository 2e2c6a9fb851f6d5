"""Pure decisions about the knowledge base: what an entry must have, and how near an entry is to a question."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from core.errors import DomainError, Kind

if TYPE_CHECKING:
    from datetime import datetime

LONGEST_LINE: Final = 200
LONGEST_ANSWER: Final = 4000
RESERVED_CODES: Final = frozenset({"search", "gaps"})
"""Codes that are addresses of the API."""
LEAST_SCORE: Final = 0.25
"""Entries that are farther from a question are not offered."""
_ANSWERS_WEIGHT: Final = 0.5
_BETWEEN = re.compile(r"[\W_]+")


class KnowledgeInvalidError(DomainError):
    """What was stated about an entry of the knowledge base does not fit together; the detail names the field."""

    code = "knowledge-invalid"
    kind = Kind.INVALID


class KnowledgeNotFoundError(DomainError):
    """There is no such entry of the knowledge base. `wangge knowledge list` shows those there are."""

    code = "knowledge-not-found"
    kind = Kind.NOT_FOUND


class KnowledgeGapNotFoundError(DomainError):
    """There is no such question without an answer. `wangge knowledge gaps` shows those there are."""

    code = "knowledge-gap-not-found"
    kind = Kind.NOT_FOUND


class KnowledgeGapClosedError(DomainError):
    """The question has an answer already. Record it again if that does not answer it."""

    code = "knowledge-gap-closed"
    kind = Kind.CONFLICT


@dataclass(frozen=True, slots=True)
class EntryIn:
    """What is answered to a question from an instant until another (None: open), and where that stands."""

    code: str
    question: str
    answer: str
    source: str
    start: datetime
    until: datetime | None = None
    category_code: str | None = None
    is_public: bool = False


def checked_code(code: str) -> str:
    """Return an entry's code without blanks around it, or raise KnowledgeInvalidError."""
    code = checked_line(code, "code", longest=80)
    if "/" in code or code in RESERVED_CODES:
        named = ", ".join(sorted(RESERVED_CODES))
        raise KnowledgeInvalidError(
            "An entry's code has no slash, and is none of {named}.", values={"named": named}, field="code"
        )
    return code


def checked_line(words: str, field: str, *, longest: int = LONGEST_LINE) -> str:
    """Return a line without blanks around it, or raise KnowledgeInvalidError."""
    words = words.strip()
    if not words or len(words) > longest or not words.isprintable():
        raise KnowledgeInvalidError(
            "The {field} is 1 to {longest} printable characters.",
            values={"field": field, "longest": longest},
            field=field,
        )
    return words


def checked_answer(words: str) -> str:
    """Return an answer, which may have several lines, or raise KnowledgeInvalidError."""
    words = words.strip()
    if not words or len(words) > LONGEST_ANSWER or "\x00" in words:
        raise KnowledgeInvalidError(
            "The answer is 1 to {longest:,} characters.", values={"longest": LONGEST_ANSWER}, field="answer"
        )
    return words


def nearness(question: str, title: str, answer: str) -> float:
    """Return how near an entry is to a question, 0 to 1.

    The share of the question's pairs of neighbouring characters that the entry's own question has; those that only its
    answer has count half. Chinese needs no words for it, and why an entry is offered can be seen.
    """
    asked = _pairs(question)
    if not asked:
        return 0.0
    in_title, in_answer = asked & _pairs(title), asked & _pairs(answer)
    return (len(in_title) + _ANSWERS_WEIGHT * len(in_answer - in_title)) / len(asked)


def _pairs(text: str) -> frozenset[str]:
    runs = [run for run in _BETWEEN.split(text.casefold()) if run]
    return frozenset([a + b for run in runs for a, b in pairwise(run)] + [run for run in runs if len(run) == 1])
