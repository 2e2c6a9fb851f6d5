"""Routes that answer without FastAPI's dependency and body machinery, and are documented by it all the same.

The signature of a direct route's endpoint is its documentation: parameters, body and answers stand in the OpenAPI
document as they do for any route. What answers is a function of the bare request; it must check what the signature
promises, and raise the same errors. For the few routes where the machinery would cost more than the work.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.requests import Request

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from pydantic import ValidationError
    from starlette.responses import Response
    from starlette.types import Receive, Scope, Send


def answered_by(answer: Callable[[Request], Awaitable[Response]]) -> type[APIRoute]:
    """Make the route class of one direct route, for `add_api_route(..., route_class_override=...)`."""

    class DirectRoute(APIRoute):
        """Calls `answer` with the request; errors travel to the handlers of api.problems like any other's."""

        async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
            """Answer one request."""
            if scope["method"] not in self.methods:
                await super().handle(scope, receive, send)
                return
            response = await answer(Request(scope, receive, send))
            await response(scope, receive, send)

    return DirectRoute


def payload_invalid(error: ValidationError) -> RequestValidationError:
    """Turn pydantic's complaint about a body into the one FastAPI would raise."""
    found = error.errors(include_url=False, include_context=False, include_input=False)
    return RequestValidationError([entry | {"loc": ("body", *entry["loc"])} for entry in found])


def field_invalid(field: str, message: str, *, where: str = "body") -> RequestValidationError:
    """Make the error of one field that a model cannot check alone."""
    complaint: dict[str, Any] = {"type": "value_error", "loc": (where, field), "msg": message}
    return RequestValidationError([complaint])
