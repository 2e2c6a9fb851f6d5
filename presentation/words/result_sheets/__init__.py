"""The words of sheets of results (`zh`, `en`)."""

from __future__ import annotations

from core.words import Catalogue

CATALOGUE = Catalogue("presentation.words.result_sheets")
