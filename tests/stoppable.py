"""A PostgreSQL of a test's own that can be stopped and started again on the same port."""

from __future__ import annotations

import os
import shutil
import signal
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
from psycopg import sql

from cli.cluster import _Cluster, _create_database
from migrations.run import move_to
from tests.factories.identity import REGISTER

if TYPE_CHECKING:
    from collections.abc import Iterator

UNANNOUNCED = "ALTER DATABASE {} SET wangge.release_lease_s = '0'"
"""Lets tests publish with no lead and go on at once; those that hold the service to its lead RESET it."""


class Server:
    """The server, running; `renew` gives it an empty migrated database `outage`."""

    def __init__(self) -> None:
        self._cluster = _Cluster(f"pg-outage-{os.getpid()}", durable=False)
        self._cluster.home.parent.mkdir(parents=True, exist_ok=True)
        self._cluster.initialise()
        self._cluster.start()
        self._port = self._cluster.port_file.read_text()
        self.url = self._cluster.url("outage")
        _create_database(self._cluster, "migrated")
        move_to(self._cluster.url("migrated"))
        with psycopg.connect(self._cluster.url("migrated"), autocommit=True) as connection:
            connection.execute(REGISTER)

    def renew(self) -> None:
        """Make the database anew, in a server that runs."""
        if not self._cluster.is_running():
            self.start()
        with psycopg.connect(self._cluster.url("postgres"), autocommit=True) as connection:
            connection.execute("DROP DATABASE IF EXISTS outage WITH (FORCE)")
            connection.execute("CREATE DATABASE outage TEMPLATE migrated")
            connection.execute(sql.SQL(UNANNOUNCED).format(sql.Identifier("outage")))

    def stop(self) -> None:
        """Stop, cutting every connection."""
        self._cluster.stop()

    def start(self) -> None:
        """Start again where it was."""
        words = ["start", "-w", "-t", "30", "-D", str(self._cluster.data), "-l", str(self._cluster.log)]
        assert self._cluster.run("pg_ctl", *words, "-o", f"-p {self._port}").returncode == 0

    def remove(self) -> None:
        """Stop and forget."""
        self.stop()
        shutil.rmtree(self._cluster.home, ignore_errors=True)

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """Keep every process of the server from running: its connections stand, and nothing is answered."""
        postmaster = int((self._cluster.data / "postmaster.pid").read_text().split()[0])
        children = Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text().split()
        processes = [postmaster, *map(int, children)]
        for process in processes:
            os.kill(process, signal.SIGSTOP)
        try:
            yield
        finally:
            for process in processes:
                with suppress(ProcessLookupError):
                    os.kill(process, signal.SIGCONT)
