"""The words of the boundary desk (`zh`, `en`): pages and prints of a draft, of a redesign and of borders in doubt."""

from core.words import Catalogue

CATALOGUE = Catalogue(__name__)

__all__ = ["CATALOGUE"]
