"""How large a boundary file may be, in every sense in which it could harm."""

from __future__ import annotations

from dataclasses import dataclass

MIB = 2**20


@dataclass(frozen=True, slots=True)
class Limits:
    """What one import may bring; beyond any layer known here, below what harms a machine of 4 GiB.

    `seconds` are for reading all files of a delivery, and again for its check; None, as long as it takes: for files of
    this machine, where a person waits and can stop it.
    A layer of 10,000 grids has 2 million vertices; the most detailed single district of the real layers tried, 60,000.
    """

    max_bytes: int = 256 * MIB
    max_files: int = 200
    max_ratio: int = 500
    ratio_counts_from_bytes: int = 8 * MIB
    max_features: int = 200_000
    max_vertices: int = 10_000_000
    max_vertices_an_area: int = 500_000
    max_collection_depth: int = 4
    max_attributes: int = 200
    max_text: int = 4000
    memory_bytes: int = 3072 * MIB
    seconds: int | None = 60
