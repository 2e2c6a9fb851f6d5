"""A form as peers send it: its fields, the photos that come as parts of it, and those written into `media_url`.

FixMyStreet sends photos as parts (`photo1`, `photo2`, …) where it cannot show them, and several `media_url`; others
write a photo into the field itself (`data:image/jpeg;base64,…`).
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from starlette.datastructures import UploadFile

from governance.attachments.rules import LARGEST_PHOTO, AttachmentTooLargeError
from governance.open311.rules import Open311InvalidError

if TYPE_CHECKING:
    from fastapi import Request
    from starlette.datastructures import FormData

FORMS: Final = ("application/x-www-form-urlencoded", "multipart/form-data")
MOST_PHOTOS: Final = 6
MEDIA: Final = "media_url"
_INLINE: Final = "data:"
_MOST_FIELDS: Final = 200


@dataclass(frozen=True, slots=True)
class SentForm:
    """Fields by name (of one sent twice the last counts), addresses of photos, and photos themselves."""

    fields: dict[str, str]
    links: list[str] = field(default_factory=list)
    photos: list[bytes] = field(default_factory=list)


async def read_form(request: Request) -> SentForm:
    """Read a form with its photos, each no further than a photo may be.

    Raises
    ------
    Open311InvalidError, AttachmentTooLargeError
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in FORMS:
        raise Open311InvalidError("Send a form: {kinds}.", values={"kinds": [*FORMS]}, field="Content-Type")
    # A photo within a field is a third longer than the photo.
    async with request.form(
        max_files=MOST_PHOTOS, max_fields=_MOST_FIELDS, max_part_size=LARGEST_PHOTO * 4 // 3 + 1024
    ) as form:
        photos = [await _part(part) for part in form.values() if isinstance(part, UploadFile)]
        fields = {name: value for name, value in form.items() if isinstance(value, str) and name != MEDIA}
        links, inline = _media(form)
    photos = [one for one in (*photos, *inline) if one]
    if len(photos) > MOST_PHOTOS:
        raise Open311InvalidError("At most {most} photos come with one.", values={"most": MOST_PHOTOS}, field="media")
    return SentForm(fields, links, photos)


async def _part(part: UploadFile) -> bytes:
    content = await part.read(LARGEST_PHOTO + 1)
    if len(content) > LARGEST_PHOTO:
        raise AttachmentTooLargeError(
            "At most {most} bytes a file are taken.", values={"most": LARGEST_PHOTO}, field="media"
        )
    return content


def _media(form: FormData) -> tuple[list[str], list[bytes]]:
    """Return the addresses of photos, and the photos that stand where an address would."""
    words = [one for name in (MEDIA, f"{MEDIA}[]") for one in form.getlist(name) if isinstance(one, str) and one]
    inline = [one for one in words if one.startswith(_INLINE)]
    return [one for one in words if not one.startswith(_INLINE)], [_decoded(one) for one in inline]


def _decoded(words: str) -> bytes:
    head, _, content = words.partition(",")
    try:
        return base64.b64decode(content if head.endswith(";base64") else "=", validate=True)
    except binascii.Error as error:
        raise Open311InvalidError("A photo in the field is written as data:image/jpeg;base64,…", field=MEDIA) from error
