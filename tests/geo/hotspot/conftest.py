"""Where the published results lie, and small shared builders."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from geo.hotspot.local import Neighbours
from tests import missing


@pytest.fixture(scope="session")
def published() -> Path:
    """Folder of published hotspot results; the test is skipped, saying so, where it is absent."""
    root = os.environ.get("WANGGE_SHARED") or str(Path(__file__).resolve().parents[4] / "shared" / "data")
    found = [folder for folder in (Path(root) / "hotspot", Path(root) / "data" / "hotspot") if folder.is_dir()]
    if not found:
        missing.skip(missing.PUBLISHED)
    return found[0]


@pytest.fixture(scope="session")
def chessboard() -> Neighbours:
    """Queen neighbours of a 20 by 20 board, row by row."""
    return board(20)


def board(side: int) -> Neighbours:
    """Queen neighbours of a square board, row by row."""
    number = np.arange(side * side).reshape(side, side)
    pairs = [
        np.column_stack([a.ravel(), b.ravel()])
        for a, b in (
            (number[:-1], number[1:]),
            (number[:, :-1], number[:, 1:]),
            (number[:-1, :-1], number[1:, 1:]),
            (number[:-1, 1:], number[1:, :-1]),
        )
    ]
    return Neighbours.from_pairs(side * side, np.vstack(pairs), symmetric=True)
