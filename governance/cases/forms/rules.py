"""Pure decisions about office forms: which step one is about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.errors import DomainError, Kind
from governance.cases.forms.states import STEPS_OF, FormKind
from governance.cases.lifecycle.states import Verb

if TYPE_CHECKING:
    from collections.abc import Sequence

    from governance.cases.lifecycle.tables import CaseStep


class OfficeFormNotPossibleError(DomainError):
    """The case has no step that such a form is about, or not the one that was named."""

    code = "office-form-not-possible"
    kind = Kind.CONFLICT


class OfficeFormNotFoundError(DomainError):
    """There is no such form: it has to get its number first (POST of the same kind, or `wangge cases form`)."""

    code = "office-form-not-found"
    kind = Kind.NOT_FOUND


def checked_kind(word: str) -> FormKind:
    """Return a kind by its word.

    Raises
    ------
    OfficeFormNotFoundError
        That names all.
    """
    if word not in set(FormKind):
        raise OfficeFormNotFoundError(
            "There are no forms of the kind '{kind}'; there are {kinds}.",
            values={"kind": word[:40], "kinds": [*FormKind]}, field="kind",
        )  # fmt: skip
    return FormKind(word)


def step_of(steps: Sequence[CaseStep], kind: FormKind, number: int | None) -> CaseStep:
    """Return the step that a form of a kind is about: the one that is named, else the latest of its verbs.

    Raises
    ------
    OfficeFormNotPossibleError
    """
    verbs = STEPS_OF[kind]
    fitting = [one for one in steps if Verb(one.verb) in verbs and number in {None, one.number}]
    if not fitting:
        raise OfficeFormNotPossibleError(
            "A form of the kind '{kind}' is about one of the steps {verbs}; the case has none, or not the one named.",
            values={"kind": kind, "verbs": [*verbs]}, field="step" if number is not None else "kind",
        )  # fmt: skip
    return fitting[-1]
