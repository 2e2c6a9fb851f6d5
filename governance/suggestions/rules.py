"""Pure decisions about suggestions: how a text is read, how much a model needs, and when a suggestion is in doubt."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from core.errors import DomainError, Kind
from core.personal import masked_text
from governance.suggestions.states import Doubt, Target

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from governance.suggestions.model_format import LinearModel

LONGEST_GRAM: Final = 3
"""Characters of an n-gram at most: most Chinese words have one to three, and more only remember whole sentences."""
IN_TEXTS: Final = 5
"""An n-gram counts from so many texts on, so that what one caller said, a name among it, is in no model."""
MOST_GRAMS: Final = 12_000
MOST_CASES: Final = 30_000
"""The latest cases that a model learns from: some two years of a district."""
FEWEST_CASES: Final = 200
FEWEST_A_VALUE: Final = 20
"""Values with fewer cases are not learnt: a model that has seen three cases of a kind cannot say how sure it is."""
SURE_FROM: Final = 0.7
"""From this probability on a suggestion counts as sure; calibrated, seven in ten of those just above it are right."""
DANGER_FROM: Final = 0.3
"""From this probability on a danger is suggested: one look too many costs less than one too few."""
MOST_REASONS: Final = 5
MOST_ALTERNATIVES: Final = 3
YES: Final = "yes"
NO: Final = "no"
_SPACES: Final = re.compile(r"\s+")
_DIGITS: Final = re.compile(r"\d")


class SuggestionModelBrokenError(DomainError):
    """A stored model is not what was stored, so it is not used. Train anew (wangge suggestions train)."""

    code = "suggestion-model-broken"
    kind = Kind.UNAVAILABLE


@dataclass(frozen=True, slots=True)
class Likely:
    """A value and how probable it is, 0 to 1."""

    value: str
    probability: float


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What a text speaks for: the value, how probable it is, what else, which n-grams speak for it, what is doubted.

    Without `value` there is nothing to suggest, and `doubt` says why. `model` is the version of the target's model.
    """

    target: Target
    value: str | None = None
    probability: float | None = None
    alternatives: tuple[Likely, ...] = ()
    reasons: tuple[str, ...] = ()
    doubt: Doubt | None = None
    model: int | None = None


@dataclass(frozen=True, slots=True)
class Lesson:
    """What a model learns from: texts, oldest first, with the value of each."""

    texts: Sequence[str] = field(default_factory=tuple)
    values: Sequence[str] = field(default_factory=tuple)


def read_text(text: str) -> str:
    """Return a text as models read it: personal data masked, digits as 0, small letters, single blanks."""
    return _SPACES.sub(" ", _DIGITS.sub("0", masked_text(text))).lower().strip()


def grams(text: str) -> Counter[str]:
    """Count the n-grams of 1 to LONGEST_GRAM characters of a text that `read_text` has read."""
    return Counter(
        text[at : at + size] for size in range(1, LONGEST_GRAM + 1) for at in range(len(text) - size + 1)
    )  # fmt: skip


def lack_of(lesson: Lesson) -> str | None:
    """Return why a lesson teaches nothing: `cases` (too few of all) or `values` (fewer than two with enough cases)."""
    if len(lesson.texts) < FEWEST_CASES:
        return "cases"
    enough = [value for value, count in Counter(lesson.values).items() if count >= FEWEST_A_VALUE]
    return None if len(enough) > 1 else "values"


def suggestion(target: Target, text: str, model: LinearModel | None, *, version: int | None, known: Collection[str]
               ) -> Suggestion:  # fmt: skip
    """Return what a text speaks for by a model; `known` are the values that may be suggested.

    `version` is the model's.
    """
    if model is None:
        return Suggestion(target, doubt=Doubt.NO_MODEL)
    found = model.weigh(grams(read_text(text)))
    if found is None:
        return Suggestion(target, doubt=Doubt.TOO_LITTLE_TEXT, model=version)
    order = sorted(found.probabilities, key=lambda one: (-one[1], one[0]))
    likely = [Likely(value, round(share, 4)) for value, share in order if value in known]
    if not likely:
        return Suggestion(target, doubt=Doubt.ENDED, model=version)
    first = likely[0]
    if target is Target.DANGER:
        first = next((one for one in likely if one.value == YES and one.probability >= DANGER_FROM), first)
    doubt = None
    if first.value != order[0][0] and target is not Target.DANGER:
        doubt = Doubt.ENDED
    elif first.probability < SURE_FROM:
        doubt = Doubt.UNSURE
    others = tuple(one for one in likely if one is not first)[:MOST_ALTERNATIVES]
    return Suggestion(
        target, first.value, first.probability, others, found.reasons_for(first.value)[:MOST_REASONS], doubt, version
    )
