"""What is said of two cases."""

from __future__ import annotations

from enum import StrEnum

from governance.cases.lifecycle.states import Verb


class RelationVerb(StrEnum):
    """What is said of a case and another one; the verbs are those of the table of transitions."""

    MERGE = Verb.MERGE.value
    UNMERGE = Verb.UNMERGE.value
    LINK = Verb.LINK.value
    UNLINK = Verb.UNLINK.value


class ReasonCode(StrEnum):
    """Why a case may be a duplicate of another."""

    DISTANCE = "distance_m"
    """Metres between their places."""
    TIME = "hours_apart"
    """Hours between what was reported."""
    CATEGORY = "category"
    """The code of the category that they share, or the word of their channels."""
    TEXT = "text_alike"
    """Share of pairs of characters that their texts have in common, 0 to 1."""
    CALLER = "same_caller"
    PHOTO = "photo_bits_apart"
    """Bits of 64 in which the hashes of their nearest photos differ: one picture, or copies of it."""
