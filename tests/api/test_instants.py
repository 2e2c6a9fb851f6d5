"""Every instant and every day that a request carries is of one type, which takes RFC 3339 alone.

The fields are found in the OpenAPI document, so that a new one of another type (pydantic's own reads digits as seconds
of Unix time) is met by the same odd values and fails here.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest
import shapely
from fastapi.testclient import TestClient

from api.app import create_app
from core.settings import Settings
from grids.boundaries.records import AreaRecord
from identity.grants import Scope
from tests import described
from tests.factories.identity import issue_key
from tests.factories.releases import publish_areas

if TYPE_CHECKING:
    from collections.abc import Iterator

ODD_INSTANTS = (
    "20261201", "1764547200", "1764547200000", "1764547200.5", "-1", "0", "1e9", "2026", "2026-12-01",
    "2026-12-01T00:00", "2026-12-01T00:00:00", "2026-12-01T00:00:00.5", "2026-12-01T00:00+08:00",
    "2026-12-01T00:00:00+0800", "2026-12-01T00:00:00+08", "20261201T000000Z", "2026-12-01 00:00:00Z",
    "2026-12-01T24:00:00Z", "2026-12-01T23:59:60Z", "2026-02-30T00:00:00Z", "2026-W49-2T00:00:00Z",
    "0001-01-01T00:00:00+08:00", "2026-12-01T00:00:00+24:00", "2026-12-01T00:00:00,5Z", "12/1/2026", "now", "infinity",
    " 2026-12-01T00:00:00Z", "２０２６-12-01T00:00:00Z", "P1D",
)  # fmt: skip
ODD_DAYS = (
    "20261201", "1764547200", "-1", "0", "1e9", "2026", "2026-12-01T00:00:00Z", "2026-12-01T00:00:00", "2026-12-1",
    "2026-02-30", "2026-W49-2", "2026-335", "12/1/2026", "2026/12/01", "tomorrow", "２０２６-12-01", " 2026-12-01",
)  # fmt: skip
NUMBERS: tuple[Any, ...] = (20261201, 1764547200, 1764547200.5, 0, True)
ODD = {"date-time": ODD_INSTANTS, "date": ODD_DAYS}
LIKE_A_TIME = re.compile(r"(^|_)(at|on|date|datetime|time|day|since|until|from|to|start|end)$")
OF_OTHER_FORMS = {"datetime", "rows.0.day", "rules.0.season_from", "rules.0.season_until", "up_to"}
"""An instant or interval of OGC API Features; a day as patrol tables write it, whose row is set aside if it is none; a
day of any year, as MM-DD; the number of an entry."""

DOCUMENT = described.application().openapi()
KNOWN = {
    "layer": "admin",
    "level": "grid",
    "collection": "admin.grid",
    "code": "a",
    "change_set": "1",
    "release": "1",
    "form": "csv",
}
NEEDED = {"/v1/reports/batch": {"category": "x"}}
"""What a row needs, as its problem names its first wrong field alone."""
BEGINS = {("/v1/seats/roster", "until"): "start=2026-04-01T00:00:00Z"}
"""When a span begins whose end alone is asked with: without it, it begins now, and an end of the past is refused."""
Place = tuple[str, ...]


def resolved(schema: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in schema:
        schema = DOCUMENT["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return schema


def leaves(schema: dict[str, Any], place: Place = ()) -> Iterator[tuple[Place, dict[str, Any]]]:
    """Give every leaf of a schema with the names that lead to it; `0` is an array's first item."""
    schema = resolved(schema)
    inner = [s for many in ("anyOf", "oneOf", "allOf") for s in schema.get(many, ())]
    if len(place) > 6:
        return
    for one in inner:
        yield from leaves(one, place)
    for name, one in schema.get("properties", {}).items():
        yield from leaves(one, (*place, name))
    if "items" in schema:
        yield from leaves(schema["items"], (*place, "0"))
    if not inner and schema.get("type") not in {"object", "array"}:
        yield place, schema


def fields() -> list[tuple[str, str, str, Place, str, dict[str, Any]]]:
    """Return every field of a request that could be an instant or a day: method, path, where, place, media, schema."""
    found = []
    for method, path, operation in described.operations():
        for p in operation.get("parameters", []):
            found += [(method, path, p["in"], (p["name"],), "", s) for _, s in leaves(p["schema"])]
        for media, content in operation.get("requestBody", {}).get("content", {}).items():
            found += [(method, path, "body", place, media, s) for place, s in leaves(content["schema"]) if place]
    return found


TIMES = [field for field in fields() if field[5].get("format") in ODD]


def put(place: Place, value: Any, beside: dict[str, Any]) -> Any:
    """Make a body that has nothing but one leaf and what is needed beside it."""
    for name in reversed(place):
        value = [value] if name == "0" else {name: value} | beside
        beside = beside if name == "0" else {}
    return value


@pytest.fixture(scope="module")
def served(module_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """An application with boundaries in force, asked by an administrator."""
    folder = tmp_path_factory.mktemp("cache")
    app = create_app(Settings(DATABASE_URL=module_database_url, cache_dir=folder, log_level="CRITICAL"))
    square = shapely.box(113, 34, 113.01, 34.01)
    with app.state.services.database.transaction() as session:
        areas = [AreaRecord("district", "D", "区", square), AreaRecord("grid", "a", "a", square, "D")]
        publish_areas(session, areas, levels=["district", "grid"])
        key = issue_key(session, name="odd", scopes=list(Scope), channel="1", quota_per_minute=10**9)
    with TestClient(app, headers={"X-API-Key": key}) as client:
        yield client


def needed(path: str, method: str) -> tuple[str, dict[str, Any]]:
    """Return an operation's path, filled, and the query parameters it cannot do without."""
    operation = DOCUMENT["paths"][path][method]
    given = operation.get("parameters", [])
    names = {p["name"]: str(KNOWN.get(p["name"], 1)) for p in given if p["in"] == "path"}
    return path.format(**names), {
        p["name"]: KNOWN.get(p["name"], 1) for p in given if p["in"] == "query" and p.get("required")
    }


def complaint(client: TestClient, field: tuple[str, str, str, Place, str, dict[str, Any]], value: Any) -> str | None:
    """Send one value in one field; return None if it is refused by that field's name, else what was answered."""
    method, path, where, place, media, _ = field
    url, query = needed(path, method)
    if where == "query":
        answer = client.request(method, url, params=query | {place[0]: value})
    elif "json" in media:
        answer = client.request(method, url, params=query, json=put(place, value, NEEDED.get(path, {})))
    else:
        files = {"file": ("a.geojson", b"{}")}
        answer = client.request(method, url, params=query, data={place[0]: value}, files=files)
    body = answer.json()
    if answer.status_code == 200 and "results" in body:  # a batch refuses the row
        body = body["results"][0]["problem"]
        place = place[2:]
    named = {e["field"] for e in body.get("errors", [])} | {str(body.get("field"))}
    # A union names its member in between: body.PointIn.at
    refused = body.get("status") in {400, 422} and any(
        n.startswith(where) and n.endswith(".".join(place)) for n in named
    )
    return None if refused else f"{value!r}: {answer.status_code} {answer.text[:300]}"


def test_the_document_has_instants_and_days_in_queries_bodies_and_forms() -> None:
    query, json, form = ("query", False), ("body", True), ("body", False)
    assert {(where, "json" in media, schema["format"]) for _, _, where, _, media, schema in TIMES} >= {
        (*query, "date-time"), (*json, "date-time"), (*form, "date-time"), (*json, "date"),
    }  # fmt: skip
    assert {field[3][-1] for field in TIMES} >= {
        "at", "effective_at", "reported_at", "reported_from", "until", "follow_up_on", "valid_from",
    }  # fmt: skip


@pytest.mark.parametrize("field", TIMES, ids=[f"{m} {p} {'.'.join(place)}" for m, p, _, place, _, _ in TIMES])
def test_digits_zoneless_and_odd_forms_are_refused_by_the_fields_name(
    served: TestClient, field: tuple[str, str, str, Place, str, dict[str, Any]]
) -> None:
    odd: tuple[Any, ...] = ODD[field[5]["format"]]
    values = odd + (NUMBERS if "json" in field[4] else ())
    assert [said for value in values if (said := complaint(served, field, value))] == []


def test_nothing_that_is_named_like_a_time_is_a_plain_text_or_number() -> None:
    plain = {
        (path, ".".join(place))
        for _, path, _, place, _, schema in fields()
        if schema.get("type") in {"string", "number", "integer"}
        and "format" not in schema
        and LIKE_A_TIME.search(next(name for name in reversed(place) if name != "0"))
        and ".".join(place) not in OF_OTHER_FORMS
    }
    assert plain == set()


def accepted(client: TestClient, text: str) -> list[str]:
    """Send one instant, as it stands, in every query that takes one; return where it was refused."""
    refused = []
    for method, path, where, place, _, schema in TIMES:
        if (method, where, schema["format"]) == ("get", "query", "date-time"):
            url, query = needed(path, method)
            asked = "".join(f"&{name}={value}" for name, value in query.items())
            asked += f"&{BEGINS[path, place[0]]}" if (path, place[0]) in BEGINS else ""
            answer = client.get(f"{url}?{place[0]}={text}{asked}")
            refused += [f"{path} {place[0]}: {answer.text}"] if answer.status_code in {400, 422} else []
    return refused


@pytest.mark.parametrize(
    "text", ["2026-05-01T00:00:00Z", "2026-05-01t00:00:00z", "2026-05-01T00:00:00.123456789-00:00"]
)
def test_an_instant_with_its_offset_is_read_in_every_query(served: TestClient, text: str) -> None:
    assert accepted(served, text) == []


def test_a_plus_sign_that_arrives_as_a_space_is_restored_in_every_query(served: TestClient) -> None:
    assert accepted(served, "2026-05-01T08:00:00+08:00") == []


@pytest.mark.parametrize("path", ["/items", "/items/a", "/tiles", "/tiles/WebMercatorQuad"])
@pytest.mark.parametrize(
    "text", [*ODD_INSTANTS, "2026-01-01/2026-12-01", "2026-01-01T00:00:00/..", "../20261201", "a/b/c", "../../.."]
)
def test_datetime_of_the_ogc_api_takes_instants_with_offset_and_intervals_alone(
    served: TestClient, path: str, text: str
) -> None:
    answer = served.get(f"/ogc/collections/admin.grid{path}?datetime={quote(text)}")
    assert (answer.status_code, answer.json()["field"]) == (400, "datetime"), answer.text
