"""A result as bytes: validated when it is written, and when it is read, in whichever format it was written."""

from __future__ import annotations

import orjson

from governance.hotspots.result_format.model import Result
from governance.hotspots.result_format.upgrade import upgraded


def write_result(result: Result) -> bytes:
    """Return the bytes of a result; equal results have equal bytes.

    Raises
    ------
    pydantic.ValidationError
        When a method has put something into the result that its form does not know, or a number that is none.
    """
    # Fields are filled in one by one while a run is computed; here all are validated at once.
    checked = Result.model_validate(result.model_dump(warnings=False))
    return orjson.dumps(checked.model_dump(mode="json"), option=orjson.OPT_SORT_KEYS)


def read_result(stored: bytes) -> Result:
    """Return a stored result of format 1, 2 or 3.

    Raises
    ------
    pydantic.ValidationError
        For bytes that are no result.
    """
    return Result.model_validate(upgraded(orjson.loads(stored)))
