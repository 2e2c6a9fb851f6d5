"""So few reports that they point to people are shown to nobody without a scope, in no form."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from fastapi.testclient import TestClient

    from grids.boundaries.records import AreaRecord

MAP, PAGE = "/v1/maps/responsibility.geojson", "/v1/maps/responsibility.html"


def test_small_counts_are_shown_only_to_who_may_read_all_reports(
    client: TestClient,
    add_reports: Callable[[str, int, int], None],
    district: list[AreaRecord],
    make_key: Callable[..., dict[str, str]],
) -> None:
    few, many, none = [r.code for r in district if r.level == "grid"][:3]
    add_reports(few, 3, 90)
    add_reports(few, 1, 2)
    add_reports(many, 5, 2)
    viewer, intake = make_key("viewer", "viewer"), make_key("intake", "counter")

    def counts(headers: dict[str, str]) -> dict[str, list[int | None]]:
        answer = client.get(MAP, headers=headers).json()
        assert answer["counts_shown_from"] == (1 if headers is viewer else 5)
        return {
            f["id"]: [f["properties"][name] for name in ("reports_total", "reports_30d")] for f in answer["features"]
        }

    for public in ({}, intake):
        found = counts(public)
        assert (found[few], found[many], found[none]) == ([None, None], [5, 5], [0, 0])
        page = client.get(PAGE, headers=public).text
        assert "近 30 天 少于 5 件，累计 少于 5 件" in page
        assert "近 30 天 1 件" not in page
        assert "1–4 件" in page, "one class of the legend holds all that is hidden"
    found = counts(viewer)
    assert (found[few], found[many]) == ([4, 1], [5, 5])
    assert "近 30 天 1 件，累计 4 件" in client.get(PAGE, headers=viewer).text

    first = client.get(MAP, params={"within": few})
    own = client.get(MAP, params={"within": few}, headers=viewer)
    assert (first.headers["cache-control"], own.headers["cache-control"]) == ("no-cache", "no-store")
    add_reports(few, 1, 90)
    for kept in client.app.state.services.maps._counts.values():  # type: ignore[attr-defined]  # noqa: SLF001
        kept._good_until = 0.0  # noqa: SLF001 (as if a minute had passed)
    again = client.get(MAP, params={"within": few}, headers={"If-None-Match": first.headers["etag"]})
    assert again.headers["etag"] != first.headers["etag"], "5 are shown now"
    assert client.get(MAP, headers={"X-API-Key": "wrong"}).status_code == 401


def test_the_tag_tells_nothing_of_a_hidden_count(
    client: TestClient, add_reports: Callable[[str, int, int], None], district: list[AreaRecord]
) -> None:
    few = next(r.code for r in district if r.level == "grid")
    tags = []
    for _ in range(2):
        add_reports(few, 1, 2)
        for kept in client.app.state.services.maps._counts.values():  # type: ignore[attr-defined]  # noqa: SLF001
            kept._good_until = 0.0  # noqa: SLF001 (as if a minute had passed)
        tags.append(client.get(MAP, params={"within": few}).headers["etag"])
    assert tags[0] == tags[1]


def test_a_browser_that_opens_a_page_without_a_key_is_asked_for_it(client: TestClient) -> None:
    for path in ("/v1/maps/hotspots.html", "/v1/hotspots/topics.html"):
        asked = client.get(path, headers={"Accept": "text/html,*/*"})
        assert (asked.status_code, asked.headers["content-type"]) == (401, "text/html; charset=utf-8")
        assert "此页需要密钥" in asked.text
        assert "default-src 'none'" in asked.headers["content-security-policy"]
        program = client.get(path)
        assert (program.status_code, program.headers["content-type"]) == (401, "application/problem+json")
    assert client.get("/v1/reports", headers={"Accept": "text/html"}).json()["status"] == 401
