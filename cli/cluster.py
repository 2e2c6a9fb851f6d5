"""A PostgreSQL with PostGIS for people who have none: found, installed or asked for, started and stopped again.

`provide()` yields a database URL by the first way that works: the environment's DATABASE_URL; a private cluster under
`.wangge/` from installed binaries; the distribution's packages; `docker compose up db`. The private cluster listens
on 127.0.0.1 only, behind a random password. Every command that uses it holds a shared lock; the last one to leave
stops it, so nothing is left running.
"""

from __future__ import annotations

import base64
import contextlib
import fcntl
import hashlib
import hmac
import json
import os
import pwd
import secrets
import shutil
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from cli.lines import Console
from cli.stopping import held
from core import training
from core.errors import DomainError, Kind
from core.settings import PROJECT_ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

console = Console(stderr=True)
STATE = PROJECT_ROOT / ".wangge"
USER = "wangge"
INSTALL = "sudo apt-get install postgresql-postgis"


class NoPostgisError(DomainError):
    """No PostgreSQL with PostGIS could be found or started."""

    code = "no-postgis"
    kind = Kind.UNAVAILABLE


class _Cluster:
    """One private cluster: where its binaries, data, password and port are."""

    def __init__(self, name: str, *, durable: bool) -> None:
        self.durable = durable
        self.home = _reachable(STATE / name)
        self.data = self.home / "data"
        self.log = self.home / "postgres.log"
        self.password_file = self.home / "password"
        self.port_file = self.home / "port"
        self.owner = _owner(self.data)

    def run(self, tool: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run one of PostgreSQL's programs as the cluster's owner."""
        command = [str(_binaries() / tool), *arguments]
        owner = self.owner
        return subprocess.run(  # noqa: S603 (our own program and words)
            command,
            check=False,
            capture_output=True,
            text=True,
            cwd="/",
            env=os.environ | {"LC_ALL": "C.UTF-8"},
            stdin=subprocess.DEVNULL,
            user=owner and owner.pw_uid,
            group=owner and owner.pw_gid,
            extra_groups=None if owner is None else [],
            start_new_session=True,  # Ctrl-C in the terminal ends the command, which then stops the cluster
        )

    def initialise(self) -> None:
        """Create the cluster once."""
        if (self.data / "PG_VERSION").exists() and self.password_file.exists():
            return
        console.print(f"making a private PostgreSQL cluster in {self.home.name}")
        shutil.rmtree(self.home, ignore_errors=True)
        self.home.mkdir(parents=True)
        password = secrets.token_hex(16)
        self.password_file.touch(mode=0o600)
        self.password_file.write_text(password)
        first = self.home / "first"
        first.touch(mode=0o600)
        first.write_text(password if self.durable else _quick_verifier(password))
        if self.owner is not None:
            for path in (self.home, self.password_file, first):
                os.chown(path, self.owner.pw_uid, self.owner.pw_gid)
        made = self.run(
            "initdb", "-D", str(self.data), "-U", USER, "-E", "UTF8", "--locale=C.UTF-8",
            "--auth=scram-sha-256", f"--pwfile={first}", *([] if self.durable else ["--no-sync"]),
        )  # fmt: skip
        first.unlink()
        if made.returncode:
            shutil.rmtree(self.home, ignore_errors=True)
            raise NoPostgisError("initdb failed: {stderr}", values={"stderr": made.stderr.strip()})
        settings = {
            "listen_addresses": "'127.0.0.1'",
            "unix_socket_directories": "''",
            "max_connections": "200",
            "shared_buffers": "'256MB'",
            "work_mem": "'32MB'",
            "maintenance_work_mem": "'256MB'",
            "jit": "off",
            "timezone": "'UTC'",
            "logging_collector": "off",
        }
        if not self.durable:
            settings |= dict.fromkeys(("fsync", "synchronous_commit", "full_page_writes", "autovacuum"), "off")
            # Thousands of short connections: each would load PostGIS anew, 30 ms of processor time.
            settings["shared_preload_libraries"] = "'postgis-3'"
        with (self.data / "postgresql.conf").open("a") as conf:
            conf.writelines(f"{key} = {value}\n" for key, value in settings.items())

    def is_running(self) -> bool:
        """Tell whether the postmaster lives."""
        return self.run("pg_ctl", "status", "-D", str(self.data)).returncode == 0

    def start(self) -> None:
        """Start on a free port."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = int(probe.getsockname()[1])
        started = self.run(
            "pg_ctl", "start", "-w", "-t", "60", "-D", str(self.data), "-l", str(self.log), "-o", f"-p {port}"
        )
        if started.returncode:
            tail = self.log.read_text()[-2000:] if self.log.exists() else ""
            values = {"stderr": started.stderr.strip(), "tail": tail}
            raise NoPostgisError("PostgreSQL did not start: {stderr}\n{tail}", values=values)
        self.port_file.write_text(str(port))

    def stop(self) -> None:
        """Stop, rolling back whoever is still connected."""
        self.run("pg_ctl", "stop", "-w", "-m", "fast", "-D", str(self.data))

    def url(self, database: str) -> str:
        """Return the URL of one database of the cluster."""
        return f"postgresql://{USER}:{self.password_file.read_text()}@127.0.0.1:{self.port_file.read_text()}/{database}"


def _quick_verifier(password: str) -> str:
    """Return what PostgreSQL stores of a password (RFC 5803), with one iteration for its 4,096.

    Those slow down whoever guesses, and this password is 128 random bits; without them each of the tests' thousands of
    connections costs both sides some 5 ms less.
    """
    salt = secrets.token_bytes(16)
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, 1)
    stored = hashlib.sha256(hmac.digest(salted, b"Client Key", "sha256")).digest()
    words = [base64.b64encode(part).decode() for part in (salt, stored, hmac.digest(salted, b"Server Key", "sha256"))]
    return "SCRAM-SHA-256$1:{}${}:{}".format(*words)


def _owner(data: Path) -> pwd.struct_passwd | None:
    """PostgreSQL refuses root: run it as the owner of its data, as `postgres` where there is one, or as `nobody`."""
    if os.geteuid() != 0:
        return None
    if data.exists() and (owner := data.stat().st_uid) != 0:
        return pwd.getpwuid(owner)
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise NoPostgisError("Running as root needs a user to run PostgreSQL as. Mend it with: adduser --system postgres")


def _reachable(home: Path) -> Path:
    """Return the folder itself, or one under /var/lib when the cluster's user cannot walk to it."""
    if os.geteuid() != 0 or all(parent.stat().st_mode & 0o001 for parent in home.parents if parent.exists()):
        return home
    digest = hashlib.sha256(str(home).encode()).hexdigest()[:12]
    return Path("/var/lib/wangge") / f"{home.name}-{digest}"


def _binaries() -> Path:
    """Return the newest installed PostgreSQL (15+) that has PostGIS.

    Raises
    ------
    NoPostgisError
        When there is none.
    """
    found: list[tuple[int, Path]] = []
    for control in (
        *Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"),
        *Path("/usr").glob("pgsql-*/bin/pg_ctl"),
    ):
        version = "".join(c for c in control.parent.parent.name if c.isdigit())
        shares = (Path("/usr/share/postgresql") / version, control.parent.parent / "share")
        if version and int(version) >= 15 and any((s / "extension" / "postgis.control").exists() for s in shares):
            found.append((int(version), control.parent))
    if not found:
        values = {"install": INSTALL}
        raise NoPostgisError("PostgreSQL 15+ with PostGIS is not installed. Mend it with: {install}", values=values)
    return max(found)[1]


def _install_packages() -> bool:
    """Install the distribution's PostGIS, as root or through sudo; False when that cannot be."""
    apt = shutil.which("apt-get")
    prefix = _as_root()
    if apt is None or prefix is None:
        return False
    had_clusters = any(Path("/etc/postgresql").glob("*/*"))

    def said(*words: str) -> Iterator[str]:
        command = [*prefix, "env", "DEBIAN_FRONTEND=noninteractive", *words]
        with subprocess.Popen(  # noqa: S603 (our own words)
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        ) as process:
            yield from process.stdout or ()
        yield f"ended with {process.returncode}"

    line = ""
    with console.status("installing PostgreSQL with PostGIS from the distribution's packages") as status:
        wait = ("-o", "DPkg::Lock::Timeout=300")  # a fresh machine may be updating itself
        for words in (("update",), ("install", "-y", "postgresql-postgis")):
            for line in said(apt, *wait, *words):
                status.update(f"installing PostgreSQL with PostGIS: {line.strip()[:60]}")
        if line == "ended with 0" and not had_clusters:
            # The packages make and start a cluster of their own: ours is private and stops with the command.
            for made in Path("/etc/postgresql").glob("*/main"):
                list(said("pg_dropcluster", "--stop", made.parent.name, "main"))
    return line == "ended with 0"


def _as_root() -> list[str] | None:
    """Return the words before a command that root must run; None when nobody lets us."""
    if os.geteuid() == 0:
        return []
    sudo = shutil.which("sudo")
    # Without a terminal sudo cannot ask for the password, and must not wait for it.
    asking = [] if sys.stdin.isatty() else ["-n"]
    if sudo is None or subprocess.run([sudo, *asking, "true"], check=False, capture_output=True).returncode:  # noqa: S603
        return None
    return [sudo, *asking]


@contextmanager
def provide(*, name: str = "pg", durable: bool = True, database: str | None = None) -> Iterator[str]:
    """Yield the URL of a PostGIS database for as long as the caller needs it.

    Raises
    ------
    NoPostgisError
        When no way works; the message names the command that mends it.
    """
    given = os.environ.get("WANGGE_DATABASE_URL") or os.environ.get("DATABASE_URL")
    if given:
        yield given
        return
    try:
        _binaries()
    except NoPostgisError:
        if not _install_packages():
            with _compose() as url:
                yield url
            return
    own = "wangge_training" if training.is_on() else "wangge"
    with _private(_Cluster(name, durable=durable), database or own) as url:
        yield url


@contextmanager
def _private(cluster: _Cluster, database: str) -> Iterator[str]:
    """Start the cluster unless others did, and stop it unless others still use it.

    Whoever starts or stops holds the start lock; whoever uses it shares the users' lock. The start lock is held for a
    moment only, so that commands that run for long do not keep others waiting.
    """
    cluster.home.parent.mkdir(parents=True, exist_ok=True)
    with (cluster.home.parent / f"{cluster.home.name}.users.lock").open("w") as users:
        try:
            with _start_lock(cluster), held():
                cluster.initialise()
                if not cluster.is_running():
                    cluster.start()
                _create_database(cluster, database)
                fcntl.flock(users, fcntl.LOCK_SH)
            yield cluster.url(database)
        finally:
            with held(), _start_lock(cluster), contextlib.suppress(BlockingIOError):
                fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
                cluster.stop()


@contextmanager
def _start_lock(cluster: _Cluster) -> Iterator[None]:
    with (cluster.home.parent / f"{cluster.home.name}.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _create_database(cluster: _Cluster, database: str) -> None:
    import psycopg

    with psycopg.connect(cluster.url("postgres"), autocommit=True) as connection:
        exists = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database]).fetchone()
        if exists is None:
            connection.execute(psycopg.sql.SQL("CREATE DATABASE {}").format(psycopg.sql.Identifier(database)))


@contextmanager
def _compose() -> Iterator[str]:
    """Use `docker compose up db`, and take it down again if it was not up before."""
    mend = f"Mend it with: {INSTALL}   (or install docker, or set DATABASE_URL)"
    docker = shutil.which("docker")
    if docker is None:
        raise NoPostgisError(
            "There is no PostgreSQL with PostGIS, no right to install one and no docker. {mend}", values={"mend": mend}
        )
    compose = [docker, "compose", "--project-directory", str(PROJECT_ROOT)]
    running = subprocess.run(  # noqa: S603
        [*compose, "ps", "-q", "db"], check=False, capture_output=True, text=True
    ).stdout.strip()
    try:
        up = subprocess.run([*compose, "up", "-d", "--wait", "db"], check=False, capture_output=True, text=True)  # noqa: S603
        if up.returncode:
            values = {"stderr": up.stderr.strip()[-400:], "mend": mend}
            raise NoPostgisError("docker compose up db failed: {stderr} {mend}", values=values)
        url = _composed_url(compose)
        _wait_for(url)
        yield url
    finally:
        if not running:
            with held():
                subprocess.run([*compose, "stop", "db"], check=False, capture_output=True, start_new_session=True)  # noqa: S603


def _composed_url(compose: list[str]) -> str:
    """Return where the composed database listens, with the password and port that the environment or .env names."""
    told = subprocess.run([*compose, "config", "--format", "json"], check=True, capture_output=True, text=True).stdout  # noqa: S603
    db = json.loads(told)["services"]["db"]
    password = quote(db["environment"]["POSTGRES_PASSWORD"], safe="")
    return f"postgresql://{USER}:{password}@127.0.0.1:{db['ports'][0]['published']}/{USER}"


def _wait_for(url: str, patience_s: float = 60) -> None:
    import psycopg

    end = time.monotonic() + patience_s
    while True:
        try:
            psycopg.connect(url, connect_timeout=3).close()
        except psycopg.OperationalError:
            if time.monotonic() > end:
                raise
            time.sleep(0.5)
        else:
            return
