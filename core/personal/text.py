"""Free text with the people in it masked: every masked character becomes one *, so that places in the text stay."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from core.personal.names import names
from core.personal.numbers import accounts, identity_numbers, phones, plain

if TYPE_CHECKING:
    from collections.abc import Iterator

_MASK: Final = "*"
_SHOWN_HEAD, _SHOWN_TAIL = 3, 2  # digits of a telephone number that are shown, as of a reporter's
_MAY_HOLD: Final = re.compile(
    r"\d(?:\D*\d){6}|[〇零一二三四五六七八九幺①-⑨]{11}|[:：=]|先生|女士|小姐|同志|阿姨|大[爷妈叔娘哥姐]"
    r"|太太|奶奶|爷爷|师傅|姓|名叫|我叫|我是|本人|来电|市民|居民|业主|住户|村民|租户|网格[员长]|联系人|@|微信|wechat|v信|vx|qq|银行|护照|[举投反报求]\w{1,3}人|户主",
    re.IGNORECASE,
)
_LONGEST_LEAD: Final = 12
_LEAD: Final = re.compile(
    r"(?:我的?|本人)?(?:(?:联系|手机|固定|办公|家庭)?(?:电话|手机|座机|固话|方式|号码)|身份证|证件|姓名|叫|姓|[联举投反报求]\w{1,3}人|户主"
    r"|业主|房主|网格[员长]|负责人|tel|phone|mobile)(?:号码|号|姓名)?[\s:：是为=]*(?:\(?\+?86\)?)?$",
    re.IGNORECASE,
)


def masked_text(text: str) -> str:
    """Return the text with telephone and identity numbers and names of people hidden; its length stays.

    Of a telephone number the first three and last two digits are shown; of an identity number and a name nothing.
    """
    if not _MAY_HOLD.search(text):
        return text
    read = plain(text)
    shown = list(text)
    for begin, end in phones(read):
        digits = [place for place in range(begin, end) if read[place].isdigit()]
        for place in digits[_SHOWN_HEAD:-_SHOWN_TAIL]:
            shown[place] = _MASK
    for begin, end in _hidden_whole(read):
        shown[begin:end] = _MASK * (end - begin)
    return "".join(shown)


def _hidden_whole(read: str) -> Iterator[tuple[int, int]]:
    yield from identity_numbers(read)
    yield from accounts(read)
    yield from names(read)


def without_person(text: str) -> str:
    """Return the text with what is about people replaced by commas, and with it the words that lead to it (电话：).

    What remains can be looked for in a gazetteer and kept as a wording; places in the text stay.
    """
    read = plain(text)
    shown = list(text)
    for begin, end in (*phones(read), *_hidden_whole(read)):
        lead = _LEAD.search(read, max(0, begin - _LONGEST_LEAD), begin)
        start = begin if lead is None else lead.start()
        shown[start:end] = "，" * (end - start)
    return "".join(shown)


def holds_person(text: str) -> bool:
    """Return whether the text holds anything that `masked_text` hides."""
    return masked_text(text) != text


def masked(value: Any) -> Any:  # noqa: ANN401 (JSON)
    """Return a JSON value with all its texts masked, the names of members as they are."""
    if isinstance(value, str):
        return masked_text(value)
    if isinstance(value, dict):
        return {name: masked(member) for name, member in value.items()}
    if isinstance(value, list | tuple):
        return [masked(member) for member in value]
    return value


def masked_name(name: str | None) -> str | None:
    """Show the family name alone: 张三 becomes 张*."""
    return None if not name else name[0] + _MASK * min(len(name) - 1, 3)


def masked_phone(phone: str | None) -> str | None:
    """Show the first three and the last two digits of a long number, nothing of a short one."""
    if not phone:
        return None
    return f"{phone[:3]}****{phone[-2:]}" if len(phone) >= 9 else "****"
