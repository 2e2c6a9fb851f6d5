"""Boundary verbs on a coverage: each takes areas and their neighbours and returns what they become.

A coverage is a mapping from area code to Polygon or MultiPolygon whose shared borders are matched edge by edge. Every
verb keeps it so: a new node on a border goes into *both* neighbours: no gap or overlap can arise. All verbs work
in the coordinates they are given (degrees or metres alike) and leave every other vertex untouched to the bit.

partition    cut an area by lines, node its neighbours        split        one area into several
reshape      move the border that two areas share             merge        several areas into one
transfer     give a piece of an area to its neighbour         create       an area in uncovered land
retire       an area out, its land to neighbours or uncovered
recut        the land of several areas into other pieces
match        vertices of neighbours, for who edits them by hand
follow       the outline of areas put together, after some of them changed
"""

from geo.edit.matching import match_vertices
from geo.edit.outline import follow_outline
from geo.edit.partition import EditError, Outcome, join
from geo.edit.verbs import create, in_numbering_order, merge, recut, reshape, retire, split, transfer

__all__ = [
    "EditError",
    "Outcome",
    "create",
    "follow_outline",
    "in_numbering_order",
    "join",
    "match_vertices",
    "merge",
    "recut",
    "reshape",
    "retire",
    "split",
    "transfer",
]
