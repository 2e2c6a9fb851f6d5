"""The words of office forms of cases (`zh`, `en`)."""

from __future__ import annotations

from core.words import Catalogue

CATALOGUE = Catalogue("presentation.words.office_forms")
