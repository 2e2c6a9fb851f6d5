"""Acts that are sent under a key of the sender's: sent again, they are done once, and the answer says so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Final

from fastapi import Depends, Header, Request, Response

from api.http.dependencies import PrincipalDep
from identity import sent_acts

if TYPE_CHECKING:
    from pydantic import BaseModel
    from sqlalchemy.orm import Session

REPLAYED: Final[dict[str, Any]] = {
    "headers": {
        "Idempotent-Replayed": {
            "description": "true: it was done before under this key; the answer tells how it stands now.",
            "schema": {"type": "string"},
        }
    }
}
"""How a route documents that its answer may be to a repeated act."""


@dataclass(frozen=True, slots=True)
class SentUnder:
    """The key under which a request asks for an act, if any."""

    request: Request
    response: Response
    principal: PrincipalDep
    key: Annotated[
        str | None,
        Header(
            alias="Idempotency-Key",
            pattern=r"^[0-9A-Za-z_-]{8,64}$",
            description="Your own id of the act: sent again under it within 90 days it is done once.",
        ),
    ] = None

    def is_repeated(self, session: Session, body: BaseModel) -> bool:
        """Return whether the very same was done before under the key; without a key nothing is known.

        Raises
        ------
        ActKeyReusedError
            When another act came under the key.
        """
        if self.key is None:
            return False
        content = f"{self.request.url.path}\n{body.model_dump_json(exclude_unset=True)}".encode()
        repeated = sent_acts.is_repeated(session, principal_id=self.principal.actor.id, key=self.key, content=content)
        if repeated:
            self.response.headers["Idempotent-Replayed"] = "true"
        return repeated


Once = Annotated[SentUnder, Depends()]
