"""Photos as cameras make them, and hostile files that claim to be photos."""

from __future__ import annotations

import hashlib
import io
import math
import zlib
from typing import TYPE_CHECKING, Any

from PIL import Image

from core import clock
from governance.attachments.tables import Attachment
from identity.actors import SERVICE

if TYPE_CHECKING:
    from fastapi.testclient import TestClient
    from httpx2 import Response
    from sqlalchemy.orm import Session

GPS = {1: "N", 2: (34.0, 48.0, 30.0), 3: "E", 4: (113.0, 18.0, 36.0)}
"""34° 48′ 30″ N, 113° 18′ 36″ E."""


def picture(seed: int = 0, size: tuple[int, int] = (640, 480)) -> Image.Image:
    """Make a picture with forms in it; another seed gives other forms."""
    image = Image.new("RGB", (64, 48))
    image.putdata([
        tuple(int(127 + 120 * math.sin(seed + (x * (2 + seed % 5) + c * 7) / 9) * math.cos((y * 3 + seed) / 11))
              for c in range(3))
        for y in range(48) for x in range(64)
    ])  # fmt: skip
    return image.resize(size)


def photo(
    seed: int = 0,
    form: str = "JPEG",
    *,
    size: tuple[int, int] = (640, 480),
    gps: dict[int, Any] | None = None,
    taken: str | None = None,
    offset: str | None = None,
    orientation: int | None = None,
    quality: int = 85,
) -> bytes:
    """Make the bytes of a photo with what a camera writes into it."""
    if form == "HEIF":
        import pillow_heif

        pillow_heif.register_heif_opener()
    exif = Image.Exif()
    exif[0x010F] = "CameraOfNobody"
    inner: dict[int, Any] = {}
    if taken is not None:
        inner[0x9003] = taken
    if offset is not None:
        inner[0x9011] = offset
    if inner:
        exif[0x8769] = inner
    if gps is not None:
        exif[0x8825] = gps
    if orientation is not None:
        exif[0x0112] = orientation
    target = io.BytesIO()
    picture(seed, size).save(target, form, exif=exif, quality=quality)
    return target.getvalue()


def bomb(side: int = 30_000) -> bytes:
    """Make a PNG of a few kilobytes that claims so many pixels a side."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        checked = kind + content
        return len(content).to_bytes(4, "big") + checked + zlib.crc32(checked).to_bytes(4, "big")

    head = side.to_bytes(4, "big") * 2 + b"\x08\x02\x00\x00\x00"
    pixels = zlib.compress(bytes(side * 3 + 1) * 20)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def sha256(content: bytes) -> str:
    """Return the hash that a sender announces."""
    return hashlib.sha256(content).hexdigest()


def send(client: TestClient, headers: dict[str, str], number: str, content: bytes, **query: str) -> Response:
    """Send a file to a report."""
    return client.put(
        f"/v1/reports/{number}/attachments/{sha256(content)}", content=content, headers=headers, params=query
    )


HUNG = "a" * 64
"""The SHA-256 of the photo that `hang_photo` hangs on a report."""


def hang_photo(session: Session, report_id: int) -> None:
    """Hang a photo on a report without its files: what steps of cases ask for."""
    session.add(
        Attachment(
            subject_kind="report",
            subject_id=report_id,
            kind="photo",
            media_type="image/jpeg",
            sha256=bytes.fromhex(HUNG),
            size_bytes=1,
            received_at=clock.now(),
            sent_by_id=SERVICE.id,
            sent_by=SERVICE.name,
            folder=f"test/{report_id}",
        )
    )
    session.flush()
