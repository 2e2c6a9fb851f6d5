"""From an expectation with its overdispersion to an upper bound and a probability."""

from __future__ import annotations

import math
from typing import Any, Literal

from scipy.stats import nbinom, norm, poisson

Method = Literal["nb-plugin", "nb-upper", "delta"]


def upper_bound(eta: float, standard_error: float, dispersion: float, alpha: float, method: Method) -> float:
    """Return the count exceeded with probability at most ``alpha``.

    - ``nb-plugin``: quantile of the negative binomial with mean ``exp(eta)`` and variance ``phi`` times the mean.
    - ``nb-upper``: the same with the upper ``1 - alpha`` bound of the mean.
    - ``delta``: Farrington's 2/3 power normal approximation; not a whole number.

    Source
    ------
    Farrington et al. (1996); Noufaily et al. (2013); Salmon, Schumacher & Höhle (2016), J. Stat. Softw. 70(10).
    """
    mean = math.exp(eta)
    if method == "delta":
        # y^(2/3) has about the variance 4/9 mu^(1/3) tau with tau = phi + mu se².
        variance = dispersion + mean * standard_error**2
        spread = math.sqrt(4 / 9 * mean ** (1 / 3) * variance)
        return float(max(mean ** (2 / 3) + norm.isf(alpha) * spread, 0.0) ** 1.5)
    if method == "nb-upper":
        mean = math.exp(eta + norm.isf(alpha) * standard_error)
    return _quantile(mean, dispersion, alpha)


def _quantile(mean: float, dispersion: float, alpha: float) -> float:
    """Smallest count that is exceeded with probability at most ``alpha``.

    Searched on the survival function: scipy's own quantile of the negative binomial can be one too large.
    """
    # Negative binomial of size mu / (phi - 1) and probability 1 / phi: mean mu, variance phi mu.
    law: Any = nbinom(mean / (dispersion - 1), 1 / dispersion) if dispersion > 1 + 1e-09 else poisson(mean)
    slack = alpha * (1 + 1e-12)
    count = max(float(law.ppf(1 - alpha)) - 3.0, 0.0)
    while law.sf(count) > slack:
        count += 1.0
    return count


def exceedance_probability(count: float, mean: float, dispersion: float) -> float:
    """Probability of ``count`` or more with this mean and variance ``dispersion * mean`` (negative binomial)."""
    if count <= 0 or mean <= 0:
        return 1.0 if count <= 0 else 0.0
    if dispersion > 1 + 1e-9:
        return float(nbinom.sf(count - 1, mean / (dispersion - 1), 1 / dispersion))
    return float(poisson.sf(count - 1, mean))
