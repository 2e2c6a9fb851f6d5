"""The service's description for SCIM clients: what it supports, its resources, their schemas (RFC 7643, 5 to 7)."""

from __future__ import annotations

from typing import Any, Final

from api.scim.resources import GROUP, USER

_CORE: Final = "urn:ietf:params:scim:schemas:core:2.0"


def service_provider_config(base: str) -> dict[str, Any]:
    """Return what this service can: PATCH, filters and ETags; neither bulk requests, nor passwords, nor sorting."""
    return {
        "schemas": [f"{_CORE}:ServiceProviderConfig"],
        "patch": {"supported": True},
        "bulk": {"supported": False, "maxOperations": 0, "maxPayloadSize": 0},
        "filter": {"supported": True, "maxResults": 1000},
        "changePassword": {"supported": False},
        "sort": {"supported": False},
        "etag": {"supported": True},
        "authenticationSchemes": [
            {
                "type": "oauthbearertoken", "name": "API key", "primary": True,
                "description": "A key of role security-administrator as Bearer token.",
            }
        ],
        "meta": {"resourceType": "ServiceProviderConfig", "location": f"{base}/ServiceProviderConfig"},
    }  # fmt: skip


def resource_types(base: str) -> list[dict[str, Any]]:
    """Return the types of resources: users and groups."""
    return [
        {
            "schemas": [f"{_CORE}:ResourceType"], "id": name, "name": name, "endpoint": f"/{name}s", "schema": schema,
            "schemaExtensions": [],
            "meta": {"resourceType": "ResourceType", "location": f"{base}/ResourceTypes/{name}"},
        }
        for name, schema in (("User", USER), ("Group", GROUP))
    ]  # fmt: skip


def schemas(base: str) -> list[dict[str, Any]]:
    """Return the schemas of users and groups as this service keeps them."""
    reference = _attribute("$ref", "reference", "Address of the resource.", reference=["User", "Group"])
    told = {
        USER: (
            "User",
            "A person at work.",
            [
                _attribute("userName", "string", "Staff number.", required=True, uniqueness="server"),
                _attribute("displayName", "string", "Name."),
                _attribute(
                    "name", "complex", "Name in parts; the parts are put together.",
                    below=[_attribute(part, "string", "Part.") for part in ("formatted", "familyName", "givenName")],
                ),
                _attribute("active", "boolean", "Whether the appointment runs."),
                _attribute(
                    "phoneNumbers", "complex", "Taken in, and never given out.", many=True,
                    mutability="writeOnly", returned="never",
                    below=[_attribute("value", "string", "Number."), _attribute("type", "string", "Kind.")],
                ),
                _attribute(
                    "groups", "complex", "Units and roles.", many=True, mutability="readOnly",
                    below=[_attribute("value", "string", "Id of the group.", mutability="readOnly"),
                           reference | {"mutability": "readOnly"}],
                ),
            ],
        ),
        GROUP: (
            "Group",
            "A unit, or a role everywhere.",
            [
                _attribute("displayName", "string", "Name.", required=True, mutability="readOnly"),
                _attribute(
                    "members", "complex", "Who belongs to it.", many=True,
                    below=[
                        _attribute("value", "string", "Id of the user.", mutability="immutable"),
                        _attribute("display", "string", "Name of the user.", mutability="readOnly"),
                        reference | {"mutability": "immutable"},
                    ],
                ),
            ],
        ),
    }  # fmt: skip
    return [
        {
            "schemas": [f"{_CORE}:Schema"], "id": urn, "name": name, "description": words, "attributes": attributes,
            "meta": {"resourceType": "Schema", "location": f"{base}/Schemas/{urn}"},
        }
        for urn, (name, words, attributes) in told.items()
    ]  # fmt: skip


def _attribute(
    name: str, kind: str, words: str, *, many: bool = False, required: bool = False, mutability: str = "readWrite",
    returned: str = "default", uniqueness: str = "none", below: list[dict[str, Any]] | None = None,
    reference: list[str] | None = None,
) -> dict[str, Any]:  # fmt: skip
    found: dict[str, Any] = {
        "name": name, "type": kind, "multiValued": many, "description": words, "required": required,
        "caseExact": False, "mutability": mutability, "returned": returned, "uniqueness": uniqueness,
    }  # fmt: skip
    if below is not None:
        found["subAttributes"] = below
    if reference is not None:
        found["referenceTypes"] = reference
    return found
