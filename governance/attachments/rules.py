"""Pure decisions about attachments: what a file is by its content, how large it may be, and links that expire."""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from core.errors import Detail, DomainError, Kind
from governance.attachments.states import AttachmentKind, Copy, Stage

if TYPE_CHECKING:
    from collections.abc import Callable

LARGEST_PHOTO: Final = 10 * 2**20
LARGEST_RECORDING: Final = 30 * 2**20
MOST_OF_ONE_SUBJECT: Final = 60
"""Attachments of one report or task; more is a mistake or made to harm."""
LINK_LASTS: Final = timedelta(minutes=15)
JPEG: Final = "image/jpeg"
SAME_PICTURE: Final = 10
"""Bits of 64 in which the hashes of two copies of one picture differ at most; chance makes it 32 (docs/guides)."""
_LEAST_BITS: Final = 8
"""A picture whose hash has fewer ones or fewer zeros is nearly plain (night, a wall): many differ in few bits."""


class AttachmentNotFoundError(DomainError):
    """There is no such attachment, or none that you may see, or it was erased."""

    code = "attachment-not-found"
    kind = Kind.NOT_FOUND


class AttachmentInvalidError(DomainError):
    """The file does not open as what it is by its content. Save it anew, or take the photo again."""

    code = "attachment-invalid"
    kind = Kind.INVALID


class AttachmentTypeError(DomainError):
    """Such files are not taken. Send a photo (JPEG, PNG, WebP, HEIC) or a recording (MP3, M4A, WAV, OGG, AMR)."""

    code = "attachment-type-refused"
    kind = Kind.UNSUPPORTED


class AttachmentTooLargeError(DomainError):
    """The file is larger than is taken. Send the photo in a smaller size."""

    code = "attachment-too-large"
    kind = Kind.TOO_LARGE


class AttachmentHashError(DomainError):
    """What came in is not what was sent: its SHA-256 differs. Send it again."""

    code = "attachment-hash-differs"
    kind = Kind.INVALID


class AttachmentInfectedError(DomainError):
    """The virus scanner found something in the file. It was not kept."""

    code = "attachment-infected"
    kind = Kind.INVALID


class AttachmentsFullError(DomainError):
    """As many files as one report or task may have hang on it already."""

    code = "attachments-full"
    kind = Kind.CONFLICT


class AttachmentsUnavailableError(DomainError):
    """Files cannot be taken or read just now: the store, the scanner or the readers are busy or away. Send it again."""

    code = "attachments-unavailable"
    kind = Kind.UNAVAILABLE


@dataclass(frozen=True, slots=True)
class FileType:
    """What a file is by its first bytes."""

    kind: AttachmentKind
    media_type: str
    extension: str

    @property
    def largest(self) -> int:
        """The most bytes of such a file."""
        return LARGEST_PHOTO if self.kind is AttachmentKind.PHOTO else LARGEST_RECORDING


_HEIF: Final = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"})
_PHOTO, _RECORDING = AttachmentKind.PHOTO, AttachmentKind.RECORDING
_TYPES: Final[tuple[tuple[Callable[[bytes], bool], FileType], ...]] = (
    (lambda b: b.startswith(b"\xff\xd8\xff"), FileType(_PHOTO, JPEG, "jpg")),
    (lambda b: b.startswith(b"\x89PNG\r\n\x1a\n"), FileType(_PHOTO, "image/png", "png")),
    (lambda b: b[:4] == b"RIFF" and b[8:12] == b"WEBP", FileType(_PHOTO, "image/webp", "webp")),
    (lambda b: b[4:8] == b"ftyp" and b[8:12] in _HEIF, FileType(_PHOTO, "image/heic", "heic")),
    (lambda b: b[:4] == b"RIFF" and b[8:12] == b"WAVE", FileType(_RECORDING, "audio/wav", "wav")),
    (lambda b: b[:3] == b"ID3" or b[:2] in {b"\xff\xfb", b"\xff\xf3", b"\xff\xf2"},
     FileType(_RECORDING, "audio/mpeg", "mp3")),
    (lambda b: b[4:8] == b"ftyp" and b[8:12] in {b"M4A ", b"M4B "}, FileType(_RECORDING, "audio/mp4", "m4a")),
    (lambda b: b.startswith(b"OggS"), FileType(_RECORDING, "audio/ogg", "ogg")),
    (lambda b: b.startswith((b"#!AMR\n", b"#!AMR-WB\n")), FileType(_RECORDING, "audio/amr", "amr")),
)  # fmt: skip
_BY_MEDIA: Final = {one.media_type: one for _, one in _TYPES}


def type_of(content: bytes) -> FileType:
    """Return what a file is by its first bytes; names and declared types do not count.

    Raises
    ------
    AttachmentTypeError, AttachmentTooLargeError
    """
    found = next((one for is_it, one in _TYPES if is_it(content[:16])), None)
    if found is None:
        raise AttachmentTypeError(field="file")
    if len(content) > found.largest:
        raise AttachmentTooLargeError(
            "A {kind} has at most {most} bytes; this one has {size}.",
            values={"kind": Detail(found.kind), "most": found.largest, "size": len(content)}, field="file",
        )  # fmt: skip
    return found


def media_type_of(copy: Copy, media_type: str) -> str:
    """Return the media type of a copy: those made of a photo are JPEG."""
    return media_type if copy is Copy.ORIGINAL or not media_type.startswith("image/") else JPEG


def extension_of(media_type: str) -> str:
    """Return the ending of a file's name."""
    return _BY_MEDIA[media_type].extension


def checked_stage(word: str | None) -> Stage | None:
    """Return what a photo shows by its word (None: nothing is said), or raise AttachmentInvalidError that names all."""
    if word is None or word in set(Stage):
        return None if word is None else Stage(word)
    raise AttachmentInvalidError(
        "A photo shows the matter {stages}, not '{word}'.",
        values={"stages": [*Stage], "word": word[:40]},
        field="stage",
    )


def hash_of(content: bytes) -> str:
    """Return the SHA-256 of a file in hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def checked_hash(given: str, content: bytes) -> bytes:
    """Return the SHA-256 of a file that is the one announced.

    Raises
    ------
    AttachmentHashError
    """
    found = hashlib.sha256(content)
    if not hmac.compare_digest(found.hexdigest(), given.lower()):
        raise AttachmentHashError(
            "SHA-256 {given} was announced; {size} bytes with {found} came in.",
            values={"given": given, "size": len(content), "found": found.hexdigest()}, field="sha256",
        )  # fmt: skip
    return found.digest()


def distance(one: int, other: int) -> int:
    """Return in how many bits two perceptual hashes differ, 0 to 64."""
    return ((one ^ other) & (2**64 - 1)).bit_count()


def is_telling(hashed: int) -> bool:
    """Tell whether a perceptual hash is that of a picture with enough in it to be known again."""
    return _LEAST_BITS <= distance(hashed, 0) <= 64 - _LEAST_BITS


def link_token(attachment_id: int, copy: Copy, key: bytes, *, until: datetime) -> str:
    """Return the signed word of a link to one copy that holds until an instant, to the second."""
    said = f"{attachment_id}.{copy}.{int(until.timestamp())}"
    return f"{said}.{_signature(said, key)}"


def read_token(token: str) -> tuple[int, Copy, datetime, str] | None:
    """Return which copy of which attachment a link's word names, until when, and its signature; None: it is none."""
    parts = token.split(".")
    if len(parts) != 4 or not all(part.isascii() and part.isdigit() and len(part) < 19 for part in parts[::2][:2]):
        return None
    number, copy, until, signature = parts
    if copy not in set(Copy) or len(until) > 11:
        return None
    return int(number), Copy(copy), datetime.fromtimestamp(int(until), UTC), signature


def is_signed(token: str, key: bytes) -> bool:
    """Tell whether a link's word bears the signature of an attachment's key."""
    said, _, signature = token.rpartition(".")
    return hmac.compare_digest(_signature(said, key), signature)


def _signature(said: str, key: bytes) -> str:
    return base64.urlsafe_b64encode(hmac.digest(key, said.encode(), "sha256")).decode().rstrip("=")
