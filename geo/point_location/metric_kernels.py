"""Compiled measures over an index buffer: distance to a boundary, the nearest face, shares of a circle.

Metres are local: degrees times the metres of a degree at the point (kernels.py answers which face covers a point).
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from geo.point_location.kernels import faces_in_box, section
from geo.point_location.layout import S_COORDINATES, S_FACE_RINGS, S_RING_EXTERIOR, S_RING_STARTS

EQUAL_DISTANCE_M = 1e-6
"""Distances closer than this count as equal, so that rounding does not settle a tie."""


@njit(cache=True)
def distance_to_boundary(buffer, face, x, y, metres_x, metres_y):
    """Metres from the point to the nearest point of the face's boundary."""
    coordinates = section(buffer, S_COORDINATES).view(np.float64)
    ring_starts = section(buffer, S_RING_STARTS).view(np.int32)
    face_rings = section(buffer, S_FACE_RINGS).view(np.int32)
    best = np.inf
    for ring in range(face_rings[face], face_rings[face + 1]):
        start = ring_starts[ring]
        bx = (coordinates[2 * start] - x) * metres_x
        by = (coordinates[2 * start + 1] - y) * metres_y
        for i in range(start + 1, ring_starts[ring + 1]):
            ax = bx
            ay = by
            bx = (coordinates[2 * i] - x) * metres_x
            by = (coordinates[2 * i + 1] - y) * metres_y
            dx = bx - ax
            dy = by - ay
            # The foot of the perpendicular is at along / length² of the segment: before a, past b, or between.
            along = -(ax * dx + ay * dy)
            length_2 = dx * dx + dy * dy
            if along <= 0.0:
                distance_2 = ax * ax + ay * ay
            elif along >= length_2:
                distance_2 = bx * bx + by * by
            else:
                # Distance to the line: twice the triangle's area over its base.
                cross = ax * dy - ay * dx
                distance_2 = cross * cross / length_2
            best = min(best, distance_2)
    return math.sqrt(best)


@njit(cache=True)
def nearest(buffer, x, y, within_m, metres_x, metres_y):
    """(face, metres) of the nearest boundary within the distance, the lowest face of equals; (-1, inf) if none."""
    reach_x = within_m / metres_x * 1.000001
    reach_y = within_m / metres_y * 1.000001
    found = faces_in_box(buffer, x - reach_x, y - reach_y, x + reach_x, y + reach_y)
    distances = np.empty(found.size, np.float64)
    best = np.inf
    for i in range(found.size):
        distances[i] = distance_to_boundary(buffer, found[i], x, y, metres_x, metres_y)
        best = min(best, distances[i])
    if best > within_m:
        return -1, np.inf
    for i in range(found.size):
        if distances[i] <= best + EQUAL_DISTANCE_M:
            return found[i], distances[i]
    return -1, np.inf


@njit(cache=True, nogil=True)
def nearest_many(buffer, xs, ys, within_m, metres_x, metres_y, faces, distances):
    """`nearest` for arrays; fills `faces` and `distances`."""
    for i in range(xs.size):
        faces[i], distances[i] = nearest(buffer, xs[i], ys[i], within_m, metres_x[i], metres_y[i])


@njit(cache=True, nogil=True)
def distances_to_boundary(buffer, faces, xs, ys, metres_x, metres_y, distances):
    """`distance_to_boundary` for arrays; NaN where there is no face."""
    for i in range(xs.size):
        distances[i] = np.nan
        if faces[i] >= 0:
            distances[i] = distance_to_boundary(buffer, faces[i], xs[i], ys[i], metres_x[i], metres_y[i])


@njit(cache=True)
def _sector(ax, ay, bx, by, radius):
    # Signed area of the sector from a to b: r² angle / 2.
    return 0.5 * radius * radius * math.atan2(ax * by - ay * bx, ax * bx + ay * by)


@njit(cache=True)
def _ring_in_circle(coordinates, start, stop, x, y, radius, metres_x, metres_y):
    """Square metres of the ring's inside within the circle about (x, y).

    The sum over its segments of the signed area, within the circle, of the triangle from the centre.
    """
    total = 0.0
    bx = (coordinates[2 * start] - x) * metres_x
    by = (coordinates[2 * start + 1] - y) * metres_y
    for i in range(start + 1, stop):
        ax = bx
        ay = by
        bx = (coordinates[2 * i] - x) * metres_x
        by = (coordinates[2 * i + 1] - y) * metres_y
        dx = bx - ax
        dy = by - ay
        length_2 = dx * dx + dy * dy
        if length_2 == 0.0:
            continue
        # |a + t d|² = r²: the segment's line meets the circle at t = (-half -+ root) / length².
        half = ax * dx + ay * dy
        discriminant = half * half - length_2 * (ax * ax + ay * ay - radius * radius)
        if discriminant <= 0.0:
            total += _sector(ax, ay, bx, by, radius)
            continue
        root = math.sqrt(discriminant)
        enter = (-half - root) / length_2
        leave = (-half + root) / length_2
        if leave <= 0.0 or enter >= 1.0:
            total += _sector(ax, ay, bx, by, radius)
            continue
        # Sector up to where the segment enters, triangle while it is inside, sector from where it leaves.
        px, py = ax, ay
        qx, qy = bx, by
        if enter > 0.0:
            px = ax + enter * dx
            py = ay + enter * dy
            total += _sector(ax, ay, px, py, radius)
        if leave < 1.0:
            qx = ax + leave * dx
            qy = ay + leave * dy
            total += _sector(qx, qy, bx, by, radius)
        total += 0.5 * (px * qy - py * qx)
    return abs(total)


@njit(cache=True)
def circle_shares(buffer, faces, x, y, radius, metres_x, metres_y):
    """Share of the circle's area that lies in each of the faces."""
    coordinates = section(buffer, S_COORDINATES).view(np.float64)
    ring_starts = section(buffer, S_RING_STARTS).view(np.int32)
    exterior = section(buffer, S_RING_EXTERIOR)
    face_rings = section(buffer, S_FACE_RINGS).view(np.int32)
    shares = np.zeros(faces.size, np.float64)
    for i in range(faces.size):
        for ring in range(face_rings[faces[i]], face_rings[faces[i] + 1]):
            area = _ring_in_circle(
                coordinates, ring_starts[ring], ring_starts[ring + 1], x, y, radius, metres_x, metres_y
            )
            shares[i] += area if exterior[ring] == 1 else -area
        shares[i] = min(1.0, max(0.0, shares[i] / (math.pi * radius * radius)))
    return shares
