"""Routes that answer without FastAPI's routing, dependency and body machinery, and are documented by it all the same.

The signature of a direct route's endpoint is its documentation: parameters, body and answers stand in the OpenAPI
document as they do for any route. What answers is a function of the bare request; it must check what the signature
promises, and raise the same errors. For the few routes where the machinery would cost more than the work.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastapi.dependencies.utils import request_params_to_args
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.requests import Request

from api import problems
from core.errors import DomainError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable

    from fastapi import APIRouter
    from pydantic import ValidationError
    from starlette.responses import Response
    from starlette.types import ASGIApp, Receive, Scope, Send

    Answer = Callable[[Request], Awaitable[Response]]


class DirectRoute(APIRoute):
    """A route with a fixed path that `answer` serves."""

    answer: Answer

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request that came through the router after all (under a root path)."""
        if scope["method"] not in (self.methods or ()):
            await super().handle(scope, receive, send)
            return
        await answer_with(type(self).answer, scope, receive, send)


def answered_by(answer: Answer) -> type[DirectRoute]:
    """Make the class of one direct route, for `add_api_route(..., route_class_override=...)`."""
    return type("DirectRoute", (DirectRoute,), {"answer": staticmethod(answer)})


async def answer_with(answer: Answer, scope: Scope, receive: Receive, send: Send) -> None:
    """Answer one request; errors become the problems they would become anywhere else."""
    try:
        response = await answer(Request(scope, receive, send))
    except (DomainError, RequestValidationError, HTTPException) as error:
        response = problems.from_any(error, scope["path"])
    await response(scope, receive, send)


class DirectDispatch:
    """Sends requests for direct routes straight to them: a dictionary look-up instead of one pattern a route."""

    def __init__(self, app: ASGIApp, routers: Iterable[APIRouter]) -> None:
        self.app = app
        self.routes = {
            (method, route.path): route
            for router in routers
            for route in router.routes
            if isinstance(route, DirectRoute)
            for method in route.methods or ()
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one request on."""
        route = self.routes.get((scope["method"], scope["path"])) if scope["type"] == "http" else None
        if route is None:
            await self.app(scope, receive, send)
            return
        scope["route"] = route
        await answer_with(type(route).answer, scope, receive, send)


def query_values(request: Request) -> dict[str, Any]:
    """Read the query as the endpoint's signature states it, with the errors that FastAPI would raise."""
    route: APIRoute = request.scope["route"]
    values, errors = request_params_to_args(route.dependant.query_params, request.query_params)
    if errors:
        raise RequestValidationError(errors)
    return values


def payload_invalid(error: ValidationError) -> RequestValidationError:
    """Turn pydantic's complaint about a body into the one FastAPI would raise."""
    found = error.errors(include_url=False, include_context=False, include_input=False)
    return RequestValidationError([entry | {"loc": ("body", *entry["loc"])} for entry in found])


def field_invalid(field: str, message: str, *, where: str = "body") -> RequestValidationError:
    """Make the error of one field that a model cannot check alone."""
    complaint: dict[str, Any] = {"type": "value_error", "loc": (where, field), "msg": message}
    return RequestValidationError([complaint])
