"""Compiled steps of building an index: unique edges, the cells they touch, the faces over the cells' centres."""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from geo.point_location.kernels import LOCAL_NOISE, ROUNDING
from geo.point_location.layout import CENTRE_HARD, EDGE_WORDS, MAX_OWNERS, TAG_BIAS, TAG_SHIFT

MARGIN = 1e-6
"""Cells; an edge this near a cell counts as touching it."""


@njit(cache=True, nogil=True)
def ring_turns(coordinates, ring_starts, exterior):
    """+1 where the face lies on the left of the ring as drawn, else -1."""
    turns = np.empty(exterior.size, np.int8)
    for ring in range(exterior.size):
        start = ring_starts[ring]
        x0 = coordinates[2 * start]
        y0 = coordinates[2 * start + 1]
        doubled = 0.0
        for i in range(start, ring_starts[ring + 1] - 1):
            # Twice the signed area (counter-clockwise positive), about the first vertex: small rings keep their digits.
            doubled += (coordinates[2 * i] - x0) * (coordinates[2 * i + 3] - y0)
            doubled -= (coordinates[2 * i + 2] - x0) * (coordinates[2 * i + 1] - y0)
        turns[ring] = 1 if (doubled > 0.0) == (exterior[ring] == 1) else -1
    return turns


@njit(cache=True, nogil=True)
def _mix(h, word):
    h = (h ^ np.uint64(word)) * np.uint64(0x9E3779B97F4A7C15)
    return h ^ (h >> np.uint64(29))


@njit(cache=True, nogil=True)
def collect_edges(coordinates, ring_starts, face_rings, turns, edges, tags, table):
    """Collect the undirected edges once: the vertex each starts at (in one of its rings) and its tag.

    Returns (number of edges, whether some segment is shorter than PostGIS looks at).
    """
    words = coordinates.view(np.int64)
    mask = np.uint64(table.size - 1)
    number = 0
    owners = np.zeros(edges.size, np.int8)
    tiny = False
    for face in range(face_rings.size - 1):
        label = np.int32(face + 1)
        for ring in range(face_rings[face], face_rings[face + 1]):
            for i in range(ring_starts[ring], ring_starts[ring + 1] - 1):
                ax = coordinates[2 * i]
                ay = coordinates[2 * i + 1]
                bx = coordinates[2 * i + 2]
                by = coordinates[2 * i + 3]
                if ax == bx and ay == by:
                    continue
                # Twice the length below which PostGIS skips a segment, squared.
                if (bx - ax) * (bx - ax) + (by - ay) * (by - ay) < 4e-24:
                    tiny = True
                forward = ax < bx or (ax == bx and ay < by)
                a, b = (i, i + 1) if forward else (i + 1, i)
                h = np.uint64(0x2545F4914F6CDD1D)
                h = _mix(h, words[2 * a])
                h = _mix(h, words[2 * a + 1])
                h = _mix(h, words[2 * b])
                h = _mix(h, words[2 * b + 1])
                h = _mix(h, words[2 * b] >> 17)
                turn = turns[ring] if forward else -turns[ring]
                slot = np.int64(h & mask)
                while True:
                    edge = table[slot]
                    if edge < 0:
                        edge = number
                        table[slot] = edge
                        edges[edge] = i
                        tags[edge] = (label << TAG_SHIFT) | (TAG_BIAS + turn)
                        owners[edge] = 1
                        number += 1
                        break
                    j = edges[edge]
                    same = (
                        words[2 * a] == words[2 * j]
                        and words[2 * a + 1] == words[2 * j + 1]
                        and words[2 * b] == words[2 * j + 2]
                        and words[2 * b + 1] == words[2 * j + 3]
                    ) or (
                        words[2 * b] == words[2 * j]
                        and words[2 * b + 1] == words[2 * j + 1]
                        and words[2 * a] == words[2 * j + 2]
                        and words[2 * a + 1] == words[2 * j + 3]
                    )
                    # XOR the face in; the low four bits hold the sum of turns. A full record is followed by another.
                    if same and owners[edge] < MAX_OWNERS:
                        tags[edge] = ((tags[edge] ^ (label << TAG_SHIFT)) & ~15) | ((tags[edge] & 15) + turn)
                        owners[edge] += 1
                        break
                    slot = (slot + 1) & np.int64(mask)
    return number, tiny


@njit(cache=True, nogil=True)
def _in_cells(coordinates, i, frame):
    """Corners of edge `i`, in cells, the western one first: the same numbers whichever way its ring runs."""
    ax = (coordinates[2 * i] - frame[0]) * frame[2]
    ay = (coordinates[2 * i + 1] - frame[1]) * frame[3]
    bx = (coordinates[2 * i + 2] - frame[0]) * frame[2]
    by = (coordinates[2 * i + 3] - frame[1]) * frame[3]
    if coordinates[2 * i] < coordinates[2 * i + 2] or (
        coordinates[2 * i] == coordinates[2 * i + 2] and coordinates[2 * i + 1] < coordinates[2 * i + 3]
    ):
        return ax, ay, bx, by
    return bx, by, ax, ay


@njit(cache=True, nogil=True)
def _rows_touched(ay, by, rows):
    low = math.floor(min(ay, by) - MARGIN)
    high = math.floor(max(ay, by) + MARGIN)
    return max(0, low), min(rows - 1, high)


@njit(cache=True, nogil=True)
def _columns_touched(ax, ay, bx, by, row, columns):
    """First and last column an edge (in cells) touches within a row, both widened by the margin."""
    left = min(ax, bx)
    right = max(ax, bx)
    height = by - ay
    if abs(height) > MARGIN and right > left:
        # Where the edge meets the floor and the ceiling of the row.
        slope = (bx - ax) / height
        at_floor = ax + (row - MARGIN - ay) * slope
        at_ceiling = ax + (row + 1.0 + MARGIN - ay) * slope
        slack = MARGIN + 1e-12 * abs(slope)
        left = max(left, min(at_floor, at_ceiling) - slack)
        right = min(right, max(at_floor, at_ceiling) + slack)
    return max(0, math.floor(left - MARGIN)), min(columns - 1, math.floor(right + MARGIN))


@njit(cache=True, nogil=True)
def count_records(coordinates, edges, frame, columns, rows, counts, limit):
    """Edge records of each cell into `counts[cell]`; returns their total, or -1 once past the limit."""
    total = 0
    for edge in range(edges.size):
        ax, ay, bx, by = _in_cells(coordinates, edges[edge], frame)
        low, high = _rows_touched(ay, by, rows)
        for row in range(low, high + 1):
            first, last = _columns_touched(ax, ay, bx, by, row, columns)
            for column in range(first, last + 1):
                counts[row * columns + column] += 1
            total += max(0, last - first + 1)
        if total > limit:
            return -1
    return total


@njit(cache=True, nogil=True)
def fill_records(coordinates, edges, tags, frame, columns, rows, cells, records, record_tags, hard):
    """Write the edge records; `cells[2 * cell]` is the next free record and ends one cell ahead."""
    for edge in range(edges.size):
        ax, ay, bx, by = _in_cells(coordinates, edges[edge], frame)
        low, high = _rows_touched(ay, by, rows)
        for row in range(low, high + 1):
            first, last = _columns_touched(ax, ay, bx, by, row, columns)
            for column in range(first, last + 1):
                cell = row * columns + column
                record = cells[2 * cell]
                cells[2 * cell] = record + 1
                at = np.int64(record) * EDGE_WORDS
                ux = ax - (column + 0.5)
                uy = ay - (row + 0.5)
                vx = bx - (column + 0.5)
                vy = by - (row + 0.5)
                records[at] = np.float32(ux)
                records[at + 1] = np.float32(uy)
                records[at + 2] = np.float32(vx)
                records[at + 3] = np.float32(vy)
                record_tags[at + 4] = tags[edge]
                # The centre lies on the edge, or nearer than the rounding of the record: a walk cannot begin here.
                reach = abs(vx - ux) + abs(vy - uy) + abs(ux) + abs(uy)
                error = 2.0 * (ROUNDING * reach + LOCAL_NOISE)
                if (
                    min(ux, vx) - error <= 0.0 <= max(ux, vx) + error
                    and min(uy, vy) - error <= 0.0 <= max(uy, vy) + error
                    and abs((vx - ux) * uy - (vy - uy) * ux) <= 4.0 * error * (reach + error)
                ):
                    hard[cell] = 1


@njit(cache=True, nogil=True)
def cover_centres(coordinates, edges, tags, frame, columns, rows, cells, covers, hard):
    """Faces over each cell centre (XOR) into `cells[2 * cell + 1]`, tagged with their number."""
    for edge in range(edges.size):
        ax, ay, bx, by = _in_cells(coordinates, edges[edge], frame)
        if ay == by:
            continue
        low = max(0, math.floor(min(ay, by) - 0.5))
        high = min(rows - 1, math.ceil(max(ay, by) - 0.5))
        tag = tags[edge] >> TAG_SHIFT
        turn = (tags[edge] & 15) - TAG_BIAS
        # Going east across an edge drawn southwards enters its left side.
        turn = turn if ay > by else -turn
        for row in range(low, high + 1):
            y = row + 0.5
            if (ay > y) == (by > y):
                continue
            x = ax + (y - ay) * ((bx - ax) / (by - ay))
            # The centres from this column on lie east of the crossing; those within `slack` of it are in doubt.
            past = math.ceil(x - 0.5)
            slack = 1e-9 + 1e-12 * abs(bx - ax)
            for near in range(math.ceil(x - 0.5 - slack), math.floor(x - 0.5 + slack) + 1):
                if 0 <= near < columns:
                    hard[row * columns + near] = 1
            if past < columns:
                cell = row * columns + max(0, past)
                cells[2 * cell + 1] ^= tag
                covers[cell] += turn
    for row in range(rows):
        faces = np.int32(0)
        number = 0
        for column in range(columns):
            cell = row * columns + column
            # What all crossings to the west of this centre have toggled.
            faces ^= cells[2 * cell + 1]
            number += covers[cell]
            known = hard[cell] == 0 and 0 <= number < CENTRE_HARD
            cells[2 * cell + 1] = (faces << TAG_SHIFT) | (number if known else CENTRE_HARD)
