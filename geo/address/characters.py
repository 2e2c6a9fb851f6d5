"""Characters of an address: one form for full-width, traditional and Chinese-numeral spellings, and their sounds.

Everything works on strings in which one character stands for one unit, so that positions map back to what was written
and a syllable can be compared like a letter.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from threading import Lock
from typing import Final

from geo.address.traditional import SIMPLIFIED

_DIGIT: Final = {
    c: v
    for v, cs in enumerate(("零〇", "一壹幺", "二贰两", "三叁", "四肆", "五伍", "六陆", "七柒", "八捌", "九玖"))
    for c in cs
}
_SCALE: Final = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
CHINESE_NUMERAL: Final = "".join(_DIGIT) + "".join(_SCALE)
_CHINESE_DIGITS: Final = "零一二三四五六七八九"
_SEPARATORS: Final = frozenset(",，。.;；:：!！?？()（）[]【】<>《》“”\"'‘’·|\n\t")
_DASHES: Final = frozenset("-—–−－―~～〜")


@dataclass(frozen=True, slots=True)
class Normalised:
    """An address in one form, with the place in the original each character came from."""

    text: str
    origin: tuple[int, ...]
    original: str

    def said(self, start: int, end: int) -> str:
        """Return the words of the original that stand behind ``text[start:end]``."""
        if start >= end:
            return ""
        return self.original[self.origin[start] : self.origin[end - 1] + 1]


def normalise(text: str) -> Normalised:
    """Bring an address to one form: half-width, simplified, without blanks, brackets and commas as ``,``.

    Parameters
    ----------
    text
        What was said or typed. Empty text returns an empty result.

    Returns
    -------
    Normalised
        The text in one form; ``origin[i]`` is the index in ``text`` of character ``i``.
    """
    out: list[str] = []
    origin: list[int] = []
    spaced = bool(_SPACED_OUT.fullmatch(text))
    for index, raw in enumerate(text):
        if "一" <= raw <= "龥":
            out.append(raw)
            origin.append(index)
            continue
        if raw.isspace():
            # A blank between two Latin letters or digits separates; between Chinese characters it is typing.
            after = text[index + 1 : index + 2]
            if not spaced and out and out[-1].isascii() and out[-1].isalnum() and after.isascii() and after.isalnum():
                out.append(",")
                origin.append(index)
            continue
        for char in unicodedata.normalize("NFKC", raw):
            one = _one_form(char, out, text[index + 1 : index + 2])
            if one:
                out.append(one)
                origin.append(index)
    return Normalised("".join(out).translate(SIMPLIFIED), tuple(origin), text)


# Every character by itself, as copied from some tables and printed forms.
_SPACED_OUT: Final = re.compile(r"\s*(?:\S\s+){3,}\S?\s*")


def _one_form(char: str, before: list[str], after: str) -> str:
    """Bring one character to its form; empty for what has none (marks, control characters)."""
    if ord(char) in SIMPLIFIED:
        return char  # a radical is a symbol to Unicode
    category = unicodedata.category(char)
    if char.isspace() or category[0] in "CM":
        return ""  # marks: the frame of a keycap, a variation selector
    if char in ".:" and before and before[-1].isdigit() and after[:1].isdigit():
        return char  # 2.5, 8:05
    if char in _SEPARATORS or category in {"So", "Sk"}:
        return ","  # a pin, a hand, a flag: whatever it is, it parts words
    if char in _DASHES or char in "→➔":
        return "-"
    return "#" if char in {"﹟", "＃"} else char.lower()


def number_of(text: str) -> int | None:
    """Read an Arabic or Chinese numeral (``126``, ``一百二十六``, ``一二六``, ``两百``); None when it is none."""
    if not text:
        return None
    if text.isascii():
        return int(text) if text.isdigit() and len(text) <= 9 else None
    if any(c.isascii() for c in text):
        return None
    if not any(c in _SCALE for c in text):
        digits = [_DIGIT.get(c) for c in text]
        return None if None in digits else int("".join(str(d) for d in digits)[:9])
    total, current = 0, None
    last_scale = 1
    for char in text:
        if char in _DIGIT:
            if current:
                return None
            current = _DIGIT[char]
        elif char in _SCALE:
            last_scale = _SCALE[char]
            total += (1 if current is None else current) * last_scale
            current = None
        else:
            return None
    if current:
        # "两百五" is 250, "二百零五" is 205.
        zero = "零" in text or "〇" in text
        total += current * (1 if zero or last_scale <= 10 else last_scale // 10)
    return total


def chinese_number(value: int) -> str:
    """Write 0–9999 in Chinese numerals (``12`` → ``十二``, ``205`` → ``二百零五``)."""
    if not 0 <= value <= 9999:
        message = f"{value} is outside 0..9999"
        raise ValueError(message)
    if value < 10:
        return _CHINESE_DIGITS[value]
    parts, zero = [], False
    for scale, sign in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = value // scale % 10
        if digit:
            if zero:
                parts.append("零")
            parts.append(_CHINESE_DIGITS[digit] + sign)
            zero = False
        elif parts:
            zero = True
    text = "".join(parts)
    return text[1:] if text.startswith("一十") else text


_DIGITS_IN_NAME: Final = re.compile(r"(?<!\d)(?:\d|1\d|[2-9]0)(?!\d)")
_BRACKETS_IN_NAME: Final = re.compile(r"[,\-]")


def name_key(name: str) -> str:
    """Bring a name to its form for look-up: normalised, short Arabic numerals as Chinese ones, no punctuation."""
    return numerals_as_chinese(_BRACKETS_IN_NAME.sub("", normalise(name).text))


def numerals_as_chinese(text: str) -> str:
    """Write the Arabic numerals that keep their length in Chinese ones (``纬3路`` → ``纬三路``, 0–20, 30, 40 … 90)."""
    if text.isalpha():
        return text
    return _DIGITS_IN_NAME.sub(lambda m: chinese_number(int(m[0])), text)


# Sounds that many speakers and most input methods of the central plain do not keep apart.
_MERGED_INITIALS: Final = (("zh", "z"), ("ch", "c"), ("sh", "s"))
_MERGED_FINALS: Final = (("ang", "an"), ("eng", "en"), ("ing", "in"))


@cache
def syllable(char: str) -> str:
    """Return the toneless pinyin of one character in its commonest reading; the character itself when it has none."""
    from pypinyin import Style, lazy_pinyin  # noqa: PLC0415 (its dictionaries take long; only a gazetteer needs them)

    return lazy_pinyin(char, style=Style.NORMAL)[0]


def merged_syllable(sound: str) -> str:
    """Return a syllable with zh/z, ch/c, sh/s, -ng/-n and n-/l- as one."""
    for full, short in _MERGED_INITIALS:
        if sound.startswith(full):
            sound = short + sound[len(full) :]
    for full, short in _MERGED_FINALS:
        if sound.endswith(full):
            sound = sound[: -len(full)] + short
    return "l" + sound[1:] if sound.startswith("n") and len(sound) > 1 else sound


class _SoundTable(dict[int, str]):
    """``str.translate`` table from a character to one private character a syllable, filled as characters turn up."""

    def __init__(self, *, merged: bool) -> None:
        super().__init__()
        self._merged = merged
        self._codes: dict[str, str] = {}
        self._lock = Lock()

    def __missing__(self, code_point: int) -> str:
        char = chr(code_point)
        if not "\u3400" <= char <= "\u9fff":
            code = char
        else:
            sound = merged_syllable(syllable(char)) if self._merged else syllable(char)
            with self._lock:
                # Supplementary private use area A: never in an address.
                code = self._codes.setdefault(sound, chr(0xF0000 + len(self._codes)))
        self[code_point] = code
        return code


_EXACT_SOUND: Final = _SoundTable(merged=False)
_MERGED_SOUND: Final = _SoundTable(merged=True)


def sound_key(text: str) -> str:
    """Return a string of the same length in which one character stands for one toneless syllable."""
    return text.translate(_EXACT_SOUND)


def merged_sound_key(text: str) -> str:
    """As :func:`sound_key`, with easily confused sounds merged (see :func:`merged_syllable`)."""
    return text.translate(_MERGED_SOUND)
