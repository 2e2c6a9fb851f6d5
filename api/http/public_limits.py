"""How often an address may ask without a key: so many requests a minute, in each process, and fewer wrong tokens."""

from __future__ import annotations

import threading
from collections import OrderedDict
from time import monotonic
from typing import TYPE_CHECKING, Annotated, Final

from fastapi import Depends, Request

from api.http.public_address import client_address
from api.http.services import services_of
from governance.public_trace.rules import TraceAttemptsError, TraceRefusedError
from identity.key_failures import network_of

if TYPE_CHECKING:
    from collections.abc import Iterator

REQUESTS_A_MINUTE: Final = 60
WRONG_A_MINUTE: Final = 10
_MOST_ADDRESSES: Final = 4096
_MINUTE_S: Final = 60.0


class Windows:
    """Counts by address in windows of a minute; the oldest addresses are forgotten where there are too many."""

    def __init__(self) -> None:
        self._counts: OrderedDict[tuple[str, str], tuple[float, int]] = OrderedDict()
        self._lock = threading.Lock()

    def forget(self) -> None:
        """Begin all counts anew."""
        with self._lock:
            self._counts.clear()

    def count(self, address: str, what: str, most: int, *, amount: int = 1) -> None:
        """Count a request of an address, or only look whether it may ask (amount 0).

        Raises
        ------
        TraceAttemptsError
        """
        now = monotonic()
        with self._lock:
            begun, count = self._counts.pop((address, what), (now, 0))
            if now - begun >= _MINUTE_S:
                begun, count = now, 0
            is_over = count >= most
            self._counts[address, what] = (begun, count if is_over else count + amount)
            while len(self._counts) > _MOST_ADDRESSES:
                self._counts.popitem(last=False)
        if is_over:
            wait_s = max(1, int(begun + _MINUTE_S - now) + 1)
            raise TraceAttemptsError(
                "At most {most} such requests a minute of one address; send it again in {wait_s} s.",
                values={"most": most, "wait_s": wait_s}, retry_after_s=wait_s,
            )  # fmt: skip


def limited(request: Request) -> Iterator[None]:
    """Count a request of the public by its address; refused tokens are counted beside it."""
    address, windows = network_of(client_address(request.scope)), services_of(request.app).public_requests
    windows.count(address, "requests", REQUESTS_A_MINUTE)
    windows.count(address, "wrong", WRONG_A_MINUTE, amount=0)
    try:
        yield
    except TraceRefusedError:
        windows.count(address, "wrong", WRONG_A_MINUTE)
        raise


Limited = Annotated[None, Depends(limited)]
