"""Coverages of wiggly polygons, for measuring: cells of a jittered lattice whose shared borders wander like rivers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

if TYPE_CHECKING:
    from numpy.typing import NDArray


def wiggly_coverage(
    count: int,
    *,
    vertices: int = 200,
    seed: int = 2026,
    bounds: tuple[float, float, float, float] = (113.0, 34.5, 114.0, 35.5),
) -> NDArray[np.object_]:
    """About `count` polygons (the next square) of `vertices` vertices each; neighbours share their border exactly."""
    random = np.random.default_rng(seed)
    side = int(np.ceil(np.sqrt(count)))
    lattice = np.stack(np.meshgrid(np.arange(side + 1.0), np.arange(side + 1.0)), axis=-1)
    lattice += random.uniform(-0.12, 0.12, lattice.shape)
    east = _wander(lattice[:, :-1].reshape(-1, 2), lattice[:, 1:].reshape(-1, 2), vertices // 4, random)
    north = _wander(lattice[:-1].reshape(-1, 2), lattice[1:].reshape(-1, 2), vertices // 4, random)
    row, column = np.divmod(np.arange(side * side), side)
    south_edge, north_edge = east[row * side + column], east[(row + 1) * side + column]
    west_edge, east_edge = north[row * (side + 1) + column], north[row * (side + 1) + column + 1]
    rings = np.concatenate([south_edge[:, :-1], east_edge[:, :-1], north_edge[:, :0:-1], west_edge[:, ::-1]], axis=1)
    low, high = np.array(bounds[:2]), np.array(bounds[2:])
    return shapely.polygons(np.round(low + rings * ((high - low) / side), 7))


def _wander(
    start: NDArray[np.float64], end: NDArray[np.float64], steps: int, random: np.random.Generator
) -> NDArray[np.float64]:
    """Lines (n, steps + 1, 2) from start to end, swaying sideways less than half their distance from either end."""
    t = np.linspace(0.0, 1.0, steps + 1)
    sway = np.cumsum(random.normal(0.0, 1.0, (len(start), steps + 1)), axis=1)
    sway = np.tanh(sway * (2.0 / np.sqrt(steps))) * (0.45 * np.minimum(t, 1.0 - t))
    along = end - start
    across = np.stack([-along[:, 1], along[:, 0]], axis=1)
    return start[:, None] + t[None, :, None] * along[:, None] + sway[:, :, None] * across[:, None]
