"""How a platform is spoken to: one interface, and the default over HTTP and JSON (docs/guides/connectors.md).

A platform with a protocol of its own gets an adapter of its own here: what is posted where, and what its reply means.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Protocol

import orjson

if TYPE_CHECKING:
    from collections.abc import Mapping

    from governance.connectors.rules import UpstreamAnswer

TAKEN_BEFORE: Final = 409
_TAKEN_CODES: Final = (0, 200, "0", "200")


@dataclass(frozen=True, slots=True)
class Request:
    """A POST: where, with which headers, and what."""

    address: str
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


class Adapter(Protocol):
    """One platform's protocol."""

    def request(self, answer: UpstreamAnswer | None, *, id: str, address: str, token: str) -> Request:  # noqa: A002
        """Return what tells an answer; None: a test that tells of nothing."""

    def fault(self, status: int, body: bytes) -> str | None:
        """Return a code of why a reply does not take an answer; None: it was taken."""


class JsonAdapter:
    """The default: `POST {address}/{kind}` with JSON; 2xx takes it unless the body has a `code` of failure, 409 too."""

    def request(self, answer: UpstreamAnswer | None, *, id: str, address: str, token: str) -> Request:  # noqa: A002
        """Return the request; the same `id` at every try, in the body and as Idempotency-Key."""
        kind = "test" if answer is None else str(answer.kind)
        body: dict[str, Any] = {"id": id, "kind": kind}
        if answer is not None:
            body |= {
                "order_number": answer.order_number, "number": answer.number, "at": answer.at.isoformat(),
                "text": answer.text, "deadline": None if answer.deadline is None else answer.deadline.isoformat(),
            }  # fmt: skip
        headers = {"Content-Type": "application/json", "Idempotency-Key": id}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        base, mark, query = address.partition("?")
        return Request(f"{base.rstrip('/')}/{kind}{mark}{query}", orjson.dumps(body), headers)

    def fault(self, status: int, body: bytes) -> str | None:
        """Understand 2xx, 409, and a `code` in the body as many platforms answer it with 200."""
        if status == TAKEN_BEFORE:
            return None
        if not 200 <= status < 300:
            return "redirected" if 300 <= status < 400 else "refused"
        try:
            said = orjson.loads(body) if body.strip() else {}
        except orjson.JSONDecodeError:
            return None  # 2xx with words takes it
        code = said.get("code", 0) if isinstance(said, dict) else 0
        return None if code in _TAKEN_CODES else f"code-{str(code)[:20]}"


DEFAULT: Final[Adapter] = JsonAdapter()
