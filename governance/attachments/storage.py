"""Where the files of attachments are: a folder, or a bucket of any S3, by one setting."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Final

import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore, S3Store

from core import clock, training
from governance.attachments.rules import AttachmentNotFoundError, AttachmentsUnavailableError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from obstore.store import ClientConfig, RetryConfig

    from core.settings import Settings

# A bucket in the office's own network may have no certificate.
_CLIENT: Final[ClientConfig] = {
    "connect_timeout": timedelta(seconds=5), "timeout": timedelta(seconds=30), "allow_http": True,
}  # fmt: skip
_RETRIES: Final[RetryConfig] = {"max_retries": 3}


class FileStore:
    """The files by folder and name. A folder's name is ours and used once, so that nothing is ever overwritten."""

    def __init__(self, address: str, root: Path) -> None:
        self._address = address
        self._root = root

    @classmethod
    def from_settings(cls, settings: Settings) -> FileStore:
        """Return the store of the settings, which is opened when it is first used; training uses the folder alone."""
        return cls("" if training.is_on() else settings.attachments_url, settings.attachments_dir)

    @cached_property
    def _store(self) -> LocalStore | S3Store:
        if self._address:
            return S3Store.from_url(
                self._address, client_options=_CLIENT, retry_config=_RETRIES, disable_bulk_delete=True
            )
        self._root.mkdir(parents=True, exist_ok=True, mode=0o700)
        return LocalStore(self._root, automatic_cleanup=True)

    def put(self, folder: str, files: dict[str, bytes]) -> None:
        """Write files into a folder, each whole or not at all.

        Raises
        ------
        AttachmentsUnavailableError
        """
        try:
            for name, content in files.items():
                obstore.put(self._store, f"{folder}/{name}", content)
        except (BaseError, OSError) as error:
            raise AttachmentsUnavailableError("The store of files did not take the file.") from error

    def get(self, folder: str, name: str) -> bytes:
        """Read a file.

        Raises
        ------
        AttachmentNotFoundError, AttachmentsUnavailableError
        """
        try:
            return obstore.get(self._store, f"{folder}/{name}").bytes().to_bytes()
        except FileNotFoundError:
            raise AttachmentNotFoundError("The file of the attachment is gone.") from None
        except (BaseError, OSError) as error:
            raise AttachmentsUnavailableError("The store of files did not give the file.") from error

    def delete(self, folders: Iterable[str]) -> int:
        """Delete folders with all that is in them; return how many files went. What is gone already is no error."""
        gone = 0
        for folder in folders:
            paths = [one["path"] for batch in obstore.list(self._store, f"{folder}/") for one in batch]
            for path in paths:
                try:
                    obstore.delete(self._store, path)
                    gone += 1
                except FileNotFoundError:
                    continue
        return gone

    def folders(self, *, older_than: timedelta) -> Iterator[list[str]]:
        """Yield the folders all of whose files were written so long ago, some at a time, in order."""
        before, held = clock.now() - older_than, set[str]()
        for batch in obstore.list(self._store):
            old = set[str]()
            for one in batch:
                folder = one["path"].rpartition("/")[0]
                (old if _when(one["last_modified"]) < before else held).add(folder)
            yield sorted(old - held)

    def remove_halves(self, *, older_than: timedelta) -> int:
        """Remove what a killed process left of a file that it was writing into a folder; return how many."""
        if self._address:
            return 0
        before, gone = (clock.now() - older_than).timestamp(), 0
        for path in self._root.rglob("*#*"):  # object_store writes beside the file and renames
            if path.is_file() and path.stat().st_mtime < before:
                path.unlink(missing_ok=True)
                gone += 1
        return gone


def _when(at: datetime) -> datetime:
    return at if at.tzinfo else at.replace(tzinfo=UTC)
