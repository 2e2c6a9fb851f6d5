"""Checking what a planner sets for a run against the parameters that there are (`governance.hotspots.catalogue`)."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from core.errors import DomainError
from governance.hotspots.catalogue import Parameters


class ParameterInvalidError(DomainError):
    """A parameter of the run is not valid."""

    code = "hotspot-parameter-invalid"


def described() -> list[dict[str, Any]]:
    """Return each parameter: name, default, range or choices."""
    defaults = Parameters().as_json()
    return [
        {
            "name": f.name,
            "default": defaults[f.name],
            "minimum": f.metadata.get("low"),
            "maximum": f.metadata.get("high"),
            "choices": list(f.metadata["choices"]) if "choices" in f.metadata else None,
        }
        for f in fields(Parameters)
    ]


def parse_parameters(given: dict[str, Any]) -> Parameters:
    """Take what was given, the rest as it stands.

    Raises
    ------
    ParameterInvalidError
        For a name that is not known or a value out of its range.
    """
    known = {f.name: f for f in fields(Parameters)}
    values: dict[str, Any] = {}
    for name, value in given.items():
        where = f"parameters.{name}"
        if name not in known:
            raise ParameterInvalidError(
                "There is no parameter '{name}'; there are {known}.",
                values={"name": name[:80], "known": [*sorted(known)]},
                field=where,
            )
        allowed = known[name].metadata
        if "names" in allowed:
            if not isinstance(value, list | tuple) or not all(isinstance(item, str) for item in value):
                raise ParameterInvalidError("{name} is a list of texts.", values={"name": name}, field=where)
            values[name] = tuple(value)
        elif "choices" in allowed:
            if value not in allowed["choices"]:
                raise ParameterInvalidError(
                    "{name} is one of {allowed}.", values={"name": name, "allowed": [*allowed["choices"]]}, field=where
                )
            values[name] = value
        else:
            low, high = allowed["low"], allowed["high"]
            whole = isinstance(low, int)
            number = isinstance(value, int if whole else int | float) and not isinstance(value, bool)
            if not number or not low <= value <= high:
                raise ParameterInvalidError(
                    (
                        "{name} is a whole number of {low:g} to {high:g}."
                        if whole
                        else "{name} is a number of {low:g} to {high:g}."
                    ),
                    values={"name": name, "low": low, "high": high},
                    field=where,
                )
            values[name] = value
    return Parameters(**values)
