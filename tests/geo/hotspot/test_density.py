"""Density clusters: equal to scikit-learn, indifferent to pile-ups, drawn and judged."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from geo.hotspot.arrays import HotspotInputError
from geo.hotspot.density import cluster_stability, dbscan, hdbscan, outline, st_dbscan
from geo.hotspot.progress import Cancelled


def _town(seed: int = 0) -> np.ndarray:
    random = np.random.default_rng(seed)
    points = np.vstack(
        [
            random.normal(0, 50, (300, 2)),
            random.normal(600, 80, (300, 2)),
            random.uniform(-500, 1200, (400, 2)),
        ]
    )
    points = points[random.permutation(len(points))]
    points[:100] = np.round(points[:100], -2)
    return points


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_dbscan_labels_equal_scikit_learn_with_weights(seed: int) -> None:
    points = _town(seed)
    weights = np.random.default_rng(seed).integers(0, 4, len(points))
    ours = dbscan(points, weights, 60.0, 12)
    from sklearn.cluster import DBSCAN

    theirs = DBSCAN(eps=60.0, min_samples=12).fit(points, sample_weight=weights)
    np.testing.assert_array_equal(ours.labels, theirs.labels_)
    np.testing.assert_array_equal(np.flatnonzero(ours.core), theirs.core_sample_indices_)


def test_hdbscan_clusters_equal_scikit_learn() -> None:
    points = _town(3)
    ours = hdbscan(points, None, 15)
    from sklearn.cluster import HDBSCAN

    theirs = HDBSCAN(min_cluster_size=15, copy=True).fit(points)
    assert ours.count == theirs.labels_.max() + 1
    pairs = set(zip(ours.labels.tolist(), theirs.labels_.tolist(), strict=True))
    assert len(pairs) == len(set(ours.labels.tolist()))
    np.testing.assert_allclose(ours.membership, theirs.probabilities_)


def test_hdbscan_counts_weights_as_repeated_points() -> None:
    points = _town(4)[:200]
    weights = np.random.default_rng(4).integers(1, 3, 200)
    ours = hdbscan(points, weights, 12)
    from sklearn.cluster import HDBSCAN

    theirs = HDBSCAN(min_cluster_size=12, copy=True).fit(np.repeat(points, weights, axis=0))
    assert ours.count == theirs.labels_.max() + 1
    # Repeated points make ties, which scikit-learn breaks by an unstable sort: a few points at the border may differ.
    assert abs(ours.weights.sum() - np.count_nonzero(theirs.labels_ >= 0)) <= 0.02 * weights.sum()


def test_a_pile_up_costs_no_time_and_changes_nothing() -> None:
    points = _town()
    piled = np.vstack([points, np.repeat(points[:1], 50_000, axis=0)])
    weights = np.ones(len(points))
    weights[0] += 50_000
    np.testing.assert_array_equal(
        dbscan(piled, None, 60, 12).labels[: len(points)], dbscan(points, weights, 60, 12).labels
    )


def test_st_dbscan_equals_the_reachability_graph() -> None:
    random = np.random.default_rng(5)
    points, times = random.uniform(0, 1000, (400, 2)), random.uniform(0, 30, 400)
    result = st_dbscan(points, times, None, 90.0, 4.0, 4)
    near = (np.linalg.norm(points[:, None] - points[None], axis=2) <= 90) & (np.abs(times[:, None] - times[None]) <= 4)
    from sklearn.cluster import DBSCAN

    theirs = DBSCAN(eps=0.5, min_samples=4, metric="precomputed").fit(1.0 - near.astype(float))
    np.testing.assert_array_equal(result.labels, theirs.labels_)
    for cluster in range(result.count):
        assert result.first_s[cluster] == times[result.members(cluster)].min()
        assert result.last_s[cluster] == times[result.members(cluster)].max()


def test_outlines_cover_their_points() -> None:
    points = _town()
    for alpha in (None, 80.0):
        clusters = dbscan(points, None, 60, 12, alpha_m=alpha)
        for cluster in range(clusters.count):
            members = shapely.points(points[clusters.members(cluster)])
            assert shapely.covers(clusters.outlines[cluster], members).all()
    corner = np.array([[0.0, 0.0], [1.0, 0.0], [2.0, 0.0]])
    assert outline(corner, alpha_m=5.0).area > 0
    assert outline(np.empty((0, 2))).is_empty


def test_an_alpha_shape_is_no_larger_than_the_hull() -> None:
    angle = np.linspace(0, np.pi, 200)
    bow = 500 * np.column_stack([np.cos(angle), np.sin(angle)])
    assert outline(bow, alpha_m=60.0).area < 0.3 * outline(bow).area


def test_a_dense_cluster_is_more_stable_than_a_chance_one() -> None:
    random = np.random.default_rng(6)
    points = np.vstack([random.normal(0, 30, (200, 2)), random.uniform(1000, 2000, (60, 2))])
    clusters = dbscan(points, None, 90, 4)
    stability = cluster_stability(points, None, clusters, lambda p, w, _: dbscan(p, w, 90, 4), replicates=20, seed=1)
    assert len(stability) == clusters.count > 1
    assert stability[0] > 0.9
    assert stability[1:].mean() < stability[0]


def test_empty_input_gives_no_clusters() -> None:
    for result in (dbscan([], None), st_dbscan([], [], None), hdbscan([], None)):
        assert result.count == 0
        assert len(result.labels) == 0


def test_bad_input_is_refused() -> None:
    with pytest.raises(HotspotInputError, match="shape"):
        dbscan(np.zeros((3, 3)))
    with pytest.raises(HotspotInputError, match="finite"):
        dbscan(np.array([[np.nan, 0.0]]))
    with pytest.raises(HotspotInputError, match="negative"):
        dbscan(np.zeros((2, 2)), [-1.0, 1.0])
    with pytest.raises(HotspotInputError, match="whole"):
        hdbscan(np.zeros((2, 2)), [0.5, 1.0])


def test_a_caller_can_cancel() -> None:
    with pytest.raises(Cancelled):
        dbscan(_town(), progress=lambda fraction: fraction < 0.5)
