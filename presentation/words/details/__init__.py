"""What is particular about errors, refused rows and steps, in other languages than English.

The English stands where the error is raised (`core.errors.Detail`); a catalogue a feature holds each language by that
English, as `cli.words` does for help. What a language lacks stays English.
"""

from __future__ import annotations

from collections import ChainMap
from typing import TYPE_CHECKING, Final

from core.words import Catalogue

if TYPE_CHECKING:
    from collections.abc import Mapping

    from core.errors import Detail

ENGLISH: Final = "en"
CATALOGUES: Final = tuple(
    Catalogue(f"{__name__}.{part}")
    for part in (
        "assessment",
        "attachments",
        "boundaries",
        "bulletins",
        "call_backs",
        "caller_marks",
        "cases",
        "connectors",
        "drafts",
        "duplicates",
        "hotspots",
        "joint_handling",
        "meetings",
        "notifications",
        "people",
        "points",
        "policies",
        "reports",
        "service",
    )
)


def languages() -> set[str]:
    """Return the languages there are."""
    return {ENGLISH}.union(*(catalogue.languages for catalogue in CATALOGUES))


def sentences(language: str) -> Mapping[str, str]:
    """Return English sentence -> sentence of a language."""
    return ChainMap(*(dict(one.sentences(language)) for one in CATALOGUES if language in one.languages))


def in_language(detail: Detail, language: str) -> str:
    """Return a detail in a language; English where it has no sentence for it."""
    if language == ENGLISH:
        return str(detail)
    separator = next((one.separator(language) for one in CATALOGUES if language in one.languages), ", ")
    return detail.filled(sentences(language), separator, language)
