"""The words of a worker's daily log, and of the verbs and sources in it (`zh`, `en`)."""

from __future__ import annotations

from core.words import Catalogue

CATALOGUE = Catalogue("presentation.words.daily_log")
