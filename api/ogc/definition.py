"""The API's definition as OpenAPI 3.0, which OGC API – Features and its clients ask for.

FastAPI writes OpenAPI 3.1. What 3.0 writes differently is converted; what it lacks is left out, so that the 3.0
document never forbids what the 3.1 document allows.
"""

from __future__ import annotations

from typing import Any

_ONE = ("items", "additionalProperties", "not")
_MANY = ("anyOf", "oneOf", "allOf")
_UNKNOWN = (
    "$defs",
    "$schema",
    "$id",
    "contentEncoding",
    "contentMediaType",
    "examples",
    "patternProperties",
    "prefixItems",
    "propertyNames",
)


def as_3_0(document: dict[str, Any], *, below: str, url: str) -> dict[str, Any]:
    """Return the paths below one as an OpenAPI 3.0 document of a server at `url`; the one given is not changed."""
    paths = {
        path.removeprefix(below) or "/": value for path, value in document["paths"].items() if path.startswith(below)
    }
    result: dict[str, Any] = _walked(document | {"paths": paths})
    result |= {"openapi": "3.0.3", "servers": [{"url": url}]}
    schemas = document.get("components", {}).get("schemas", {})
    result["components"]["schemas"] = {name: schema_3_0(schema) for name, schema in schemas.items()}
    return result


def schema_3_0(schema: Any) -> Any:  # noqa: ANN401 (JSON)
    """Return one schema in the dialect of OpenAPI 3.0."""
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return {"$ref": schema["$ref"]}
    result = {key: value for key, value in schema.items() if key not in _UNKNOWN}
    if schema.get("examples"):
        result["example"] = schema["examples"][0]
    if "contentMediaType" in schema:
        result["format"] = "binary"
    if "const" in result:
        result["enum"] = [result.pop("const")]
    if "prefixItems" in schema:
        result["items"] = {}
    for bound, exclusive in (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")):
        if exclusive in result:
            result |= {bound: result[exclusive], exclusive: True}
    if "properties" in result:
        result["properties"] = {name: schema_3_0(value) for name, value in result["properties"].items()}
    result |= {key: schema_3_0(result[key]) for key in _ONE if key in result}
    result |= {
        key: [schema_3_0(value) for value in result[key] if not _is_null(value)] for key in _MANY if key in result
    }
    return _nullable(schema, result)


def _nullable(schema: dict[str, Any], result: dict[str, Any]) -> dict[str, Any]:
    """Return the schema with `nullable` in place of 3.1's type null."""
    kinds = schema.get("type")
    if isinstance(kinds, list):
        plain = [kind for kind in kinds if kind != "null"]
        del result["type"]
        result |= {"type": plain[0]} if len(plain) == 1 else {"anyOf": [{"type": kind} for kind in plain]}
        return result | ({"nullable": True} if "null" in kinds else {})
    if kinds == "null":
        del result["type"]
        return result | {"nullable": True}
    if any(_is_null(value) for key in _MANY for value in schema.get(key, [])):
        return result | {"nullable": True}
    return result


def _is_null(schema: Any) -> bool:  # noqa: ANN401 (JSON)
    return bool(schema == {"type": "null"})


def _walked(node: Any) -> Any:  # noqa: ANN401 (JSON)
    if isinstance(node, list):
        return [_walked(value) for value in node]
    if not isinstance(node, dict):
        return node
    return {key: schema_3_0(value) if key == "schema" else _walked(value) for key, value in node.items()}
