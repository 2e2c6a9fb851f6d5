"""Evidence on a source's datum, from points and the addresses they came with.

The test is the exact sign test on pairs of hypotheses. Under each datum every point is converted and its
distance to the position of its address is taken; for two data, each point votes for the one that brings it
nearer. If neither were right the votes would be even. A datum is named only if it beats *each* other one at
the stated level, Bonferroni corrected for the three data that may win against two rivals, and if its points
then lie *around* the expected positions: a datum that is merely the least wrong is not named. The test needs
no distribution of the address errors and a minority of absurd addresses cannot turn it.

Source: the sign test, Conover, Practical Nonparametric Statistics (3rd ed., 1999), §3.4.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from scipy import special

from geo.datum.convert import to_wgs84
from geo.datum.crs import BD09, GCJ02, WGS84

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]

Reason = Literal["clear", "too few points", "outside China", "too noisy", "fits none"]

HYPOTHESES = (WGS84, GCJ02, BD09)
_RIVALRIES = len(HYPOTHESES) * (len(HYPOTHESES) - 1)
FEWEST_POINTS = 12  # 12 votes to nothing are the fewest that reach p = 0.001 / 6, with one to spare.
# A fitting datum leaves the middle of its residuals within this share of the distance to the nearest rival.
_LARGEST_OFFSET_SHARE = 0.25
_METRES_PER_DEGREE = 111_195.0  # on the mean sphere, R = 6 371 008.8 m; residuals are weighed, not surveyed
_SAME_PLACE_M = 1.0  # where the shifts do not apply all hypotheses are the same place
_FARTHEST_M = 20_000.0  # an address tens of kilometres away says nothing about a shift of hundreds of metres


@dataclass(frozen=True, slots=True)
class DatumEvidence:
    """The evidence of points on their datum.

    `datum` is 'WGS84' (or CGCS2000, the same here), 'GCJ-02', 'BD-09' or None where undecided; `reason` in
    a word; `points_used` after leaving out repeated and unusable ones; `p_value` the largest of the winner's
    sign tests, corrected; `votes` each datum's share of points that it brings nearest; `offset_m` the
    distance of the middle residual from zero and `median_m` the median distance, under each datum.
    """

    datum: str | None
    reason: Reason
    points_used: int
    p_value: float
    votes: dict[str, float]
    offset_m: dict[str, float]
    median_m: dict[str, float]


def detect_datum(points: ArrayLike, expected_points: ArrayLike, *, level: float = 0.001) -> DatumEvidence:
    """Name the datum in which points fit the positions expected of them, or return that it cannot be decided.

    Parameters
    ----------
    points : array_like of float64, shape (n, 2)
        Longitude and latitude as the source sent them, datum unknown.
    expected_points : array_like of float64, shape (n, 2)
        WGS 84 positions of the same matters from other evidence (the address). Rows with anything not finite,
        pairs more than 20 km apart and repeated pairs (one default geocode is one witness) are left out.
    level : float
        The chance of naming a datum on evidence that is only noise.

    Returns
    -------
    DatumEvidence
        Empty input is undecided (`datum` None, reason 'too few points').

    Raises
    ------
    ValueError
        If the shapes are not (n, 2) and equal.
    """
    given, expected = _rows(points, expected_points)
    given_and_expected = np.unique(np.hstack([given, expected]), axis=0)
    usable = np.isfinite(given_and_expected).all(axis=1)
    given_and_expected = given_and_expected[usable]
    given, expected = given_and_expected[:, :2], given_and_expected[:, 2:]
    near = np.linalg.norm(_metres(given, expected), axis=1) <= _FARTHEST_M
    given, expected = given[near], expected[near]
    if len(given) < FEWEST_POINTS:
        return _cannot_tell("too few points", len(given))

    converted = [np.column_stack(to_wgs84(given[:, 0], given[:, 1], crs)) for crs in HYPOTHESES]
    # Shape (data, points, 2): east and north, metres.
    residuals = np.stack([_metres(points, expected) for points in converted])
    distances = np.hypot(residuals[..., 0], residuals[..., 1])
    middles = np.median(residuals, axis=1)
    offsets = np.hypot(middles[:, 0], middles[:, 1])
    # How far the data lie from each other here: less than a metre where the shifts do not apply.
    apart = np.linalg.norm(middles[:, None, :] - middles[None, :, :], axis=2)
    np.fill_diagonal(apart, np.inf)

    p_values = np.array([_largest_p(distances, index) for index in range(len(HYPOTHESES))])
    best = int(np.argmin(p_values))
    # Bonferroni over three data times two rivals.
    p_value = min(1.0, float(p_values[best]) * _RIVALRIES)
    datum: str | None = None
    reason: Reason = "clear"
    if apart.min() < _SAME_PLACE_M:
        reason, p_value = "outside China", 1.0
    elif p_value > level:
        reason = "too noisy"
    elif offsets[best] > _LARGEST_OFFSET_SHARE * apart[best].min():
        reason = "fits none"
    else:
        datum = HYPOTHESES[best].name
    nearest = np.bincount(distances.argmin(axis=0), minlength=len(HYPOTHESES)) / len(given)
    return DatumEvidence(
        datum=datum,
        reason=reason,
        points_used=len(given),
        p_value=p_value,
        votes=_by_name(nearest),
        offset_m=_by_name(offsets),
        median_m=_by_name(np.median(distances, axis=1)),
    )


def _largest_p(distances: Floats, index: int) -> float:
    """Return the worst of the one-sided sign tests of one hypothesis against each rival; ties do not vote."""
    worst = 0.0
    for rival in range(len(distances)):
        if rival == index:
            continue
        won = int((distances[index] < distances[rival]).sum())
        lost = int((distances[index] > distances[rival]).sum())
        # The chance of at least so many wins of a fair coin; scipy.stats computes the same and takes a second to load.
        p = special.bdtrc(won - 1, won + lost, 0.5) if won + lost else 1.0
        worst = max(worst, float(p))
    return worst


def _rows(points: ArrayLike, expected_points: ArrayLike) -> tuple[Floats, Floats]:
    given, expected = np.asarray(points, dtype=np.float64), np.asarray(expected_points, dtype=np.float64)
    if given.size == expected.size == 0:
        return np.empty((0, 2)), np.empty((0, 2))
    if given.shape != expected.shape or given.shape[1:] != (2,):
        message = f"points and expected points must both have shape (n, 2): {given.shape} and {expected.shape}"
        raise ValueError(message)
    return given, expected


def _metres(points: Floats, expected: Floats) -> Floats:
    difference = points - expected
    # A degree of longitude shrinks with the cosine of the latitude.
    scale = np.cos(np.radians(expected[:, 1]))
    return np.column_stack([difference[:, 0] * scale, difference[:, 1]]) * _METRES_PER_DEGREE


def _by_name(values: Floats) -> dict[str, float]:
    return {crs.name: float(value) for crs, value in zip(HYPOTHESES, values, strict=True)}


def _cannot_tell(reason: Reason, points_used: int) -> DatumEvidence:
    nothing = np.full(len(HYPOTHESES), np.nan)
    return DatumEvidence(None, reason, points_used, 1.0, _by_name(nothing), _by_name(nothing), _by_name(nothing))
