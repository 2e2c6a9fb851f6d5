"""Fit a model to a lesson and test it against the time that came after: scikit-learn is loaded here alone.

The oldest 60 % of the cases teach, the next 20 % calibrate, the latest 20 % test; the model that is kept then learns
from all of them, with the temperature that calibrated the first.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from scipy.optimize import minimize_scalar

from governance.suggestions import rules
from governance.suggestions.model_format import LinearModel, softmax
from governance.suggestions.rules import Lesson

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

_PARTS: Final = (0.6, 0.8)
"""Where the cases that teach end, and those that calibrate."""
_FEWEST_IN_PART: Final = 5
BINS: Final = 10
_LOG_TEMPERATURES: Final = (-0.7, 2.3)
"""From a half to ten: cases that are told apart without a mistake would make the model sure of everything."""
REGULARISATION: Final = 8.0
"""Inverse strength (scikit-learn's C): found once on the sample district, its accuracy flat from 4 to 16."""


@dataclass(frozen=True, slots=True)
class Bin:
    """Cases of the test with a probability in one tenth: how many, the probability stated, the share that was right."""

    cases: int
    stated: float
    right: float


@dataclass(frozen=True, slots=True)
class Backtest:
    """How a model that knew only what was before judged the latest cases.

    `most_frequent` is the accuracy of always saying the commonest value; `sure` the share of cases with a sure
    suggestion and `right_when_sure` how many of them were right; `calibration_error` the mean distance between stated
    probability and share right, weighted by cases; `uncalibrated_error` the same without calibration; `recall` the
    share of each value's cases that was found.
    """

    taught: int
    tested: int
    accuracy: float
    among_three: float
    most_frequent: float
    sure: float
    right_when_sure: float | None
    calibration_error: float
    uncalibrated_error: float
    temperature: float
    reliability: tuple[Bin, ...]
    recall: dict[str, float]

    def as_json(self) -> dict[str, Any]:
        """Return plain values, numbers with four decimals."""
        return {name: _rounded(value) for name, value in asdict(self).items()}


def fit_and_test(lesson: Lesson) -> tuple[LinearModel, Backtest] | None:
    """Return the model of a lesson that lacks nothing (rules.lack_of), and its back-test.

    None: its older part has not two values, or its texts have no n-grams in common.
    """
    lesson = _enough_of_each(lesson, rules.FEWEST_A_VALUE)
    first, second = (int(len(lesson.texts) * share) for share in _PARTS)
    early = _enough_of_each(Lesson(lesson.texts[:first], lesson.values[:first]), _FEWEST_IN_PART)
    middle = Lesson(lesson.texts[first:second], lesson.values[first:second])
    late = Lesson(lesson.texts[second:], lesson.values[second:])
    if len(set(early.values)) < 2:
        return None
    try:
        former = _fitted(early, 1.0)
        temperature = _temperature(former, middle)
        return _fitted(lesson, temperature), _tested(former, late, temperature, taught=len(early.texts))
    except ValueError:  # scikit-learn's, of an empty vocabulary
        return None


def scores(model: LinearModel, texts: Sequence[str]) -> NDArray[np.float64]:
    """Return the scores of texts for each value, shape (texts, values); those of nothing known are the intercepts."""
    result = np.tile(model.intercepts, (len(texts), 1))
    for row, text in enumerate(texts):
        found = model.weigh(rules.grams(text))
        if found is not None:
            result[row] += found.parts.sum(axis=1)
    return result


def _enough_of_each(lesson: Lesson, fewest: int) -> Lesson:
    counts = Counter(lesson.values)
    pairs = [pair for pair in zip(lesson.texts, lesson.values, strict=True) if counts[pair[1]] >= fewest]
    return Lesson([text for text, _ in pairs], [value for _, value in pairs])


def _fitted(lesson: Lesson, temperature: float) -> LinearModel:
    from sklearn.feature_extraction.text import TfidfVectorizer  # noqa: PLC0415 (what serves starts without it)
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415

    counting = TfidfVectorizer(
        analyzer="char", ngram_range=(1, rules.LONGEST_GRAM), min_df=rules.IN_TEXTS, max_features=rules.MOST_GRAMS,
        sublinear_tf=True, lowercase=False,
    )  # fmt: skip
    shares = counting.fit_transform(lesson.texts)
    fitted = LogisticRegression(C=REGULARISATION, max_iter=300).fit(shares, np.asarray(lesson.values))
    weights, intercepts = fitted.coef_, fitted.intercept_
    if len(fitted.classes_) == 2:  # one row: that of the second value against the first
        weights, intercepts = np.vstack([-weights / 2, weights / 2]), np.concatenate([-intercepts / 2, intercepts / 2])
    return LinearModel(
        np.asarray(counting.get_feature_names_out(), dtype=np.str_), counting.idf_.astype(np.float64),
        weights.astype(np.float32), intercepts.astype(np.float64), fitted.classes_.astype(np.str_), temperature,
    )  # fmt: skip


def _temperature(model: LinearModel, lesson: Lesson) -> float:
    """Return the temperature under which the values that came are most probable."""
    rows, columns = _known(model, lesson.values)
    if not len(rows):
        return 1.0
    found = scores(model, lesson.texts)[rows]

    def surprise(log_temperature: float) -> float:
        shares = softmax(found / np.exp(log_temperature))[np.arange(len(rows)), columns]
        return float(-np.log(np.maximum(shares, 1e-12)).mean())

    return float(np.exp(minimize_scalar(surprise, bounds=_LOG_TEMPERATURES, method="bounded").x))


def _known(model: LinearModel, values: Sequence[str]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    places = {value: place for place, value in enumerate(model.values.tolist())}
    pairs = [(row, places[value]) for row, value in enumerate(values) if value in places]
    found = np.asarray(pairs, dtype=np.int64).reshape(-1, 2)
    return found[:, 0], found[:, 1]


def _tested(model: LinearModel, late: Lesson, temperature: float, *, taught: int) -> Backtest:
    found, truth = scores(model, late.texts), np.asarray(late.values)
    shares = softmax(found / temperature)
    order = model.values[np.argsort(-shares, axis=1, kind="stable")]
    right, stated = order[:, 0] == truth, shares.max(axis=1)
    plain = softmax(found)
    is_sure = stated >= rules.SURE_FROM
    reliability = _reliability(stated, right)
    commonest = Counter(late.values).most_common(1)[0][1]
    return Backtest(
        taught, len(truth), float(right.mean()), float((order[:, :3] == truth[:, None]).any(axis=1).mean()),
        commonest / len(truth), float(is_sure.mean()), float(right[is_sure].mean()) if is_sure.any() else None,
        _error(reliability), _error(_reliability(plain.max(axis=1), right)), temperature,
        reliability, {str(value): float(right[truth == value].mean()) for value in sorted(set(late.values))},
    )  # fmt: skip


def _reliability(stated: NDArray[np.float64], right: NDArray[np.bool_]) -> tuple[Bin, ...]:
    tenth = np.minimum((stated * BINS).astype(int), BINS - 1)
    return tuple(
        Bin(int((tenth == one).sum()), float(stated[tenth == one].mean()), float(right[tenth == one].mean()))
        for one in range(BINS)
        if (tenth == one).any()
    )


def _error(bins: tuple[Bin, ...]) -> float:
    return sum(one.cases * abs(one.stated - one.right) for one in bins) / sum(one.cases for one in bins)


def _rounded(value: Any) -> Any:  # noqa: ANN401 (plain values)
    if isinstance(value, float):
        return round(value, 4)
    if isinstance(value, dict):
        return {name: _rounded(one) for name, one in value.items()}
    return [_rounded(one) for one in value] if isinstance(value, list | tuple) else value
