"""Text encodings of boundary files: what is declared is tried first, then what the bytes themselves allow.

UTF-8 has a shape that other text fails within a few characters, so bytes that are valid UTF-8 are UTF-8; what is left
is GBK as Chinese Windows writes it, read as its superset GB18030 (GB 18030-2022).
"""

from __future__ import annotations

import codecs
import struct
from typing import TYPE_CHECKING

from grids.boundaries.errors import FileUnreadableError

if TYPE_CHECKING:
    from pathlib import Path

# dBASE's language driver ids that Chinese files bear, and the ones that say UTF-8 in effect.
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
    """Return text and the encoding it was in: by its byte order mark, as declared, UTF-8, or GB18030.

    Raises
    ------
    FileUnreadableError
        When it is none of these.
    """
    for mark, name in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if raw.startswith(mark):
            return _strictly(raw, name), name
    for name in dict.fromkeys(n for n in (known(declared), "utf-8", "gb18030") if n):
        try:
            return raw.decode(name), name
        except UnicodeDecodeError:
            continue
    raise FileUnreadableError("The text is neither UTF-8 nor GBK; save the file as UTF-8.", field="encoding")


def known(name: str | None) -> str | None:
    """Return Python's name of a declared encoding, or None when it names none."""
    if not name:
        return None
    plain = name.strip().lower().removeprefix("windows-").removeprefix("ansi ")
    try:
        return codecs.lookup(_CPG_NAMES.get(plain, plain)).name
    except (LookupError, ValueError):
        return None


def of_shapefile(shp: Path, declared: str | None) -> tuple[str, str | None]:
    """Return the encoding of a Shapefile's texts, and a remark when what it declares is not true.

    Declared by the caller, its .cpg, or the language byte of its .dbf, in this order; a declaration that its own
    bytes contradict is not believed.
    """
    texts = _dbf_texts(shp.with_suffix(".dbf"))
    cpg = shp.with_suffix(".cpg")
    stated = cpg.read_bytes()[:40].decode("ascii", "ignore") if cpg.exists() else ""
    candidates = [
        ("the request", known(declared)),
        (".cpg", known(stated)),
        (".dbf", _LANGUAGE_DRIVERS.get(texts.language_driver)),
    ]
    wrong: list[str] = []
    for where, name in candidates:
        if name is None:
            continue
        if texts.fit(name):
            return name, "; ".join(wrong) or None
        wrong.append(f"{where} says {name}, which the texts are not")
    for name in ("utf-8", "gb18030"):
        if texts.fit(name):
            return name, "; ".join([*wrong, f"read as {name}"]) if wrong else None
    raise FileUnreadableError("The .dbf's texts are neither UTF-8 nor GBK; name their encoding.", field="encoding")


class _DbfTexts:
    """The bytes of a .dbf's text fields, a sample of them."""

    def __init__(self, language_driver: int, names: list[bytes], values: list[bytes]) -> None:
        self.language_driver = language_driver
        self.names = names
        self.values = values

    def fit(self, encoding: str) -> bool:
        """Tell whether every text is valid in an encoding; a last character cut by the field's width is forgiven."""
        return all(_fits(value, encoding) for value in [*self.names, *self.values])


def _fits(value: bytes, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        decoder.decode(value, final=False)
    except UnicodeDecodeError:
        return False
    return True


def _dbf_texts(path: Path) -> _DbfTexts:
    with path.open("rb") as stream:
        head = stream.read(32)
        if len(head) < 32:
            raise FileUnreadableError("The .dbf is cut short.")
        count, header_size, record_size = struct.unpack("<IHH", head[4:12])
        descriptors = stream.read(max(header_size - 32, 0))
        names, spans, offset = [], [], 1
        for start in range(0, len(descriptors) - 31, 32):
            field = descriptors[start : start + 32]
            if field[0] == 0x0D:
                break
            names.append(field[:11].split(b"\0")[0])
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
        raise FileUnreadableError(f"The text is not {encoding}, as its first bytes say.", field="encoding") from error
