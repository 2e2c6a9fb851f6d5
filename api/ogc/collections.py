"""Collections: one for each level of each layer, and one for each level of each open draft."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from api.http import parameters
from api.http.answers import GEOJSON
from api.http.public_address import address_of
from core.errors import DomainError, Kind
from core.personal import masked_text
from grids.boundaries import queries as registry
from grids.boundaries.errors import LayerNotFoundError, ParameterInvalidError
from grids.change_sets import feature_queries, queries
from grids.change_sets.errors import ChangeSetNotFoundError
from grids.change_sets.feature_queries import Source
from grids.change_sets.states import ChangeSetState, EditLocking
from grids.features import reference_systems
from identity.grants import Scope
from identity.keys import KeyMissingError

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session
    from starlette.requests import Request

    from grids.boundaries.tables import Layer
    from grids.change_sets.tables import ChangeSet
    from identity.keys import Principal

MERGE_PATCH = "application/merge-patch+json"
QUERYABLES = "http://www.opengis.net/def/rel/ogc/1.0/queryables"
TILESETS = "http://www.opengis.net/def/rel/ogc/1.0/tilesets-vector"
TILING_SCHEMES = "http://www.opengis.net/def/rel/ogc/1.0/tiling-schemes"
_LOCKING = {
    EditLocking.IF_MATCH: "each names by If-Match the state of the feature that was seen",
    EditLocking.LAST_READ: "each is held to the state in which its key last read the feature",
}
_DRAFT = re.compile(r"draft-([1-9]\d{0,8})")


class CollectionNotFoundError(DomainError):
    """There is no such collection. GET /ogc/collections names those there are."""

    code = "collection-not-found"
    kind = Kind.NOT_FOUND


@dataclass(frozen=True, slots=True)
class Collection:
    """One level of a layer, or of a draft of it."""

    id: str
    layer: Layer
    level: str
    change_set: ChangeSet | None = None

    @property
    def is_finest(self) -> bool:
        """Whether this is the level that geometry is edited on."""
        return self.level == self.layer.levels[-1]

    @property
    def methods(self) -> dict[str, tuple[str, ...]]:
        """What may be done with the items and with one item."""
        if self.change_set is None:
            return {"items": ("GET", "OPTIONS"), "item": ("GET", "OPTIONS")}
        if not self.is_finest:
            return {"items": ("GET", "OPTIONS"), "item": ("GET", "OPTIONS", "PUT", "PATCH")}
        return {"items": ("GET", "OPTIONS", "POST"), "item": ("GET", "OPTIONS", "PUT", "PATCH", "DELETE")}


def find(session: Session, name: str, principal: Principal | None) -> Collection:
    """Return the collection of an id.

    Raises
    ------
    CollectionNotFoundError
        When there is none, also for a draft that is no longer open.
    KeyMissingError, ScopeMissingError
        When it is a draft's and the caller may not see drafts.
    """
    head, _, level = name.partition(".")
    missing = CollectionNotFoundError(
        "There is no collection '{name}'.", values={"name": name[:100]}, field="collection"
    )
    match = _DRAFT.fullmatch(head)
    try:
        if match is None:
            layer, draft = registry.get_layer(session, head), None
        else:
            require_reader(principal)
            draft = queries.get_change_set(session, int(match.group(1)))
            layer = queries.layer_of(session, draft)
    except (LayerNotFoundError, ChangeSetNotFoundError) as error:
        raise missing from error
    if level not in layer.levels or (draft is not None and draft.state != ChangeSetState.OPEN):
        raise missing
    return Collection(name, layer, level, draft)


def require_reader(principal: Principal | None) -> None:
    """Raise unless the caller may see drafts."""
    if principal is None:
        raise KeyMissingError
    principal.require(Scope.REPORTS_READ)


def listed(session: Session, principal: Principal | None) -> list[Collection]:
    """Return every collection the caller may see."""
    found = [
        Collection(f"{layer.code}.{level}", layer, level)
        for layer in registry.list_layers(session)
        if not _DRAFT.fullmatch(layer.code)
        for level in layer.levels
    ]
    if principal is not None and principal.holds(Scope.REPORTS_READ):
        for draft in queries.list_change_sets(session, states=[ChangeSetState.OPEN]):
            layer = queries.layer_of(session, draft)
            found += [Collection(f"draft-{draft.id}.{level}", layer, level, draft) for level in layer.levels]
    return found


def source_of(
    session: Session, collection: Collection, *, release: int | None = None, at: datetime | None = None
) -> Source | None:
    """Return what the collection's features are read from; None before a layer's first release."""
    layer, level = collection.layer, collection.level
    if collection.change_set is not None:
        base = queries.base_of(session, collection.change_set)
        return Source(layer, level, base.effective_at, collection.change_set.id)
    if release is not None:
        return Source(layer, level, registry.standing_release(session, layer, release).effective_at)
    found = registry.release_at(session, layer, at)
    return None if found is None else Source(layer, level, found.effective_at)


def described(session: Session, request: Request, collection: Collection) -> dict[str, Any]:
    """Describe a collection as the standard does."""
    source = source_of(session, collection)
    box = None if source is None else feature_queries.extent(session, source)
    releases = [r for r in registry.list_releases(session, collection.layer) if r.withdrawn_at is None]
    first = releases[-1].effective_at.isoformat() if releases else None
    url = f"{root(request)}/collections/{collection.id}"
    links = [
        link(url, "self", "application/json", "This collection"),
        link(f"{url}/items", "items", GEOJSON, "Its features"),
        link(f"{url}/queryables", QUERYABLES, "application/schema+json", "What its features can be filtered by"),
    ]
    if collection.change_set is None:
        links.append(link(f"{url}/tiles", TILESETS, "application/json", "Its vector tiles"))
    described: dict[str, Any] = {
        "id": collection.id,
        "title": f"{collection.layer.name} · {collection.level}",
        "description": "The boundaries in force; ?release= and ?datetime= ask for earlier ones.",
        "links": links,
        "itemType": "feature",
        "crs": list(reference_systems.OFFERED),
        "storageCrs": reference_systems.CRS84,
    }
    if collection.change_set is not None:
        described["title"] += f" · {masked_text(collection.change_set.title)}"
        rule = _LOCKING[EditLocking(collection.change_set.locking)]
        described["description"] = f"Draft {collection.change_set.id}, open to edits: {rule}."
    elif first is not None:
        described["extent"] = {"temporal": {"interval": [[first, None]]}}
    if box is not None:
        described.setdefault("extent", {})["spatial"] = {"bbox": [list(box)], "crs": reference_systems.CRS84}
    return described


def root(request: Request) -> str:
    """Return the address of the landing page, as the client reached it."""
    return f"{address_of(request)}/ogc"


def link(href: str, rel: str, media_type: str, title: str) -> dict[str, str]:
    """Make one link."""
    return {"href": href, "rel": rel, "type": media_type, "title": title}


def refuse_unknown(request: Request, *known: str) -> None:
    """Refuse a parameter that the operation does not have, or that is given twice.

    Raises
    ------
    ParameterUnknownError, ParameterInvalidError
    """
    parameters.refuse_unknown(request.query_params, known)
    for name in request.query_params:
        if len(request.query_params.getlist(name)) > 1:
            raise ParameterInvalidError("{name} is given twice.", values={"name": name}, field=name)
