"""Quasi-Poisson regression with a log link, and the down-weighting of past outbreaks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from geo.hotspot.arrays import FloatArray

_STEPS = 25
_ACCURACY = 1e-8


@dataclass(frozen=True, slots=True)
class Fit:
    """A fitted model.

    Attributes
    ----------
    coefficients : ndarray, shape (k,)
    covariance : ndarray, shape (k, k)
        Unscaled: multiply by the dispersion.
    means : ndarray, shape (n,)
    leverage : ndarray, shape (n,)
    dispersion : float
        Pearson's statistic over the degrees of freedom; NaN without any.
    converged : bool
    """

    coefficients: FloatArray
    covariance: FloatArray
    means: FloatArray
    leverage: FloatArray
    dispersion: float
    converged: bool


def quasi_poisson(design: FloatArray, counts: FloatArray, weights: FloatArray | None = None) -> Fit:
    """Fit by iteratively reweighted least squares, as R's ``glm``: until the deviance settles to 1e-8, or 25 steps.

    Parameters
    ----------
    design : ndarray, shape (n, k)
    counts : ndarray, shape (n,)
    weights : ndarray, shape (n,), optional
        Prior weights.

    Source
    ------
    McCullagh & Nelder (1989), Generalized Linear Models, 2nd ed.
    """
    prior = np.ones(len(counts)) if weights is None else weights
    means: FloatArray = counts + 0.1
    eta = np.log(means)
    deviance, converged = _deviance(counts, means, prior), False
    root = np.sqrt(prior * means)
    coefficients: FloatArray = np.zeros(design.shape[1])
    for _ in range(_STEPS):
        # Log link: working response z = eta + (y - mu) / mu, weights prior * mu.
        working = eta + (counts - means) / means
        root = np.sqrt(prior * means)
        solved = np.linalg.lstsq(design * root[:, None], working * root, rcond=1e-11)[0]
        coefficients = np.asarray(solved, dtype=np.float64)
        eta = np.clip(design @ coefficients, -700.0, 700.0)
        means = np.exp(eta)
        previous, deviance = deviance, _deviance(counts, means, prior)
        # The criterion of R's glm.control.
        if abs(deviance - previous) / (abs(deviance) + 0.1) < _ACCURACY:
            converged = True
            break
    # Covariance, leverage and Pearson's statistic take the weights of the last least squares step, as R's glm does.
    basis, triangle = np.linalg.qr(design * root[:, None])
    inverse = np.linalg.pinv(triangle)
    freedom = int(np.count_nonzero(prior)) - design.shape[1]
    # (X'WX)^-1 = R^-1 R^-T; leverages are the squared rows of Q; Pearson's statistic is sum w (y - mu)² / mu².
    pearson = float(np.square(root * (counts - means) / np.maximum(means, 1e-300)).sum())
    return Fit(
        coefficients,
        inverse @ inverse.T,
        means,
        np.minimum(np.square(basis).sum(axis=1), 1.0),
        pearson / freedom if freedom > 0 else float("nan"),
        converged,
    )


def _deviance(counts: FloatArray, means: FloatArray, prior: FloatArray) -> float:
    ratio = np.where(counts > 0, counts / np.maximum(means, 1e-300), 1.0)
    # 2 sum w (y ln(y / mu) - (y - mu)); the first term is 0 where y is.
    return float(2 * (prior * (counts * np.log(ratio) - (counts - means))).sum())


def anscombe_residuals(counts: FloatArray, fit: Fit, dispersion: float) -> FloatArray:
    """Return standardised Anscombe residuals, shape (n,): ``1.5 (y^(2/3) mu^(-1/6) - mu^(1/2)) / sqrt(phi (1 - h))``.

    Source
    ------
    Farrington, Andrews, Beale & Catchpole (1996), J. R. Stat. Soc. A 159(3), 547-563.
    """
    means = np.maximum(fit.means, 1e-300)
    raw = 1.5 * (counts ** (2 / 3) * means ** (-1 / 6) - np.sqrt(means))
    return np.asarray(raw / np.sqrt(dispersion * np.maximum(1 - fit.leverage, 1e-12)), dtype=np.float64)


def outbreak_weights(residuals: FloatArray, threshold: float) -> FloatArray:
    """Weigh observations, shape (n,), beyond the threshold by ``residual^-2``, scaled so that the weights sum to n.

    Source
    ------
    Farrington et al. (1996) with threshold 1; Noufaily et al. (2013), Stat. Med. 32(7), 1206-1222, with 2.58.
    """
    raw = np.where(residuals > threshold, np.maximum(residuals, 1e-9) ** -2.0, 1.0)
    return np.asarray(raw * len(raw) / raw.sum(), dtype=np.float64)


def reweighted(design: FloatArray, counts: FloatArray, threshold: float | None) -> tuple[Fit, float]:
    """Fit, weigh past outbreaks down, fit again; return the fit and its dispersion (at least 1).

    ``design`` has the shape (n, k), ``counts`` (n,). Without a threshold, or where it fails, the first fit is returned.
    """
    fit = quasi_poisson(design, counts)
    dispersion = float(np.fmax(fit.dispersion, 1.0))
    if threshold is not None and fit.converged:
        weights = outbreak_weights(anscombe_residuals(counts, fit, dispersion), threshold)
        fit = quasi_poisson(design, counts, weights)
        dispersion = float(np.fmax(fit.dispersion, 1.0))
    return fit, dispersion
