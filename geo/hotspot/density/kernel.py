"""Compiled neighbour search and cluster growth over points sorted into cells."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numba as nb
import numpy as np

from geo.hotspot.progress import Progress, report, run_chunks

if TYPE_CHECKING:
    from geo.hotspot.arrays import BoolArray, FloatArray, IntArray

_CHUNK = 8192


@nb.njit(cache=True, nogil=True, inline="always")
def _cell_range(keys: IntArray, low: int, high: int) -> tuple[int, int]:  # pragma: no cover
    return np.searchsorted(keys, low), np.searchsorted(keys, high + 1)  # type: ignore[return-value]


@nb.njit(cache=True, nogil=True)
def _neighbour_weight(
    points: FloatArray,
    times: FloatArray,
    weights: FloatArray,
    cells: IntArray,
    keys: IntArray,
    columns: int,
    rows: int,
    eps: float,
    eps_time: float,
    first: int,
    last: int,
    out: FloatArray,
) -> None:  # pragma: no cover
    limit = eps * eps
    for i in range(first, last):
        total = 0.0
        for slab in range(cells[i, 0] - 1, cells[i, 0] + 2):
            for row in range(cells[i, 1] - 1, cells[i, 1] + 2):
                base = (slab * rows + row) * columns + cells[i, 2]
                # The three cells of a row have consecutive keys: one search finds them.
                start, end = _cell_range(keys, base - 1, base + 1)
                for j in range(start, end):
                    dx = points[i, 0] - points[j, 0]
                    dy = points[i, 1] - points[j, 1]
                    if dx * dx + dy * dy <= limit and abs(times[i] - times[j]) <= eps_time:
                        total += weights[j]
        out[i] = total


@nb.njit(cache=True, nogil=True)
def _grow(
    points: FloatArray,
    times: FloatArray,
    cells: IntArray,
    keys: IntArray,
    columns: int,
    rows: int,
    eps: float,
    eps_time: float,
    core: BoolArray,
    visit: IntArray,
    labels: IntArray,
) -> int:  # pragma: no cover
    """Grow clusters from core points in the order ``visit``; a border point goes to the cluster that comes first."""
    limit = eps * eps
    stack = np.empty(len(points), dtype=np.int64)
    cluster = 0
    for k in range(len(visit)):
        seed = visit[k]
        if labels[seed] != -1 or not core[seed]:
            continue
        labels[seed] = cluster
        stack[0] = seed
        depth = 1
        while depth > 0:
            depth -= 1
            i = stack[depth]
            for slab in range(cells[i, 0] - 1, cells[i, 0] + 2):
                for row in range(cells[i, 1] - 1, cells[i, 1] + 2):
                    base = (slab * rows + row) * columns + cells[i, 2]
                    start, end = _cell_range(keys, base - 1, base + 1)
                    for j in range(start, end):
                        if labels[j] != -1:
                            continue
                        dx = points[i, 0] - points[j, 0]
                        dy = points[i, 1] - points[j, 1]
                        if dx * dx + dy * dy <= limit and abs(times[i] - times[j]) <= eps_time:
                            labels[j] = cluster
                            if core[j]:
                                stack[depth] = j
                                depth += 1
        cluster += 1
    return cluster


def grow_clusters(
    points_m: FloatArray,
    times_s: FloatArray,
    weights: FloatArray,
    eps_m: float,
    eps_s: float,
    min_weight: float,
    progress: Progress | None,
) -> tuple[IntArray, BoolArray]:
    """Label points by density reachability in space and time.

    Points at one place and time are joined first, so that a pile-up costs nothing.

    Returns
    -------
    labels : ndarray, shape (n,), int64
    core : ndarray, shape (n,), bool
    """
    report(progress, 0.0)
    eps_m, eps_s = float(eps_m), float(eps_s)  # a whole number would be compiled for anew
    if len(points_m) == 0:
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.bool_)
    slabs = np.zeros(len(points_m), dtype=np.int64)
    if np.isfinite(eps_s):
        slabs = np.floor((times_s - times_s.min()) / max(eps_s, 1e-9)).astype(np.int64)
    corner = points_m.min(axis=0)
    # Cells a little wider than eps: points at exactly eps lie in neighbouring cells.
    grid = np.floor((points_m - corner) / (eps_m * (1 + 1e-9))).astype(np.int64)
    # A rim of empty cells on each side keeps neighbours of one row from running into the next.
    columns, rows = int(grid[:, 0].max()) + 3, int(grid[:, 1].max()) + 3
    keys = ((slabs + 1) * rows + grid[:, 1] + 1) * columns + grid[:, 0] + 1
    order = np.lexsort((times_s, points_m[:, 1], points_m[:, 0], keys))
    triple = np.column_stack([points_m, times_s])[order]
    new = np.ones(len(order), dtype=np.bool_)
    new[1:] = (triple[1:] != triple[:-1]).any(axis=1)
    group = np.cumsum(new) - 1
    of_point = np.empty(len(order), dtype=np.int64)
    of_point[order] = group
    # One point stands for all at its place and time; `of_point` leads back.
    lead = order[new]
    points, times = np.ascontiguousarray(points_m[lead]), np.ascontiguousarray(times_s[lead])
    mass = np.bincount(of_point, weights=weights, minlength=len(lead)).astype(np.float64)
    cells = np.column_stack([slabs[lead] + 1, grid[lead, 1] + 1, grid[lead, 0] + 1]).astype(np.int64)
    sorted_keys = np.ascontiguousarray(keys[lead])
    reach = np.empty(len(lead))

    def weigh(first: int, last: int) -> None:
        _neighbour_weight(points, times, mass, cells, sorted_keys, columns, rows, eps_m, eps_s, first, last, reach)

    run_chunks(weigh, len(lead), _CHUNK, progress, end=0.6)
    core = reach >= min_weight * (1 - 1e-12)
    # Clusters are numbered by their first core point in input order.
    first_seen = np.full(len(lead), len(order), dtype=np.int64)
    np.minimum.at(first_seen, of_point, np.arange(len(order)))
    visit = np.argsort(first_seen, kind="stable").astype(np.int64)
    labels = np.full(len(lead), -1, dtype=np.int64)
    _grow(points, times, cells, sorted_keys, columns, rows, eps_m, eps_s, core, visit, labels)
    report(progress, 0.9)
    return labels[of_point], core[of_point]
