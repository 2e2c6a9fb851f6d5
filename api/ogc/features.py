"""Features as GeoJSON: one, or a page of many with its links; their strong tags."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

import numpy as np
import orjson
import shapely
from starlette.responses import Response

from api.http.answers import GEOJSON
from api.http.conditional_response import listed, matches
from api.http.public_address import own_address
from api.http.services import services_of
from api.http.shown import sees_people
from api.ogc.collections import Collection, link, root
from core.content_encoding import choose_encoding, encode, worth_encoding
from core.personal import without_people
from grids.change_sets import operations
from grids.change_sets.feature_queries import Features
from grids.change_sets.states import EditLocking
from grids.features import reference_systems
from identity.grants import Scope

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session
    from starlette.requests import Request

    from identity.keys import Principal

_LONGEST_LINK = 2_000


def item(facts: dict[str, Any], geometry: shapely.Geometry, *, with_people: bool) -> dict[str, Any]:
    """Show one area; its free attributes stand beside its facts, those about people where the caller may see them."""
    plain = {name: value for name, value in facts.items() if name != "attributes"}
    return {
        "type": "Feature",
        "id": facts["code"],
        "geometry": orjson.Fragment(shapely.to_geojson(geometry)),
        "properties": (facts["attributes"] if with_people else without_people(facts["attributes"])) | plain,
    }


def state_of(found: Features, index: int = 0) -> str:
    """Return the digest of one area's state: the same as long as its facts and its land are."""
    facts = orjson.dumps(found.facts[index], option=orjson.OPT_SORT_KEYS)
    return hashlib.sha256(facts + shapely.to_wkb(found.geometries[index])).hexdigest()[:32]


def is_noted(collection: Collection, reader: Principal) -> bool:
    """Whether it is kept what a reader reads of a collection: editors of a draft whose edits are held to that."""
    draft = collection.change_set
    return draft is not None and draft.locking == EditLocking.LAST_READ and reader.holds(Scope.BOUNDARIES_EDIT)


def note_read(session: Session, collection: Collection, reader: Principal, found: Features) -> None:
    """Keep in which state an editor read features of a draft whose edits are held to that."""
    if collection.change_set is not None and is_noted(collection, reader):
        states = {facts["code"]: state_of(found, index) for index, facts in enumerate(found.facts)}
        operations.record_read(session, collection.change_set, reader.actor, states)


def tag_of(found: Features, uri: str = reference_systems.CRS84) -> str:
    """Return the strong tag of one area as a system shows it: its state, and the system where it is not CRS84."""
    return f'"{state_of(found)}"' if uri == reference_systems.CRS84 else f'"{state_of(found)}-{uri.rpartition("/")[2]}"'


def states_named(if_match: str) -> set[str]:
    """Return the states that an If-Match header names by strong tags, whichever system they were seen in."""
    tags = [tag.strip() for tag in if_match.split(",")]
    return {tag if tag == "*" else tag[1:].partition("-")[0].rstrip('"') for tag in tags if tag[:1] in {"*", '"'}}


def one(
    request: Request,
    collection: Collection,
    found: Features,
    uri: str,
    *,
    status: int = 200,
    more: Sequence[dict[str, str]] = (),
) -> Response:
    """Answer one feature; `more` are links beside the usual ones."""
    url = f"{root(request)}/collections/{collection.id}"
    code = found.facts[0]["code"]
    own = f"{url}/items/{quote(code, safe='')}"
    land = reference_systems.outgoing(found.geometries, uri)[0]
    body = item(found.facts[0], land, with_people=sees_people(request))
    body["links"] = [
        link(own_address(request) if request.method == "GET" else own, "self", GEOJSON, "This feature"),
        link(url, "collection", "application/json", "Its collection"),
        *more,
    ]
    headers = {} if status == 200 else {"Location": own}
    return answer(request, orjson.dumps(body), uri, tag_of(found, uri), status, headers)


def page(
    request: Request,
    collection: Collection,
    found: Features,
    *,
    matched: int,
    uri: str,
    following: dict[str, str] | None,
) -> Response:
    """Answer a page of features; `following` are the parameters of the next one."""
    url = f"{root(request)}/collections/{collection.id}"
    links = [
        link(own_address(request), "self", GEOJSON, "This page"),
        link(url, "collection", "application/json", "The collection"),
    ]
    if following is not None:
        links.append(link(f"{url}/items?{urlencode(following)}", "next", GEOJSON, "The next page"))
    moved = reference_systems.outgoing(found.geometries, uri)
    with_people = sees_people(request)
    body: dict[str, Any] = {
        "type": "FeatureCollection",
        "features": [item(f, land, with_people=with_people) for f, land in zip(found.facts, moved, strict=True)],
        "links": links,
        "numberMatched": matched,
        "numberReturned": len(found.facts),
    }
    moments = services_of(request.app).ogc_moments
    content = orjson.dumps(body | {"timeStamp": moments.first_answered(orjson.dumps(body))})
    tag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    return answer(request, content, uri, tag, extra=link_header(links))


def link_header(links: Sequence[dict[str, str]]) -> dict[str, str]:
    """Give links as an HTTP header too (RFC 8288), but for addresses that are long enough to be refused on the way."""
    short = [one for one in links if len(one["href"]) <= _LONGEST_LINK]
    return {"Link": ", ".join(f'<{one["href"]}>; rel="{one["rel"]}"; type="{one["type"]}"' for one in short)}


def answer(
    request: Request, content: bytes, uri: str, tag: str, status: int = 200, extra: dict[str, str] | None = None
) -> Response:
    """Answer GeoJSON with its tag and system, or 304 when the client has it."""
    encoding = choose_encoding(listed(request.headers, "accept-encoding")) if worth_encoding(content) else "identity"
    if encoding != "identity":
        tag = f'{tag[:-1]}-{encoding}"'  # a strong tag names one sequence of bytes; states_named reads it as well
    headers = {
        "ETag": tag,
        "Content-Crs": f"<{uri}>",
        "Cache-Control": "no-store" if sees_people(request) else "no-cache",
        "Vary": "X-API-Key, Authorization, Accept-Encoding",
        **(extra or {}),
    }
    if request.method == "GET" and matches(request.headers.get("if-none-match"), tag):
        return Response(status_code=304, headers=headers)
    if encoding != "identity":
        headers["Content-Encoding"] = encoding
    return Response(encode(content, encoding), status, headers, GEOJSON)


def nothing() -> Features:
    """Return no features."""
    return Features([], np.array([], dtype=object))
