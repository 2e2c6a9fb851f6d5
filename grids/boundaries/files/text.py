"""Text encodings of boundary files: the bytes decide, and a declaration only where the bytes leave it open.

UTF-8 has a shape that other text fails within a few characters, so bytes that are valid UTF-8 are UTF-8, whatever a
.cpg or an XML declaration states; what is left is GBK as Chinese Windows writes it, read as its superset GB18030
(GB 18030-2022). Encodings of one byte a character fit every text: they are believed only where the bytes are not
common Chinese characters (GB 2312).
"""

from __future__ import annotations

import codecs
import struct
from typing import TYPE_CHECKING

from grids.boundaries.errors import FileUnreadableError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

# dBASE's language driver ids that Chinese files bear, and the ones that mean UTF-8 in effect.
_LANGUAGE_DRIVERS = {0x4D: "gb18030", 0x7A: "gb18030", 0x4F: "big5", 0x78: "big5"}
_CPG_NAMES = {
    "936": "gb18030",
    "cp936": "gb18030",
    "gbk": "gb18030",
    "gb2312": "gb18030",
    "950": "big5",
    "65001": "utf-8",
}
_SAMPLED_BYTES = 8 << 20


def decoded(raw: bytes, declared: str | None = None) -> tuple[str, str]:
    """Return text and the encoding it was in: by its byte order mark, else as the bytes decide (`encoding_of`).

    Raises
    ------
    FileUnreadableError
        When it is none of these.
    """
    for mark, marked in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if raw.startswith(mark):
            return _strictly(raw, marked), marked
    name = encoding_of([raw], known(declared), is_whole=True)
    if name is None:
        raise FileUnreadableError("The text is neither UTF-8 nor GBK; save the file as UTF-8.", field="encoding")
    return raw.decode(name), name


def encoding_of(values: Sequence[bytes], declared: str | None, *, is_whole: bool = False) -> str | None:
    """Return the encoding that the bytes of some texts are in, or None when it is no known one.

    `declared` is Python's name of the declared encoding. Unless `is_whole`, a last character that a
    field's width has cut is forgiven.
    """
    foreign = [value for value in values if not value.isascii()]
    if not foreign:
        return declared if declared and all(_fits(value, declared, is_whole) for value in values) else "utf-8"

    def fit(name: str) -> bool:
        return all(_fits(value, name, is_whole) for value in foreign)

    if fit("utf-8") and (declared is None or _looks_like_utf_8(foreign) or not fit(declared)):
        return "utf-8"
    if declared is not None and fit(declared) and not (_is_one_byte(declared) and fit("gb2312")):
        return declared
    return next((name for name in ("utf-8", "gb18030") if fit(name)), None)


def _looks_like_utf_8(foreign: Sequence[bytes]) -> bool:
    """Return whether valid UTF-8 holds characters of three bytes, as Chinese has.

    Two GBK bytes may by chance be one UTF-8 character of two bytes (Latin, Greek, Cyrillic, Arabic); runs of three
    bytes are not to be had by chance.
    """
    return any(character >= "\u0800" for value in foreign for character in value.decode("utf-8", "ignore"))


def _is_one_byte(encoding: str) -> bool:
    """Return whether an encoding has one byte for each character, so that it fits whatever bytes there are."""
    return len("é".encode(encoding, "replace")) == 1 and len("中".encode(encoding, "replace")) == 1


def remarks(used: str, declared: str | None) -> list[str]:
    """Return remarks on the encoding that a text was read in."""
    said = known(declared)
    if said is not None and said != used.removesuffix("-sig"):
        return [f"the text is declared as {said}, but its bytes are {used}: read as {used}"]
    return [] if used in {"utf-8", "utf-8-sig"} else [f"text read as {used}"]


def known(name: str | None) -> str | None:
    """Return Python's name of a declared encoding, or None when it names none."""
    if not name:
        return None
    plain = name.strip().lower().removeprefix("windows-").removeprefix("ansi ")
    try:
        found = codecs.lookup(_CPG_NAMES.get(plain, plain)).name
        "".encode(found)  # LookupError where it is a codec of bytes, not of text
        return found  # noqa: TRY300 (it is what was tried)
    except (LookupError, ValueError):
        return None


def of_shapefile(shp: Path, declared: str | None) -> tuple[str, str | None]:
    """Return the encoding of a Shapefile's texts, and a remark when what it declares is not true.

    Declared by the caller, its .cpg, or the language byte of its .dbf, in this order; a declaration that its own
    bytes contradict is not believed.

    Raises
    ------
    FileUnreadableError
        When the texts are in no known encoding, or the .dbf is damaged.
    """
    texts = _dbf_texts(shp.with_suffix(".dbf"))
    cpg = shp.with_suffix(".cpg")
    stated = cpg.read_bytes()[:40].decode("ascii", "ignore") if cpg.exists() else ""
    said_by = {
        "the request": known(declared),
        ".cpg": known(stated),
        ".dbf": _LANGUAGE_DRIVERS.get(texts.language_driver),
    }
    declarations = {where: said for where, said in said_by.items() if said is not None}
    trusted = (said for said in declarations.values() if encoding_of(texts.all, said) == said)
    name = next(trusted, None) or encoding_of(texts.all, None)
    if name is None:
        raise FileUnreadableError("The .dbf's texts are neither UTF-8 nor GBK; name their encoding.", field="encoding")
    if all(value.isascii() for value in texts.all):
        return name, None
    wrong = [f"{where} says {said}" for where, said in declarations.items() if said != name]
    return name, f"{', '.join(wrong)}, but the bytes are {name}: read as {name}" if wrong else None


class _DbfTexts:
    """The bytes of a .dbf's text fields, a sample of them."""

    def __init__(self, language_driver: int, names: list[bytes], values: list[bytes]) -> None:
        self.language_driver = language_driver
        self.names = names
        self.values = values

    @property
    def all(self) -> list[bytes]:
        """The columns' names and the sampled values."""
        return [*self.names, *self.values]


def _fits(value: bytes, encoding: str, is_whole: bool) -> bool:  # noqa: FBT001 (what encoding_of was told)
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        decoder.decode(value, final=is_whole)
    except UnicodeDecodeError:
        return False
    return True


def _dbf_texts(path: Path) -> _DbfTexts:
    with path.open("rb") as stream:
        head = stream.read(32)
        if len(head) < 32:
            raise FileUnreadableError("The .dbf is cut short.")
        count, header_size, record_size = struct.unpack("<IHH", head[4:12])
        # Head of a .dbf: record count at 4, sizes of head and record at 8 and 10, driver at 29; then 32 bytes a field.
        descriptors = stream.read(max(header_size - 32, 0))
        names, spans, offset = [], [], 1
        for start in range(0, len(descriptors) - 31, 32):
            field = descriptors[start : start + 32]
            if field[0] == 0x0D:
                break
            names.append(field[:11].split(b"\0")[0])
            # Type at 11, length at 16; the first byte of a record marks its deletion, so that fields begin at 1.
            if field[11:12] == b"C":
                spans.append((offset, offset + field[16]))
            offset += field[16]
        if record_size < 1 or header_size < 33:
            raise FileUnreadableError("The .dbf's header makes no sense.")
        stream.seek(header_size)
        rows = min(count, _SAMPLED_BYTES // record_size + 1)
        body = stream.read(rows * record_size)
    records = (body[i : i + record_size] for i in range(0, len(body), record_size))
    values = {record[a:b].rstrip(b" \0") for record in records for a, b in spans}
    return _DbfTexts(head[29], names, [value for value in values if not value.isascii()])


def _strictly(raw: bytes, encoding: str) -> str:
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError as error:
        raise FileUnreadableError(
            "The text is not {encoding}, as its first bytes say.", values={"encoding": encoding}, field="encoding"
        ) from error
