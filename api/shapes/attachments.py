"""Attachments in answers, with their links, and the answer that is a file; several features share both."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from pydantic import BaseModel, Field
from starlette.responses import Response

from api.http.public_address import address_of
from core import clock
from governance.attachments import rules
from governance.attachments.states import AttachmentKind, Copy, Stage

if TYPE_CHECKING:
    from fastapi import Request

    from governance.attachments.storage import FileStore
    from governance.attachments.tables import Attachment


class AttachmentOut(BaseModel):
    """A file that hangs on a report or task. What its camera wrote is here, and in no copy that is given out."""

    number: int
    kind: AttachmentKind
    stage: Stage | None = Field(description="What a photo shows: before or after the matter was handled.")
    media_type: str = Field(description="By its content, as it was sent; copies of photos are JPEG.")
    sha256: str
    size_bytes: int
    width: int | None = Field(description="Upright; null for a recording.")
    height: int | None
    received_at: datetime
    sent_by: str
    taken_at: datetime | None = Field(description="By the camera's clock.")
    lon: float | None = Field(description="Where the camera was, WGS 84.")
    lat: float | None
    cleared: bool = Field(description="Whether the public may see it.")
    file_url: str | None = Field(description="Signed, without a key; null for a recording, and where it is not shown.")
    thumbnail_url: str | None
    links_until: datetime | None = Field(description="When the two links expire.")


class AttachmentListOut(BaseModel):
    """The attachments of a report or task, in the order in which they came."""

    items: list[AttachmentOut]


LINKS: Final = "/v1/attachments/links"
# A browser that is led to the file itself runs nothing of it.
_HARMLESS: Final = {
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "same-site",
}


def attachment_out(request: Request, row: Attachment, *, cleared: bool, hidden: bool = False) -> dict[str, Any]:
    """Return an attachment as answers have it; `hidden`: without links, and without what its camera wrote."""
    until = clock.now() + rules.LINK_LASTS
    has_links = row.kind == AttachmentKind.PHOTO and not hidden
    named = ("kind", "stage", "media_type", "size_bytes", "width", "height", "received_at", "sent_by")
    return {name: getattr(row, name) for name in named} | {
        "number": row.id,
        "sha256": row.sha256.hex(),
        "cleared": cleared,
        "taken_at": None if hidden else row.taken_at,
        "lon": None if hidden else row.lon,
        "lat": None if hidden else row.lat,
        "file_url": link(request, row, Copy.CLEAN, until) if has_links else None,
        "thumbnail_url": link(request, row, Copy.THUMBNAIL, until) if has_links else None,
        "links_until": until if has_links else None,
    }


def link(request: Request, row: Attachment, copy: Copy, until: datetime) -> str:
    """Return a signed address of one copy of a photo that holds until an instant."""
    return f"{address_of(request)}{LINKS}/{rules.link_token(row.id, copy, row.link_key or b'', until=until)}"


def file_answer(files: FileStore, row: Attachment, copy: Copy, *, lasts_s: int = 0) -> Response:
    """Return a copy as an answer: a picture to look at, a recording to save; its name is ours."""
    content = files.get(row.folder or "", copy)
    media = rules.media_type_of(copy, row.media_type)
    shown = "inline" if row.kind == AttachmentKind.PHOTO else "attachment"
    headers = _HARMLESS | {
        "Content-Disposition": f'{shown}; filename="{row.id}.{rules.extension_of(media)}"',
        "Cache-Control": f"private, max-age={lasts_s}" if lasts_s else "no-store",
    }
    return Response(content, headers=headers, media_type=media)
