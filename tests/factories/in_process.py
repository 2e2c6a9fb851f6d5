"""An application asked within the process of the test, with requests' own session but without sockets and servers."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import unquote_to_bytes, urlsplit

import requests
from requests.adapters import BaseAdapter
from urllib3 import HTTPHeaderDict, HTTPResponse

if TYPE_CHECKING:
    from fastapi.testclient import TestClient
    from requests import PreparedRequest

BASE = "http://served"


class InProcessAdapter(BaseAdapter):
    """Passes what requests would send over a socket to a started application, as a server passes it on (ASGI)."""

    def __init__(self, client: TestClient) -> None:
        super().__init__()
        self.client = client

    def send(self, request: PreparedRequest, *_args: Any, **_options: Any) -> requests.Response:  # type: ignore[override]
        """Ask the application; an error that it does not answer is raised."""
        assert self.client.portal is not None
        return self.client.portal.call(self._send, request)

    async def _send(self, request: PreparedRequest) -> requests.Response:
        url = urlsplit(cast("str", request.url))
        raw_path = url.path.encode("ascii")
        # Streamed bodies (multipart forms) are made by requests as bytes already; what iterates is joined.
        body = request.body or b""
        content = (
            body.encode() if isinstance(body, str) else b"".join(body) if _in_pieces(body) else cast("bytes", body)
        )
        headers = [(b"host", url.netloc.encode())]
        headers += [(_raw(name).lower(), _raw(value)) for name, value in request.headers.items()]
        left = [{"type": "http.request", "body": content}]
        head: dict[str, Any] = {}
        pieces: list[bytes] = []
        ended = asyncio.Event()

        async def receive() -> dict[str, Any]:
            if left:
                return left.pop()
            await ended.wait()  # who asks stays until the answer's last byte
            return {"type": "http.disconnect"}

        async def send(message: Any) -> None:
            if message["type"] == "http.response.start":
                head.update(message)
            else:
                pieces.append(message.get("body", b""))
                if not message.get("more_body"):
                    ended.set()

        scope = {
            "type": "http", "http_version": "1.1", "asgi": {"version": "3.0"}, "scheme": "http",
            "method": request.method, "path": unquote_to_bytes(raw_path).decode("utf-8", "replace"),
            "raw_path": raw_path, "query_string": url.query.encode("ascii"), "headers": headers, "root_path": "",
            "client": ("127.0.0.1", 50000), "server": ("served", 80), "state": {},
        }  # fmt: skip
        await cast("Any", self.client.app)(scope, receive, send)
        return _as_response(request, head, b"".join(pieces))

    def close(self) -> None:
        """Hold nothing open."""


def _raw(text: str | bytes, encoding: str = "latin-1") -> bytes:
    return text if isinstance(text, bytes) else text.encode(encoding)


def _in_pieces(body: object) -> bool:
    return isinstance(body, Iterable) and not isinstance(body, bytes | bytearray)


def _as_response(request: PreparedRequest, head: dict[str, Any], content: bytes) -> requests.Response:
    headers = HTTPHeaderDict()
    for name, value in head["headers"]:
        headers.add(name.decode("latin-1"), value.decode("latin-1"))
    answer = requests.Response()
    answer.status_code = head["status"]
    answer.headers.update(headers)
    answer.request, answer.url = request, cast("str", request.url)
    answer.encoding = requests.utils.get_encoding_from_headers(answer.headers)
    # It decompresses what is compressed, as over a socket.
    answer.raw = HTTPResponse(
        io.BytesIO(content), headers=headers, status=head["status"], version=11, preload_content=False
    )
    return answer
