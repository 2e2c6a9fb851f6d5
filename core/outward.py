"""The one way out: every request that this service makes to another one goes through here.

In training nothing goes out. `tests/architecture/test_house.py` holds that nothing else imports a client.
"""

from __future__ import annotations

import smtplib
import socket
import ssl
import time
from dataclasses import dataclass
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any, Final

import httpx2

from core import training
from core.addresses import AddressRefusedError, judged
from core.errors import DomainError, Kind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from email.message import EmailMessage

    from core.addresses import Network

MOST_READ: Final = 64 * 1024
"""Bytes of an answer of a service that an administrator entered; what comes after is not read."""


class OutwardRefusedError(DomainError):
    """Nothing is sent to other services: it is a training environment."""

    code = "outward-refused"
    kind = Kind.FORBIDDEN


class OutwardFailedError(Exception):
    """Another service was not reached, or gave no answer; `fault` is a code of why."""

    def __init__(self, fault: str) -> None:
        super().__init__(fault)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class Answer:
    """What another service answered: status, headers by lower-case names, and the beginning of the body."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class MailServer:
    """A mail server to hand mail to; `security` is none, starttls or tls."""

    host: str
    port: int
    security: str
    user: str = ""
    password: str = ""


def send(method: str, address: str, *, longest_s: float, **sent: Any) -> httpx2.Response:  # noqa: ANN401 (httpx2's own)
    """Send a request to another service and return its answer; redirects are not followed.

    Raises
    ------
    OutwardRefusedError
        In training.
    httpx2.HTTPError
    """
    if training.is_on():
        raise OutwardRefusedError
    with httpx2.Client(timeout=longest_s, follow_redirects=False) as client:
        return client.request(method, address, **sent)


def post_judged(
    address: str, content: bytes, headers: Mapping[str, str], *, longest_s: float, allowed: Sequence[Network] = ()
) -> Answer:
    """Send a POST to an address that an administrator entered: a public one, or one in the networks allowed.

    The name is resolved once and the connection goes to the address that was judged; no proxy of the environment is
    asked, no redirect is followed. Without TLS only networks allowed are spoken to.

    Raises
    ------
    OutwardRefusedError
        In training.
    OutwardFailedError
    """
    if training.is_on():
        raise OutwardRefusedError
    end = time.monotonic() + longest_s
    url = httpx2.URL(address)
    port = url.port or (443 if url.scheme == "https" else 80)
    try:
        pinned = url.copy_with(host=judged(url.host, port, allowed))
    except AddressRefusedError:
        raise OutwardFailedError("address-not-public") from None
    except (OSError, UnicodeError):
        raise OutwardFailedError("name-unknown") from None
    if url.scheme != "https" and not any(ip_address(pinned.host) in network for network in allowed):
        raise OutwardFailedError("not-encrypted")
    sent = {**headers, "Host": url.netloc.decode("ascii")}
    # A transport of its own reads the certificates that the environment names, but no proxy.
    with httpx2.Client(timeout=longest_s, follow_redirects=False, transport=httpx2.HTTPTransport()) as client:
        try:
            extensions = {"sni_hostname": url.host}
            with client.stream("POST", pinned, content=content, headers=sent, extensions=extensions) as answer:
                return Answer(answer.status_code, dict(answer.headers.items()), _beginning(answer, end))
        except httpx2.TimeoutException:
            raise OutwardFailedError("too-slow") from None
        except httpx2.HTTPError:
            raise OutwardFailedError("unreachable") from None


def _beginning(answer: httpx2.Response, end: float) -> bytes:
    """Return the first bytes of a body, and so many at most, unless they come too slowly."""
    read = b""
    for some in answer.iter_raw():
        read += some
        if len(read) >= MOST_READ or time.monotonic() > end:
            break
    return read[:MOST_READ]


def hand_over_mail(message: EmailMessage, server: MailServer, *, longest_s: float) -> None:
    """Hand a message to a mail server for all whom it names.

    Raises
    ------
    OutwardRefusedError
        In training.
    OutwardFailedError
        When the server takes it for nobody, or for some only: then it took it for the others.
    """
    if training.is_on():
        raise OutwardRefusedError
    context = ssl.create_default_context()
    try:
        opened: smtplib.SMTP = (
            smtplib.SMTP_SSL(server.host, server.port, timeout=longest_s, context=context)
            if server.security == "tls"
            else smtplib.SMTP(server.host, server.port, timeout=longest_s)
        )
        with opened:
            if server.security == "starttls":
                opened.starttls(context=context)
            if server.user:
                opened.login(server.user, server.password)
            refused = opened.send_message(message)
    except smtplib.SMTPAuthenticationError:
        raise OutwardFailedError("mail-login-refused") from None
    except smtplib.SMTPResponseException as error:
        raise OutwardFailedError(f"mail-{error.smtp_code}") from None
    except smtplib.SMTPRecipientsRefused:
        raise OutwardFailedError("mail-recipients-refused") from None
    except (OSError, smtplib.SMTPException):
        raise OutwardFailedError("unreachable") from None
    if refused:
        raise OutwardFailedError("mail-recipients-refused")


def connect(address: str, *, longest_s: float) -> socket.socket:
    """Connect to another service that speaks no HTTP: `unix:/path`, or `host:port` with or without `tcp://`.

    Raises
    ------
    OutwardRefusedError
        In training.
    OSError
    """
    if training.is_on():
        raise OutwardRefusedError
    if not address.startswith("unix:"):
        host, _, port = address.removeprefix("tcp://").rpartition(":")
        return socket.create_connection((host, int(port)), timeout=longest_s)
    connection = socket.socket(socket.AF_UNIX)
    connection.settimeout(longest_s)
    try:
        connection.connect(address.removeprefix("unix:"))
    except OSError:
        connection.close()
        raise
    return connection
