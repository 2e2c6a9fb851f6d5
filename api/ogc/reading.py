"""OGC API – Features for readers: collections, items, queryables."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import Path, Query, Request
from starlette.responses import JSONResponse, Response

from api.http.admission import costly
from api.http.answers import GEOJSON, GeoJsonResponse, json_response
from api.http.dependencies import KEY_OPTIONAL, OptionalPrincipalDep, SnapshotDep
from api.http.language import PARAMETER
from api.http.openapi import feature_router
from api.http.problems import responses
from api.http.services import ServicesDep
from api.http.shown import sees_people
from api.http.texts import AreaCode
from api.ogc import collections, features, schemas
from api.ogc.collections import MERGE_PATCH, link, refuse_unknown, root
from core import clock
from core.errors import Detail, detail_of
from core.instants import plus_restored, read_instant
from grids.boundaries.errors import AreaNotFoundError, ParameterInvalidError
from grids.change_sets import feature_queries
from grids.change_sets.feature_queries import COLUMNS, Condition
from grids.features import filters, reference_systems

router = feature_router(prefix="/ogc", tags=["OGC API"])

LIMIT, LARGEST = 100, 10_000
JSON_SCHEMA = "application/schema+json"
CollectionId = Annotated[str, Path(pattern=r"^[^\x00-\x1f\x7f]{1,100}$", examples=["admin.grid"])]
Crs = Annotated[str | None, Query(max_length=100, description="URI of the system of the answer.")]
Release = Annotated[int | None, Query(ge=1, le=2**31 - 1, description="The areas of this release of the layer.")]
Datetime = Annotated[
    str | None,
    Query(
        max_length=100,
        description="An instant of RFC 3339 with its offset, or an interval start/end with .. for an open end: "
        "the release in force then (at an interval's end).",
        examples=["2026-07-01T09:30:00+08:00"],
    ),
]
READ = responses(400, 401, 403, 404, 503)
FEATURES: dict[int | str, dict[str, Any]] = {
    200: {"description": "GeoJSON in the system of Content-Crs."},
    304: {"description": "The copy named in If-None-Match still holds."},
    **READ,
}
METHODS: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "No content; the header Allow names the methods.",
        "headers": {"Allow": {"description": "The methods taken.", "schema": {"type": "string"}}},
    },
    **READ,
}
_FORM = "datetime is an instant, 2026-07-01T09:30:00+08:00, or an interval of two, start/end, with .. for an open end"
_OWN = (
    PARAMETER,
    "limit",
    "bbox",
    "bbox-crs",
    "datetime",
    "release",
    "crs",
    "filter",
    "filter-lang",
    "filter-crs",
    "after",
)


class JsonSchemaResponse(JSONResponse):
    """Documents (`response_class`) the media type of a JSON Schema."""

    media_type = JSON_SCHEMA


@router.get(
    "/collections",
    response_model=schemas.CollectionsOut,
    responses=responses(400, 401, 503),
    openapi_extra=KEY_OPTIONAL,
)
def list_collections(session: SnapshotDep, request: Request, principal: OptionalPrincipalDep) -> Response:
    """List the collections; those of open drafts for keys that may see drafts."""
    refuse_unknown(request)
    url = f"{root(request)}/collections"
    found = [collections.described(session, request, c) for c in collections.listed(session, principal)]
    return json_response({"links": [link(url, "self", "application/json", "This document")], "collections": found})


@router.get(
    "/collections/{collection}", response_model=schemas.CollectionOut, responses=READ, openapi_extra=KEY_OPTIONAL
)
def get_collection(
    session: SnapshotDep, request: Request, principal: OptionalPrincipalDep, collection: CollectionId
) -> Response:
    """Describe one collection."""
    refuse_unknown(request)
    return json_response(collections.described(session, request, collections.find(session, collection, principal)))


@router.get(
    "/collections/{collection}/queryables",
    response_model=schemas.Queryables,
    response_class=JsonSchemaResponse,
    responses=READ,
    openapi_extra=KEY_OPTIONAL,
)
def get_queryables(
    session: SnapshotDep, request: Request, principal: OptionalPrincipalDep, collection: CollectionId
) -> Response:
    """Return which properties the features can be filtered by."""
    refuse_unknown(request)
    found = collections.find(session, collection, principal)
    source = collections.source_of(session, found)
    kinds = dict(COLUMNS) if source is None else kinds_of(request, session, source)
    kind_schemas: dict[str, dict[str, str]] = {
        "text": {"type": "string"},
        "number": {"type": "number"},
        "boolean": {"type": "boolean"},
        "time": {"type": "string", "format": "date-time"},
    }
    properties: dict[str, dict[str, str]] = {
        name: {"title": name, **kind_schemas[kind]} for name, kind in kinds.items()
    }
    properties["geometry"] = {"title": "geometry", "format": "geometry-multipolygon"}
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"{root(request)}/collections/{found.id}/queryables",
        "type": "object",
        "title": found.id,
        "properties": properties,
        "additionalProperties": False,
    }
    return json_response(schema, media_type=JSON_SCHEMA)


@router.get(
    "/collections/{collection}/items",
    response_model=schemas.OgcFeatures,
    response_class=GeoJsonResponse,
    responses=FEATURES,
    openapi_extra=KEY_OPTIONAL,
)
@costly("feature queries", 4)
def list_features(
    session: SnapshotDep,
    services: ServicesDep,
    request: Request,
    principal: OptionalPrincipalDep,
    collection: CollectionId,
    limit: Annotated[
        int,
        Query(
            ge=1,
            description=f"Features a page; more than {LARGEST} gives {LARGEST}.",
            json_schema_extra={"maximum": LARGEST},
        ),
    ] = LIMIT,
    bbox: Annotated[str | None, Query(max_length=300, description="Four or six numbers.")] = None,
    bbox_crs: Annotated[str | None, Query(alias="bbox-crs", max_length=100)] = None,
    datetime: Datetime = None,
    release: Release = None,
    crs: Crs = None,
    filter: Annotated[str | None, Query(max_length=filters.LONGEST, description="CQL2.")] = None,  # noqa: A002 (the standard's)
    filter_lang: Annotated[Literal["cql2-text", "cql2-json"], Query(alias="filter-lang")] = "cql2-text",
    filter_crs: Annotated[str | None, Query(alias="filter-crs", max_length=100)] = None,
    after: Annotated[str | None, Query(max_length=200, pattern=r"^[^\x00]*$", description="For `next` links.")] = None,
) -> Response:
    """Return a page of features in byte order of their codes. Any queryable is a parameter too: `?name=…`."""
    found = collections.find(session, collection, principal)
    uri = reference_systems.offered(crs, "crs")
    box_uri, filter_uri = (
        reference_systems.offered(bbox_crs, "bbox-crs"),
        reference_systems.offered(filter_crs, "filter-crs"),
    )
    source = source_for(session, found, release, datetime)
    named = {name: value for name, value in request.query_params.items() if name not in _OWN}
    kinds = dict(COLUMNS)
    if source is not None and (filter is not None or not named.keys() <= kinds.keys()):
        kinds = kinds_of(request, session, source)
    own = [name for name in _OWN if found.change_set is None or name != "release"]
    refuse_unknown(request, *own, *(kinds if source is not None else named))
    where = Condition()
    for name, value in named.items():
        if name in kinds:
            where = where.and_(filters.equal_to(name, value, kinds))
    if bbox is not None:
        where = where.and_(filters.within(reference_systems.box_from_text(bbox, box_uri)))
    if filter is not None:
        where = where.and_(filters.cql(filter, filter_lang, filter_uri, kinds))
    if source is None:
        return features.page(request, found, features.nothing(), matched=0, uri=uri, following=None)
    feature_queries.limit_time(session, services.settings.query_longest_s)
    size = min(limit, LARGEST)
    matched = feature_queries.count(session, source, where=where)
    answered = feature_queries.features(session, source, where=where, after=after, limit=size + 1)
    following = None
    if len(answered.facts) > size:
        answered = feature_queries.Features(answered.facts[:size], answered.geometries[:size])
        following = dict(request.query_params) | {"after": answered.facts[-1]["code"]}
        if found.change_set is None and release is None:
            # Later pages are of the release that the first one was of.
            following["datetime"] = source.at.isoformat().replace("+00:00", "Z")
    _note_read(services, found, principal, answered)
    return features.page(request, found, answered, matched=matched, uri=uri, following=following)


@router.get(
    "/collections/{collection}/items/{code}",
    response_model=schemas.OgcFeature,
    response_class=GeoJsonResponse,
    responses=FEATURES,
    openapi_extra=KEY_OPTIONAL,
)
def get_feature(
    session: SnapshotDep,
    services: ServicesDep,
    request: Request,
    principal: OptionalPrincipalDep,
    collection: CollectionId,
    code: AreaCode,
    datetime: Datetime = None,
    release: Release = None,
    crs: Crs = None,
) -> Response:
    """Return one feature."""
    found = collections.find(session, collection, principal)
    refuse_unknown(request, "datetime", "crs", *(("release",) if found.change_set is None else ()))
    uri = reference_systems.offered(crs, "crs")
    answered = feature(session, found, code, source_for(session, found, release, datetime))
    _note_read(services, found, principal, answered)
    return features.one(request, found, answered, uri)


@router.options(
    "/collections/{collection}/items", response_class=Response, responses=METHODS, openapi_extra=KEY_OPTIONAL
)
def get_features_options(session: SnapshotDep, principal: OptionalPrincipalDep, collection: CollectionId) -> Response:
    """Return which methods the items take."""
    return _allowed(collections.find(session, collection, principal).methods["items"])


@router.options(
    "/collections/{collection}/items/{code}", response_class=Response, responses=METHODS, openapi_extra=KEY_OPTIONAL
)
def get_feature_options(
    session: SnapshotDep, principal: OptionalPrincipalDep, collection: CollectionId, code: AreaCode
) -> Response:
    """Return which methods one item takes."""
    del code
    return _allowed(collections.find(session, collection, principal).methods["item"])


def feature(
    session: SnapshotDep, collection: collections.Collection, code: str, source: feature_queries.Source | None
) -> feature_queries.Features:
    """Return one feature, or raise AreaNotFoundError."""
    where = Condition("f.code = %(code)s", {"code": code})
    found = None if source is None else feature_queries.features(session, source, where=where, limit=1)
    if found is None or not found.facts:
        raise AreaNotFoundError(
            "Collection '{id}' has no feature '{code}' then.", values={"id": collection.id, "code": code}, field="code"
        )
    return found


def _note_read(
    services: ServicesDep,
    collection: collections.Collection,
    reader: OptionalPrincipalDep,
    answered: feature_queries.Features,
) -> None:
    """Keep what an editor read, in a transaction of its own beside the snapshot that was read."""
    if reader is not None and features.is_noted(collection, reader):
        with services.database.transaction() as session:
            features.note_read(session, collection, reader, answered)


def kinds_of(request: Request, session: SnapshotDep, source: feature_queries.Source) -> dict[str, str]:
    """Return the properties the caller can filter features by, and their kinds."""
    return COLUMNS | feature_queries.attribute_kinds(session, source, with_people=sees_people(request))


def source_for(
    session: SnapshotDep, collection: collections.Collection, release: int | None, datetime: str | None
) -> feature_queries.Source | None:
    """Return what a collection is read from at the release or the instant asked for; None before the first release."""
    if release is not None and datetime is not None:
        raise ParameterInvalidError("Give either release or datetime.", field="release")
    at = None if datetime is None else _instant_of(datetime)
    return collections.source_of(session, collection, release=release, at=at)


def _instant_of(text: str) -> Any:  # noqa: ANN401 (datetime is a parameter's name here)
    """Read the instant meant: an instant itself; of an interval its end, no later than now or its start."""
    parts = [plus_restored(part) for part in text.split("/")]
    if len(parts) > 2:
        raise ParameterInvalidError(
            "An interval has one slash: {form}.", values={"form": Detail(_FORM)}, field="datetime"
        )
    try:
        if len(parts) == 1:
            return read_instant(parts[0])
        low, high = (None if part in {"", ".."} else read_instant(part) for part in parts)
    except ValueError as error:
        raise ParameterInvalidError(
            "{form}; each instant {error}.", values={"form": Detail(_FORM), "error": detail_of(error)}, field="datetime"
        ) from error
    if low is not None and high is not None and low > high:
        raise ParameterInvalidError("The interval ends before it begins.", field="datetime")
    end = clock.now() if high is None else min(high, clock.now())
    return end if low is None else max(low, end)


def _allowed(methods: tuple[str, ...]) -> Response:
    taken = {"POST": {"Accept-Post": GEOJSON}, "PATCH": {"Accept-Patch": MERGE_PATCH}}
    headers = {"Allow": ", ".join(methods)}
    for method in methods:
        headers |= taken.get(method, {})
    return Response(headers=headers)
