"""kill -9 in the middle of uploads: what was answered is there whole, nothing is left half."""

from __future__ import annotations

import asyncio
import signal
import threading
from datetime import timedelta
from typing import TYPE_CHECKING

import httpx2
from sqlalchemy import text

from governance.attachments import operations
from governance.attachments.storage import FileStore
from governance.reports.numbers import report_number
from tests.factories.photos import photo, sha256
from tests.factories.reports import store_report
from tests.factories.serving import SERVE, free_port, until_ready

if TYPE_CHECKING:
    from collections.abc import Callable

    from core.db import Database
    from core.settings import Settings
    from tests.fresh import FreshProcesses

PHOTOS = [photo(seed, size=(320, 240)) for seed in range(12)]


def test_a_killed_process_loses_no_photo_and_leaves_none_half(
    services: FreshProcesses, settings: Settings, database: Database, make_key: Callable[..., dict[str, str]]
) -> None:
    key, port = make_key(), free_port()
    with database.transaction() as session:
        number = report_number(store_report(session, lon=113.31, lat=34.81))
    environment = {
        "DATABASE_URL": settings.database_url, "WANGGE_CACHE_DIR": str(settings.cache_dir),
        "WANGGE_ATTACHMENTS_DIR": str(settings.attachments_dir), "WANGGE_LOG_LEVEL": "CRITICAL",
    }  # fmt: skip
    answered = set[str]()
    base = f"http://127.0.0.1:{port}"
    for is_killed in (True, False):
        process = services.start(SERVE.format(port=port), environment)
        asyncio.run(until_ready(base))
        address = f"{base}/v1/reports/{number}/attachments"
        senders = [threading.Thread(target=send, args=(address, key, PHOTOS[n::3], answered)) for n in range(3)]
        for sender in senders:
            sender.start()
        while is_killed and len(answered) < 3 and senders[0].is_alive():
            senders[0].join(0.01)
        if is_killed:
            process.send_signal(signal.SIGKILL)
        for sender in senders:
            sender.join()
        if not is_killed:
            process.send_signal(signal.SIGTERM)
        process.wait(30)
        assert not is_killed or 3 <= len(answered) < len(PHOTOS), "it was killed in the middle"
        folders = whole(database, FileStore.from_settings(settings))
        assert answered <= folders.keys()
    assert folders.keys() == {sha256(content) for content in PHOTOS}
    operations.sweep(database, FileStore.from_settings(settings), older_than=timedelta(seconds=-60))
    kept = {path.parent.name for path in settings.attachments_dir.rglob("*") if path.is_file()}
    assert kept == {folder.rpartition("/")[2] for folder in folders.values()}


def send(address: str, key: dict[str, str], photos: list[bytes], answered: set[str]) -> None:
    """Send photos one by one until the service is away, and note those that it answered."""
    with httpx2.Client(headers=key, trust_env=False, timeout=60) as client:
        for content in photos:
            try:
                answer = client.put(f"{address}/{sha256(content)}", content=content)
            except httpx2.TransportError:
                return
            assert answer.status_code in {200, 201}, answer.text
            answered.add(sha256(content))


def whole(database: Database, files: FileStore) -> dict[str, str]:
    """Return the folders of all attachments by their hashes; each has its files."""
    with database.transaction() as session:
        rows = session.execute(text("SELECT encode(sha256, 'hex') AS name, folder FROM attachment")).all()
    for row in rows:
        assert sha256(files.get(row.folder, "original")) == row.name
        assert files.get(row.folder, "thumbnail")
    return {row.name: row.folder for row in rows}
