"""A small random number generator for compiled kernels.

SplitMix64: every replicate has a stream of its own, seeded by (seed, replicate), so that results depend neither on the
number of threads nor on the order in which replicates run.

Source: Steele, Lea & Flood (2014), OOPSLA 2014, 453-472.
"""

from __future__ import annotations

import numba as nb
import numpy as np
import numpy.typing as npt

State = npt.NDArray[np.uint64]

_GAMMA = np.uint64(0x9E3779B97F4A7C15)
_MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
_MIX_2 = np.uint64(0x94D049BB133111EB)
_S27, _S30, _S31, _S11 = np.uint64(27), np.uint64(30), np.uint64(31), np.uint64(11)
_UNIT = 1.0 / 9007199254740992.0


@nb.njit(cache=True, nogil=True, inline="always")
def _mixed(z: np.uint64) -> np.uint64:  # pragma: no cover
    z = (z ^ (z >> _S30)) * _MIX_1
    z = (z ^ (z >> _S27)) * _MIX_2
    return z ^ (z >> _S31)


@nb.njit(cache=True, nogil=True)
def stream(seed: int, replicate: int) -> State:  # pragma: no cover
    """Return the state of the stream of one replicate: shape (1,), uint64."""
    state = np.empty(1, dtype=np.uint64)
    state[0] = _mixed(_mixed(np.uint64(seed) + _GAMMA) + np.uint64(replicate) * _GAMMA + _GAMMA)
    return state


@nb.njit(cache=True, nogil=True, inline="always")
def uniform(state: State) -> float:  # pragma: no cover
    """Draw from [0, 1) with 53 bits."""
    state[0] += _GAMMA
    # The upper 53 bits times 2**-53.
    return np.float64(_mixed(state[0]) >> _S11) * _UNIT


@nb.njit(cache=True, nogil=True, inline="always")
def below(state: State, limit: int) -> int:  # pragma: no cover
    """Draw a whole number from [0, limit)."""
    return np.int64(uniform(state) * limit)  # type: ignore[return-value]
