"""The one way out: every request that this service makes to another one goes through here.

In training nothing goes out. `tests/architecture/test_house.py` holds that nothing else imports a client.
"""

from __future__ import annotations

from typing import Any

import httpx2

from core import training
from core.errors import DomainError, Kind


class OutwardRefusedError(DomainError):
    """Nothing is sent to other services: it is a training environment."""

    code = "outward-refused"
    kind = Kind.FORBIDDEN


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
