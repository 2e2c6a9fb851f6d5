"""Closed sets of values that the registry stores."""

from __future__ import annotations

from enum import StrEnum


class TieBreak(StrEnum):
    """Which area answers where several cover a point (docs/adr/0002)."""

    LOWEST_CODE = "lowest_code"
