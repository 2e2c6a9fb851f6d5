"""The commands' help by language: the English that stands with each command -> the sentence (tests hold all)."""

from __future__ import annotations
