"""Folders for what is unpacked, read and written on the way: private to this process, gone with it.

Each process has one folder, named in a lock file that it holds locked for as long as it lives. The kernel lets go of a
dead process's lock, however it died: whoever starts next removes the folders whose lock is free, and no other.
"""

from __future__ import annotations

import atexit
import fcntl
import os
import shutil
import tempfile
import threading
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_PREFIX, _LOCK = "wangge-", ".lock"
_own: dict[Path, tuple[int, Path, int]] = {}  # by temporary directory: process id, folder, descriptor of its lock
_making = threading.Lock()


@contextmanager
def folder(purpose: str) -> Iterator[Path]:
    """Yield an empty folder that nobody else sees; it is removed at the end, whatever is in it."""
    made = Path(tempfile.mkdtemp(prefix=f"{purpose}-", dir=_folder_of_this_process()))
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


def sweep() -> int:
    """Remove what dead processes of this user left in the temporary directory; returns how many folders."""
    return _sweep(_home(Path(tempfile.gettempdir())))


def _sweep(home: Path) -> int:
    swept = 0
    with _held(home):
        for lock in home.glob(f"*{_LOCK}"):
            with lock.open("r+b") as held:
                try:
                    fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    continue
                shutil.rmtree(lock.with_suffix(""), ignore_errors=True)
                lock.unlink(missing_ok=True)
                swept += 1
    return swept


def _folder_of_this_process() -> Path:
    """Return this process's folder; the first call makes it, and sweeps."""
    place = Path(tempfile.gettempdir())
    with _making:
        process, made, _ = _own.get(place, (0, place, 0))
        if process == os.getpid():
            return made
        home = _home(place)
        _sweep(home)
        with _held(home):
            made = Path(tempfile.mkdtemp(dir=home))
            # Open, and locked, until the process ends; children do not inherit it.
            lock = os.open(made.with_suffix(_LOCK), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            fcntl.flock(lock, fcntl.LOCK_EX)
        _own[place] = os.getpid(), made, lock
        atexit.register(_leave, os.getpid(), made)
        return made


def _leave(process: int, made: Path) -> None:
    """Remove a folder and its lock at the end of the process that made it."""
    if process == os.getpid():
        shutil.rmtree(made, ignore_errors=True)
        with suppress(FileNotFoundError), _held(made.parent):  # who sweeps finds every lock that it has seen
            made.with_suffix(_LOCK).unlink(missing_ok=True)


def _home(place: Path) -> Path:
    """Return the folder of this user's folders; one that is another user's, or open to others, is not used."""
    home = place / f"{_PREFIX}{os.geteuid()}"
    home.mkdir(mode=0o700, exist_ok=True)
    facts = home.lstat()
    if facts.st_uid == os.geteuid() and facts.st_mode & 0o170077 == 0o040000:
        return home
    return Path(tempfile.mkdtemp(prefix=_PREFIX, dir=place))


@contextmanager
def _held(home: Path) -> Iterator[None]:
    """Hold the folder of folders: between a folder's making and its lock nobody may sweep."""
    descriptor = os.open(home, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
