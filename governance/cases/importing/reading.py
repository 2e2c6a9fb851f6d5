"""From an old system's tables to told cases: words are looked up, instants read, what nobody has mapped is counted."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from core.errors import Detail
from governance.cases.importing.columns import CASE_FIELDS, STEP_FIELDS, rows_of
from governance.cases.importing.histories import (
    INSTANTS,
    TAKEN_OVER,
    HistoryRefusedError,
    ToldCase,
    ToldStep,
    steps_by_columns,
    with_opening,
)
from governance.cases.lifecycle.states import CaseState
from governance.reports.sent_times import TimeUnreadableError, read_time, says_none

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime
    from pathlib import Path

    from governance.cases.importing.columns import CaseMapping, OldRow

LONGEST_WORDS: Final = 2_000
_NAMES_APART: Final = ("；", ";", "，", ",", "|")


@dataclass(slots=True)
class Unmapped:
    """Words of an old system that nobody has mapped, with how many rows have each."""

    states: Counter[str] = field(default_factory=Counter)
    steps: Counter[str] = field(default_factory=Counter)
    units: Counter[str] = field(default_factory=Counter)

    def tables(self) -> list[tuple[str, str, int]]:
        """Return table of the mapping, word and rows, the most frequent first."""
        return [
            (table, word, rows)
            for table, words in (("states", self.states), ("steps", self.steps), ("units", self.units))
            for word, rows in words.most_common()
        ]


@dataclass(frozen=True, slots=True)
class OldSystem:
    """What is known before a file is read: the mapping, the units there are by code and name, and the other tables.

    `received` is when the report of an external id was received, for cases whose opening is not told.
    """

    mapping: CaseMapping
    units: Mapping[str, str]
    received: Mapping[str, datetime] = field(default_factory=dict)
    steps: Mapping[str, list[ToldStep] | Detail] | None = None
    photos: Mapping[str, str] = field(default_factory=dict)
    """SHA-256 of the files of the folder, by name."""

    def unit(self, word: str) -> str | None:
        """Return the code of a unit by its mapped word, code or name; '' is none.

        Raises
        ------
        KeyError
            When nobody has said.
        """
        if says_none(word):
            return None
        if word in self.mapping.units:
            return self.mapping.units[word] or None
        return self.units[word]


def unmapped_words(path: Path, steps: Path | None, known: OldSystem) -> Unmapped:
    """Count the words of the files that mean no state, step or unit yet."""
    found = Unmapped()
    _, rows = rows_of(path, CASE_FIELDS, known.mapping.columns, needed=("external_id", "state"))
    for row in rows:
        if row.problem is None and known.mapping.state(row.said["state"]) is None:
            found.states[row.said["state"]] += 1
        _count_unit(row, known, found)
    if steps is not None:
        for row in _steps(steps, known.mapping):
            if row.problem is None and known.mapping.step(row.said["step"]) is None:
                found.steps[row.said["step"]] += 1
            _count_unit(row, known, found)
    return found


def told_steps(path: Path, known: OldSystem) -> dict[str, list[ToldStep] | Detail]:
    """Return the steps of each case of a table of steps; where a row of it cannot be read, why."""
    found: dict[str, list[ToldStep] | Detail] = {}
    for row in _steps(path, known.mapping):
        case = row.said.get("external_id", "")
        before = found.setdefault(case, [])
        if isinstance(before, Detail):
            continue
        try:
            before.append(_told_step(row, known))
        except HistoryRefusedError as error:
            found[case] = Detail("line {line} of the steps: {why}", {"line": row.line, "why": error.words})
    return found


def told_case(row: OldRow, known: OldSystem) -> ToldCase:
    """Return what a row tells of a case.

    Raises
    ------
    HistoryRefusedError
    """
    if row.problem is not None:
        raise HistoryRefusedError("{problem}", {"problem": row.problem})
    said = row.said
    external_id = said["external_id"]
    if says_none(external_id):
        raise HistoryRefusedError("it has no number")
    state = known.mapping.state(said["state"])
    if state is None:
        raise HistoryRefusedError("nobody has said what the state {word} means", {"word": said["state"]})
    instants = {name: at for name in set(INSTANTS.values()) if (at := _instant(said, name)) is not None}
    opened_at = instants.get("opened_at") or known.received.get(external_id) or min(instants.values(), default=None)
    if opened_at is None:
        raise HistoryRefusedError("it does not say when it was opened")
    instants["opened_at"] = opened_at
    rating = _rating(said.get("rating", ""))
    if state is CaseState.RATED and rating is None:
        state = CaseState.CLOSED
    photos = tuple(known.photos[name] for name in photo_names(said.get("photos", "")) if name in known.photos)
    told = None if known.steps is None else known.steps.get(external_id)
    if isinstance(told, Detail):
        raise HistoryRefusedError("{why}", {"why": told})
    if told:
        steps = with_opening(told, opened_at)
    else:
        steps = steps_by_columns(
            state, instants, unit=_unit(said.get("unit", ""), known), opinion=_words(said, "opinion"),
            reason=_words(said, "reason"),
        )  # fmt: skip
    return ToldCase(row.line, external_id, steps, _instant(said, "deadline"), rating, photos)


def photo_names(cell: str) -> list[str]:
    """Return the names of files in a cell."""
    for sign in _NAMES_APART[1:]:
        cell = cell.replace(sign, _NAMES_APART[0])
    return [name for part in cell.split(_NAMES_APART[0]) if (name := part.strip()) and not says_none(name)]


def _steps(path: Path, mapping: CaseMapping) -> Iterator[OldRow]:
    return rows_of(path, STEP_FIELDS, mapping.columns, needed=("external_id", "at", "step"))[1]


def _told_step(row: OldRow, known: OldSystem) -> ToldStep:
    if row.problem is not None:
        raise HistoryRefusedError("{problem}", {"problem": row.problem})
    said = row.said
    verb = known.mapping.step(said["step"])
    if verb is None:
        raise HistoryRefusedError("nobody has said what the step {word} means", {"word": said["step"]})
    if verb not in TAKEN_OVER:
        raise HistoryRefusedError("the step {verb} is not taken over", {"verb": str(verb)})
    at = _instant(said, "at")
    if at is None:
        raise HistoryRefusedError("it has no time")
    return ToldStep(verb, at, _unit(said.get("unit", ""), known), _words(said, "opinion"), _words(said, "reason"))


def _count_unit(row: OldRow, known: OldSystem, found: Unmapped) -> None:
    word = row.said.get("unit", "")
    try:
        known.unit(word)
    except KeyError:
        found.units[word] += 1


def _unit(word: str, known: OldSystem) -> str | None:
    try:
        return known.unit(word)
    except KeyError:
        raise HistoryRefusedError("nobody has said which unit {word} is", {"word": word}) from None


def _instant(said: Mapping[str, str], name: str) -> datetime | None:
    words = said.get(name, "")
    if says_none(words):
        return None
    try:
        return read_time(words)
    except TimeUnreadableError as error:
        raise HistoryRefusedError("{field}: {problem}", {"field": name, "problem": error.problem}) from None


def _rating(word: str) -> int | None:
    if says_none(word):
        return None
    plain = word.removesuffix("星").removesuffix("分").strip()
    if plain not in {"1", "2", "3", "4", "5"}:
        raise HistoryRefusedError("a rating is 1 to 5, not {word}", {"word": word[:20]})
    return int(plain)


def _words(said: Mapping[str, str], name: str) -> str | None:
    words = said.get(name, "").strip()
    return None if says_none(words) else words[:LONGEST_WORDS]
