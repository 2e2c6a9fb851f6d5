"""Closed sets of attachments: what they hang on, what they are, what they show, and the copies that there are."""

from __future__ import annotations

from enum import StrEnum


class SubjectKind(StrEnum):
    """What an attachment hangs on; a case and a quick note have the id of their report."""

    REPORT = "report"
    TASK = "task"


class AttachmentKind(StrEnum):
    """A photo is shown to whoever sees what it hangs on; a recording of a voice to who may also see the reporter."""

    PHOTO = "photo"
    RECORDING = "recording"


class Stage(StrEnum):
    """What a photo shows: the matter before or after it was handled."""

    BEFORE = "before"
    AFTER = "after"


class Copy(StrEnum):
    """The stored copies: as it was sent, without what a camera writes into it, and small."""

    ORIGINAL = "original"
    CLEAN = "clean"
    THUMBNAIL = "thumbnail"
