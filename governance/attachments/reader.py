"""The confined process that opens one photo (reading.py): its clean copy, its thumbnail, and what its camera wrote.

The copies are made anew from the pixels, so that nothing but the picture is in them: no place, no time, no other file
behind its end.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from PIL.Image import Exif, Image

REFUSED: Final = 3
"""The exit code of a photo that is not taken; stdout then has why, in a word."""
TOO_MANY_PIXELS: Final = "pixels"
MOST_PIXELS: Final = 110_000_000
"""The largest cameras of telephones in their full size; a decoded picture takes three bytes each."""
LONGEST_SIDE: Final = 4096
THUMBNAIL_SIDE: Final = 320
_FORMATS: Final = ("JPEG", "PNG", "WEBP", "HEIF")
_GPS, _TAKEN, _TAKEN_OFFSET, _EXIF = 0x8825, 0x9003, 0x9011, 0x8769


class _Refused(Exception):  # noqa: N818 (never leaves)
    """Why a photo is not taken."""


def difference_hash(image: Image) -> int:
    """Return 64 bits, one for each pair of neighbours in a picture of 9 × 8 greys: whether the left one is darker.

    Copies of other size and quality keep nearly all of them (N. Krawetz's "dHash").
    """
    from PIL.Image import Resampling  # noqa: PLC0415 (after the limits)

    grey = image.convert("L").resize((9, 8), Resampling.LANCZOS).tobytes()
    bits = 0
    for row in range(8):
        for column in range(8):
            bits = bits << 1 | (grey[row * 9 + column] < grey[row * 9 + column + 1])
    return bits


def camera_words(exif: Exif) -> dict[str, Any]:
    """Return when and where a camera took a photo, as it wrote it; what cannot be read is left out."""
    found: dict[str, Any] = {}
    inner = exif.get_ifd(_EXIF)
    taken = str(inner.get(_TAKEN, "")).strip("\0 ")
    if len(taken) == 19:
        date, _, time = taken.partition(" ")
        offset = str(inner.get(_TAKEN_OFFSET, "")).strip("\0 ")
        found |= {"taken": f"{date.replace(':', '-')}T{time}", "offset": offset}
    gps = exif.get_ifd(_GPS)
    lat, lon = _degrees(gps.get(2), gps.get(1), "S"), _degrees(gps.get(4), gps.get(3), "W")
    if lat is not None and lon is not None and abs(lat) <= 90 and abs(lon) <= 180 and (lat or lon):
        found |= {"lon": lon, "lat": lat}
    return found


def _degrees(parts: Any, half: Any, negative: str) -> float | None:  # noqa: ANN401 (what a file may hold)
    try:
        degrees, minutes, seconds = (float(part) for part in parts)
    except (TypeError, ValueError, ZeroDivisionError):
        return None
    value = degrees + minutes / 60 + seconds / 3600
    if value != value or abs(value) > 180:  # noqa: PLR0124 (NaN)
        return None
    return round(-value if str(half).strip("\0 ").upper() == negative else value, 7)


def read(path: Path, folder: Path) -> dict[str, Any]:
    """Open a photo, write its copies into a folder, and return what is known of it."""
    import pillow_heif  # noqa: PLC0415 (after the limits)
    from PIL import Image, ImageOps, UnidentifiedImageError  # noqa: PLC0415

    pillow_heif.register_heif_opener(thumbnails=False)
    Image.MAX_IMAGE_PIXELS = None  # our own limit is the one below, for what is refused has a reason
    try:
        with Image.open(path, formats=_FORMATS) as image:
            width, height = image.size
            if width * height > MOST_PIXELS or not width or not height:
                raise _Refused(TOO_MANY_PIXELS)
            exif = image.getexif()
            words = camera_words(exif)
            image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))  # JPEG: decoded small where it is far larger
            image.load()
            image.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
            upright = ImageOps.exif_transpose(image)
            plain = _opaque(upright)
    except (
        UnidentifiedImageError,
        OSError,
        SyntaxError,
        ValueError,
        EOFError,
        IndexError,
        KeyError,
        TypeError,
        RuntimeError,
    ):
        raise _Refused("damaged") from None
    if exif.get(0x0112, 1) in {5, 6, 7, 8}:  # turned by a quarter
        width, height = height, width
    plain.save(folder / "clean", "JPEG", quality=88)
    plain.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE))
    plain.save(folder / "thumbnail", "JPEG", quality=82)
    return words | {"width": width, "height": height, "hash": difference_hash(plain)}


def _opaque(image: Image) -> Image:
    """Return a picture in RGB and nothing else, on white where it is transparent."""
    from PIL import Image as images  # noqa: N813, PLC0415

    if image.has_transparency_data:
        layered = image.convert("RGBA")
        ground = images.new("RGB", layered.size, "white")
        ground.paste(layered, mask=layered.getchannel("A"))
        return ground
    plain = images.new("RGB", image.size)
    plain.paste(image.convert("RGB"))
    return plain


def main(line: bytes) -> int:
    """Confine this process, read, write; returns the exit code."""
    from core import confinement  # noqa: PLC0415

    words = json.loads(line)
    confinement.confine(memory_bytes=words["memory_bytes"], seconds=words["seconds"], written_bytes=64 << 20)
    try:
        found = read(Path(words["path"]), Path(words["folder"]))
    except _Refused as error:
        sys.stdout.write(str(error))
        return REFUSED
    except MemoryError:
        return confinement.OUT_OF_MEMORY
    sys.stdout.write(json.dumps(found))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.stdin.buffer.read()))
