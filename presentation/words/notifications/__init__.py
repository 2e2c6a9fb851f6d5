"""The words of notifications (`zh`, `en`): a title and a text by the type of a message and its data.

A sentence shows what its braces name and nothing else: numbers, units, categories and deadlines, never a person.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from core.clock import LOCAL
from core.words import FIRST_LANGUAGE, Catalogue, Words
from presentation.words.daily_log import CATALOGUE as STEPS

if TYPE_CHECKING:
    from collections.abc import Mapping

CATALOGUE: Final = Catalogue("presentation.words.notifications")
_FORM: Final = "%Y-%m-%d %H:%M"


def message_words(kind: str, data: Mapping[str, Any], language: str, template: str | None = None) -> tuple[str, str]:
    """Return the title and the text of a message of a type in a language; the text by the target's own template."""
    words = Words(CATALOGUE, language)
    group, _, what = kind.partition(".")
    code = group if group != "case" or what not in {"due_soon", "overdue"} else f"case/{what}"
    values = {
        "number": data.get("number") or data.get("task") or data.get("bulletin") or "",
        "what": _what(group, what, language),
        "unit": data.get("unit_name") or data.get("unit_code") or words("none"),
        "category": data.get("category_name") or words("none"),
        "step": words(f"step/{data['step']}") if "step" in data else "",
        "due": _local(data.get("due_at")) or words("none"),
        "layer": data.get("layer", ""), "release": data.get("release", ""),
        "effective": _local(data.get("effective_at")) or words("none"),
        "by": data.get("by", ""),
        "day": data.get("day", ""),
        "edition": words(f"edition/{data['edition']}") if "edition" in data else "",
        **{name: data.get(name, "") for name in ("came_in", "closed", "in_hand", "overdue")},
    }  # fmt: skip
    title = words(f"title/{code}", **values)
    # Templates are checked when a target is stated: they name these values and nothing of them.
    return title, words(f"text/{code}", **values) if template is None else template.format_map(values)


def _what(group: str, what: str, language: str) -> str:
    """Return what was done: steps of cases are called as in a daily log."""
    catalogue, code = (STEPS, f"verb/{what}") if group == "case" else (CATALOGUE, f"what/{what}")
    is_known = code in catalogue.sentences(FIRST_LANGUAGE)
    return Words(catalogue, language)(code) if is_known else what


def _local(instant: str | None) -> str | None:
    return None if instant is None else f"{datetime.fromisoformat(instant).astimezone(LOCAL):{_FORM}}"
