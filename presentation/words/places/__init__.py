"""The words of why a report or a point belongs to an area, and of what an address text means (`zh`, `en`).

A code that was stored once keeps its sentence for good, and the names of its values (docs/adr/0014).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from core.words import FIRST_LANGUAGE, Catalogue, message_sentence

if TYPE_CHECKING:
    from core.words import StoredMessage

CATALOGUE = Catalogue("presentation.words.places")


def reason_sentence(reason: StoredMessage, language: str = FIRST_LANGUAGE) -> str:
    """Return the sentence of a reason."""
    return message_sentence(CATALOGUE, reason, language)


def reason_answer(reason: StoredMessage, language: str) -> dict[str, Any]:
    """Return a reason as answers state it: its sentence in a language and in Chinese, its code, its values."""
    return {
        "reason": reason_sentence(reason, language),
        "reason_zh": reason_sentence(reason, FIRST_LANGUAGE),
        "reason_code": reason["code"],
        "reason_values": reason.get("values", {}),
    }
