"""The service behind a socket of this machine: in a thread of the test, or in processes to be killed and halted."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import httpx2
import uvicorn

if TYPE_CHECKING:
    from asyncio import Protocol
    from collections.abc import Iterator
    from pathlib import Path

    from fastapi import FastAPI

    from tests.fresh import FreshProcesses, Staying

SERVE = """
import uvicorn
uvicorn.run("main:app", port={port}, log_level="critical", access_log=False, timeout_keep_alive=120)
"""


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


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass(frozen=True, slots=True)
class Service:
    """A process that serves: where, and the process."""

    base: str
    process: Staying


def start_service(processes: FreshProcesses, database_url: str, cache: Path, port: int | None = None) -> Service:
    """Start a process that serves `main:app` on a database; it is to be ended by the test."""
    port = port or free_port()
    environment = {"DATABASE_URL": database_url, "WANGGE_CACHE_DIR": str(cache), "WANGGE_LOG_LEVEL": "CRITICAL"}
    return Service(f"http://127.0.0.1:{port}", processes.start(SERVE.format(port=port), environment))


async def until_ready(base: str, patience_s: float = 120) -> None:
    """Wait until a service answers that it is ready."""
    end = time.monotonic() + patience_s
    async with httpx2.AsyncClient(base_url=base, trust_env=False, timeout=30) as client:
        while time.monotonic() < end:
            try:
                if (await client.get("/readyz")).status_code == 200:
                    return
            except httpx2.TransportError:
                pass
            await asyncio.sleep(0.05)
    raise TimeoutError(base)
