"""The words of problems in other languages than English, whose words stand with each error's class."""

from core.words import Catalogue

CATALOGUE = Catalogue(__name__)

__all__ = ["CATALOGUE"]
