"""Compiled queries over an index buffer.

The quick path: a cell knows the faces over its centre, and the edges that touch it. Walking from the centre to
the point, first along x and then along y, every edge crossed toggles its owners (XOR) and changes the number of
covering faces (orientation). One face left over: that face covers the point. None: no face does. Several: the
faces overlap there, and the exact path decides. Nothing is assumed about the layer, so T-junctions, gaps and
overlaps need no detection.

The edges are float32, relative to their cell's centre. Every decision is compared with a bound of its rounding
error; a point for which one decision is in doubt goes to the exact path: the faces whose box holds the point,
each tested with the arithmetic of PostGIS (`point_in_ring` of liblwgeom: plain doubles, the same order of
operations, a zero determinant within the segment's box is the boundary), so that the answer is that of
`ST_Covers` also where the last bit decides.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from geo.point_location.layout import (
    CENTRE_HARD,
    EDGE_WORDS,
    FLAG_BOUNDARY,
    FLAG_INSIDE,
    FLAG_OVERLAP,
    G_CELLS_PER_X,
    G_CELLS_PER_Y,
    G_MIN_X,
    G_MIN_Y,
    H_ALWAYS_EXACT,
    H_COLUMNS,
    H_FACES,
    H_ROWS,
    H_SECTIONS,
    H_TREE_ROOT,
    HEADER_BYTES,
    S_CELLS,
    S_COORDINATES,
    S_EDGES,
    S_FACE_RINGS,
    S_RING_EXTERIOR,
    S_RING_STARTS,
    S_TREE_BOXES,
    S_TREE_CHILDREN,
    TAG_BIAS,
    TAG_SHIFT,
)

ROUNDING = 6.0e-8
"""Bound of a float32's relative rounding (2**-24)."""
LOCAL_NOISE = 1.0e-9
"""Bound, in cells, of the rounding of a position's place in the grid (double precision, up to 1e6 cells a side)."""
DOUBT = -2
STACK = 512
BLOCK = 64
SHORTEST_SEGMENT_2 = 1e-12 * 1e-12
"""PostGIS skips segments shorter than 1e-12 (squared here)."""
EMPTY = -1


@njit(cache=True)
def section(buffer, number):
    """One of the buffer's sections, as words."""
    header = buffer[:HEADER_BYTES].view(np.int64)
    start = header[H_SECTIONS + 2 * number]
    return buffer[start : start + header[H_SECTIONS + 2 * number + 1]]


@njit(cache=True)
def _walk(edges, tags, first, last, centre, px, py):
    """Face over (px, py), in cells from the centre; -1 for none, DOUBT when the exact path must decide.

    Without branches, for the processor cannot guess them. `clear` is the least distance of a determinant from
    the bound of its error, with `wide` bounding the coordinates: each corner is off by at most `error`, and a
    determinant of such differences by at most `error` times the sum of the differences, twice.
    """
    count = centre & 15
    faces = centre >> TAG_SHIFT
    clear = np.inf if count != CENTRE_HARD else -1.0
    for record in range(first, last):
        at = record * EDGE_WORDS
        ax = np.float64(edges[at])
        ay = np.float64(edges[at + 1])
        bx = np.float64(edges[at + 2])
        by = np.float64(edges[at + 3])
        tag = tags[at + 4]
        dx = bx - ax
        dy = by - ay
        wide = abs(ax) + abs(ay) + abs(dx) + abs(dy)
        error = ROUNDING * wide + LOCAL_NOISE
        bound = error * (5.0 * wide + 2.5 + 8.0 * error)
        # Cross products: the side of the edge's line (positive: left) on which lie the centre (0, 0), the corner of the
        # walk (px, 0) and the point (px, py).
        centre_side = dy * ax - dx * ay
        corner_side = centre_side - dy * px
        point_side = corner_side + dx * py
        clear = min(clear, min(abs(centre_side), abs(corner_side), abs(point_side)) - bound)
        centre_left = np.int32(centre_side > 0.0)
        corner_left = np.int32(corner_side > 0.0)
        point_left = np.int32(point_side > 0.0)
        # The edge crosses the axis y = 0, on which the walk's first leg lies; the line x = px of its second leg.
        rises = np.int32(ay > 0.0) ^ np.int32(by > 0.0)
        runs = np.int32(ax > px) ^ np.int32(bx > px)
        # A leg crosses the edge when its ends lie on both sides of it. Negated, 1 is a mask of all bits.
        crossed = (rises & (centre_left ^ corner_left)) ^ (runs & (corner_left ^ point_left))
        faces ^= (tag >> TAG_SHIFT) & -crossed
        # Going from the right to the left of an edge leaves its right owners and enters its left ones.
        count += ((tag & 15) - TAG_BIAS) * (rises * (corner_left - centre_left) + runs * (point_left - corner_left))
    if clear <= 0.0:
        return DOUBT
    if count == 1:
        return faces - 1
    if count == 0:
        return -1
    return DOUBT


@njit(cache=True)
def _point_in_ring(coordinates, start, stop, x, y):
    """1 inside, 0 on the ring, -1 outside: liblwgeom's point_in_ring, operation by operation."""
    winding = 0
    for i in range(start, stop - 1):
        x1 = coordinates[2 * i]
        y1 = coordinates[2 * i + 1]
        x2 = coordinates[2 * i + 2]
        y2 = coordinates[2 * i + 3]
        if (y1 > y and y2 > y) or (y1 < y and y2 < y):
            continue
        side = (x2 - x1) * (y - y1) - (x - x1) * (y2 - y1)
        if (x2 - x1) * (x2 - x1) + (y2 - y1) * (y2 - y1) < SHORTEST_SEGMENT_2:
            continue
        if side == 0.0 and min(x1, x2) <= x <= max(x1, x2):
            return 0
        # Winding number of half-open edges: upwards with the point on the left +1, downwards with it on the right -1.
        if y1 <= y < y2 and side > 0.0:
            winding += 1
        elif y2 <= y < y1 and side < 0.0:
            winding -= 1
    return 1 if winding != 0 else -1


@njit(cache=True)
def point_in_face(buffer, face, x, y):
    """1 in the interior, 0 on the boundary, -1 outside."""
    coordinates = section(buffer, S_COORDINATES).view(np.float64)
    ring_starts = section(buffer, S_RING_STARTS).view(np.int32)
    exterior = section(buffer, S_RING_EXTERIOR)
    face_rings = section(buffer, S_FACE_RINGS).view(np.int32)
    ring = face_rings[face]
    end = face_rings[face + 1]
    while ring < end:
        following = ring + 1
        while following < end and exterior[following] == 0:
            following += 1
        where = _point_in_ring(coordinates, ring_starts[ring], ring_starts[ring + 1], x, y)
        if where == 0:
            return 0
        if where == 1:
            for hole in range(ring + 1, following):
                in_hole = _point_in_ring(coordinates, ring_starts[hole], ring_starts[hole + 1], x, y)
                if in_hole == 0:
                    return 0
                if in_hole == 1:
                    where = -1
                    break
            if where == 1:
                return 1
        ring = following
    return -1


@njit(cache=True)
def _sort(numbers):
    """Sort in place (Shell's sort): short lists, and numba's own takes seconds to compile."""
    gap = numbers.size // 2
    while gap > 0:
        for i in range(gap, numbers.size):
            held = numbers[i]
            j = i
            while j >= gap and numbers[j - gap] > held:
                numbers[j] = numbers[j - gap]
                j -= gap
            numbers[j] = held
        gap //= 2


@njit(cache=True)
def faces_in_box(buffer, min_x, min_y, max_x, max_y):
    """Faces, ascending, whose box meets the closed box."""
    header = buffer[:HEADER_BYTES].view(np.int64)
    found = np.empty(16, np.int32)
    number = 0
    if header[H_FACES] == 0:
        return found[:0]
    boxes = section(buffer, S_TREE_BOXES).view(np.float64)
    children = section(buffer, S_TREE_CHILDREN).view(np.int32)
    stack = np.empty(STACK, np.int32)
    stack[0] = header[H_TREE_ROOT]
    depth = 1
    while depth > 0:
        depth -= 1
        node = stack[depth]
        if (
            boxes[4 * node] > max_x
            or boxes[4 * node + 1] > max_y
            or boxes[4 * node + 2] < min_x
            or boxes[4 * node + 3] < min_y
        ):
            continue
        first = children[2 * node]
        past = children[2 * node + 1]
        if past == EMPTY:
            if number == found.size:
                grown = np.empty(2 * number, np.int32)
                grown[:number] = found
                found = grown
            found[number] = first
            number += 1
        else:
            for child in range(first, past):
                stack[depth] = child
                depth += 1
    found = found[:number]
    _sort(found)
    return found


@njit(cache=True)
def _locate_exactly(buffer, x, y):
    """(face, flag): the lowest face that covers the point by PostGIS's own arithmetic; face -1 for none."""
    face = -1
    covering = 0
    on_boundary = False
    for candidate in faces_in_box(buffer, x, y, x, y):
        where = point_in_face(buffer, candidate, x, y)
        if where >= 0:
            if face < 0:
                face = candidate
            covering += 1
            on_boundary = on_boundary or where == 0
    if on_boundary:
        return face, FLAG_BOUNDARY
    return face, FLAG_OVERLAP if covering > 1 else FLAG_INSIDE


@njit(cache=True)
def locate(buffer, x, y):
    """4 * face + flag of the answer to one point; negative when no face covers it."""
    header = buffer[:HEADER_BYTES].view(np.int64)
    numbers = buffer[:HEADER_BYTES].view(np.float64)
    columns = header[H_COLUMNS]
    gx = (x - numbers[G_MIN_X]) * numbers[G_CELLS_PER_X]
    gy = (y - numbers[G_MIN_Y]) * numbers[G_CELLS_PER_Y]
    if not (0.0 <= gx < columns and 0.0 <= gy < header[H_ROWS]):
        return -4
    if header[H_ALWAYS_EXACT] == 0:
        column = int(gx)
        row = int(gy)
        cells = section(buffer, S_CELLS).view(np.int32)
        edges = section(buffer, S_EDGES).view(np.float32)
        tags = section(buffer, S_EDGES).view(np.int32)
        cell = 2 * (row * columns + column)
        face = _walk(edges, tags, cells[cell], cells[cell + 2], cells[cell + 1], gx - (column + 0.5), gy - (row + 0.5))
        if face != DOUBT:
            return 4 * face
    found, flag = _locate_exactly(buffer, x, y)
    return 4 * found + flag


@njit(cache=True, nogil=True)
def locate_many(buffer, xs, ys, faces, flags):
    """Fill `faces` and `flags`; return how many points took the exact path.

    A second number has no meaning: it keeps the compiler from leaving out the second round.

    Points go in blocks, in three rounds: read the cell of each (most cells have no edge, and that settles it),
    touch the edges of the others so that the waits for memory overlap, walk.
    """
    header = buffer[:HEADER_BYTES].view(np.int64)
    numbers = buffer[:HEADER_BYTES].view(np.float64)
    columns = header[H_COLUMNS]
    rows = header[H_ROWS]
    min_x = numbers[G_MIN_X]
    min_y = numbers[G_MIN_Y]
    per_x = numbers[G_CELLS_PER_X]
    per_y = numbers[G_CELLS_PER_Y]
    always_exact = header[H_ALWAYS_EXACT] != 0
    exact = 0
    touched = 0
    if header[H_FACES] == 0:
        faces[:] = -1
        flags[:] = FLAG_INSIDE
        return exact, touched
    cells = section(buffer, S_CELLS).view(np.int32)
    edges = section(buffer, S_EDGES).view(np.float32)
    tags = section(buffer, S_EDGES).view(np.int32)
    open_point = np.empty(BLOCK, np.int64)
    first = np.empty(BLOCK, np.int32)
    last = np.empty(BLOCK, np.int32)
    centre = np.empty(BLOCK, np.int32)
    local_x = np.empty(BLOCK, np.float64)
    local_y = np.empty(BLOCK, np.float64)
    for begin in range(0, xs.size, BLOCK):
        still_open = 0
        for i in range(begin, min(begin + BLOCK, xs.size)):
            gx = (xs[i] - min_x) * per_x
            gy = (ys[i] - min_y) * per_y
            inside = 0.0 <= gx < columns and 0.0 <= gy < rows
            column = int(gx) if inside else 0
            row = int(gy) if inside else 0
            cell = 2 * (row * columns + column)
            open_point[still_open] = i
            first[still_open] = cells[cell]
            last[still_open] = cells[cell + 2] if inside else cells[cell]
            centre[still_open] = cells[cell + 1] if inside else 0
            local_x[still_open] = gx - (column + 0.5)
            local_y[still_open] = gy - (row + 0.5)
            faces[i] = (centre[still_open] >> TAG_SHIFT) - 1
            flags[i] = FLAG_INSIDE
            # Written at the next place in any case, which is kept only where the cell does not settle the point.
            still_open += np.int64(first[still_open] != last[still_open]) | np.int64((centre[still_open] & 15) > 1)
        for k in range(still_open):
            if last[k] > first[k]:
                touched += tags[first[k] * EDGE_WORDS] ^ tags[last[k] * EDGE_WORDS - 1]
        for k in range(still_open):
            faces[open_point[k]] = _walk(edges, tags, first[k], last[k], centre[k], local_x[k], local_y[k])
    for i in range(xs.size):
        if faces[i] == DOUBT or always_exact:
            faces[i], flags[i] = _locate_exactly(buffer, xs[i], ys[i])
            exact += 1
    return exact, touched


@njit(cache=True)
def covering(buffer, x, y):
    """All faces, ascending, that cover the point."""
    found = faces_in_box(buffer, x, y, x, y)
    number = 0
    for candidate in found:
        if point_in_face(buffer, candidate, x, y) >= 0:
            found[number] = candidate
            number += 1
    return found[:number]
