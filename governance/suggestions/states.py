"""Closed sets of what suggestions hold."""

from __future__ import annotations

from enum import StrEnum


class Target(StrEnum):
    """What is suggested; each has models of its own."""

    CATEGORY = "category"
    URGENCY = "urgency"
    DANGER = "danger"
    """Whether life is in danger: `yes` or `no`, learnt from what persons marked."""


class Doubt(StrEnum):
    """Why a suggestion is not to be relied on."""

    NO_MODEL = "no_model"
    """None was trained, or the ledger holds too little to train one."""
    TOO_LITTLE_TEXT = "too_little_text"
    """The text has hardly anything that the model knows."""
    UNSURE = "unsure"
    """The probability is under that from which a suggestion counts as sure."""
    ENDED = "ended"
    """What the text speaks for most is a category that has ended."""
    SENSITIVE = "sensitive"
    """The report is marked as sensitive: its text is not looked at."""
