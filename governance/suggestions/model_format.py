"""A linear model as numbers: how it weighs a text, how it is stored, and how it is read back without running anything.

Stored is NumPy's archive of plain arrays (no pickle), beside its SHA-256. To weigh a text takes no library of machine
learning, so that the service starts without one.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np

from governance.suggestions.rules import LONGEST_GRAM, SuggestionModelBrokenError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

FORMAT: Final = 1
FEWEST_GRAMS: Final = 3
"""A text with fewer known n-grams of two or three characters is not weighed."""


@dataclass(frozen=True, slots=True)
class Weighed:
    """How probable each value is for a text, and how much each of its n-grams speaks for each value."""

    probabilities: tuple[tuple[str, float], ...]
    grams: tuple[str, ...]
    parts: NDArray[np.float64]
    """Shape (values, grams): what each n-gram adds to the score of each value."""

    def reasons_for(self, value: str) -> tuple[str, ...]:
        """Return the n-grams that speak for a value rather than for the next best one, the strongest first.

        Single characters are left out, and an n-gram that stands in a stronger one or holds it.
        """
        values = [one for one, _ in self.probabilities]
        own = values.index(value)
        others = [place for place in range(len(values)) if place != own]
        rival = max(others, key=lambda place: self.probabilities[place][1])
        gain = self.parts[own] - self.parts[rival]
        chosen: list[str] = []
        for place in np.argsort(-gain, kind="stable"):
            gram = self.grams[place].strip()
            if gain[place] <= 0:
                break
            if len(gram) > 1 and not any(gram in other or other in gram for other in chosen):
                chosen.append(gram)
        return tuple(chosen)


@dataclass(frozen=True)
class LinearModel:
    """Weights of n-grams for each value.

    `vocabulary` and `idf` have one entry an n-gram, `weights` the shape (values, n-grams), `intercepts` and `values`
    one entry a value. Scores are divided by `temperature` before they become probabilities, which calibrates them.
    """

    vocabulary: NDArray[np.str_]
    idf: NDArray[np.float64]
    weights: NDArray[np.float32]
    intercepts: NDArray[np.float64]
    values: NDArray[np.str_]
    temperature: float

    @cached_property
    def _place(self) -> dict[str, int]:
        return {gram: place for place, gram in enumerate(self.vocabulary.tolist())}

    def weigh(self, counted: Mapping[str, int]) -> Weighed | None:
        """Return how probable each value is for a text of these n-grams; None where too few of them are known."""
        known = {gram: count for gram, count in counted.items() if gram in self._place}
        if sum(len(gram) > 1 for gram in known) < FEWEST_GRAMS:
            return None
        places = [self._place[gram] for gram in known]
        share = (1 + np.log(list(known.values()))) * self.idf[places]
        share /= np.linalg.norm(share)
        parts = self.weights[:, places].astype(np.float64) * share
        probabilities = softmax((parts.sum(axis=1) + self.intercepts)[None, :] / self.temperature)[0]
        pairs = tuple(zip(self.values.tolist(), probabilities.tolist(), strict=True))
        return Weighed(pairs, tuple(known), parts)


def softmax(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return probabilities of scores, both of shape (texts, values)."""
    raised = np.exp(scores - scores.max(axis=1, keepdims=True))
    result: NDArray[np.float64] = raised / raised.sum(axis=1, keepdims=True)
    return result


def written(model: LinearModel) -> tuple[bytes, bytes]:
    """Return a model as bytes, and their SHA-256."""
    held = io.BytesIO()
    np.savez_compressed(
        held, format=np.int64(FORMAT), vocabulary=model.vocabulary, idf=model.idf, weights=model.weights,
        intercepts=model.intercepts, values=model.values, temperature=np.float64(model.temperature),
    )  # fmt: skip
    stored = held.getvalue()
    return stored, hashlib.sha256(stored).digest()


def read(stored: bytes, sha256: bytes) -> LinearModel:
    """Return a model from its bytes.

    Raises
    ------
    SuggestionModelBrokenError
        When the bytes are not those of the SHA-256, or no model of this format.
    """
    if hashlib.sha256(stored).digest() != sha256:
        raise SuggestionModelBrokenError
    try:
        with np.load(io.BytesIO(stored), allow_pickle=False) as arrays:
            model = LinearModel(
                arrays["vocabulary"], arrays["idf"], arrays["weights"], arrays["intercepts"], arrays["values"],
                float(arrays["temperature"]),
            )  # fmt: skip
            version = int(arrays["format"])
    except (ValueError, KeyError, OSError, EOFError, zipfile.BadZipFile) as error:
        raise SuggestionModelBrokenError from error
    if version != FORMAT or not _fits(model):
        raise SuggestionModelBrokenError
    return model


def _fits(model: LinearModel) -> bool:
    grams, values = len(model.vocabulary), len(model.values)
    numbers = (model.idf, model.weights, model.intercepts)
    return (
        model.weights.shape == (values, grams)
        and model.idf.shape == (grams,)
        and model.intercepts.shape == (values,)
        and values > 1
        and max(map(len, model.vocabulary.tolist()), default=0) <= LONGEST_GRAM
        and all(np.isfinite(one).all() for one in numbers)
        and 0 < model.temperature < np.inf
    )
