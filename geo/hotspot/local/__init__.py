"""Local association, one test an area: Getis-Ord Gi*, local Moran, neighbours and rates.

Every result holds z, p, q (false discovery rate over all areas tested) and a flag: dozens of areas tested at once yield
"hot spots" by chance alone, so a map shows ``flags``, never bare ``p``.
"""

from geo.hotspot.local.gi import getis_ord, gi_scores
from geo.hotspot.local.hexagons import Hexagons, hexagons_over
from geo.hotspot.local.moran import local_moran
from geo.hotspot.local.neighbours import Neighbours
from geo.hotspot.local.rates import ChanceTails, chance_tails, rate, standardised_rate
from geo.hotspot.local.result import LocalAssociation

__all__ = [
    "ChanceTails",
    "Hexagons",
    "LocalAssociation",
    "Neighbours",
    "chance_tails",
    "getis_ord",
    "gi_scores",
    "hexagons_over",
    "local_moran",
    "rate",
    "standardised_rate",
]
