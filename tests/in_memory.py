"""Where the tests' databases lie: in memory, if their server runs on this machine and there is enough of it.

A database is some 700 files. On a disk with ext4 those of the next test are slow to make, a second each time: for
minutes the file system passes over every inode that the last tests have freed.
"""

from __future__ import annotations

import os
import shutil
import uuid
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

import psycopg
from psycopg import sql

if TYPE_CHECKING:
    from collections.abc import Iterator

MEMORY: Final = Path("/dev/shm")  # noqa: S108 (a folder of a random name in it, made here)
NEEDED_BYTES: Final = 4 << 30
DISK: Final = "pg_default"


@contextmanager
def tablespace(server_url: str) -> Iterator[str]:
    """Give the name of a tablespace in memory, removed at the end, or of the one on disk."""
    if not MEMORY.is_dir() or shutil.disk_usage(MEMORY).free < NEEDED_BYTES:
        yield DISK
        return
    name = f"t_{uuid.uuid4().hex[:16]}"
    folder = MEMORY / f"wangge-{name}"
    folder.mkdir(mode=0o700)
    try:
        with psycopg.connect(server_url, autocommit=True) as connection:
            made = _is_made(connection, name, folder)
            yield name if made else DISK
            if made:
                connection.execute(sql.SQL("DROP TABLESPACE {}").format(sql.Identifier(name)))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _is_made(connection: psycopg.Connection, name: str, folder: Path) -> bool:
    """Make the tablespace; False where the server is elsewhere, or we may not."""
    try:
        (data,) = connection.execute("SHOW data_directory").fetchone() or ("",)
        owner = Path(data).stat()
        os.chown(folder, owner.st_uid, owner.st_gid)
        words = sql.SQL("CREATE TABLESPACE {} LOCATION {}").format(sql.Identifier(name), sql.Literal(str(folder)))
        connection.execute(words)
    except (psycopg.Error, OSError):
        return False
    return True
