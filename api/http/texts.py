"""Types of every text that a request carries: what characters it may have, and how many.

Control characters are refused, NUL among them, which PostgreSQL keeps in no text. A line has no line breaks; a text may
have lines and tabs.
"""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import Path, Query
from pydantic import Field, StringConstraints

LINE_PATTERN: Final = r"^[^\x00-\x1F\x7F]*$"
TEXT_PATTERN: Final = r"^[^\x00-\x08\x0B\x0C\x0E-\x1F\x7F]*$"
CODE_PATTERN: Final = r"^[^\x00-\x1f\x7f]{1,80}$"
_NO_NUL: Final = r"^[^\x00]*$"

Line = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1F\x7F]+$", max_length=200)]
Text = Annotated[str, StringConstraints(pattern=TEXT_PATTERN, max_length=2000)]
Note = Annotated[str, StringConstraints(pattern=_NO_NUL, max_length=2000)]
Prose = Annotated[str, StringConstraints(pattern=_NO_NUL, min_length=1, max_length=4000)]

LAYER_CODE = Field(pattern=r"^[a-z][a-z0-9_-]{0,39}$", examples=["admin"])
"""The code of a layer, as a field of a body."""
LayerCode = Annotated[
    str, Path(pattern=r"^[a-z][a-z0-9_-]{0,39}$", description="The layer's code.", examples=["admin"])
]
AreaCode = Annotated[str, Path(pattern=CODE_PATTERN, examples=["410106001001001"])]
LineQuery = Annotated[str | None, Query(max_length=128, pattern=LINE_PATTERN)]
