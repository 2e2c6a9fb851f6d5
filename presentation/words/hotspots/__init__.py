"""The words of hotspots: the sentences of their codes (`zh`, `en`), and how numbers and places are written."""

from presentation.words.hotspots.phrases import (
    about,
    account_words,
    masked,
    number,
    probability,
    rate_words,
    title_of,
)
from presentation.words.hotspots.sentences import (
    CATALOGUE,
    class_words,
    message_of,
    method_label,
    method_words,
    note_sentence,
    sentence_of,
)

__all__ = [
    "CATALOGUE",
    "about",
    "account_words",
    "class_words",
    "masked",
    "message_of",
    "method_label",
    "method_words",
    "note_sentence",
    "number",
    "probability",
    "rate_words",
    "sentence_of",
    "title_of",
]
