"""Where fonts lie on this machine, as fontconfig knows: the same library that lays prints out."""

from __future__ import annotations

import ctypes
import ctypes.util
from functools import cache
from typing import Final

_FOUND: Final = 0
_SUBSTITUTE_PATTERN: Final = 0


class FontMissingError(OSError):
    """There is no fontconfig, or it knows no font."""


@cache
def font_file(pattern: str) -> tuple[str, int]:
    """Return the file of the font that fits a fontconfig pattern best, and its place in that file.

    Raises
    ------
    FontMissingError
    """
    name = ctypes.util.find_library("fontconfig")
    if name is None:
        raise FontMissingError("libfontconfig is not installed.")
    lib = ctypes.CDLL(name)
    for function in ("FcInitLoadConfigAndFonts", "FcNameParse", "FcFontMatch"):
        getattr(lib, function).restype = ctypes.c_void_p
    config = ctypes.c_void_p(lib.FcInitLoadConfigAndFonts())
    wanted = ctypes.c_void_p(lib.FcNameParse(pattern.encode()))
    lib.FcConfigSubstitute(config, wanted, _SUBSTITUTE_PATTERN)
    lib.FcDefaultSubstitute(wanted)
    outcome, path, place = ctypes.c_int(), ctypes.c_char_p(), ctypes.c_int()
    match = ctypes.c_void_p(lib.FcFontMatch(config, wanted, ctypes.byref(outcome)))
    lib.FcPatternDestroy(wanted)
    try:
        found = match.value and lib.FcPatternGetString(match, b"file", 0, ctypes.byref(path)) == _FOUND
        if not found or path.value is None:
            raise FontMissingError(f"fontconfig knows no font for {pattern}.")
        lib.FcPatternGetInteger(match, b"index", 0, ctypes.byref(place))
        return path.value.decode(), place.value & 0xFFFF
    finally:
        if match.value:
            lib.FcPatternDestroy(match)
        lib.FcConfigDestroy(config)
