"""The place that an expected verdict names, computed from the sample files' geometry, not by the locator.

X:roadA,roadB crossing · N:road,number · P:place · E:estate,building · V:village,number, each with an optional
+east,north in metres · M:a;b the middle of two · U undecidable (U:… near …) · O outside the district · 0 no address.
A mark of uncertainty (~ or ?) behind the letter: a certain answer must be right, no answer is no miss.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from pyproj import Transformer
from shapely.geometry import shape

if TYPE_CHECKING:
    from collections.abc import Callable

_OFFSET = re.compile(r"\+(-?\d+),(-?\d+)$")
TO_METRES = Transformer.from_crs("EPSG:4326", "EPSG:4547", always_xy=True)


@dataclass(frozen=True, slots=True)
class Expected:
    """Whether an answer is wanted, and where it must lie: EPSG:4547 metres; None where no certain answer is right."""

    wanted: bool
    point: tuple[float, float] | None


class SamplePlaces:
    """Names of the sample files with their points in EPSG:4547."""

    def __init__(self, features: Callable[[str], list[dict[str, Any]]]) -> None:
        self._features = features

    @cached_property
    def roads(self) -> dict[str, Any]:
        pieces: dict[str, list[Any]] = {}
        for f in self._features("gazetteer/roads.geojson"):
            pieces.setdefault(f["properties"]["name"], []).append(_metric(shape(f["geometry"])))
        return {name: shapely.union_all(lines) for name, lines in pieces.items()}

    @cached_property
    def places(self) -> dict[str, Any]:
        return {
            f["properties"]["name"]: _metric(shape(f["geometry"])).centroid
            for f in self._features("gazetteer/places.geojson")
        }

    @cached_property
    def numbers(self) -> dict[tuple[str, int], Any]:
        out = {}
        for f in self._features("gazetteer/addresses.geojson"):
            p = f["properties"]
            number = p["building"] if p["building"] is not None else p["number"]
            out[p["road"] or p["estate"], int(number)] = _metric(shape(f["geometry"]))
        return out

    def expected(self, words: str) -> Expected:
        """Compute what an expected verdict of use_texts.tsv stands for."""
        kind, _, rest = words.partition(":")
        if kind[0] in "UO0":
            return Expected(wanted=False, point=None)
        if kind == "M":
            (ax, ay), (bx, by) = (self._point(*p.split(":", 1)) for p in rest.split(";"))
            return Expected(wanted=True, point=((ax + bx) / 2, (ay + by) / 2))
        return Expected(wanted=len(kind) == 1, point=self._point(kind[0], rest))

    def _point(self, kind: str, rest: str) -> tuple[float, float]:
        offset = _OFFSET.search(rest)
        name = rest[: offset.start()] if offset else rest
        east, north = (int(offset[1]), int(offset[2])) if offset else (0, 0)
        if kind == "X":
            first, second = name.split(",")
            point = shapely.intersection(self.roads[first], self.roads[second]).centroid
        elif kind == "P":
            point = self.places[name]
        else:
            owner, number = name.split(",")
            point = self._numbered(owner, int(number))
        return point.x + east, point.y + north

    def _numbered(self, owner: str, number: int) -> Any:
        """Return the recorded point, or the middle of the nearest numbers of its side."""
        if (owner, number) in self.numbers:
            return self.numbers[owner, number]
        side = sorted(n for o, n in self.numbers if o == owner and n % 2 == number % 2)
        low, high = max(n for n in side if n < number), min(n for n in side if n > number)
        return shapely.MultiPoint([self.numbers[owner, low], self.numbers[owner, high]]).centroid


def _metric(geometry: Any) -> Any:
    return shapely.transform(geometry, lambda c: np.column_stack(TO_METRES.transform(c[:, 0], c[:, 1])))
