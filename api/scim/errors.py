"""Errors as RFC 7644 (3.12) writes them."""

from __future__ import annotations

from typing import Final

import orjson
from starlette.responses import Response

from api.http.problems import STATUS
from core.errors import DomainError, Kind

MEDIA: Final = "application/scim+json"
_SCHEMA: Final = "urn:ietf:params:scim:api:messages:2.0:Error"
_UNIQUENESS: Final = frozenset({"person-exists"})


class ScimError(DomainError):
    """The SCIM request cannot be carried out."""

    code = "scim-request-invalid"
    kind = Kind.INVALID

    def __init__(self, detail: str, *, scim_type: str | None = "invalidValue", status: int = 400) -> None:
        super().__init__(detail)
        self.scim_type, self.status = scim_type, status


def error_response(error: DomainError) -> Response:
    """Return a domain error as SCIM's."""
    if isinstance(error, ScimError):
        status, scim_type = error.status, error.scim_type
    else:
        status = STATUS[error.kind]
        scim_type = "uniqueness" if error.code in _UNIQUENESS else "invalidValue" if status == 400 else None
    body = {"schemas": [_SCHEMA], "status": str(status), "detail": error.detail}
    if scim_type is not None:
        body["scimType"] = scim_type
    return Response(orjson.dumps(body), status, media_type=MEDIA)
