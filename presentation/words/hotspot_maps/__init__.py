"""The words of the maps of hotspot runs (`zh`, `en`); names of findings are in presentation/words/hotspots."""

from core.words import Catalogue

CATALOGUE = Catalogue(__name__)

__all__ = ["CATALOGUE"]
