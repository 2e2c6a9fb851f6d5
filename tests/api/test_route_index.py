"""The index finds what the framework's router finds by trying one route after the other."""

from __future__ import annotations

import itertools
import re
from typing import TYPE_CHECKING, Any

from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.routing import Match, Mount, Route, Router

from api.http.route_index import RouteIndex
from tests import described

if TYPE_CHECKING:
    from starlette.routing import BaseRoute

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "BREW")


def asked(method: str, path: str, root_path: str = "") -> dict[str, Any]:
    return {"type": "http", "method": method, "path": path, "root_path": root_path, "headers": []}


def by_trying(routes: list[BaseRoute], scope: dict[str, Any]) -> tuple[BaseRoute, Any] | None:
    for route in routes:
        match, known = route.matches(scope)
        if match is Match.FULL:
            return route, known
    return None


def test_every_route_of_the_service_is_found_by_every_method_with_and_without_a_root_path() -> None:
    router = described.application().router
    index = RouteIndex(router)
    for route in router.routes:
        path = re.sub(r"\{[^}]*\}", "7", str(getattr(route, "path", "")))
        for method in METHODS:
            for root in ("", "/wangge"):
                for odd in (path, f"{path}/", f"{path}/more", path.upper(), path.replace("7", "a/b"), f"/{path}"):
                    scope = asked(method, root + odd, root)
                    assert index.find(scope) == by_trying(router.routes, scope), (method, odd)


async def nothing(_scope: Any, _receive: Any, _send: Any) -> None:
    """Answer nothing: the routes are only looked for."""


segments = st.sampled_from(["a", "b", "{x}", "{x:path}", "{x:int}", "a.{form}", ""])
paths = st.lists(segments, max_size=4).map(lambda parts: "/" + "/".join(parts))


@settings(max_examples=300)
@given(
    st.lists(st.tuples(paths, st.sampled_from(["GET", "POST", "below"])), max_size=6),
    st.lists(st.sampled_from(["a", "b", "7", "a.json", ""]), max_size=5).map(lambda parts: "/" + "/".join(parts)),
    st.sampled_from(["GET", "POST"]),
)
def test_whatever_routes_there_are_the_first_that_takes_a_request_is_found(
    made: list[tuple[str, str]], path: str, method: str
) -> None:
    routes: list[BaseRoute] = []
    numbers = itertools.count()
    for own, kind in made:
        unique = re.sub(r"\{\w+", lambda _: f"{{p{next(numbers)}", own)
        routes.append(
            Mount(unique.rstrip("/") or "/below", app=nothing)
            if kind == "below"
            else Route(unique, nothing, methods=[kind])
        )
    scope = asked(method, path)
    assert RouteIndex(Router(routes)).find(scope) == by_trying(routes, scope)
