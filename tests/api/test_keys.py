"""A request's key is read in one place, from wherever programs can put it."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

import pytest
from starlette.datastructures import Headers

from api.http.keys import ForeignSiteError, key_of
from identity.keys import KeyUnknownError

if TYPE_CHECKING:
    from collections.abc import Callable

    from fastapi.testclient import TestClient

KEY = "wg_a-_0"


def basic(words: str) -> str:
    return f"Basic {base64.b64encode(words.encode()).decode()}"


@pytest.mark.parametrize(
    ("headers", "key"),
    [
        ({}, None),
        ({"X-API-Key": KEY}, KEY),
        ({"X-API-Key": ""}, None),
        ({"Authorization": f"Bearer {KEY}"}, KEY),
        ({"Authorization": f"bearer   {KEY} "}, KEY),
        ({"Authorization": "Bearer"}, None),
        ({"Authorization": basic(f"gis:{KEY}")}, KEY),
        ({"Authorization": basic(f":{KEY}")}, KEY),
        ({"Authorization": basic(f"网格员:{KEY}").replace("Basic", "BASIC")}, KEY),
        ({"Authorization": basic("gis:a:b")}, "a:b"),
        ({"Authorization": basic("gis:")}, None),
        ({"Authorization": "Digest username=gis"}, None),
        ({"Authorization": KEY}, None),
        ({"X-API-Key": KEY, "Authorization": "Bearer other"}, KEY),
        ({"X-API-Key": "", "Authorization": f"Bearer {KEY}"}, KEY),
    ],
)
def test_a_key_is_found_where_programs_put_it(headers: dict[str, str], key: str | None) -> None:
    assert key_of(Headers(headers), "GET") == key


@pytest.mark.parametrize("credentials", ["", "%%%", base64.b64encode(b"no colon").decode(), "/w==", "Z2lzOmE", "é"])
def test_basic_without_a_user_name_and_password_is_said(credentials: str) -> None:
    with pytest.raises(KeyUnknownError, match="holds no user name and password"):
        key_of(Headers({"Authorization": f"Basic {credentials}"}), "GET")


@pytest.mark.parametrize(
    ("told", "is_taken"),
    [
        ({}, True),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "https://desk.example"}, True),
        ({"Sec-Fetch-Site": "none"}, True),
        ({"Sec-Fetch-Site": "same-site"}, False),
        ({"Sec-Fetch-Site": "cross-site"}, False),
        ({"Origin": "http://wangge.example:8000"}, True),
        ({"Origin": "http://wangge.example"}, False),
        ({"Origin": "http://other.example:8000"}, False),
        ({"Origin": "null"}, False),
    ],
)
def test_a_password_that_a_browser_stored_changes_nothing_for_another_site(
    told: dict[str, str], *, is_taken: bool
) -> None:
    headers = Headers({"Host": "wangge.example:8000", "Authorization": basic(f"gis:{KEY}"), **told})
    assert key_of(headers, "GET") == KEY
    if is_taken:
        assert key_of(headers, "POST") == KEY
    else:
        with pytest.raises(ForeignSiteError):
            key_of(headers, "POST")
    token = Headers({**told, "Authorization": f"Bearer {KEY}"})  # no browser sends it by itself
    assert key_of(token, "POST") == KEY


def test_who_is_refused_is_told_how_to_send_a_key_and_no_browser_asks_for_a_password(client: TestClient) -> None:
    answers = [client.get("/v1/reports", headers=headers) for headers in ({}, {"Authorization": "Bearer wg_nobody"})]
    answers.append(client.post("/v1/reports", headers={"Authorization": basic("gis:wg_nobody")}, json={}))
    answers.append(client.post("/v1/reports", headers={"Authorization": "Basic x"}, json={}))
    assert [answer.json()["type"].rpartition(":")[2] for answer in answers] == [
        "key-missing", "key-unknown", "key-unknown", "key-unknown",
    ]  # fmt: skip
    for answer in answers:
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"] == 'ApiKey realm="wangge", header="X-API-Key", Bearer realm="wangge"'


def test_a_report_is_taken_by_each_way_to_send_a_key(
    client: TestClient, make_key: Callable[..., dict[str, str]]
) -> None:
    key = make_key("intake", channel="12345")["X-API-Key"]
    for number, value in enumerate((f"Bearer {key}", basic(f"hotline:{key}"))):
        body = {"external_id": f"k-{number}", "category": "暴露垃圾", "lon": 113.29, "lat": 34.8}
        sent = client.post("/v1/reports", headers={"Authorization": value}, json=body)
        assert sent.status_code == 201, sent.text
