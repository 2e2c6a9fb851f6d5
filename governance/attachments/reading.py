"""Photos are opened in confined processes (reader.py, core/confinement.py), two at once; the scanner is asked first."""

from __future__ import annotations

import struct
import tempfile
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import orjson

from core import clock, confinement, outward
from governance.attachments.reader import MOST_PIXELS, REFUSED, TOO_MANY_PIXELS
from governance.attachments.rules import (
    AttachmentInfectedError,
    AttachmentInvalidError,
    AttachmentsUnavailableError,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

# A full-size picture of 110 million pixels takes 330 MB decoded, and another copy while it is made small.
_MEMORY: Final = 1536 << 20
_SECONDS: Final = 20
_SLOTS = threading.BoundedSemaphore(2)
_PATIENCE_S: Final = 15.0
_SCAN_S: Final = 15.0
_PIECE: Final = 1 << 16


@dataclass(frozen=True, slots=True)
class Photo:
    """A photo that was opened: its copies, its size upright, its hash, and when and where its camera took it."""

    clean: bytes
    thumbnail: bytes
    width: int
    height: int
    perceptual_hash: int
    taken_at: datetime | None
    lon: float | None
    lat: float | None


def open_photo(content: bytes) -> Photo:
    """Open a photo and make its copies.

    Raises
    ------
    AttachmentInvalidError, AttachmentsUnavailableError
    """
    with _slot(), tempfile.TemporaryDirectory(prefix="photo-") as name:
        folder = Path(name)
        (folder / "file").write_bytes(content)
        words = {"path": str(folder / "file"), "folder": name, "memory_bytes": _MEMORY, "seconds": _SECONDS}
        try:
            done = confinement.run(
                "governance.attachments.reader", orjson.dumps(words), folder=folder, seconds=_SECONDS
            )
        except (TimeoutError, MemoryError):
            raise AttachmentInvalidError(
                "The photo takes more time or memory to open than a photo may.", field="file"
            ) from None
        if done.returncode == REFUSED and done.stdout.decode() == TOO_MANY_PIXELS:
            raise AttachmentInvalidError(
                "The photo has more than {most} pixels.", values={"most": MOST_PIXELS}, field="file"
            )
        if done.returncode:
            raise AttachmentInvalidError("The photo is damaged, or is none.", field="file")
        said: dict[str, Any] = orjson.loads(done.stdout)
        unsigned = int(said["hash"])
        return Photo(
            (folder / "clean").read_bytes(), (folder / "thumbnail").read_bytes(), said["width"], said["height"],
            unsigned - 2**64 if unsigned >= 2**63 else unsigned, _taken_at(said), said.get("lon"), said.get("lat"),
        )  # fmt: skip


def scan(content: bytes, address: str) -> None:
    """Have clamd look through a file (INSTREAM); an empty address: nobody does.

    Raises
    ------
    AttachmentInfectedError, AttachmentsUnavailableError
        The latter also when the scanner cannot be reached: nothing is taken unseen.
    """
    if not address:
        return
    try:
        with outward.connect(address, longest_s=_SCAN_S) as connection:
            connection.sendall(b"zINSTREAM\0")
            for start in range(0, len(content), _PIECE):
                piece = content[start : start + _PIECE]
                connection.sendall(struct.pack("!L", len(piece)) + piece)
            connection.sendall(struct.pack("!L", 0))
            answer = connection.recv(4096).rstrip(b"\0\n").decode("ascii", "replace")
    except OSError as error:
        raise AttachmentsUnavailableError("The virus scanner cannot be reached.") from error
    if answer.endswith("FOUND"):
        raise AttachmentInfectedError(field="file")
    if not answer.endswith("OK"):
        raise AttachmentsUnavailableError("The virus scanner did not look through the file.")


def _taken_at(said: dict[str, Any]) -> datetime | None:
    """Return when a photo was taken; without an offset the camera's clock shows local time. Years off are no time."""
    try:
        taken = datetime.fromisoformat(said["taken"] + said["offset"])
    except (KeyError, ValueError):
        return None
    taken = taken if taken.tzinfo else taken.replace(tzinfo=clock.LOCAL)
    return taken if taken.year >= 1990 and taken < clock.now() + timedelta(days=2) else None


@contextmanager
def _slot() -> Iterator[None]:
    if not _SLOTS.acquire(timeout=_PATIENCE_S):
        raise AttachmentsUnavailableError("Two photos are being opened already; send yours again in a moment.")
    try:
        yield
    finally:
        _SLOTS.release()
