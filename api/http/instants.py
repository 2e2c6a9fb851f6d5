"""The types of every instant and every day that a request carries: in a body, a form, a path or a query.

No other type may be used for them (tests/api/test_instants.py): pydantic's own read digits as seconds of Unix time.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

from pydantic import AwareDatetime, BeforeValidator
from pydantic_core import PydanticCustomError

from core.instants import DAY_FORM, INSTANT_FORM, plus_restored, read_day, read_instant


def _instant(value: Any) -> datetime:  # noqa: ANN401 (whatever was sent)
    if isinstance(value, datetime):
        return value
    if not isinstance(value, str):
        raise PydanticCustomError("instant_form", INSTANT_FORM)
    try:
        return read_instant(value)
    except ValueError as error:
        raise PydanticCustomError("instant_form", "{form}", {"form": str(error)}) from error


def _day(value: Any) -> date:  # noqa: ANN401 (whatever was sent)
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    if not isinstance(value, str):
        raise PydanticCustomError("day_form", DAY_FORM)
    try:
        return read_day(value)
    except ValueError as error:
        raise PydanticCustomError("day_form", "{form}", {"form": str(error)}) from error


Instant = Annotated[AwareDatetime, BeforeValidator(_instant)]
"""An RFC 3339 date-time with its offset."""

InstantQuery = Annotated[
    Instant, BeforeValidator(lambda value: plus_restored(value) if isinstance(value, str) else value)
]
"""The same in a query, where a plus sign that was not encoded arrives as a space."""

Day = Annotated[date, BeforeValidator(_day)]
"""An RFC 3339 full-date."""
