"""Reasons as they stood before revision 0054, a pair of sentences, and since, a code with values.

A pair becomes a code only where that code gives both sentences back, sign by sign; every other pair is kept as it was
written. sentences.json holds the sentences of that time: what a later version words otherwise comes back as it was.
"""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any, Final

Message = dict[str, Any]

_NUMBER: Final = r"-?\d+(?:\.\d+)?(?:e[+-]?\d+)?"
_LEVELS: Final = ("district", "street", "community", "grid")
_MOST_NAMES: Final = 3
# Code -> how its values are found in the English sentence: `level`, `names` and `reason` are read further.
_PATTERNS: Final = [
    (code, re.compile(pattern, re.DOTALL))
    for code, pattern in {
        "inside": rf"The point lies inside (?P<level>\S+) (?P<name>.+), (?P<distance_m>{_NUMBER}) m from its edge\.",
        "on_shared_edge": r"The point lies on the edge of (?P<level>\S+) (?P<name>.+?), shared with (?P<others>.+);"
        r" the lowest code is taken\.",
        "on_edge": r"The point lies on the edge of (?P<level>\S+) (?P<name>.+)\.",
        "in_overlap": r"The point lies in overlapping areas: (?P<name>.+?) and (?P<others>.+);"
        r" the lowest code is taken\.",
        "nearest": rf"No area covers the point; (?P<level>\S+) (?P<name>.+) is the nearest, (?P<distance_m>{_NUMBER}) m"
        rf" away \(tolerance (?P<tolerance_m>{_NUMBER}) m\)\.",
        "nothing_near": rf"No area covers the point, and none lies within (?P<tolerance_m>{_NUMBER}) m\.",
        "reaches_over": rf"(?P<found>.+) Its accuracy of (?P<accuracy_m>{_NUMBER}) m reaches into (?P<others>.+)\.",
        "reaches_out": rf"(?P<found>.+) Its accuracy of (?P<accuracy_m>{_NUMBER}) m reaches beyond the layer\.",
        "without_finest": r"No (?P<finest>\S+) covers the point\. (?P<found>.+)",
        "settled": r"(?P<words>.+) \[(?P<found>.+)\]",
        "area_stays": r"It was put into area (?P<code>.+) without a point\.",
        "area_moved": r"It was put into area (?P<code>.+), which has ended; most of its land is (?P<now>.+) now\.",
        "area_ended": r"It was put into area (?P<code>.+), which has ended with no successor\.",
        "then": r"(?P<first>No coordinates were sent\."
        r"|The coordinates are 0, 0: the device did not know its position\.) (?P<then>.+)",
    }.items()
]
_NUMBERS: Final = {"distance_m", "tolerance_m", "accuracy_m"}
_REASONS: Final = {"found", "first", "then"}


@cache
def _words() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(Path(__file__).with_name("sentences.json").read_text(encoding="utf-8"))
    return found


@cache
def _without_values() -> dict[str, str]:
    """English sentence -> code, of sentences that have no values."""
    found = {sentences["en"]: code for code, sentences in _words()["sentences"].items() if "{" not in sentences["en"]}
    return {sentence: code for sentence, code in found.items() if not code.startswith(("level/", "ground/"))}


def message_of(english: str, chinese: str | None) -> Message:
    """Return a pair of sentences as a code with values; `chinese` is None in rows from before it was kept."""
    if chinese is None:
        return {"code": "as_written", "values": {"sentence": english}}
    found = _read(english)
    if found is not None and sentences_of(found) == (english, chinese):
        return found
    return {"code": "as_written_in_two", "values": {"en": english, "zh": chinese}}


def sentences_of(message: Message) -> tuple[str, str | None]:
    """Return the English and the Chinese sentence of a message, None for Chinese that was not kept.

    A code that came later than these sentences is returned as it is stored.
    """
    if message["code"] == "as_written":
        return message["values"]["sentence"], None
    try:
        return _filled(message, "en"), _filled(message, "zh")
    except (KeyError, ValueError, IndexError):
        stored = json.dumps(message, ensure_ascii=False)
        return stored, stored


def _read(english: str) -> Message | None:
    code = _without_values().get(english)
    if code is not None:
        return {"code": code, "values": {}}
    for code, pattern in _PATTERNS:
        found = pattern.fullmatch(english)
        if found is not None:
            values = {name: _value(name, text) for name, text in found.groupdict().items()}
            if None not in values.values():
                return {"code": code, "values": values}
    return None


def _value(name: str, text: str) -> Any:  # noqa: ANN401 (JSON)
    if name in _NUMBERS:
        return float(text)
    if name in _REASONS:
        return _read(text)
    if name in {"level", "finest"}:
        otherwise = "level/finer" if name == "finest" else "level/other"
        return {"code": f"level/{text}"} if text in _LEVELS else {"code": otherwise, "values": {"level": text}}
    if name == "others":
        names = text.split(", ")
        if len(names) > _MOST_NAMES:
            return None
        return {"code": f"names/{len(names)}", "values": dict(zip("abc", names, strict=False))}
    return text


def _filled(message: Message, language: str) -> str:
    template: str = _words()["sentences"][message["code"]][language]
    values = {name: _text(value, language) for name, value in message.get("values", {}).items()}
    return template.format_map(values)


def _text(value: Any, language: str) -> Any:  # noqa: ANN401 (JSON)
    if isinstance(value, dict):
        return _filled(value, language)
    if isinstance(value, list):
        separator: str = _words()["separator"][language]
        return separator.join(str(_text(item, language)) for item in value)
    return value
