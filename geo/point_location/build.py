"""Fill an index buffer from polygons.

Each undirected edge is kept once with the faces on its two sides (in a coverage a shared border has one record,
not two), laid into every cell of a uniform grid of about one cell an edge. One scan line through each row of
cell centres finds the faces over them. The steps write into the one buffer, allocated at its largest possible
size: pages that are never touched cost nothing.

Source: the uniform-grid point location of Žalik & Kolingerová, "A cell-based point-in-polygon algorithm suitable
for large sets of points" (Computers & Geosciences 27, 2001), carried from one polygon to a planar partition.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import numpy as np
import shapely

from geo.point_location.build_kernels import (
    collect_edges,
    count_records,
    cover_centres,
    fill_records,
    ring_turns,
)
from geo.point_location.layout import (
    ALIGNMENT,
    EDGE_WORDS,
    G_CELLS_PER_X,
    G_CELLS_PER_Y,
    G_MIN_X,
    G_MIN_Y,
    H_ALWAYS_EXACT,
    H_BYTES,
    H_COLUMNS,
    H_FACES,
    H_MAGIC,
    H_ROWS,
    H_SECTIONS,
    H_TREE_ROOT,
    H_VERSION,
    HEADER_BYTES,
    MAGIC,
    MAX_FACES,
    S_CELLS,
    S_COORDINATES,
    S_EDGES,
    S_FACE_RINGS,
    S_RING_EXTERIOR,
    S_RING_STARTS,
    S_TREE_BOXES,
    S_TREE_CHILDREN,
    VERSION,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Buffer: TypeAlias = NDArray[np.uint8]

CELLS_PER_EDGE: Final = 2.0
"""Two rather than one: fewer edges to walk for 8 bytes more an edge."""
MAX_CELLS: Final = 1 << 27
RECORDS_PER_EDGE: Final = 8
"""The grid is made coarser until edges touch no more cells than this on average."""
CROWDED: Final = 5.0
"""Edges in the cell of an edge, on average, above which the grid is made finer: a dense town in a wide layer."""
MOST_CELLS_OF_CROWDED: Final = 4_000_000.0
BRANCH: Final = 16
CHUNK_FACES: Final = 4096
MISALIGNMENT: Final = 0.381966
"""Part of a cell between the grid's edge and the layer's, so that round coordinates do not meet cell centres."""


class PolygonsExpectedError(ValueError):
    """Only polygons and multipolygons can be indexed."""


def _aligned(offset: int) -> int:
    return -(-offset // ALIGNMENT) * ALIGNMENT


class _Writer:
    """Hands out sections of one large buffer, in order; a section asked for later may move the buffer."""

    def __init__(self, capacity: int) -> None:
        self.buffer: Buffer = np.empty(_aligned(capacity), np.uint8)
        self.buffer[:HEADER_BYTES] = 0
        self.end = HEADER_BYTES

    @property
    def header(self) -> NDArray[np.int64]:
        return self.buffer[:HEADER_BYTES].view(np.int64)

    @property
    def numbers(self) -> NDArray[np.float64]:
        return self.buffer[:HEADER_BYTES].view(np.float64)

    def add(self, number: int, dtype: type, size: int) -> NDArray[Any]:
        start = _aligned(self.end)
        length = size * np.dtype(dtype).itemsize
        self.end = start + length
        if _aligned(self.end) > self.buffer.size:
            grown: Buffer = np.empty(_aligned(self.end), np.uint8)
            grown[:start] = self.buffer[:start]
            self.buffer = grown
        self.header[H_SECTIONS + 2 * number] = start
        self.header[H_SECTIONS + 2 * number + 1] = length
        return self.view(number, dtype)

    def view(self, number: int, dtype: type) -> NDArray[Any]:
        start, length = self.header[H_SECTIONS + 2 * number : H_SECTIONS + 2 * number + 2].tolist()
        return self.buffer[start : start + length].view(dtype)

    def finish(self) -> Buffer:
        size = _aligned(self.end)
        self.buffer[self.end : size] = 0
        self.header[H_BYTES] = size
        return self.buffer[:size]


def _tree(boxes: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.int32]]:
    """Sort-tile-recursive tree over the boxes: nodes' boxes and children, the root last."""
    count = len(boxes)
    # About sqrt(n / BRANCH) strips from west to east, each then ordered from south to north.
    strips = max(1, math.ceil(math.sqrt(count / BRANCH)))
    by_x = np.argsort(boxes[:, 0] + boxes[:, 2], kind="stable")
    strip = np.empty(count, np.int64)
    strip[by_x] = np.arange(count) // max(1, math.ceil(count / strips))
    order = np.lexsort((boxes[:, 1] + boxes[:, 3], strip))
    level_boxes = [boxes[order]]
    level_children = [np.column_stack([order, np.full(count, -1)])]
    start = 0
    while len(level_boxes[-1]) > 1:
        below = level_boxes[-1]
        firsts = np.arange(0, len(below), BRANCH)
        level_boxes.append(
            np.column_stack(
                [
                    np.minimum.reduceat(below[:, 0], firsts),
                    np.minimum.reduceat(below[:, 1], firsts),
                    np.maximum.reduceat(below[:, 2], firsts),
                    np.maximum.reduceat(below[:, 3], firsts),
                ]
            )
        )
        level_children.append(start + np.column_stack([firsts, np.minimum(firsts + BRANCH, len(below))]))
        start += len(below)
    return np.concatenate(level_boxes), np.concatenate(level_children).astype(np.int32)


def _copy_rings(writer: _Writer, geometries: NDArray[np.object_]) -> tuple[NDArray[Any], ...]:
    """Coordinates and rings of the faces into the buffer; a few thousand faces at a time, to spare memory."""
    vertices = int(shapely.get_num_coordinates(geometries).sum())
    coordinates = writer.add(S_COORDINATES, np.float64, 2 * vertices)
    sizes: list[NDArray[np.int64]] = []
    exteriors: list[NDArray[np.uint8]] = []
    rings_of_face: list[NDArray[np.int64]] = []
    at = 0
    for first in range(0, len(geometries), CHUNK_FACES):
        chunk = geometries[first : first + CHUNK_FACES]
        parts, part_face = shapely.get_parts(chunk, return_index=True)
        rings, ring_part = shapely.get_rings(parts, return_index=True)
        points = shapely.get_coordinates(rings)
        points += 0.0  # no negative zero: equal coordinates have equal bits
        coordinates[2 * at : 2 * (at + len(points))] = points.ravel()
        at += len(points)
        sizes.append(np.asarray(shapely.get_num_coordinates(rings), np.int64))
        exteriors.append(np.diff(ring_part, prepend=-1).astype(bool).astype(np.uint8))
        rings_of_face.append(np.bincount(part_face[ring_part], minlength=len(chunk)).astype(np.int64))
    counts = np.concatenate(sizes) if sizes else np.empty(0, np.int64)
    ring_starts = writer.add(S_RING_STARTS, np.int32, len(counts) + 1)
    ring_starts[0] = 0
    np.cumsum(counts, out=ring_starts[1:], dtype=np.int32)
    exterior = writer.add(S_RING_EXTERIOR, np.uint8, len(counts))
    exterior[:] = np.concatenate(exteriors) if exteriors else 0
    face_rings = writer.add(S_FACE_RINGS, np.int32, len(geometries) + 1)
    face_rings[0] = 0
    np.cumsum(np.concatenate(rings_of_face) if rings_of_face else counts, out=face_rings[1:], dtype=np.int32)
    return coordinates, ring_starts, exterior, face_rings


def _frame(bounds: NDArray[np.float64], cells: float) -> tuple[NDArray[np.float64], int, int]:
    """Origin and cells per degree of a grid of square cells, with its columns and rows."""
    width, height = bounds[2] - bounds[0], bounds[3] - bounds[1]
    cells = min(max(cells, 1.0), MAX_CELLS)
    # Square cells of the area over their number; a layer thin as a line would have too many along it.
    side = max(math.sqrt(width * height / cells), max(width, height) / cells)
    columns, rows = (int(extent / side) + 2 for extent in (width, height))
    frame = np.array(
        [bounds[0] - MISALIGNMENT * side, bounds[1] - MISALIGNMENT * side, 1.0 / side, 1.0 / side], np.float64
    )
    return frame, columns, rows


def _grid(
    coordinates: NDArray[np.float64], edges: NDArray[np.int32], bounds: NDArray[np.float64]
) -> tuple[NDArray[np.float64], int, int, NDArray[np.int32], int]:
    """Choose the grid and count its cells' edge records: finer where edges crowd, coarser where they are long."""
    limit = RECORDS_PER_EDGE * edges.size + 64
    wanted = edges.size * CELLS_PER_EDGE
    may_refine = True
    while True:
        frame, columns, rows = _frame(bounds, wanted)
        counts = np.zeros(columns * rows + 1, np.int32)
        total = count_records(coordinates, edges, frame, columns, rows, counts, limit)
        if total < 0:
            wanted /= 2.0
            may_refine = False
            continue
        # Records in the cell of a record, on average: sum of n² over sum of n.
        crowd = float(np.dot(counts, counts.astype(np.float64))) / max(1, total)
        if not may_refine or crowd <= CROWDED or wanted * 4.0 > MOST_CELLS_OF_CROWDED:
            return frame, columns, rows, counts, total
        wanted *= 4.0


def build_buffer(geometries: Sequence[Any] | NDArray[np.object_]) -> Buffer:
    """Index buffer over valid polygons and multipolygons, in the order their numbers break ties (see `layout`).

    Raises
    ------
    PolygonsExpectedError
        When a geometry is neither a polygon nor a multipolygon, is empty, or there are too many.
    """
    faces = np.asarray(geometries, dtype=object)
    kinds = shapely.get_type_id(faces)
    if len(faces) > MAX_FACES or not np.isin(kinds, (3, 6)).all() or bool(shapely.is_empty(faces).any()):
        raise PolygonsExpectedError(PolygonsExpectedError.__doc__)
    vertices = int(shapely.get_num_coordinates(faces).sum()) if len(faces) else 0
    writer = _Writer(HEADER_BYTES + vertices * 96 + len(faces) * 128 + 65536)
    writer.header[H_MAGIC], writer.header[H_VERSION], writer.header[H_FACES] = MAGIC, VERSION, len(faces)
    coordinates, ring_starts, exterior, face_rings = _copy_rings(writer, faces)
    if not len(faces):
        return writer.finish()

    boxes, children = _tree(np.asarray(shapely.bounds(faces), np.float64))
    writer.add(S_TREE_BOXES, np.float64, boxes.size)[:] = boxes.ravel()
    writer.add(S_TREE_CHILDREN, np.int32, children.size)[:] = children.ravel()
    writer.header[H_TREE_ROOT] = len(children) - 1

    edges = np.empty(vertices, np.int32)
    tags = np.empty(vertices, np.int32)
    table = np.full(1 << max(4, math.ceil(math.log2(1.5 * vertices))), -1, np.int32)
    turns = ring_turns(coordinates, ring_starts, exterior)
    number, tiny = collect_edges(coordinates, ring_starts, face_rings, turns, edges, tags, table)
    del table
    edges, tags = edges[:number], tags[:number]

    frame, columns, rows, counts, total = _grid(coordinates, edges, boxes[-1])
    cells = writer.add(S_CELLS, np.int32, 2 * (columns * rows + 1))
    cells[0] = 0
    cells[2::2] = np.cumsum(counts[:-1], dtype=np.int32)
    cells[1::2] = 0
    del counts
    records = writer.add(S_EDGES, np.float32, total * EDGE_WORDS)
    cells, coordinates = writer.view(S_CELLS, np.int32), writer.view(S_COORDINATES, np.float64)
    hard = np.zeros(columns * rows, np.uint8)
    fill_records(coordinates, edges, tags, frame, columns, rows, cells, records, records.view(np.int32), hard)
    # Filling has moved each start to the end of its cell: back by one.
    cells[2::2] = cells[:-2:2].copy()
    cells[0] = 0
    covers = np.zeros(columns * rows, np.int16)
    cover_centres(coordinates, edges, tags, frame, columns, rows, cells, covers, hard)
    header, numbers = writer.header, writer.numbers
    header[H_COLUMNS], header[H_ROWS], header[H_ALWAYS_EXACT] = columns, rows, int(tiny)
    numbers[G_MIN_X], numbers[G_MIN_Y], numbers[G_CELLS_PER_X], numbers[G_CELLS_PER_Y] = frame
    return writer.finish()
