"""Forms and scores as files: the same JSON as is sent over HTTP."""

from __future__ import annotations

import json
from datetime import date
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from governance.assessment.sheets.rules import ItemJson, ScoreIn, SheetInvalidError
from governance.assessment.sheets.states import Dimension


class FormJson(BaseModel):
    """The items of a dimension, as they are stated."""

    model_config = ConfigDict(extra="forbid")

    dimension: Dimension
    items: list[ItemJson] = Field(min_length=1, max_length=100)
    valid_from: date
    source: str = Field(min_length=1, max_length=200)


_FORMS: Final = TypeAdapter(list[FormJson])
_SCORES: Final = TypeAdapter(list[ScoreIn])


def read_forms(content: bytes) -> list[FormJson]:
    """Read a file of forms.

    Raises
    ------
    SheetInvalidError
        That names the first place that is not as it should be.
    """
    return _read(_FORMS, content)


def read_scores(content: bytes) -> list[ScoreIn]:
    """Read a file of scores.

    Raises
    ------
    SheetInvalidError
        That names the first place that is not as it should be.
    """
    return _read(_SCORES, content)


def _read(form: TypeAdapter[Any], content: bytes) -> list[Any]:
    try:
        found: list[Any] = form.validate_python(json.loads(content))
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(map(str, first["loc"]))
        raise SheetInvalidError(
            "At '{place}' of the file: {what}.", values={"place": place, "what": first["msg"]}, field=place
        ) from None
    except ValueError:
        raise SheetInvalidError("The file is no JSON: write a list.", field="file") from None
    return found
