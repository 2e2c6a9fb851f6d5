"""The words of hotspots: the sentences of their codes (`zh`, `en`), and how numbers, days and places are written."""

from presentation.words.hotspots.phrases import (
    about,
    account_words,
    day_words,
    masked,
    month_words,
    number,
    probability,
    rate_words,
    span,
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
    "day_words",
    "masked",
    "message_of",
    "method_label",
    "method_words",
    "month_words",
    "note_sentence",
    "number",
    "probability",
    "rate_words",
    "sentence_of",
    "span",
    "title_of",
]
