"""What requests to edit a draft over OGC API – Features bring: whole features, merge patches, their facts and land."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Annotated, Any, Literal

from fastapi import Depends, Request
from pydantic import BaseModel, Field

from api.http.answers import GEOJSON
from api.http.problems import ProtocolError
from api.ogc.collections import MERGE_PATCH
from core.errors import Detail, chained
from grids.change_sets.errors import EditRefusedError
from grids.change_sets.feature_queries import COLUMNS
from grids.features import reference_systems
from grids.geojson import read_geometry

if TYPE_CHECKING:
    from collections.abc import Iterable

GIVEN = ("name", "parent_code", "unit_code", "unit_name")
"""The facts that a client sends; every other property outside COLUMNS is a free attribute."""

_MEDIA = {
    "POST": (GEOJSON, "application/json"),
    "PUT": (GEOJSON, "application/json"),
    "PATCH": (MERGE_PATCH, "application/json"),
}
_FREE, _LONGEST, _EXACT = 100, 2_000, 2**53
_TEXT = r"^[^\x00]*$"


Code = Annotated[str, Field(min_length=1, max_length=80, pattern=r"^[^\x00-\x1f\x7f]+$")]


class FeatureFacts(BaseModel, extra="allow"):
    """Facts of an area; what is none of the named ones is a free attribute."""

    code: Code | None = None
    name: Annotated[str, Field(min_length=1, max_length=200, pattern=_TEXT)] | None = None
    parent_code: Annotated[str, Field(max_length=80, pattern=_TEXT)] | None = None
    unit_code: Annotated[str, Field(max_length=80, pattern=_TEXT)] | None = None
    unit_name: Annotated[str, Field(max_length=200, pattern=_TEXT)] | None = None


class FeatureChange(BaseModel):
    """What is to be different (RFC 7396): the facts named and, if given, the land."""

    type: Literal["Feature"] = "Feature"
    id: Code | Annotated[int, Field(ge=0, lt=10**18)] | None = None
    geometry: dict[str, Any] | None = None
    properties: FeatureFacts | None = None


class FeatureIn(FeatureChange):
    """A whole feature."""

    type: Literal["Feature"]
    geometry: dict[str, Any]
    properties: FeatureFacts | None


def known_media(request: Request) -> None:
    """Raise unless the body is of a media type that the method takes: 400 where none is named, 415 for another."""
    named = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    taken = _MEDIA[request.method]
    if not named:
        raise ProtocolError(400, Detail("Send Content-Type: {types}.", {"types": _either(taken)}))
    if named not in taken:
        header = {"Accept-Patch" if request.method == "PATCH" else "Accept-Post": ", ".join(taken)}
        values = {"method": request.method, "types": _either(taken), "named": named[:60]}
        raise ProtocolError(415, Detail("{method} takes {types}, not {named}.", values), header)


def _either(types: Iterable[str]) -> Detail:
    return chained([*types], "{first} or {rest}")


KnownMedia = Depends(known_media)


def whole_facts(properties: FeatureFacts | None) -> dict[str, Any]:
    """Return all facts of a whole feature, `attributes` among them."""
    given = FeatureFacts() if properties is None else properties
    return {name: getattr(given, name) for name in ("code", *GIVEN)} | {
        "attributes": {name: value for name, value in free_attributes(given).items() if value is not None}
    }


def free_attributes(properties: FeatureFacts | None) -> dict[str, Any]:
    """Return the free attributes; facts that the service itself writes are ignored, as clients send them back."""
    extra = {} if properties is None else properties.model_extra or {}
    free = {
        name: value for name, value in extra.items() if name not in COLUMNS and name not in {"geometry", "attributes"}
    }
    if len(free) > _FREE or not all(_plain(name) and _plain(value) for name, value in free.items()):
        raise EditRefusedError(
            "Free attributes are up to {free} texts, numbers or booleans.", values={"free": _FREE}, field="properties"
        )
    return free


def _plain(value: Any) -> bool:  # noqa: ANN401 (JSON)
    """Return whether a value is null, a boolean, a number that JSON keeps exactly, or a text that can be stored."""
    if value is None or isinstance(value, bool):
        return True
    if isinstance(value, int | float):
        return abs(value) <= _EXACT if isinstance(value, int) else math.isfinite(value)
    text = isinstance(value, str) and len(value) <= _LONGEST and "\x00" not in value
    return text and not any("\ud800" <= character <= "\udfff" for character in value)


def require_same_code(facts: dict[str, Any], code: str, named: str | int | None = None) -> None:
    """Raise unless the code in the properties, and the feature's id, are the area's code, or left out."""
    if facts.get("code") not in {None, code} or str(named or code) != code:
        raise EditRefusedError(
            "The id and the code of this feature are {code}; codes change by assign.",
            values={"code": code},
            field="code",
        )


def land_of(value: dict[str, Any], content_crs: str | None) -> Any:  # noqa: ANN401 (shapely)
    """Return a GeoJSON polygon in WGS 84, from the system that Content-Crs names."""
    uri = reference_systems.offered(content_crs, "Content-Crs")
    geometry = read_geometry(value, lambda why: EditRefusedError(why, field="geometry"), in_degrees=False)
    if geometry.geom_type not in {"Polygon", "MultiPolygon"}:
        raise EditRefusedError("The land of an area is a Polygon or a MultiPolygon.", field="geometry")
    return reference_systems.incoming(geometry, uri, "geometry")
