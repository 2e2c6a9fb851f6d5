"""The application as its own process for the time of the demonstration: started, waited for, stopped."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import httpx2

from cli.stopping import held
from core.errors import DomainError, Kind
from core.settings import PROJECT_ROOT, Settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PATIENCE_S = 240.0  # the first start compiles kernels
_SERVER = (sys.executable, "-m", "uvicorn", "main:app", "--http", "api.http.uvicorn_protocol:GuardedProtocol")


class AppDidNotStartError(DomainError):
    """The application did not start."""

    code = "app-did-not-start"
    kind = Kind.UNAVAILABLE


class AppStoppedError(DomainError):
    """The application ended by itself."""

    code = "app-stopped"
    kind = Kind.UNAVAILABLE


class PortTakenError(DomainError):
    """The address cannot be listened on, mostly because another program does. Choose another with --port or --host."""

    code = "port-taken"
    kind = Kind.CONFLICT


@dataclass(frozen=True)
class Application:
    """The running application."""

    base: str
    process: subprocess.Popen[bytes]
    log: Path

    def wait(self) -> None:
        """Wait until it ends; Ctrl-C is passed on to the caller.

        Raises
        ------
        AppStoppedError
            When it ends by itself.
        """
        code = self.process.wait()
        raise AppStoppedError(
            "The application ended with code {code}; its log is {log}.", values={"code": code, "log": self.log}
        )


@contextmanager
def application(database_url: str, *, host: str, port: int | None) -> Iterator[Application]:
    """Start the application on this database; it ends with the block."""
    port = free_port(host, port)
    base = f"http://{host}:{port}"
    written = Settings().state_dir / "demo-app.log"
    written.parent.mkdir(parents=True, exist_ok=True)
    with written.open("wb") as log:
        # In a group of its own: Ctrl-C reaches the demonstration, which then stops it in order.
        process: subprocess.Popen[bytes] | None = None
        try:
            with held():
                process = subprocess.Popen(  # noqa: S603 (our own program)
                    [*_SERVER, "--host", host, "--port", str(port), "--no-access-log"],
                    cwd=PROJECT_ROOT,
                    env=os.environ | {"DATABASE_URL": database_url},
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                )
            app = Application(base, process, written)
            _wait_until_ready(app)
            yield app
        finally:
            if process is not None:
                with held():
                    _stop(process)


def free_port(host: str, wanted: int | None) -> int:
    """Take the port asked for; unasked, 8000 or, when that is taken, any free one."""
    why = ""
    for port in (wanted,) if wanted else (8000, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError as error:
                why = error.strerror or str(error)
                continue
            return int(probe.getsockname()[1])
    where = f"{host}:{wanted}" if wanted else host
    raise PortTakenError(
        "{where} cannot be listened on ({why}); choose another with --port or --host.",
        values={"where": where, "why": why},
        field="port",
    )


def _wait_until_ready(app: Application) -> None:
    end = time.monotonic() + PATIENCE_S
    with httpx2.Client(base_url=app.base, timeout=5) as client:
        while time.monotonic() < end and app.process.poll() is None:
            try:
                if client.get("/readyz").is_success:
                    return
            except httpx2.TransportError:
                pass
            time.sleep(0.1)
    tail = app.log.read_text(errors="replace")[-1500:]
    raise AppDidNotStartError(
        "The application did not get ready; its log ({log}) ends with:\n{tail}", values={"log": app.log, "tail": tail}
    )


def _stop(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
