"""Balanced contiguous partition by recombination of spanning trees.

The method is that of DeFord, Duchin and Solomon, "Recombination: A family of Markov chains for redistricting", Harvard
Data Science Review 3(1), 2021: a spanning tree of the pieces is drawn at random and cut where it leaves balanced parts;
then two neighbouring parts are put together, a new tree is drawn over both, and they are cut anew. Trees prefer edges
that do not follow roads, so that cuts fall on roads. Instead of sampling, the chain keeps only steps that improve.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numba import njit
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import breadth_first_order, connected_components, minimum_spanning_tree

from geo.refusals import SentenceError

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from geo.regionalise.atoms import Atoms

TREES = 4
"""Trees drawn for one cut; the best balanced cut of them is taken."""
ROAD_PULL = 1.5
"""How much later a tree takes an edge that follows a road all along: it is left to be cut."""


@dataclass(frozen=True)
class Proposal:
    """Which region each piece belongs to, and how good that is.

    Attributes
    ----------
    labels
        (n,) region of each piece, 0 … k-1, every region contiguous.
    loads
        (k,) weight of each region.
    imbalance
        Largest deviation of a load from the mean, as a share of the mean.
    cut_m
        Length of borders between regions, metres.
    cut_on_roads
        Share of that length that follows roads.
    """

    labels: NDArray[np.int64]
    loads: NDArray[np.float64]
    imbalance: float
    cut_m: float
    cut_on_roads: float


def partition(
    atoms: Atoms,
    weights: NDArray[np.float64],
    k: int,
    *,
    seed: int = 0,
    steps: int = 200,
    progress: Callable[[float], None] | None = None,
) -> Proposal:
    """Group pieces into `k` contiguous regions of about equal weight.

    Parameters
    ----------
    atoms
        The pieces, connected as a whole.
    weights
        (n,) load of each piece (households, reports), not negative.
    k
        How many regions, 1 … n.
    seed
        The same seed gives the same proposal.
    steps
        Recombinations tried.
    progress
        Called with the share done.

    Raises
    ------
    ValueError
        k outside 1 … n; weights of another length, negative or not finite; land that does not hang together.
    """
    n = len(atoms.geometries)
    weights = np.asarray(weights, dtype=np.float64)
    if not 1 <= k <= n:
        raise SentenceError("{n} pieces cannot make {k} regions", values={"n": n, "k": k})
    if weights.shape != (n,) or not np.isfinite(weights).all() or (weights < 0).any():
        raise ValueError("weights must be one finite number, not negative, for each piece")
    graph = _Graph(atoms, weights + max(float(weights.sum()), 1.0) * 1e-9)
    if graph.components(np.arange(n)) > 1:
        raise ValueError("the land does not hang together")
    generator = np.random.default_rng(seed)
    labels = graph.divide(np.arange(n), k, generator)
    score = graph.score(labels, k)
    for step in range(steps if k > 1 else 0):
        trial = graph.recombine(labels, k, generator)
        if trial is not None:
            better = graph.score(trial, k)
            if better < score:
                labels, score = trial, better
        if progress is not None and step % 10 == 0:
            progress(step / steps)
    return graph.proposal(labels, k, weights)


@njit(cache=True)
def _sum_upwards(up: NDArray[np.int64], weights: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    below = weights.copy()
    sizes = np.ones(len(up), dtype=np.int64)
    # In visiting order children follow their parent: backwards, each adds its finished sum to it.
    for i in range(len(up) - 1, 0, -1):
        below[up[i]] += below[i]
        sizes[up[i]] += sizes[i]
    return below, sizes


@njit(cache=True)
def _mark_downwards(up: NDArray[np.int64], node: int) -> NDArray[np.bool_]:
    inside = np.zeros(len(up), dtype=np.bool_)
    inside[node] = True
    for i in range(node + 1, len(up)):
        inside[i] = inside[up[i]]
    return inside


class _Graph:
    """The pieces as a graph, with what partition asks of it."""

    def __init__(self, atoms: Atoms, weights: NDArray[np.float64]) -> None:
        self.n = len(weights)
        self.weights = weights
        self.pairs = atoms.pairs
        self.border_m = atoms.border_m
        self.road_share = atoms.road_share

    def components(self, members: NDArray[np.int64]) -> int:
        inside = np.zeros(self.n, dtype=bool)
        inside[members] = True
        pairs = self.pairs[inside[self.pairs].all(axis=1)]
        count, _ = connected_components(self._matrix(pairs, np.ones(len(pairs))), directed=False)
        # Each node outside is a component of its own.
        return int(count) - (self.n - len(members))

    def divide(self, members: NDArray[np.int64], k: int, generator: np.random.Generator) -> NDArray[np.int64]:
        """Cut the members into k parts, halving again and again; others keep label 0."""
        labels = np.zeros(self.n, dtype=np.int64)
        todo = [(members, k, 0)]
        while todo:
            part, count, first = todo.pop()
            labels[part] = first
            if count == 1:
                continue
            small = count // 2
            side = self._cut(part, small / count, generator, least=(small, count - small))
            todo += [(part[side], small, first), (part[~side], count - small, first + small)]
        return labels

    def recombine(self, labels: NDArray[np.int64], k: int, generator: np.random.Generator) -> NDArray[np.int64] | None:
        """Put two neighbouring regions together and cut them anew."""
        del k
        ends = labels[self.pairs]
        between = np.flatnonzero(ends[:, 0] != ends[:, 1])
        one, two = ends[generator.choice(between)]
        members = np.flatnonzero((labels == one) | (labels == two))
        side = self._cut(members, 0.5, generator, least=(1, 1))
        trial = labels.copy()
        trial[members[side]], trial[members[~side]] = one, two
        return trial

    def score(self, labels: NDArray[np.int64], k: int) -> float:
        """Less is better: squared imbalance in units of 5 %, then borders, those on roads counting a quarter."""
        # 0.2 (imbalance / 5 %)² of the worst region, plus the share of all borders that is cut.
        loads = np.bincount(labels, self.weights, k)
        imbalance = loads / loads.mean() - 1
        cut = labels[self.pairs[:, 0]] != labels[self.pairs[:, 1]]
        border = float((self.border_m * (1 - 0.75 * self.road_share))[cut].sum()) / max(
            float(self.border_m.sum()), 1e-9
        )
        return float((imbalance**2).max()) / 0.05**2 * 0.2 + border

    def proposal(self, labels: NDArray[np.int64], k: int, weights: NDArray[np.float64]) -> Proposal:
        loads = np.bincount(labels, weights, k).astype(np.float64)
        cut = labels[self.pairs[:, 0]] != labels[self.pairs[:, 1]]
        length = float(self.border_m[cut].sum())
        on_roads = float((self.border_m * self.road_share)[cut].sum())
        mean = float(loads.mean())
        return Proposal(
            labels=labels,
            loads=loads,
            imbalance=float(np.abs(loads / mean - 1).max()) if mean > 0 else 0.0,
            cut_m=length,
            cut_on_roads=on_roads / length if length > 0 else 0.0,
        )

    def _cut(
        self, members: NDArray[np.int64], share: float, generator: np.random.Generator, least: tuple[int, int]
    ) -> NDArray[np.bool_]:
        """Cut a connected part in two connected ones, the first as near to `share` of the weight as trees allow."""
        place = np.full(self.n, -1, dtype=np.int64)
        place[members] = np.arange(len(members))
        inside = (place[self.pairs] >= 0).all(axis=1)
        pairs, roads = place[self.pairs[inside]], self.road_share[inside]
        best: tuple[float, NDArray[np.bool_]] | None = None
        for _ in range(TREES):
            # Random weights make the minimum spanning tree a random one; edges along roads weigh more and are left out.
            order = generator.random(len(pairs)) + ROAD_PULL * roads + 1e-9
            below, sizes, members_below = self._subtrees(pairs, order, self.weights[members])
            total = float(self.weights[members].sum())
            count = len(members)
            for flip in (False, True):
                # Cutting above a node leaves its subtree and the rest; either can be the first part.
                part = total - below if flip else below
                number = count - sizes if flip else sizes
                fits = (number >= least[0]) & (count - number >= least[1])
                fits[0] = False  # The root's subtree is the whole.
                if not fits.any():
                    continue
                off = np.where(fits, np.abs(part / total - share), np.inf)
                node = int(off.argmin())
                if best is None or off[node] < best[0]:
                    inner = members_below(node)
                    best = (float(off[node]), ~inner if flip else inner)
        if best is None:
            raise ValueError("the land cannot be cut into so many regions that hang together")
        return best[1]

    def _subtrees(
        self, pairs: NDArray[np.int64], order: NDArray[np.float64], weights: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.int64], Callable[[int], NDArray[np.bool_]]]:
        """Draw the tree; return weight and size below each node (in visiting order), and the nodes below one."""
        n = len(weights)
        matrix = coo_array((order, (pairs[:, 0], pairs[:, 1])), shape=(n, n)).tocsr()
        tree = minimum_spanning_tree(matrix)
        visited, parent = breadth_first_order(tree, 0, directed=False)
        position = np.empty(n, dtype=np.int64)
        position[visited] = np.arange(n)
        # Parents by position in visiting order; the root has itself.
        up = np.where(parent[visited] >= 0, position[np.maximum(parent[visited], 0)], 0)
        below, sizes = _sum_upwards(up, weights[visited])

        def members_below(node: int) -> NDArray[np.bool_]:
            result = np.zeros(n, dtype=bool)
            result[visited[_mark_downwards(up, node)]] = True
            return result

        return below, sizes, members_below

    def _matrix(self, pairs: NDArray[np.int64], values: NDArray[np.float64]) -> csr_array:
        return coo_array((values, (pairs[:, 0], pairs[:, 1])), shape=(self.n, self.n)).tocsr()
