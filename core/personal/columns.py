"""Columns about people in files of areas (网格员, 联系电话, 身份证 …), and areas' attributes without them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from core.personal.text import masked_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_CHINESE: Final = re.compile(
    "电话|手机|联系方式|联系人|联系号码|联络|座机|固话|身份证|证件号|证件|姓名|户主|业主|房主|房东|租户|租客|微信|邮箱|住址|家庭地址"
    "|出生|生日|民族|籍贯|户籍地|银行卡|护照"
    "|(?:网格|楼栋|楼|单元|巷|组|村|居|街|河|路|林|田|湖|片|段|站|所|社区|小组|区|警)长"
    "|(?:网格|信息|巡查|协管|联络|管理|保洁|安全|监督|管护|专管|专职|兼职|调解|工作)员"
    "|(?:负责|责任|管理|经办|法定代表|法|值班|包保|包片|包联|分管|填报|审核|录入|上报|采集|代表|主管|监护|当事)人"
    "|书记|主任|民警|辅警|干部|领导|志愿者|党小组长|姓\\s*名|人员名单|名单|名字$"
)
_NOT_PEOPLE: Final = re.compile("[数量率]$|人数|户数|个数|面积|合计|比例|占比|长度|编号$|编码$|类型$|类别$|是否")
_PEOPLE_EVEN_SO: Final = re.compile("电话|手机|身份证|证件|联系|姓名")
_WORDS: Final = re.compile(
    "phones?|telephone|tel|mobile?|cell|cellphone|contacts?|idcard|idno|idnumber|identity|passport|person|manager|worker"
    "|gridworker|gridman|gridmanager|leader|chief|secretary|householder|owner|ownername|resident|email|mail|wechat"
    "|birthday|birthdate|wgyxm|wgydh|wgy|wgzxm|wgzdh|wgz|lxr|lxdh|lxfs|sjhm?|sfzhm|sfzh|sfz|xm|dhhm|fzr|fzrdh|zrr|zrrdh"
    "|ldzxm|ldz|hzxm|dianhua|shouji|lianxiren|xingming|shenfenzheng"
)
_PART: Final = re.compile(
    "phone|telephone|tel|mobile|cellphone|contact|idcard|passport|email|wechat|householder|lxdh|sjhm|sfzh|wgyxm"
)
_BORN: Final = re.compile("出生|生日|birth", re.IGNORECASE)
_SMALLEST_NUMBER: Final = 1_000_000  # a telephone number has seven digits or more


def is_person_column(name: str) -> bool:
    """Return whether a column's name is that of people's names, numbers or other personal data."""
    if _PEOPLE_EVEN_SO.search(name) and not re.search("[数率]$|数量$|人数|是否", name):
        return True
    if _CHINESE.search(name) and not _NOT_PEOPLE.search(name):
        return True
    words = re.findall(r"[a-z]+", re.sub(r"([a-z])([A-Z])", r"\1 \2", name).lower())
    return bool(_WORDS.fullmatch("".join(words))) or any(map(_PART.fullmatch, words))


def is_about_people(name: str, value: object) -> bool:
    """Return whether one value of a column is personal data; a small number (3 grid workers) is about nobody."""
    if isinstance(value, int | float):
        return is_person_column(name) and (abs(value) >= _SMALLEST_NUMBER or bool(_BORN.search(name)))
    return is_person_column(name)


def without_people(attributes: Mapping[str, Any]) -> dict[str, Any]:
    """Return an area's attributes as everybody may see them: nothing of columns about people, people masked in others.

    Telephone and identity numbers that a format has turned into numbers are masked as text.
    """
    return {name: _shown(value) for name, value in attributes.items() if not is_about_people(name, value)}


def keeping_people(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    """Return new attributes of an area with what of the old ones an editor may not have seen.

    Columns about people that are not named stay; null removes them. A masked text that comes back leaves the old one.
    """
    kept = dict(new)
    for name, value in old.items():
        if is_about_people(name, value):
            kept.setdefault(name, value)
        elif name in kept and kept[name] != value and kept[name] == _shown(value):
            kept[name] = value
    return {name: value for name, value in kept.items() if value is not None or not is_person_column(name)}


def told_of_people(rows: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return a remark for each column of areas' attributes that is about people or holds people in its texts."""
    about: dict[str, bool] = {}
    for row in rows:
        for name, value in row.items():
            if is_about_people(name, value):
                about[name] = True
            elif name not in about and _shown(value) != value:
                about[name] = False
    return [
        f"column '{name[:60]}' is about people: kept, and shown to keys with the scope workers:read alone"
        if whole
        else f"column '{name[:60]}' holds telephone or identity numbers or names: masked without the scope workers:read"
        for name, whole in about.items()
    ]


def _shown(value: Any) -> Any:  # noqa: ANN401 (JSON)
    if isinstance(value, dict):
        return without_people(value)
    if isinstance(value, list | tuple):
        return [_shown(member) for member in value]
    if isinstance(value, str):
        return masked_text(value)
    if isinstance(value, bool) or not isinstance(value, int):
        return value
    text = str(value)
    hidden = masked_text(text)
    return value if hidden == text else hidden
