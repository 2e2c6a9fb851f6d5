"""The words of bulletins (`zh`, `en`)."""

from __future__ import annotations

from core.words import Catalogue

CATALOGUE = Catalogue("presentation.words.bulletins")
