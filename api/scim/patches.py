"""PATCH of RFC 7644 (3.5.2): add, replace and remove in a resource, as a value of JSON."""

from __future__ import annotations

import copy
import re
from typing import TYPE_CHECKING, Any, Final

from api.scim.errors import ScimError
from api.scim.filters import condition

if TYPE_CHECKING:
    from collections.abc import Callable

_PATH: Final = re.compile(
    r"(?:(?P<urn>urn:[^\[\]]+):)?(?P<name>\$?[A-Za-z][\w-]*)(?:\[(?P<filter>.+)\])?(?:\.(?P<sub>[A-Za-z][\w-]*))?"
)
_MOST: Final = 1000


def patched(resource: dict[str, Any], operations: Any) -> dict[str, Any]:  # noqa: ANN401 (JSON as sent)
    """Return a resource after operations, one after the other.

    Raises
    ------
    ScimError
        With `invalidSyntax`, `invalidPath` or `noTarget`.
    """
    if not isinstance(operations, list) or not 0 < len(operations) <= _MOST:
        raise ScimError("Operations is a list of 1 to {most}.", values={"most": _MOST}, scim_type="invalidSyntax")
    found = copy.deepcopy(resource)
    for one in operations:
        verb = str(one.get("op", "")).lower() if isinstance(one, dict) else ""
        if verb not in {"add", "replace", "remove"}:
            raise ScimError("An operation is add, replace or remove.", scim_type="invalidSyntax")
        path, value = one.get("path"), one.get("value")
        if path is None:
            if verb == "remove" or not isinstance(value, dict):
                raise ScimError("Without a path, add and replace take an object.", scim_type="noTarget")
            for name, member in value.items():
                _apply(found, verb, name, member)
        else:
            _apply(found, verb, str(path), value)
    return found


def _apply(resource: dict[str, Any], verb: str, path: str, value: Any) -> None:  # noqa: ANN401 (JSON)
    target = resource
    if path in resource and path.startswith("urn:") and isinstance(value, dict):
        for name, member in value.items():
            _apply(resource[path], verb, name, member)
        return
    found = _PATH.fullmatch(path)
    if found is None:
        raise ScimError("'{path}' is no path.", values={"path": path[:80]}, scim_type="invalidPath")
    if found["urn"] and ":core:" not in found["urn"]:
        target = target.setdefault(found["urn"], {})
    name = _key(target, found["name"])
    if found["filter"] is not None:
        _apply_to_members(target, name, verb, condition(found["filter"]), found["sub"], value)
    elif found["sub"] is not None:
        below = target.setdefault(name, {})
        if not isinstance(below, dict):
            raise ScimError("'{path}' names no single value.", values={"path": path[:80]}, scim_type="invalidPath")
        _set(below, verb, _key(below, found["sub"]), value)
    else:
        _set(target, verb, name, value)


def _set(target: dict[str, Any], verb: str, name: str, value: Any) -> None:  # noqa: ANN401 (JSON)
    before = target.get(name)
    if verb == "remove":
        if isinstance(before, list) and isinstance(value, list):  # as some directories send it
            gone = [one.get("value") for one in value if isinstance(one, dict)]
            target[name] = [one for one in before if one.get("value") not in gone]
        else:
            target.pop(name, None)
    elif verb == "add" and isinstance(before, list):
        new = value if isinstance(value, list) else [value]
        target[name] = before + [one for one in new if one not in before]
    elif isinstance(before, dict) and isinstance(value, dict):
        target[name] = before | value
    else:
        target[name] = value


def _apply_to_members(
    target: dict[str, Any],
    name: str,
    verb: str,
    wanted: Callable[[dict[str, Any]], bool],
    sub: str | None,
    value: Any,  # noqa: ANN401 (JSON)
) -> None:
    kept = target.get(name)
    members: list[Any] = kept if isinstance(kept, list) else []
    chosen = [one for one in members if isinstance(one, dict) and wanted(one)]
    if not chosen:
        if verb == "remove":
            return
        raise ScimError("Nothing in '{name}' is chosen by the filter.", values={"name": name}, scim_type="noTarget")
    if verb == "remove" and sub is None:
        target[name] = [one for one in members if one not in chosen]
        return
    for one in chosen:
        if sub is not None:
            _set(one, verb, _key(one, sub), value)
        elif isinstance(value, dict):
            one.update(value)


def _key(target: dict[str, Any], name: str) -> str:
    """Return the name as the resource writes it: names are alike in any case."""
    return next((key for key in target if key.lower() == name.lower()), name)
