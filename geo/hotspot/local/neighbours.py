"""Who is a neighbour of whom: sparse weights between areas, without the areas themselves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import shapely
from scipy import sparse
from scipy.spatial import cKDTree

from geo.hotspot.arrays import BoolArray, FloatArray, IntArray, as_points, require

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Weights w_ij in compressed rows; the diagonal is never stored.

    Attributes
    ----------
    indptr : ndarray, shape (n + 1,), int64
    indices : ndarray, shape (m,), int64
        Neighbours of area i: ``indices[indptr[i]:indptr[i + 1]]``, ascending.
    weights : ndarray, shape (m,), float64
        Ones for plain adjacency.
    """

    indptr: IntArray
    indices: IntArray
    weights: FloatArray

    def __len__(self) -> int:
        """Return the number of areas."""
        return len(self.indptr) - 1

    @property
    def cardinalities(self) -> IntArray:
        """Number of neighbours of each area."""
        return np.diff(self.indptr)

    @property
    def islands(self) -> BoolArray:
        """Areas without a neighbour."""
        return np.asarray(self.cardinalities == 0, dtype=np.bool_)

    def around(self, area: int) -> IntArray:
        """Neighbours of one area."""
        return self.indices[self.indptr[area] : self.indptr[area + 1]]

    def sparse(self) -> sparse.csr_matrix:
        """Return the weights as a scipy matrix."""
        return sparse.csr_matrix((self.weights, self.indices, self.indptr), shape=(len(self), len(self)))

    def row_standardised(self) -> Neighbours:
        """Return weights that sum to one for every area with neighbours."""
        sums = np.add.reduceat(np.append(self.weights, 0.0), self.indptr[:-1]) if len(self) else np.empty(0)
        # reduceat returns the next weight for an empty row.
        sums = np.where(self.cardinalities > 0, sums, 1.0)
        return Neighbours(self.indptr, self.indices, self.weights / np.repeat(sums, self.cardinalities))

    @classmethod
    def from_sparse(cls, matrix: Any) -> Neighbours:  # noqa: ANN401 (any scipy sparse matrix)
        """Take a square scipy sparse matrix; its diagonal and zeros are dropped."""
        entries = sparse.coo_array(matrix)
        require(entries.shape[0] == entries.shape[1], "the matrix must be square")
        return cls.from_pairs(entries.shape[0], np.column_stack([entries.row, entries.col]), entries.data)

    @classmethod
    def from_pairs(
        cls, count: int, pairs: npt.ArrayLike, weights: npt.ArrayLike | None = None, *, symmetric: bool = False
    ) -> Neighbours:
        """Take directed pairs (i, j), shape (m, 2); repeated pairs count once, the last weight wins.

        With ``symmetric`` every pair is taken in both directions.
        """
        links = np.asarray(pairs, dtype=np.int64).reshape(-1, 2)
        mass = np.ones(len(links)) if weights is None else np.asarray(weights, dtype=np.float64)
        require(len(mass) == len(links), "one weight a pair")
        require(len(links) == 0 or (links.min() >= 0 and links.max() < count), f"pairs must lie in 0 … {count - 1}")
        if symmetric:
            links, mass = np.vstack([links, links[:, ::-1]]), np.concatenate([mass, mass])
        keep = (links[:, 0] != links[:, 1]) & (mass != 0)
        # Reversed, so that the first of equal keys is the last pair passed in. Keys i n + j in order are sorted rows.
        links, mass = links[keep][::-1], mass[keep][::-1]
        keys, first = np.unique(links[:, 0] * count + links[:, 1], return_index=True)
        indptr = np.searchsorted(keys, np.arange(count + 1) * count).astype(np.int64)
        return cls(indptr, (keys % max(count, 1)).astype(np.int64), mass[first])

    @classmethod
    def from_lists(cls, lists: Sequence[Sequence[int]] | Mapping[int, Sequence[int]]) -> Neighbours:
        """Take the list of neighbours of each area 0 … n - 1; all weights are 1."""
        rows = [lists[i] for i in range(len(lists))]
        pairs = [(i, j) for i, row in enumerate(rows) for j in row]
        return cls.from_pairs(len(rows), np.array(pairs, dtype=np.int64).reshape(-1, 2))

    @classmethod
    def from_w(cls, w: Any) -> Neighbours:  # noqa: ANN401 (libpysal has no types)
        """Take a libpysal ``W`` or ``Graph``, in its order."""
        return cls.from_sparse(w.sparse)

    @classmethod
    def touching(cls, polygons: npt.ArrayLike, *, rook: bool = False, tolerance_m: float = 0.0) -> Neighbours:
        """Join polygons, shape (n,), that touch: in a point (queen) or along a line (rook).

        ``tolerance_m`` bridges narrow gaps of an imperfect coverage (in the unit of the coordinates).
        """
        shapes = np.asarray(polygons, dtype=object)
        tree = shapely.STRtree(shapes)
        if tolerance_m > 0:
            links = tree.query(shapes, predicate="dwithin", distance=tolerance_m).T
        else:
            links = tree.query(shapes, predicate="intersects").T
        links = links[links[:, 0] < links[:, 1]]
        if rook and len(links):
            # Once buffered, polygons that meet in a corner overlap too: up to 4 tolerance² of common area is a point.
            grown = shapely.buffer(shapes, tolerance_m / 2) if tolerance_m > 0 else shapes
            shared = shapely.intersection(grown[links[:, 0]], grown[links[:, 1]])
            extent = shapely.area(shared) if tolerance_m > 0 else shapely.length(shared)
            links = links[extent > (tolerance_m * tolerance_m * 4 if tolerance_m > 0 else 0.0)]
        return cls.from_pairs(len(shapes), links, symmetric=True)

    @classmethod
    def within(cls, points_m: npt.ArrayLike, radius_m: float) -> Neighbours:
        """Join points, shape (n, 2), at most ``radius_m`` apart (inclusive), metres."""
        points = as_points(points_m)
        pairs: Any = cKDTree(points).query_pairs(radius_m, output_type="ndarray") if len(points) else []
        return cls.from_pairs(len(points), pairs, symmetric=True)

    @classmethod
    def nearest(cls, points_m: npt.ArrayLike, count: int) -> Neighbours:
        """Join each point, shape (n, 2), metres, to its ``count`` nearest others; not symmetric.

        Raises
        ------
        HotspotInputError
            For a count outside 1 … n - 1.
        """
        points = as_points(points_m)
        require(0 < count < len(points), f"count must lie in 1 … {len(points) - 1}")
        near: Any = cKDTree(points).query(points, count + 1)[1]
        pairs = []
        for i, row in enumerate(near):
            pairs += [(i, int(j)) for j in row if j != i][:count]
        return cls.from_pairs(len(points), np.array(pairs, dtype=np.int64))
