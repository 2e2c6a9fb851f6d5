"""The sentences of hotspots: notes, reasons, titles, grounds, legends and the words about methods."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.words import FIRST_LANGUAGE, Catalogue, message_sentence, sentence

if TYPE_CHECKING:
    from core.words import Message, Value
    from governance.hotspots.catalogue import HotspotMethod
    from governance.hotspots.notes import Note

CATALOGUE = Catalogue("presentation.words.hotspots")


def sentence_of(code: str, language: str = FIRST_LANGUAGE, /, **values: Value) -> str:
    """Return the sentence of a code."""
    return sentence(CATALOGUE, code, values, language)


def message_of(message: Message, language: str = FIRST_LANGUAGE) -> str:
    """Return the sentence of a message."""
    return message_sentence(CATALOGUE, message, language)


def note_sentence(note: Note, language: str = FIRST_LANGUAGE) -> str:
    """Return the sentence of a note, headed by the method it is about."""
    said = message_of(note, language)
    if note.method is None:
        return said
    return sentence_of("note/of_method", language, method=method_label(note.method, language), note=said)


def method_label(method: HotspotMethod, language: str = FIRST_LANGUAGE) -> str:
    """Return the name of a method."""
    return sentence_of(f"method/{method}", language)


def method_words(method: HotspotMethod, part: str, language: str = FIRST_LANGUAGE) -> str:
    """Return what is written about a method: its `words` on maps, what it `asks`, and whether it `tests`."""
    return sentence_of(f"method/{method}/{part}", language)


def class_words(method: HotspotMethod, code: str, language: str = FIRST_LANGUAGE) -> str:
    """Return the words of a class of a method's legend, with their explanation where there is one."""
    label, explained = f"legend/{method}/{code}", f"legend/{method}/{code}/words"
    if explained not in CATALOGUE.sentences(FIRST_LANGUAGE):
        return sentence_of(label, language)
    return sentence_of(
        "legend/explained", language, label=sentence_of(label, language), words=sentence_of(explained, language)
    )
