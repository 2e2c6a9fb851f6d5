"""The words of requests and updates that clients of Open311 are told (`zh`, `en`)."""

from __future__ import annotations

from core.words import Catalogue

CATALOGUE = Catalogue("presentation.words.open311")
