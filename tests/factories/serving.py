"""An application behind a socket of this machine, served by a thread: for programs that are no TestClient."""

from __future__ import annotations

import socket
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import uvicorn

if TYPE_CHECKING:
    from asyncio import Protocol
    from collections.abc import Iterator

    from fastapi import FastAPI


@contextmanager
def served_in_a_thread(app: FastAPI, http: type[Protocol] | str = "auto") -> Iterator[str]:
    """Serve an application, perhaps with another protocol of uvicorn; give its address."""
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(app, http=http, log_level="critical", access_log=False)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    while not server.started:
        assert thread.is_alive(), "the server did not start"
        time.sleep(0.05)
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = True
    thread.join(30)
    listener.close()
