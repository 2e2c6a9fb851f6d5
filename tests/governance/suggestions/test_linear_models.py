"""Linear models weigh as scikit-learn does, are calibrated, stored as numbers, in doubt where they know little."""

from __future__ import annotations

import hashlib
import io
import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from governance.suggestions import fitting, model_format, rules
from governance.suggestions.model_format import LinearModel
from governance.suggestions.rules import Lesson, SuggestionModelBrokenError
from governance.suggestions.states import Doubt, Target

SAYINGS = {
    "E1": ("路口垃圾没人清理", "小区门口垃圾成堆", "垃圾桶满了发臭"),
    "E2": ("路灯一直不亮", "路灯坏了几天", "晚上路灯不亮看不清"),
    "E3": ("路面有个大坑", "道路破损难走", "路面坑洼积水"),
}
PLACES = ("孟津路", "许昌路", "济源路", "新乡路")


def lesson(cases: int, *, wrong: float = 0.0) -> Lesson:
    """Make cases, of which a share has a value that is none of its text's."""
    chance = random.Random(7)
    texts, values = [], []
    for _ in range(cases):
        value = chance.choice(list(SAYINGS))
        texts.append(rules.read_text(chance.choice(PLACES) + chance.choice(SAYINGS[value])))
        values.append(chance.choice(list(SAYINGS)) if chance.random() < wrong else value)
    return Lesson(texts, values)


@pytest.fixture(scope="module")
def fitted() -> tuple[LinearModel, fitting.Backtest]:
    found = fitting.fit_and_test(lesson(900, wrong=0.2))
    assert found is not None
    return found


@settings(max_examples=30)
@given(st.text(alphabet="路口垃圾灯坑 面坏a", max_size=20))
def test_texts_are_weighed_as_scikit_learn_weighs_them(text: str) -> None:
    known = lesson(120)
    counting = TfidfVectorizer(
        analyzer="char", ngram_range=(1, 3), min_df=rules.IN_TEXTS, sublinear_tf=True, lowercase=False
    )
    judge = LogisticRegression(C=fitting.REGULARISATION, max_iter=300).fit(
        counting.fit_transform(known.texts), known.values
    )
    ours = fitting._fitted(known, 1.0)  # noqa: SLF001 (both judged on one lesson)
    read = rules.read_text(text)
    found = ours.weigh(rules.grams(read))
    expected = judge.predict_proba(counting.transform([read]))[0]
    if found is not None:
        assert [value for value, _ in found.probabilities] == list(judge.classes_)
        assert np.allclose([share for _, share in found.probabilities], expected, atol=1e-5)


def test_two_values_are_weighed_as_one_against_the_other() -> None:
    known = lesson(200)
    pairs = [pair for pair in zip(known.texts, known.values, strict=True) if pair[1] != "E3"]
    ours = fitting._fitted(Lesson(*zip(*pairs, strict=True)), 1.0)  # noqa: SLF001
    found = ours.weigh(rules.grams("孟津路路灯一直不亮"))
    assert found is not None
    assert sum(share for _, share in found.probabilities) == pytest.approx(1)
    assert dict(found.probabilities)["E2"] > 0.9


def test_the_back_test_tells_a_model_that_knew_only_what_was_before(
    fitted: tuple[LinearModel, fitting.Backtest],
) -> None:
    told = fitted[1]
    assert (told.taught, told.tested) == (540, 180)
    # A fifth has a value by chance, of which a third is the text's own: 87 in a hundred can be right.
    assert 0.77 < told.accuracy < 0.95
    assert told.accuracy > told.most_frequent + 0.2
    assert told.calibration_error < 0.12
    assert sum(one.cases for one in told.reliability) == told.tested
    assert set(told.recall) == set(SAYINGS)


def test_what_is_stored_is_read_back_and_anything_else_is_refused(
    fitted: tuple[LinearModel, fitting.Backtest],
) -> None:
    stored, digest = model_format.written(fitted[0])
    again = model_format.read(stored, digest)
    counted = rules.grams("新乡路垃圾没人清理")
    assert again.weigh(counted).probabilities == fitted[0].weigh(counted).probabilities  # type: ignore[union-attr]
    with pytest.raises(SuggestionModelBrokenError):
        model_format.read(stored[:-1], digest)
    with pytest.raises(SuggestionModelBrokenError):
        model_format.read(*model_format.written(LinearModel(
            fitted[0].vocabulary, fitted[0].idf[1:], fitted[0].weights, fitted[0].intercepts, fitted[0].values, 1.0
        )))  # fmt: skip


def test_a_pickle_in_a_stored_model_is_not_run() -> None:
    held = io.BytesIO()
    np.savez(held, vocabulary=np.array([print], dtype=object))
    with pytest.raises(SuggestionModelBrokenError):
        model_format.read(held.getvalue(), hashlib.sha256(held.getvalue()).digest())


def suggested(model: LinearModel | None, text: str, known: set[str]) -> rules.Suggestion:
    return rules.suggestion(Target.CATEGORY, text, model, version=1, known=known)


def test_a_suggestion_names_what_speaks_for_it_and_what_is_doubted(
    fitted: tuple[LinearModel, fitting.Backtest],
) -> None:
    model, known = fitted[0], set(SAYINGS)
    sure = suggested(model, "济源路垃圾没人清理", known)
    assert (sure.value, sure.doubt) == ("E1", None)
    assert "垃圾" in sure.reasons
    assert suggested(None, "垃圾没人清", known).doubt is Doubt.NO_MODEL
    assert suggested(model, "你好", known).doubt is Doubt.TOO_LITTLE_TEXT
    assert suggested(model, "济源路垃圾没人清理", known - {"E1"}).doubt is Doubt.ENDED
    assert suggested(model, "济源路垃圾没人清理", set()).value is None
    assert suggested(model, "路灯垃圾路面", known).doubt is Doubt.UNSURE


def test_too_little_is_no_lesson_and_texts_without_anything_in_common_teach_nothing() -> None:
    assert rules.lack_of(lesson(100)) == "cases"
    assert rules.lack_of(Lesson(["垃圾"] * 300, ["E1"] * 290 + ["E2"] * 10)) == "values"
    assert rules.lack_of(lesson(300)) is None
    assert fitting.fit_and_test(Lesson(["垃圾"] * 300, ["E1"] * 250 + ["E2"] * 50)) is None
    assert fitting.fit_and_test(Lesson([""] * 300, ["E1", "E2"] * 150)) is None


def test_what_identifies_a_person_is_read_by_no_model() -> None:
    read = rules.read_text("王建国女士，电话 13800001234，  说3号楼 Garbage")
    assert "13800001234" not in read
    assert "建国" not in read
    assert "0号楼 garbage" in read
