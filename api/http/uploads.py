"""A file of a multipart form on the disk, for as long as it is read."""

from __future__ import annotations

import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastapi import UploadFile


@contextmanager
def stored_upload(file: UploadFile) -> Iterator[Path]:
    """Return the path of a copy, which is gone after the block; its name is ours, not the sender's."""
    with tempfile.TemporaryDirectory(prefix="upload-") as folder:
        path = Path(folder) / "file"
        with path.open("wb") as target:
            shutil.copyfileobj(file.file, target)
        yield path
