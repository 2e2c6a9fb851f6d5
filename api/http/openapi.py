"""The OpenAPI document: what FastAPI reads off the routes, completed with what holds for every operation.

Generated clients depend on it: an operation's id is the name of its function, a schema's name is its class's, and both
stay as they are (tests/api/operation_ids.txt). Every error is documented as the problem that is really sent.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastapi import APIRouter
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute

from api.http import parameters, problems

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from starlette.routing import BaseRoute

_FRAMEWORK_SCHEMAS = ("HTTPValidationError", "ValidationError")


def operation_id(route: APIRoute) -> str:
    """Return the id of a route's operation: the name of the function that answers it."""
    return route.name


def feature_router(*, prefix: str = "", tags: list[str] | None = None, include_in_schema: bool = True) -> APIRouter:
    """Make the router of a feature; the names of its functions are the ids of its operations."""
    return APIRouter(
        prefix=prefix,
        tags=list(tags or ()),
        include_in_schema=include_in_schema,
        generate_unique_id_function=operation_id,
    )


def add_summaries(routers: Iterable[APIRouter]) -> None:
    """Head each operation with the first sentence of its description, not with the name of a function."""
    for router in routers:
        for route in router.routes:
            if isinstance(route, APIRoute) and route.summary is None:
                route.summary = route.description.partition("\n\n")[0].replace("\n", " ").rstrip(".")


def build_document(
    routes: Sequence[BaseRoute], *, title: str, version: str, description: str, tags: Mapping[str, str]
) -> dict[str, Any]:
    """Return the OpenAPI 3.1 document of an application's routes, with its groups of operations in the order given."""
    document = get_openapi(
        title=title,
        version=version,
        description=description,
        routes=routes,
        tags=[{"name": name, "description": words} for name, words in tags.items()],
    )
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    schemas["Problem"] = problems.Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas |= schemas["Problem"].pop("$defs", {})
    for name in _FRAMEWORK_SCHEMAS:
        schemas.pop(name, None)
    for path, operations in document["paths"].items():
        for operation in operations.values():
            _complete_errors(operation, takes_known_parameters_only=path.startswith(parameters.STRICT))
    return document


def _complete_errors(operation: dict[str, Any], *, takes_known_parameters_only: bool) -> None:
    """Document the errors that no route documents itself, and none that is never sent."""
    answers = operation["responses"]
    answers.pop("422", None)  # FastAPI's own has another shape, and a wrong parameter is a 400 here
    if takes_known_parameters_only:
        _add_missing(answers, 400)
    if operation.get("security"):
        _add_missing(answers, 429)  # too many unknown keys of one address
    if "requestBody" in operation:
        # All but 422 come before the body is read: admission.py and body_limits.py beside this.
        _add_missing(answers, 408, 413, 415, 422, 429)


def _add_missing(answers: dict[str, Any], *statuses: int) -> None:
    for status, answer in problems.responses(*statuses).items():
        answers.setdefault(str(status), answer)
