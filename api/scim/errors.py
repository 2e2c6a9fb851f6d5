"""Errors as RFC 7644 (3.12) writes them."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

import orjson
from starlette.responses import Response

from api.http.language import in_words
from api.http.problems import STATUS
from core.errors import DomainError, Kind

if TYPE_CHECKING:
    from collections.abc import Mapping

MEDIA: Final = "application/scim+json"
_SCHEMA: Final = "urn:ietf:params:scim:api:messages:2.0:Error"
_UNIQUENESS: Final = frozenset({"person-exists"})


class ScimError(DomainError):
    """The SCIM request cannot be carried out."""

    code = "scim-request-invalid"
    kind = Kind.INVALID

    def __init__(
        self,
        detail: str,
        *,
        values: Mapping[str, Any] = MappingProxyType({}),
        scim_type: str | None = "invalidValue",
        status: int = 400,
    ) -> None:
        super().__init__(detail, values=values)
        self.scim_type, self.status = scim_type, status


def error_response(error: DomainError) -> Response:
    """Return a domain error as SCIM's."""
    if isinstance(error, ScimError):
        status, scim_type = error.status, error.scim_type
    else:
        status = STATUS[error.kind]
        scim_type = "uniqueness" if error.code in _UNIQUENESS else "invalidValue" if status == 400 else None
    body = {"schemas": [_SCHEMA], "status": str(status), "detail": in_words(error.particular)}
    if scim_type is not None:
        body["scimType"] = scim_type
    return Response(orjson.dumps(body), status, media_type=MEDIA)
