"""The editions of a day, and the way of a bulletin from its draft to its release."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from core.states import Lifecycle, Transition


class Edition(StrEnum):
    """Which bulletin of a day."""

    MORNING = "morning"
    AFTERNOON = "afternoon"


class BulletinState(StrEnum):
    """How far a bulletin is."""

    DRAFT = "draft"
    """Its numbers stand; a person may add words."""
    RELEASED = "released"
    DISCARDED = "discarded"
    """It was drafted by a clock that was ahead; its cut-off is still to come."""


class BulletinAction(StrEnum):
    """What is done to a bulletin."""

    RELEASE = "release"
    DISCARD = "discard"


class PrintForm(StrEnum):
    """As what a bulletin is drawn: page, print, Word, and a picture for a group chat."""

    HTML = "html"
    PDF = "pdf"
    DOCX = "docx"
    PNG = "png"


BULLETIN: Final = Lifecycle(
    BulletinState,
    BulletinAction,
    (BulletinState.DRAFT,),
    {
        BulletinAction.RELEASE: Transition((BulletinState.DRAFT,), BulletinState.RELEASED),
        BulletinAction.DISCARD: Transition((BulletinState.DRAFT,), BulletinState.DISCARDED),
    },
)
