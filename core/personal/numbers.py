"""Telephone and identity numbers in free text: where they stand, as pairs of begin and end."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

_CHINESE_DIGITS: Final = dict(zip("〇零一二三四五六七八九幺", "001234567891", strict=True))
# Eleven such digits in a row are no count and no name: a telephone number spelt out.
_SPELT: Final = re.compile(f"[{''.join(_CHINESE_DIGITS)}]{{11,18}}")
# What people put between the digits of one number.
_GAP: Final = r"[\s\-\u2010-\u2015\ufe63\uff0d\u00b7\u2022_\u200b-\u200d\u2060\ufeff]"

_ORDER: Final = re.compile(
    r"(?:(?:订单|单号|工单|案件|事件|运单|流水|快递|网格|区划|编码|代码|编号|卡号|账号|帐号|户号|表号|发票|合同|批次|版本"
    r"|order|ticket|ref|code|no\.?|id|SJ)(?:编号|编码|代码|号码|号)?|件号)[\s:：#为是]*$",
    re.IGNORECASE,
)
_PERSONAL: Final = re.compile(
    r"(?:电话|手机|联系方式|联系号码|联系人|固话|座机|来电|回电|致电|拨打|热线|身份证|证件|微信|tel|phone|mobile|☎|📞|📱)"
    r"(?:号码|编号|号)?[\s:：为是]*(?:\(?\+?86\)?)?$",
    re.IGNORECASE,
)
_AMOUNT: Final = re.compile(
    r"\s*(?:元|块钱|万|亿|千|米|公里|平方|平米|㎡|吨|公斤|千克|度电|立方|%|％|[ck]?m(?![a-z])|k[gw])"
)

_MOBILE: Final = re.compile(
    rf"(?<![\d.])(?<!\d{_GAP})(?:\(?(?:\+|00)?\(?86\)?{_GAP}{{0,3}})?"
    rf"1[3-9](?:\d{{9}}"
    rf"|\d{_GAP}{{1,2}}\d{{4}}{_GAP}{{0,2}}\d{{4}}"
    rf"|\d{{5}}{_GAP}{{1,2}}\d{{4}}"
    rf"|\d{{2}}{_GAP}{{1,2}}\d{{3,4}}{_GAP}{{1,2}}\d{{3,4}}"
    rf"|\d{_GAP}{{1,2}}\d{{3}}{_GAP}{{1,2}}\d{{5}}"
    rf"|\d{{3}}{_GAP}{{1,2}}\d{{6}}"
    rf"|\d{{4}}{_GAP}{{1,2}}\d{{5}})(?!\d)(?!\.\d)"
    rf"|(?<![\d.])(?<!\d{_GAP})1{_GAP}{{1,2}}[3-9](?:{_GAP}{{1,2}}\d){{9}}(?!{_GAP}?\d)"
)
# In one piece, or cut by two dots as no decimal number is.
_CONTIGUOUS: Final = re.compile(r"(?<!\d)(?<!\d\.)1[3-9](?:\d{9}|\d\.\d{4}\.\d{4})(?!\d)(?!\.\d)")
_AREA_CODE: Final = r"(?:10|2\d|[3-9]\d{2})"
_LANDLINE: Final = re.compile(
    rf"(?<![\d.])(?<!\d-)(?:(?:\(|（)?0{_AREA_CODE}(?:\)|）)?|(?:\+|00)86{_GAP}?\(?0?{_AREA_CODE}\)?)"
    rf"{_GAP}{{0,2}}(?:[2-8]\d{{6,7}}|[2-8]\d{{2,3}}{_GAP}\d{{4}})(?!\d)(?!\.\d)"
    rf"(?:{_GAP}?(?:转|转接|分机|ext\.?|\-){_GAP}?\d{{1,6}}(?!\d))?",
    re.IGNORECASE,
)
# Behind a word for a telephone, any run of seven digits or more is one, also mistyped.
_ANY_RUN: Final = re.compile(rf"(?<![\d.])\+?\d(?:{_GAP}{{0,2}}\d){{6,14}}(?!\d)(?!\.\d)")

_ACCOUNTS: Final = (
    re.compile(r"[A-Za-z0-9][A-Za-z0-9._%+-]*(?=@[A-Za-z0-9-]+\.[A-Za-z])"),
    re.compile(
        r"(?:微信|v信|wechat|weixin|(?<![a-z])vx|(?<![a-z])wx|(?<![a-z])qq)\s*(?:号码|账号|号|id)?[\s:是为]*([a-z0-9][\w-]{4,19})(?![\w@])",
        re.IGNORECASE | re.ASCII,
    ),
    re.compile(
        rf"(?:银行|储蓄|信用|工资|社保)卡?(?:卡号|账号|帐号|号码|号)?[\s:是为]*(\d(?:{_GAP}?\d){{14,18}})(?!\d)"
    ),
    re.compile(r"(?:护照|通行证)(?:号码|号)?[\s:是为]*([A-Z]\d{8})(?!\d)", re.IGNORECASE),
)
"""Addresses of mail, ids of chats, cards and passports, where a word or a sign says that they are."""

_PROVINCES: Final = "1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3]"
_BIRTHDAY: Final = r"(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
_ID_18: Final = re.compile(
    rf"(?<!\d)(?:{_PROVINCES})\d{{4}}{_GAP}?(?:18|19|20)\d{{2}}{_GAP}?{_BIRTHDAY}{_GAP}?\d{{3}}[\dXx×](?![\dA-Za-z])"
)
_ID_15: Final = re.compile(rf"(?<!\d)(?:{_PROVINCES})\d{{4}}{_GAP}?[2-9]\d{_BIRTHDAY}{_GAP}?\d{{3}}(?!\d)(?!\.\d)")
_BEFORE: Final = 16  # characters looked back at for the word a number stands behind
_LONG_TOKEN: Final = 20  # a digest or an identifier of a machine, not a sentence


def plain(text: str) -> str:
    """Return the text with every kind of digit, sign and bracket in its ASCII form, character by character."""
    if text.isascii():
        return text
    spelt = _SPELT.sub(lambda found: "".join(map(_CHINESE_DIGITS.__getitem__, found[0])), text)
    return "".join(map(_plain_character, spelt))


def _plain_character(character: str) -> str:
    if character.isascii():
        return character
    digit = unicodedata.digit(character, None)
    if digit is not None:
        return str(digit)
    folded = unicodedata.normalize("NFKC", character)
    return folded if len(folded) == 1 and folded.isascii() else character


def phones(text: str) -> Iterator[tuple[int, int]]:
    """Yield where telephone numbers stand in a text that `plain` has made, as pairs of begin and end."""
    for pattern in (_MOBILE, _CONTIGUOUS, _LANDLINE):
        for found in pattern.finditer(text):
            if not _is_other_number(text, found.start(), found.end()):
                yield found.span()
    for found in _ANY_RUN.finditer(text):
        if _PERSONAL.search(text, max(0, found.start() - _BEFORE), found.start()):
            yield found.span()


def identity_numbers(text: str) -> Iterator[tuple[int, int]]:
    """Yield where identity numbers of residents (GB 11643, 18 places; 15 until 1999) stand in a `plain` text."""
    for pattern in (_ID_18, _ID_15):
        for found in pattern.finditer(text):
            if not _is_other_number(text, found.start(), found.end()):
                yield found.span()


def accounts(text: str) -> Iterator[tuple[int, int]]:
    """Yield where addresses of mail (without their domain), ids of chats, cards and passports stand."""
    for pattern in _ACCOUNTS:
        for found in pattern.finditer(text):
            yield found.span(pattern.groups)


def _is_other_number(text: str, begin: int, end: int) -> bool:
    """Whether the words around a number mark it as something else: an amount, an order, a piece of a digest."""
    if _PERSONAL.search(text, max(0, begin - _BEFORE), begin):
        return False
    if _AMOUNT.match(text, end) or _ORDER.search(text, max(0, begin - _BEFORE), begin):
        return True
    while begin and text[begin - 1].isascii() and text[begin - 1].isalnum():
        begin -= 1
    while end < len(text) and text[end].isascii() and text[end].isalnum():
        end += 1
    token = text[begin:end]
    return len(token) >= _LONG_TOKEN and any(character.isalpha() for character in token)
