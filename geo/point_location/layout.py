"""The sections of an index buffer.

It is one flat array of bytes, so that building, keeping on disk, mapping into memory and passing to a compiled
kernel all handle a single object.

The first `HEADER_BYTES` are 64-bit words: numbers of the index by the `H_*` positions (`G_*` are floats), then
the offset and the length in bytes of each section by `S_*`.
"""

from __future__ import annotations

from typing import Final

MAGIC: Final = 0x31_58_44_49_47_57  # "WGIDX1"
VERSION: Final = 1
"""Raise it whenever a section's meaning changes: a file of another version is built again, never read."""

HEADER_BYTES: Final = 1024
ALIGNMENT: Final = 64

H_MAGIC: Final = 0
H_VERSION: Final = 1
H_FACES: Final = 2
H_COLUMNS: Final = 3
H_ROWS: Final = 4
H_ALWAYS_EXACT: Final = 5
H_TREE_ROOT: Final = 6
H_BYTES: Final = 7
G_MIN_X: Final = 8
G_MIN_Y: Final = 9
G_CELLS_PER_X: Final = 10
G_CELLS_PER_Y: Final = 11
H_SECTIONS: Final = 16

S_COORDINATES: Final = 0
"""float64 (vertices, 2): every ring as it came, closed, in the order it came."""
S_RING_STARTS: Final = 1
"""int32 (rings + 1,): first vertex of each ring."""
S_RING_EXTERIOR: Final = 2
"""uint8 (rings,): 1 where the ring opens a new part, 0 for a hole of the part before it."""
S_FACE_RINGS: Final = 3
"""int32 (faces + 1,): first ring of each face."""
S_TREE_BOXES: Final = 4
"""float64 (nodes, 4): min x, min y, max x, max y; the leaves are the faces."""
S_TREE_CHILDREN: Final = 5
"""int32 (nodes, 2): for a leaf (face, -1), else first and past-the-last child."""
S_CELLS: Final = 6
"""int32 (cells + 1, 2): first edge record of the cell, and the tag of its centre."""
S_EDGES: Final = 7
"""20 bytes a record: ax, ay, bx, by in cells from the cell's centre (float32), and the edge's tag (int32)."""
SECTIONS: Final = 8

EDGE_WORDS: Final = 5
"""Words of 4 bytes in an edge record."""

TAG_SHIFT: Final = 4
TAG_BIAS: Final = 8
"""An edge's tag: XOR of (face + 1) over its owners, shifted, plus 8 + (owners on its left - owners on its right)."""
MAX_OWNERS: Final = 7
"""Owners an edge record can count; an edge with more is recorded several times."""
MAX_FACES: Final = (1 << 27) - 2
CENTRE_HARD: Final = 15
"""A centre's tag: XOR of (face + 1) over the faces covering it, shifted, plus their number; 15 when that is
unknown (the centre lies on an edge) or 15 or more."""

FLAG_INSIDE: Final = 0
FLAG_BOUNDARY: Final = 1
"""The point lies on the boundary of a face that covers it."""
FLAG_OVERLAP: Final = 2
"""The point lies in the interior of several faces."""
