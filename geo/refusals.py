"""Errors whose message is an English sentence with its values, so that it can be shown in another language."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


class SentenceError(ValueError):
    """The message is `sentence` with the `values` that it names in braces."""

    def __init__(self, sentence: str, *, values: Mapping[str, object] | None = None) -> None:
        super().__init__(sentence.format_map(values) if values else sentence)
        self.sentence = sentence
        self.values = values or {}
