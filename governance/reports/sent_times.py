"""Times as offices' files write them: ISO 8601, slashes, Chinese, Excel's serial days, digits alone, months in words.

A time that can be read in two ways is refused by name unless the order of its column is known. A time without a zone
is the district's civil time.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final, Literal

from core.clock import LOCAL
from core.errors import Detail, chained

if TYPE_CHECKING:
    from collections.abc import Iterable

Order = Literal["ymd", "mdy", "dmy"]
"""In which order a column writes year, month and day."""
ORDERS: Final[tuple[Order, ...]] = ("ymd", "mdy", "dmy")

_ISO: Final = re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d")
_EXCEL_DAY_ZERO: Final = datetime(1899, 12, 30)  # noqa: DTZ001 (civil; Excel counts a 29 February 1900 that was none)
_EXCEL_DAYS: Final = (25_569.0, 73_051.0)  # 1970 to 2099
_UNIX: Final = (946_684_800, 4_102_444_800)  # 2000 to 2099
_MONTH_NAMES: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTHS: Final = {name: n for n, name in enumerate(_MONTH_NAMES, 1)}
_DATE: Final = r"(?P<a>\d{1,4})\s*(?P<sep>[-/.年])\s*(?P<b>\d{1,2})\s*[-/.月]\s*(?P<c>\d{1,4})\s*[日号]?"
_WORDS: Final = r"(?P<wd>\d{1,2})[-\s.,]*(?P<wm>[a-z]{3,9})[-\s.,]*(?P<wy>\d{4}|\d{2})"
_WORDS_US: Final = r"(?P<um>[a-z]{3,9})[-\s.]*(?P<ud>\d{1,2})(?:st|nd|rd|th)?[-\s,]+(?P<uy>\d{4})"
_HALF: Final = r"(?P<half{n}>上午|下午|凌晨|早上|早晨|中午|晚上|傍晚|夜间|[ap]\.?m\.?)?"
_CLOCK: Final = (
    rf"(?:[\sT,]*(?:星期.|周.|\(.\))?[\sT]*{_HALF.format(n=1)}\s*(?P<h>\d{{1,2}})\s*[:时点]\s*(?:(?P<m>\d{{1,2}})"
    rf"(?:\s*[:分]\s*(?:(?P<s>\d{{1,2}})(?P<f>\.\d{{1,9}})?秒?)?)?)?\s*{_HALF.format(n=2)}"
    r"\s*(?P<z>Z|UTC|[+-]\d\d:?\d\d)?)?"
)
_FORM: Final = re.compile(rf"(?:{_DATE}|{_WORDS}|{_WORDS_US})(?:\s*(?:星期.|周.))?{_CLOCK}", re.IGNORECASE)
# A day of the week decides nothing and stands anywhere; so does a time before the year (Tue Jun 03 08:05:00 CST 2025).
_WEEKDAY: Final = re.compile(
    r"[\(,]?(?:星期|礼拜|周)[一二三四五六日天]\)?|\b(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\b[,.]?",
    re.IGNORECASE,
)
_YEAR_LAST: Final = re.compile(
    r"([a-z]{3} \d{1,2}) (\d\d:\d\d:\d\d)(?: (?:CST|GMT\+0?8(?::?00)?))? (\d{4})", re.IGNORECASE
)
_CHINESE_DAY: Final = re.compile(
    r"([〇○零一二三四五六七八九]{4})年([一二三四五六七八九十]{1,3})月([一二三四五六七八九十]{1,3})[日号]"
)
_RUN: Final = re.compile(r"(\d{4})(\d\d)(\d\d)(?:[T ]?(\d\d)(\d\d)(\d\d)?(\d{3})?)?")
_NONE: Final = frozenset({"", "-", "--", "/", "null", "none", "nan", "n/a", "na", "无", "空", "未知", "不详", "暂无"})
_MORNING: Final = ("上午", "凌晨", "早上", "早晨", "a")
_NOON: Final = "中午"


class TimeUnreadableError(ValueError):
    """Why a text is no time."""

    def __init__(self, problem: Detail) -> None:
        super().__init__(str(problem))
        self.problem = problem


def says_none(value: str) -> bool:
    """Whether a cell stands for no value: empty, a dash, null, 无."""
    return value.strip().casefold() in _NONE


def read_time(value: str, order: Order | str | None = None) -> datetime:
    """Read a time as an instant in UTC; `order` is its column's, or a format of strptime (it holds a %).

    Raises
    ------
    TimeUnreadableError
        When it is no time, or two.
    """
    if order is None and _ISO.match(value):
        try:
            return _instant(datetime.fromisoformat(value))
        except ValueError:
            pass
    plain = " ".join("".join(c for c in unicodedata.normalize("NFKC", value) if c.isprintable()).split())
    try:
        if order is not None and "%" in order:
            return _instant(datetime.strptime(plain, order))  # noqa: DTZ007 (civil unless it says a zone)
        plain = _without_weekday(plain)
        found = _digits(plain) if plain.replace(".", "", 1).isdigit() else _worded(plain, order)
        return _instant(found)
    except (ValueError, OverflowError) as error:
        if isinstance(error, TimeUnreadableError):
            raise
    raise _unreadable(value)


def _without_weekday(text: str) -> str:
    """Take the day of the week out and bring Chinese figures and a year at the end into the common order."""
    text = " ".join(_WEEKDAY.sub(" ", text).split()) if _WEEKDAY.search(text) else text
    text = _YEAR_LAST.sub(r"\1, \3 \2", text)
    return _CHINESE_DAY.sub(lambda day: f"{_figures(day[1])}年{_tens(day[2])}月{_tens(day[3])}日", text)


def _figures(said: str) -> str:
    return "".join(str("〇一二三四五六七八九".index(c)) for c in said.replace("○", "〇").replace("零", "〇"))


def _tens(said: str) -> int:
    """Read 一 to 九十九: 十二, 二十, 三十一."""
    tens, ten, ones = said.rpartition("十")
    return (int(_figures(tens) or 1) if ten else 0) * 10 + int(_figures(ones) or 0)


def order_of(values: Iterable[str]) -> Order | None:
    """Return the order in which a column writes its dates: what one value can only mean holds for the others.

    None where no value decides, or where two of them contradict.
    """
    found: set[Order] = set()
    for value in values:
        match = _FORM.fullmatch(unicodedata.normalize("NFKC", value).strip())
        if match is None or match["a"] is None:
            continue
        readings = _readings(match["a"], match["b"], match["c"])
        orders = {order for order, _ in readings}
        # 6/6/2025 is one day in either order: it is certain, and decides nothing.
        if len(orders) == 1 and len(match["a"]) <= 2:
            found |= orders
    return next(iter(found)) if len(found) == 1 else None


def needs_an_order(value: str) -> bool:
    """Whether a text is a date whose day only its column can decide."""
    match = _FORM.fullmatch(unicodedata.normalize("NFKC", value).strip())
    if match is None or match["a"] is None:
        return False
    return len({day for _, day in _readings(match["a"], match["b"], match["c"])}) > 1


def _unreadable(value: str) -> TimeUnreadableError:
    return TimeUnreadableError(Detail("{value} is not a time; write 2026-07-01 09:30:00", {"value": f"{value!r}"}))


def _instant(at: datetime) -> datetime:
    return (at if at.tzinfo is not None else at.replace(tzinfo=LOCAL)).astimezone(UTC)


def _digits(text: str) -> datetime:
    """Read a number: digits run together, Excel's serial day, seconds or milliseconds of Unix."""
    run = _RUN.fullmatch(text)
    if run is not None and 1900 < int(run[1]) < 2200:
        year, month, day, hour, minute, second, thousandths = (int(part or 0) for part in run.groups())
        return datetime(year, month, day, hour, minute, second, thousandths * 1000)  # noqa: DTZ001 (civil)
    number = float(text)
    if _EXCEL_DAYS[0] <= number < _EXCEL_DAYS[1]:
        # Excel keeps a time as a share of a day, good to a few hundred microseconds.
        return _EXCEL_DAY_ZERO + timedelta(seconds=round(number * 86_400))
    whole = text.partition(".")[0]
    seconds = number / 1000 if len(whole) == 13 else number
    if len(whole) in {10, 13} and _UNIX[0] <= seconds < _UNIX[1]:
        return datetime.fromtimestamp(seconds, UTC)
    raise _unreadable(text)


def _worded(text: str, order: str | None) -> datetime:
    match = _FORM.fullmatch(text)
    if match is None:
        raise _unreadable(text)
    if match["wm"] or match["um"]:
        month = _MONTHS.get((match["wm"] or match["um"])[:3].lower())
        if month is None:
            raise _unreadable(text)
        year = int(match["wy"] or match["uy"])
        day = datetime(year if year > 99 else 2000 + year, month, int(match["wd"] or match["ud"]))  # noqa: DTZ001
    else:
        day = _chosen(text, _readings(match["a"], match["b"], match["c"]), order)
    return day + _clock(text, match) if match["z"] is None else _zoned(day + _clock(text, match), match["z"])


def _readings(a: str, b: str, c: str) -> list[tuple[Order, datetime]]:
    """Return the days that three numbers can be, each with the order that makes it that day."""
    if len(a) == 3 or len(c) == 3 or (len(a) == 4 and len(c) == 4):
        return []
    possible: tuple[Order, ...]
    if len(a) == 4:
        possible = ("ymd",)
    elif len(c) == 4:
        possible = ("mdy", "dmy")
    else:
        possible = ORDERS
    places = {"ymd": (a, b, c), "mdy": (c, a, b), "dmy": (c, b, a)}
    found: list[tuple[Order, datetime]] = []
    for order in possible:
        year, month, day = map(int, places[order])
        try:
            found.append((order, datetime(year if year > 99 else 2000 + year, month, day)))  # noqa: DTZ001 (civil)
        except ValueError:
            continue
    return found


def _chosen(text: str, readings: list[tuple[Order, datetime]], order: str | None) -> datetime:
    told = [day for each, day in readings if each == order]
    days = sorted(set(told or (day for _, day in readings)))
    if not days:
        raise _unreadable(text)
    if len(days) > 1:
        either = [f"{day:%Y-%m-%d}" for day in days]
        raise TimeUnreadableError(
            Detail(
                "{text} may be {either}; say --date-format ymd, mdy or dmy",
                {"text": f"{text!r}", "either": chained(either, "{first} or {rest}")},
            )
        )
    return days[0]


def _clock(text: str, match: re.Match[str]) -> timedelta:
    if match["h"] is None:
        return timedelta()
    hour, minute, second = int(match["h"]), int(match["m"] or 0), int(match["s"] or 0)
    half = (match["half1"] or match["half2"] or "").lower().rstrip(".")
    if half and hour <= 12:
        hour = _of_the_day(hour, half)
    fraction = float(match["f"] or 0)
    if minute > 59 or second > 59 or hour > 24 or (hour == 24 and (minute or second or fraction)):
        raise _unreadable(text)
    return timedelta(hours=hour, minutes=minute, seconds=second, microseconds=round(fraction * 1e6))


def _of_the_day(hour: int, half: str) -> int:
    """Return an hour of 0 to 24 from one of 1 to 12 and its half of the day."""
    if half == _NOON:
        return hour + 12 if hour in {1, 2} else hour
    is_morning = half in _MORNING or half.startswith("a")
    if is_morning:
        return 0 if hour == 12 and half not in {"上午", "早上", "早晨"} else hour
    if hour == 12:  # 晚上12点 is midnight, at the end of the day; 12 p.m. is noon
        return 24 if half in {"晚上", "夜间"} else 12
    return hour + 12


def _zoned(at: datetime, zone: str) -> datetime:
    offset = "+00:00" if zone.upper() in {"Z", "UTC"} else zone
    return datetime.fromisoformat(f"{at:%Y-%m-%dT%H:%M:%S.%f}{offset}")
