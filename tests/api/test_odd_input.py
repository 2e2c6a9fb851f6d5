"""No route falls over what it is sent: odd paths, parameters, headers and bodies are answered or refused, never a 5xx.

Every operation of the OpenAPI document is met with the same table of oddities, by an administrator's key. Bodies are
made from the operation's own schema, one leaf of it odd at a time, so that they get past the first look at them.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
import shapely
from fastapi.testclient import TestClient
from httpx2 import ASGITransport, AsyncClient

from api.app import create_app
from core.settings import Settings
from grids.boundaries.records import AreaRecord
from grids.change_sets import operations as desk
from identity.grants import Scope
from tests import described
from tests.factories.identity import issue_key, who
from tests.factories.releases import publish_areas

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

ODD_IN_PATHS = ("%00", "%FF", "%ED%A0%80", "..%2F..", "9" * 30, "-1", "0", "x" * 3000, "%F0%9F%A6%86", "%0A", "1e400")
ODD_IN_QUERIES = (
    "%00", "%FF", "%ED%A0%80", "", "NaN", "Infinity", "-1", "9" * 400, "1e400", "x" * 5000, "0000-01-01T00:00:00Z",
    "0001-01-01T00:00:00%2B23:59", "9999-12-31T23:59:59-23:59", "2026-02-30", "{}", "1,2,3,4", "nan,nan,nan,nan", "'",
)  # fmt: skip
ODD_VALUES: tuple[Any, ...] = (
    "\x00", "\ud800", "", "x" * 20_000, "0000-01-01T00:00:00Z", "0001-01-01T00:00:00+23:59",
    "9999-12-31T23:59:59-23:59",
    float("nan"), float("inf"), 1e308, -1, 0, 10**400, 2**63, True, None, [], {}, [[]], [None], {"\x00": "\x00"},
)  # fmt: skip
ODD_BODIES = (
    b"", b"{", b"null", b"[]", b"5", b'"x"', b"NaN", b"[" * 100_000, b'{"a":' * 20_000 + b"1" + b"}" * 20_000,
    b'{"a":' + b"[" * 3_000 + b"]" * 3_000 + b"}", b"\xff\xfe\x00", b"1" * 10_000, b'{"\\ud800": "\\ud800"}',
    b'{"a": 1, "a": 2}', b'{"__proto__": {}}', b"[" + b"{}," * 20_000 + b"{}]", b"\xef\xbb\xbf{}", b"a=b&c=d",
)  # fmt: skip
ODD_TYPES = (
    "text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "multipart/form-data; boundary=x", "/",
    "application/json; charset=utf-16", "application/geo+json", "application/vnd.apache.arrow.stream", "\xff", "",
)  # fmt: skip
ODD_HEADERS = {
    "If-Match": ('"', "\xff", "x" * 5000, 'W/"1"', "*", '"9999999999999"', "²"),
    "If-None-Match": ('"', "\xff", "*,*,*", "x" * 5000),
    "Accept-Encoding": ("br;q=NaN", ";;;,,,", "gzip;q=", "\xff"),
    "Content-Crs": ("<", "\xff", "x" * 5000),
    "Idempotency-Key": ("\xff", "x" * 5000, ""),
    "X-Request-Id": ("\xff", "x" * 5000),
    "Range": ("bytes=9-1", "bytes=-"),
    "X-API-Key": ("\xff", "x" * 5000, ""),
}

DOCUMENT = described.application().openapi()
OPERATIONS = described.operations()
SAMPLES = {"layer": "admin", "level": "grid", "collection": "draft-1.grid", "code": "a", "change_set": "1", "z": "12",
           "x": "3336", "y": "1624", "scheme": "WebMercatorQuad", "release": "1"}  # fmt: skip
GEOMETRY = {"type": "Polygon", "coordinates": [[[113.0, 34.0], [113.1, 34.0], [113.1, 34.1], [113.0, 34.0]]]}


@dataclass(frozen=True)
class Asked:
    """A started application; all requests of one test go to its event loop at once, which saves a hop for each."""

    started: TestClient
    client: AsyncClient

    def fallen(self, method: str, odd: Iterable[dict[str, Any]]) -> list[tuple[int, str, str]]:
        """Send requests one after the other and return what fell over, or was refused without a problem."""

        async def send() -> list[tuple[int, str, str]]:
            found = []
            for request in odd:
                answer = await self.client.request(method, **request)
                problem = answer.headers.get("content-type", "").startswith("application/problem+json")
                if answer.status_code in {500, 501, 502, 504} or (answer.status_code >= 400 and not problem):
                    found.append((answer.status_code, str(request)[:400], answer.text[:200]))
            return found

        assert self.started.portal is not None
        return self.started.portal.call(send)


@pytest.fixture(scope="module")
def asked(module_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asked]:
    """An application with boundaries in force and an open draft, asked by an administrator."""
    folder = tmp_path_factory.mktemp("cache")
    app = create_app(Settings(DATABASE_URL=module_database_url, cache_dir=folder, log_level="CRITICAL"))
    app.state.services.live.longest_s = 0  # a stream that is followed would be open for minutes
    square = shapely.box(113, 34, 113.01, 34.01)
    with app.state.services.database.transaction() as session:
        areas = [AreaRecord("district", "D", "区", square), AreaRecord("grid", "a", "a", square, "D")]
        layer = publish_areas(session, areas, levels=["district", "grid"])
        key = issue_key(session, name="odd", scopes=list(Scope), channel="12345", quota_per_minute=10**9)
    with app.state.services.database.transaction() as session:
        desk.open_draft(session, layer=layer, title="草案", author=who("odd"))
    transport = ASGITransport(app, raise_app_exceptions=False)
    with TestClient(app) as started:
        yield Asked(started, AsyncClient(transport=transport, base_url="http://odd", headers={"X-API-Key": key}))


def resolved(schema: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in schema:
        schema = DOCUMENT["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return schema


def sample(schema: dict[str, Any], name: str = "", depth: int = 0) -> Any:  # noqa: C901, PLR0912 (one case a type)
    """Make a value that a schema allows, or nearly."""
    schema = resolved(schema)
    if name == "geometry":
        return GEOMETRY
    for known in ("const", "default"):
        if schema.get(known) is not None:
            return schema[known]
    if schema.get("examples"):
        return schema["examples"][0]
    if "enum" in schema:
        return schema["enum"][0]
    for many in ("anyOf", "oneOf", "allOf"):
        if many in schema:
            return sample(schema[many][0], name, depth + 1)
    match schema.get("type"):
        case "object" if depth < 6:
            return {key: sample(value, key, depth + 1) for key, value in schema.get("properties", {}).items()}
        case "array":
            items = schema.get("prefixItems") or [schema.get("items", {})] * max(1, schema.get("minItems", 1))
            return [sample(item, name, depth + 1) for item in items] if depth < 6 else []
        case "integer" | "number":
            return max(1, schema.get("minimum", 1))
        case "boolean":
            return True
        case "string" if schema.get("format") == "date-time":
            return "2026-05-01T00:00:00Z"
        case "string":
            return SAMPLES.get(name, "a")
    return {}


def with_one_odd_leaf(value: Any, depth: int = 0) -> Iterator[Any]:
    """Put every odd value in the place of every leaf and branch in turn; deep down a few of them do."""
    yield from ODD_VALUES if depth < 2 else ODD_VALUES[:3] + ODD_VALUES[7:15]
    if isinstance(value, dict) and depth < 4:
        for key in value:
            for odd in with_one_odd_leaf(value[key], depth + 1):
                yield value | {key: odd}
        yield value | {"\ud800": 1}
    if isinstance(value, list) and value and depth < 4:
        for odd in with_one_odd_leaf(value[0], depth + 1):
            yield [odd, *value[1:]]


def headers_read_by(path: str, operation: dict[str, Any]) -> set[str]:
    """Name the headers that an operation reads; what the application reads before any route is met at one of them."""
    named = {p["name"] for p in operation.get("parameters", []) if p["in"] == "header"}
    kept = {"If-None-Match", "Accept-Encoding"} if "304" in operation["responses"] else set()
    return set(ODD_HEADERS) if path == "/v1/layers" else named | kept


def requests(path: str, operation: dict[str, Any]) -> Iterator[dict[str, Any]]:  # noqa: C901 (one loop a place)
    """Give the odd requests of one operation."""
    parameters = operation.get("parameters", [])
    inside, asked = ([p for p in parameters if p["in"] == place] for place in ("path", "query"))
    values = {p["name"]: str(SAMPLES.get(p["name"]) or sample(p["schema"], p["name"])) for p in inside}
    needed = "&".join(f"{p['name']}={sample(p['schema'], p['name'])}" for p in asked if p.get("required"))
    plain = path.format(**values)
    content = operation.get("requestBody", {}).get("content", {})
    media = next((m for m in content if "json" in m), None)
    body = json.dumps(sample(content[media]["schema"])).encode() if media else None
    usual = {"url": f"{plain}?{needed}", "content": body, "headers": {"Content-Type": media} if media else {}}
    yield usual
    for parameter in inside:
        for odd in ODD_IN_PATHS:
            yield usual | {"url": path.format(**values | {parameter["name"]: odd}) + f"?{needed}"}
    for parameter in asked:
        for odd in ODD_IN_QUERIES:
            yield usual | {"url": f"{plain}?{needed}&{parameter['name']}={odd}"}
        yield usual | {"url": f"{plain}?{parameter['name']}=1&{parameter['name']}=2"}
    for name in sorted(headers_read_by(path, operation)):
        for odd in ODD_HEADERS.get(name, ()):
            yield usual | {"headers": usual["headers"] | {name: odd.encode("latin-1")}}
    if content:
        for odd in ODD_TYPES:
            yield usual | {"headers": {"Content-Type": odd.encode("latin-1")}}
        for odd in ODD_BODIES:
            yield usual | {"content": odd}
            if media is None:
                yield usual | {"content": odd, "headers": {"Content-Type": next(iter(content))}}
    if media:
        for odd in with_one_odd_leaf(sample(content[media]["schema"])):
            yield usual | {"content": json.dumps(odd).encode()}


@pytest.mark.parametrize(
    ("method", "path", "operation"), OPERATIONS, ids=[f"{method} {path}" for method, path, _ in OPERATIONS]
)
def test_whatever_is_sent_is_answered_or_refused(
    asked: Asked, method: str, path: str, operation: dict[str, Any]
) -> None:
    assert asked.fallen(method, requests(path, operation)) == []


def test_a_parameter_that_is_not_known_is_refused_by_every_operation_and_the_likely_one_named(asked: Asked) -> None:
    async def send() -> list[tuple[str, int, str]]:
        found = []
        for method, path, operation in OPERATIONS:
            if path.startswith("/v1/"):
                url = next(requests(path, operation))["url"]
                answer = await asked.client.request(method, f"{url}&layr=admin")
                known = {p["name"] for p in operation.get("parameters", []) if p["in"] == "query"}
                words = "perhaps layer is meant" if {"layer"} < known else "There is no parameter 'layr' here"
                told = answer.json() if answer.status_code == 400 else {}
                if told.get("field") != "query.layr" or words not in told["detail"]:
                    found.append((f"{method} {path}", answer.status_code, answer.text[:200]))
        return found

    assert asked.started.portal is not None
    assert asked.started.portal.call(send) == []
