"""Files go into a bucket as into a folder, and through the scanner first; while either is away nothing is taken."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from core.settings import Settings
from governance.attachments import operations, reading
from governance.attachments.rules import (
    AttachmentInfectedError,
    AttachmentNotFoundError,
    AttachmentsUnavailableError,
)
from governance.attachments.storage import FileStore
from tests.factories.file_services import bucket, scanner
from tests.factories.photos import sha256

if TYPE_CHECKING:
    from pathlib import Path

VOICE = b"#!AMR\n" + b"\0" * 100_000


def test_a_bucket_takes_gives_lists_and_deletes_files(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with bucket() as (address, kept):
        for name, value in (("ENDPOINT", address), ("REGION", "x"), ("ACCESS_KEY_ID", "a"), ("SECRET_ACCESS_KEY", "b")):
            monkeypatch.setenv(f"AWS_{name}", value)
        settings = Settings(attachments_url="s3://files/wangge", attachments_dir=tmp_path / "none")
        files = FileStore.from_settings(settings)
        stored = operations.store(files, VOICE, sha256=sha256(VOICE))
        assert list(kept) == [f"wangge/{stored.folder}/original"]
        assert files.get(stored.folder, "original") == VOICE
        assert list(files.folders(older_than=timedelta(hours=24))) == [[stored.folder]]
        assert (files.delete([stored.folder, "202601/gone"]), kept) == (1, {})
        with pytest.raises(AttachmentNotFoundError):
            files.get(stored.folder, "original")
    assert not settings.attachments_dir.exists()


def test_the_scanner_sees_the_whole_file_and_what_it_finds_is_not_kept() -> None:
    with scanner() as address:
        reading.scan(VOICE, address)
        with pytest.raises(AttachmentInfectedError):
            reading.scan(VOICE + b"EICAR", address)
    with pytest.raises(AttachmentsUnavailableError):
        reading.scan(VOICE, address)
    reading.scan(VOICE, "")
