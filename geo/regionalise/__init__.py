"""Redraw the grids of a community: k contiguous, balanced, compact regions that follow roads where possible.

`atoms` cuts the land along roads and today's borders into pieces that stay whole; `partition` groups them by
recombination of spanning trees; `measure` puts a proposal beside what is there today.
"""

from geo.regionalise.atoms import Atoms, cut_atoms
from geo.regionalise.measure import Measures, measure
from geo.regionalise.partition import Proposal, partition

__all__ = ["Atoms", "Measures", "Proposal", "cut_atoms", "measure", "partition"]
