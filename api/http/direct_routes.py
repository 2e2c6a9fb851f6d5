"""Routes that answer without FastAPI's routing, dependency and body machinery, and are documented by it all the same.

The signature of a direct route's endpoint is its documentation: parameters, body and answers stand in the OpenAPI
document as they do for any route. What answers is a function of the bare request; it must check what the signature
promises, and raise the same errors. For the few routes where the machinery would cost more than the work.
"""

from __future__ import annotations

from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from fastapi.dependencies.utils import request_params_to_args
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.datastructures import QueryParams
from starlette.exceptions import HTTPException
from starlette.requests import Request

from api.http import admission, parameters, problems
from core.errors import Detail, DomainError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Mapping

    from fastapi import APIRouter
    from pydantic import ValidationError
    from starlette.responses import Response
    from starlette.types import ASGIApp, Receive, Scope, Send

    Answer = Callable[[Request], Awaitable[Response]]


_KNOWN_QUERIES, _KNOWN_QUERY_BYTES = 1000, 500


class DirectRoute(APIRoute):
    """A route with a fixed path that `answer` serves."""

    answer: Answer

    def __init__(self, *given: Any, **named: Any) -> None:  # noqa: ANN401 (an APIRoute's own)
        super().__init__(*given, **named)
        self.needs = admission.needs_of(self.dependant)
        self.names = parameters.names_of(self.dependant)
        self.known_query = lru_cache(_KNOWN_QUERIES)(self.read_query)  # polling clients ask the same again and again

    def read_query(self, query: bytes) -> Mapping[str, Any]:
        """Read a query string as the endpoint's signature states it.

        Raises
        ------
        ParameterUnknownError, RequestValidationError
        """
        given = QueryParams(query)
        parameters.refuse_unknown(given, self.names)
        values, errors = request_params_to_args(self.dependant.query_params, given)
        if errors:
            raise RequestValidationError(errors)
        return MappingProxyType(values)

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request that came through the router after all (under a root path)."""
        if scope["method"] not in (self.methods or ()):
            await super().handle(scope, receive, send)
            return
        await self.answer_one(scope, receive, send)

    async def answer_one(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; errors become the problems they would become anywhere else."""
        request, answer = Request(scope, receive, send), type(self).answer
        try:
            if self.needs is None and self.body_field is None:
                response = await answer(request)
            else:
                async with admission.admitted(scope, self.needs):
                    if scope["query_string"] and not self.names:  # what takes parameters looks at them itself
                        self.read_query(scope["query_string"])
                    response = await answer(request)
        except (DomainError, RequestValidationError, HTTPException) as error:
            response = problems.from_any(error, scope["path"])
        await response(scope, receive, send)


def answered_by(answer: Answer) -> type[DirectRoute]:
    """Make the class of one direct route, for `add_api_route(..., route_class_override=...)`."""
    return type("DirectRoute", (DirectRoute,), {"answer": staticmethod(answer)})


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
        await route.answer_one(scope, receive, send)


def query_values(request: Request) -> Mapping[str, Any]:
    """Read the query as the endpoint's signature states it, with the errors that FastAPI would raise."""
    route: DirectRoute = request.scope["route"]
    query: bytes = request.scope["query_string"]
    return route.known_query(query) if len(query) <= _KNOWN_QUERY_BYTES else route.read_query(query)


def payload_invalid(error: ValidationError) -> RequestValidationError:
    """Turn pydantic's complaint about a body into the one FastAPI would raise."""
    found = error.errors(include_url=False, include_context=False, include_input=False)
    return RequestValidationError([entry | {"loc": ("body", *entry["loc"])} for entry in found])


def field_invalid(field: str, message: str | Detail, *, where: str = "body") -> RequestValidationError:
    """Make the error of one field that a model cannot check alone."""
    complaint: dict[str, Any] = {
        "type": "value_error",
        "loc": (where, field),
        "msg": message if isinstance(message, Detail) else Detail(message),
    }
    return RequestValidationError([complaint])
