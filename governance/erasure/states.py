"""Why the words of a report were erased."""

from __future__ import annotations

from enum import StrEnum


class ErasureCause(StrEnum):
    """A person asked for it, or they had been kept as long as they may be."""

    REQUEST = "request"
    RETENTION = "retention"
