"""Which addresses name a place: 济源路12号 does, 河南省郑州市上街区 names only the areas that a place lies in."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

from geo.address.divisions import division_names

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

_BETWEEN = re.compile(r"[\s,，、。;；:：()()\-/]+")


def without_bare_areas(addresses: NDArray[np.str_], area_names: Iterable[str]) -> NDArray[np.str_]:
    """Return the addresses, shape (n,), with empty text for each that names areas and nothing in them.

    `area_names` are those of the run's layer at all levels; provinces, prefectures and counties are known besides.
    A geocoder that finds nothing better answers with such a name and the middle of that area.
    """
    names = {name for name in (_BETWEEN.sub("", name) for name in area_names) if name} | division_names()
    longest_first = sorted(names, key=lambda name: (-len(name), name))
    only_areas = re.compile(f"(?:{'|'.join(map(re.escape, longest_first))})*")
    texts, number = np.unique(addresses, return_inverse=True)
    kept = ["" if only_areas.fullmatch(_BETWEEN.sub("", str(text))) else str(text) for text in texts]
    return np.array(kept, dtype=np.str_)[number.ravel()] if kept else addresses
