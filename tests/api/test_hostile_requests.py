"""What a client does on the wire: bodies behind the key, lies about lengths, drips, compression, endless heads."""

from __future__ import annotations

import json
import socket
import time
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from fastapi.routing import APIRoute
from sqlalchemy import event

from api.app import create_app
from api.http import body_limits
from api.http.admission import needs_of
from api.http.uvicorn_protocol import GuardedProtocol
from core.settings import Settings
from grids.boundaries import operations
from identity.grants import ROLES, Scope
from identity.keys import create_key
from tests.factories.identity import issue_key, who
from tests.factories.serving import served_in_a_thread

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastapi import FastAPI

MIB = 1 << 20
UPLOAD = "/v1/layers/none/imports"
MULTIPART = "Content-Type: multipart/form-data; boundary=x"


class Impatient(GuardedProtocol):
    """The protocol, for tests that do not wait twenty seconds."""

    head_s = 1.0
    unread_s = 1.0


@dataclass(frozen=True)
class Wire:
    """A served application, spoken to byte by byte."""

    app: FastAPI
    port: int
    editor: str
    another: str
    sender: str

    @contextmanager
    def open(self, head: str, body: bytes = b"") -> Iterator[socket.socket]:
        """Send a request's head and what of its body is given; the connection stays open."""
        with closing(socket.create_connection(("127.0.0.1", self.port), timeout=20)) as wire:
            wire.sendall(head.replace("\n", "\r\n").encode("latin-1") + b"\r\n\r\n" + body)
            yield wire

    def ask(self, head: str, body: bytes = b"") -> tuple[int, dict[str, Any]]:
        """Send a request and give its status and problem."""
        with self.open(f"{head}\nConnection: close", body) as wire:
            return status_of(wire)


def status_of(wire: socket.socket) -> tuple[int, dict[str, Any]]:
    """Read an answer to the end of its connection."""
    received = b""
    while piece := wire.recv(65_536):
        received += piece
    head, _, content = received.removeprefix(b"HTTP/1.1 100 Continue\r\n\r\n").partition(b"\r\n\r\n")
    return int(head.split()[1]), json.loads(content or b"{}")


def is_closed_on(wire: socket.socket, more: bytes, times: int, pause_s: float = 0.001) -> bool:
    """Send the same again and again, and tell whether the other side had enough of it."""
    try:
        for _ in range(times):
            wire.sendall(more)
            time.sleep(pause_s)
    except OSError:
        return True
    return False


@pytest.fixture(scope="module")
def wire(module_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wire]:
    settings = Settings(
        DATABASE_URL=module_database_url,
        cache_dir=tmp_path_factory.mktemp("cache"),
        log_level="CRITICAL",
        max_body_bytes=4 * MIB,
        body_wait_s=1.0,
        large_requests_each=1,
    )
    app = create_app(settings)
    app.state.services.gate.patience_s = 0.3
    with app.state.services.database.transaction() as session:
        operations.create_layer(session, code="admin", name="网格", levels=["grid"], actor=who("test"))
        editor = create_key(session, name="editor", scopes=list(ROLES["gis-editor"]))
        another = create_key(session, name="another", scopes=list(ROLES["gis-editor"]))
        sender = issue_key(session, name="sender", scopes=[Scope.REPORTS_WRITE], channel="12345")
    with served_in_a_thread(app, Impatient) as address, pytest.MonkeyPatch.context() as patched:
        patched.setattr(body_limits, "LINGER_S", 0.5)
        yield Wire(app, int(address.rpartition(":")[2]), editor, another, sender)


def post(path: str, *lines: str, key: str | None = None) -> str:
    """Write a request's head."""
    named = [] if key is None else [f"X-API-Key: {key}"]
    return "\n".join([f"POST {path} HTTP/1.1", "Host: x", *named, *lines])


def test_every_route_that_reads_a_body_stands_behind_the_gate(wire: Wire) -> None:
    routes = [r for r in wire.app.routes if isinstance(r, APIRoute)]
    to_be_gated = [r for r in routes if needs_of(r.dependant) is not None or r.body_field is not None]
    assert len(to_be_gated) > 70
    assert [r.path for r in to_be_gated if type(r.app).__name__ != "_Gated"] == []


@pytest.mark.parametrize(
    ("path", "key", "expected"),
    [
        (UPLOAD, None, (401, "key-missing")),
        (UPLOAD, "wg_nobody", (401, "key-unknown")),
        (UPLOAD, "sender", (403, "scope-missing")),
        ("/v1/change-sets", None, (401, "key-missing")),
        ("/v1/reports", None, (401, "key-missing")),
        ("/v1/reports/batch", "editor", (403, "scope-missing")),
        ("/v1/reports/batch", "Bearer wg_nobody", (401, "key-unknown")),
        (UPLOAD, "Bearer sender", (403, "scope-missing")),
        ("/ogc/collections/draft-1.grid/items", "sender", (403, "scope-missing")),
    ],
)
def test_the_key_is_judged_before_one_byte_of_the_body_has_come(
    wire: Wire, path: str, key: str | None, expected: tuple[int, str]
) -> None:
    known = {"sender": wire.sender, "editor": wire.editor}
    named = [MULTIPART, f"Content-Length: {3 * MIB}", "Expect: 100-continue"]
    if key is not None and key.startswith("Bearer "):
        named.append(f"Authorization: Bearer {known.get(key[7:], key[7:])}")
        key = None
    head = post(path, *named, key=known.get(key or "", key))
    with wire.open(head) as opened:
        status, problem = status_of(opened)  # nothing of the body was ever sent, nor asked for
    assert (status, problem["type"].rpartition(":")[2]) == expected


def test_who_is_refused_while_still_sending_reads_why(wire: Wire) -> None:
    sent = b"x" * 3 * MIB
    assert wire.ask(post(UPLOAD, MULTIPART, f"Content-Length: {len(sent)}"), sent)[0] == 401


def test_a_request_looks_its_key_up_once(wire: Wire) -> None:
    asked: list[str] = []
    engine = wire.app.state.services.database.engine
    wire.app.state.services.keyring._known.clear()  # noqa: SLF001 (as after fifteen seconds)

    def note(_c: object, _cursor: object, statement: str, *_: object) -> None:
        if "api_client" in statement:
            asked.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        body = b'{"layer": "none", "title": "a"}'
        head = post(
            "/v1/change-sets", "Content-Type: application/json", f"Content-Length: {len(body)}", key=wire.editor
        )
        assert wire.ask(head, body)[0] == 404
    finally:
        event.remove(engine, "before_cursor_execute", note)
    assert len(asked) == 1


@pytest.mark.parametrize("path", ["/v1/assignments", "/v1/reports", "/v1/change-sets", UPLOAD])
def test_a_body_that_drips_is_given_up(wire: Wire, path: str) -> None:
    key = wire.sender if "reports" in path else wire.editor
    media = MULTIPART if path == UPLOAD else "Content-Type: application/json"
    started = time.monotonic()
    with wire.open(post(path, media, "Content-Length: 1000", "Connection: close", key=key), b"--x\r\n") as opened:
        for _ in range(4):
            time.sleep(0.3)
            opened.sendall(b"x")
        status, problem = status_of(opened)
    assert (status, problem["type"]) == (408, "urn:wangge:problem:body-too-slow")
    assert time.monotonic() - started < 15


def test_a_body_that_is_longer_than_taken_is_refused_declared_or_not(wire: Wire) -> None:
    said = wire.ask(post("/v1/assignments", f"Content-Length: {5 * MIB}"), b"[" + b" " * 5 * MIB)
    pieces = b"100000\r\n" + b" " * MIB + b"\r\n"
    unsaid = wire.ask(
        post("/v1/assignments", "Content-Type: application/json", "Transfer-Encoding: chunked"), pieces * 5
    )
    for status, problem in (said, unsaid):
        assert (status, problem["type"]) == (413, "urn:wangge:problem:body-too-large")


def test_a_body_that_would_swell_in_memory_is_refused(wire: Wire) -> None:
    body = b"[" + b"[]," * (4 * MIB // 3 - 10) + b"[]]"
    head = post("/v1/assignments", "Content-Type: application/json", f"Content-Length: {len(body)}")
    status, problem = wire.ask(head, body)
    assert (status, problem["type"]) == (413, "urn:wangge:problem:body-too-large")
    assert "values" in problem["detail"]


@pytest.mark.parametrize(
    "lines",
    [
        ("Content-Length: 10", "Content-Length: 11"),
        ("Content-Length: -1",),
        ("Content-Length: 99999999999999999999999",),
        ("Content-Length: 10", "Transfer-Encoding: chunked"),
        ("Transfer-Encoding: chunked, identity",),
    ],
)
def test_contradictory_lengths_are_refused(wire: Wire, lines: tuple[str, ...]) -> None:
    with wire.open(post("/v1/assignments", *lines), b"{}        ") as opened:
        received = opened.recv(65_536)
    assert received.startswith(b"HTTP/1.1 400")


def test_a_client_that_leaves_in_the_middle_of_its_body_is_no_failure(wire: Wire) -> None:
    json_ = "Content-Type: application/json"
    for path, kind, key in (
        ("/v1/reports", json_, wire.sender),
        ("/v1/reports/batch", json_, wire.sender),
        ("/v1/change-sets", json_, wire.editor),
        ("/v1/assignments", json_, None),
        (UPLOAD, MULTIPART, wire.editor),
    ):
        with wire.open(post(path, kind, "Content-Length: 1000", key=key), b"{"):
            pass
    time.sleep(0.3)
    status, metrics = 0, b""
    with wire.open("GET /metrics HTTP/1.1\nHost: x\nConnection: close") as opened:
        while piece := opened.recv(65_536):
            metrics += piece
    status = int(metrics.split()[1])
    assert status == 200
    assert b'status="500"' not in metrics


@pytest.mark.parametrize("coding", ["gzip", "br", "deflate, gzip"])
def test_a_compressed_body_is_refused_in_words(wire: Wire, coding: str) -> None:
    with wire.open(
        post("/v1/reports", f"Content-Encoding: {coding}", "Content-Length: 2", key=wire.sender), b"{}"
    ) as opened:
        received = opened.recv(65_536)
    assert received.startswith(b"HTTP/1.1 415")
    assert b"accept-encoding: identity" in received
    assert b"problem:body-encoded" in received


@pytest.mark.parametrize(
    ("path", "lines"),
    [
        (UPLOAD, (MULTIPART, f"Content-Length: {2 * MIB}")),
        (UPLOAD, (MULTIPART, "Content-Length: 20")),
        ("/v1/change-sets", ("Content-Type: application/json", f"Content-Length: {2 * MIB}")),
        ("/v1/change-sets", ("Content-Type: application/json", "Transfer-Encoding: chunked")),
    ],
)
def test_one_caller_does_not_take_the_places_of_others(wire: Wire, path: str, lines: tuple[str, ...]) -> None:
    whole = b"--x\r\nContent-Disposition: form-data; name=files; filename=a.kml\r\n\r\n\r\n--x--\r\n"
    with wire.open(post(path, *lines, key=wire.editor), b""):
        time.sleep(0.2)
        again = wire.ask(post(path, *lines, key=wire.editor))
        other = wire.ask(post(UPLOAD, MULTIPART, f"Content-Length: {len(whole)}", key=wire.another), whole)
        small = wire.ask(post("/v1/change-sets", "Content-Length: 2", key=wire.editor), b"{}")
    assert (again[0], again[1]["type"], again[1]["retry_after_s"]) == (429, "urn:wangge:problem:uploads-busy", 1)
    assert (other[0], other[1]["type"]) == (404, "urn:wangge:problem:layer-not-found")
    assert small[0] == 422


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"GET /healthz\r\n\r\n", b"505"),  # HTTP/0.9
        (b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-A: " + b"b" * 40_000 + b"\r\n\r\n", b"431"),
        (b"GET /healthz?" + b"a" * 40_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n", b"431"),
        (b"GET /healthz HTTP/1.1\r\n\r\n", b"400"),
        (b"GET /healthz HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", b"400"),
        (b"GET /healthz HTTP/1.1\r\nHost: a/../b\r\n\r\n", b"400"),
        (b"GET /healthz HTTP/1.0\r\n\r\n", b"200"),
        (b"GET /healthz HTTP/1.1\r\nHost: [::1]:8000\r\nConnection: close\r\n\r\n", b"200"),
    ],
)
def test_a_head_is_bounded_in_one_packet_too_has_a_version_and_one_host(wire: Wire, sent: bytes, status: bytes) -> None:
    with closing(socket.create_connection(("127.0.0.1", wire.port), timeout=10)) as opened:
        opened.sendall(sent)
        received = opened.recv(65_536)
    assert received.split(b" ", 2)[1] == status, received


def test_trailers_are_bounded(wire: Wire) -> None:
    head = post("/v1/assignments", "Content-Type: application/json", "Transfer-Encoding: chunked")
    trailers = b"".join(b"X-%d: %s\r\n" % (number, b"t" * 500) for number in range(100))
    with wire.open(head, b"2\r\n{}\r\n0\r\n" + trailers + b"\r\n") as opened:
        received = b""
        with suppress(ConnectionResetError):
            while piece := opened.recv(65_536):
                received += piece
    assert b" 200 " not in received


def test_a_silent_connection_and_a_head_that_drips_are_closed(wire: Wire) -> None:
    with closing(socket.create_connection(("127.0.0.1", wire.port), timeout=10)) as silent:
        assert silent.recv(1) == b""
    started = time.monotonic()
    with closing(socket.create_connection(("127.0.0.1", wire.port), timeout=10)) as slow:
        slow.sendall(b"GET / HTTP/1.1\r\n")
        assert is_closed_on(slow, b"X-A: b\r\n", 50, pause_s=0.2)
    assert time.monotonic() - started < 5


@pytest.mark.parametrize(
    ("head", "more"),
    [
        (b"GET /", b"a" * 4096),
        (b"GET / HTTP/1.1\r\nHost: x\r\n", b"X-A: " + b"b" * 4000 + b"\r\n"),
        (b"GET / HTTP/1.1\r\nX-A: ", b"b" * 4096),
    ],
)
def test_an_endless_head_is_refused(wire: Wire, head: bytes, more: bytes) -> None:
    with closing(socket.create_connection(("127.0.0.1", wire.port), timeout=10)) as opened:
        opened.sendall(head)
        assert is_closed_on(opened, more, 2000)


def test_endless_trailers_are_refused(wire: Wire) -> None:
    head = b"POST /v1/assignments HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n[]\r\n0\r\n"
    with closing(socket.create_connection(("127.0.0.1", wire.port), timeout=10)) as opened:
        opened.sendall(head)
        assert is_closed_on(opened, b"X-A: " + b"b" * 4000 + b"\r\n", 2000)


def test_a_client_that_never_reads_is_let_go(wire: Wire) -> None:
    wire.app.openapi()
    with closing(socket.socket()) as deaf:
        deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        deaf.settimeout(10)
        deaf.connect(("127.0.0.1", wire.port))
        deaf.sendall(b"GET /docs/assets/swagger-ui-bundle.js HTTP/1.1\r\nHost: x\r\n\r\n" * 8)
        time.sleep(4)
        received = 0
        with suppress(OSError):
            while piece := deaf.recv(65_536):
                received += len(piece)
        assert 0 < received < 8 * MIB
