"""Places in another coordinate system: what an editor types and reads, by the very conversion that imports use."""

from __future__ import annotations

from typing import Annotated, Final

import numpy as np
from fastapi import Query
from pydantic import BaseModel, Field

from api.http.dependencies import PrincipalDep
from api.http.openapi import feature_router
from api.http.problems import responses
from geo import datum
from grids.assignment import points
from grids.boundaries.errors import ParameterInvalidError

router = feature_router(prefix="/v1/coordinates", tags=["maps"])
_MOST: Final = 100
_DEGREE_DECIMALS: Final = 7
_METRE_DECIMALS: Final = 3
_A_PAIR: Final = 2


class PlacesOut(BaseModel):
    """Places in the system that was asked for."""

    crs: str = Field(description="The canonical name of the system of `places`.", examples=["EPSG:4547"])
    unit: str = Field(description="`degree`, or `metre` for a projected system.", examples=["metre"])
    places: list[list[float]] = Field(
        description="East and north (longitude and latitude) of each, in the order asked for: degrees with seven "
        "decimals, other units with three.",
        examples=[[[425571.123, 3853012.456]]],
    )


@router.get("", responses=responses(400, 401))
def convert_coordinates(
    _caller: PrincipalDep,
    place: Annotated[
        list[str],
        Query(
            min_length=1,
            max_length=_MOST,
            description="x,y: east and north (longitude and latitude) in `crs`, repeatable.",
            examples=[["113.2741,34.8023"]],
        ),
    ],
    crs: Annotated[str, Query(max_length=200, description="The system of `place`.", examples=["WGS84"])] = "WGS84",
    target: Annotated[str, Query(max_length=200, description="The system wanted.", examples=["EPSG:4547"])] = "WGS84",
) -> PlacesOut:
    """Return places in another coordinate system: WGS84, CGCS2000, GCJ-02, BD-09 or any EPSG code; through WGS 84."""
    source, wanted = points.named_crs(crs), points.named_crs(target)
    read = np.array([_pair(text) for text in place])
    lon, lat, problems = points.check_many(read[:, 0], read[:, 1], source)
    if problems.any():
        first = int(np.argmax(problems != points.OK))
        raise points.explain(int(problems[first]), float(read[first, 0]), float(read[first, 1]), source)
    if datum.outside_area_of_use(lon, lat, wanted).any():
        raise ParameterInvalidError(
            "A place lies outside the area that {crs} is made for.", values={"crs": wanted.name}, field="query.target"
        )
    x, y = datum.from_wgs84(lon, lat, wanted)
    decimals = _DEGREE_DECIMALS if wanted.is_geographic else _METRE_DECIMALS
    places = np.round(np.column_stack([x, y]), decimals).tolist()
    return PlacesOut(crs=wanted.name, unit="degree" if wanted.is_geographic else "metre", places=places)


def _pair(text: str) -> tuple[float, float]:
    parts = text.split(",")
    try:
        numbers = [float(part) for part in parts]
    except ValueError:
        numbers = []
    if len(numbers) != _A_PAIR:
        raise ParameterInvalidError("'{text}' is not of the form x,y.", values={"text": text[:60]}, field="query.place")
    return numbers[0], numbers[1]
