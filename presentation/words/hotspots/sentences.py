"""The sentences of notes and reasons of hotspot runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.words import FIRST_LANGUAGE, Catalogue, message_sentence, sentence

if TYPE_CHECKING:
    from core.words import Message, Value
    from governance.hotspots.notes import Note

CATALOGUE = Catalogue("presentation.words.hotspots")


def sentence_of(code: str, language: str = FIRST_LANGUAGE, /, **values: Value) -> str:
    """Return the sentence of a code."""
    return sentence(CATALOGUE, code, values, language)


def message_of(message: Message, language: str = FIRST_LANGUAGE) -> str:
    """Return the sentence of a stored reason."""
    return message_sentence(CATALOGUE, message, language)


def note_sentence(note: Note, language: str = FIRST_LANGUAGE) -> str:
    """Return the sentence of a note, headed by the method it is about."""
    said = message_sentence(CATALOGUE, note, language)
    if note.method is None:
        return said
    method = sentence_of(f"method/{note.method}", language)
    return sentence_of("note/of_method", language, method=method, note=said)
