"""Where a quick note came from."""

from __future__ import annotations

from enum import StrEnum


class NoteSource(StrEnum):
    """How the matter was met: on patrol, by telephone, by WeChat, on a visit (探民情)."""

    PATROL = "patrol"
    PHONE = "phone"
    WECHAT = "wechat"
    VISIT = "visit"
