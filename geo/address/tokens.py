"""Cut an address text into words with roles: the cheapest way through the text, by a table of costs.

Each position offers the names of the gazetteer, the words of the vocabulary, numerals with units, generic names by
their ending, and one unknown character; the cheapest sequence wins (Viterbi over positions). Longer known words are
cheaper than several short ones, so that 新安路街道 is an area and not the road 新安路 with a remainder.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from geo.address import vocabulary as words
from geo.address.characters import CHINESE_NUMERAL, Normalised, number_of
from geo.address.names import How, Kind, Match

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from geo.address.names import NameIndex


class Token(NamedTuple):
    """One word of an address: ``start:end`` of the normalised text, its role letter and what it was read as."""

    start: int
    end: int
    role: str
    text: str
    value: object = None
    matches: tuple[Match, ...] = ()


@dataclass(frozen=True, slots=True)
class Number:
    """A door number: ``126号``, ``126号院``, ``126-3号``, ``126号附2号``."""

    number: int
    suffix: str = ""


@dataclass(frozen=True, slots=True)
class Distance:
    """A distance in words; ``vague`` when no figure was said (几十米)."""

    metres: float
    vague: bool = False


# What each kind of word costs; an unknown character costs most, so that known words are preferred.
COST_NAME: Final = 1.0
COST_NAME_NOT_AS_WRITTEN: Final = 1.7
COST_WORD: Final = 1.0
COST_SHORT_WORD: Final = 1.35
COST_NOISE: Final = 1.15
COST_UNKNOWN_CHARACTER: Final = 1.5
COST_CORE: Final = 2.0
LONGEST_CORE: Final = 5
COST_GENERIC: Final = 2.0
COST_GENERIC_CHARACTER: Final = 0.4
LONGEST_TEXT: Final = 200

_NUMERAL = rf"(?:\d+|[{CHINESE_NUMERAL}]+)"
_COMPASS = r"(?:东北|东南|西北|西南|东|南|西|北)"


def _alternatives(options: tuple[str, ...]) -> str:
    return "|".join(re.escape(o) for o in sorted(options, key=len, reverse=True))


_UNITS_OF_BUILDING = _alternatives(words.BUILDING_UNITS)
_UNITS_OF_LENGTH = _alternatives(tuple(words.METRE_UNITS))
_TOWARDS = _alternatives(words.DIRECTION_PREFIXES[:-1])
_ASIDE = _alternatives(words.DIRECTION_SUFFIXES[:-1])
_FIGURES: Final = "0123456789" + CHINESE_NUMERAL

# Patterns with figures and directions: role, the characters they may begin with, expression.
PATTERNS: Final[tuple[tuple[str, str, str], ...]] = (
    (
        "M",
        _FIGURES + "大约差有几",
        (
            rf"(?:大概|大约|约|差不多|有)?(?P<n>{_NUMERAL}|百十|几十|几百|十几|十来|百)(?P<more>多|来|几)?"
            rf"(?P<u>{_UNITS_OF_LENGTH})(?:左右|多|处|远|的地方|外|来远)*"
        ),
    ),
    (
        "N",
        _FIGURES + "门新旧",
        (
            rf"(?:门牌号?|新|旧)?(?P<n>{_NUMERAL})(?:(?:-|之)(?P<s>{_NUMERAL}))?(?:号(?!楼|线)|#(?!楼)|弄)"
            rf"(?:(?:附|-|之)(?P<t>{_NUMERAL})号?)?(?:院内?|大院|门面|商铺|门市)?"
        ),
    ),
    (
        "B",
        _FIGURES + "abcdefghijklmnopqrstuvwxyz甲乙丙丁东西南北中",
        rf"(?P<n>{_NUMERAL}|[a-z]|[甲乙丙丁]|[东西南北中])(?P<u>{_UNITS_OF_BUILDING})(?:楼)?",
    ),
    ("B", "0123456789", r"(?P<n>\d+)-(?:\d+)(?:-\d+)*(?:室|户)?"),
    (
        "D",
        "向往朝以偏正东南西北",
        rf"(?P<p>{_TOWARDS})?(?P<d>{_COMPASS})(?P<q>{_ASIDE})?(?:走|方向)?(?:大概|大约|约)?",
    ),
    (
        "S",
        "马道路街",
        rf"(?:马路|道路|路|街)的?(?P<d>{_COMPASS})(?:侧|边|面|沿)?(?:人行道|便道|非机动车道)?",
    ),
    ("C", "东西", rf"(?P<d>{_COMPASS})(?:拐角|转角|角|口角)(?:处|上)?"),
    ("G", "东南西北正后侧一二三四1234", r"(?P<d>[东南西北正后侧]|[一二三四1-4]号)(?:大)?门(?:口|处|外)?"),
)
_BARE_NUMBER: Final = re.compile(r"(?P<n>\d{1,4})(?=$|,)")


def _patterns_by_first() -> dict[str, tuple[tuple[str, re.Pattern[str]], ...]]:
    table: dict[str, list[tuple[str, re.Pattern[str]]]] = {}
    for role, first, expression in PATTERNS:
        pattern = re.compile(expression)
        for char in dict.fromkeys(first):
            table.setdefault(char, []).append((role, pattern))
    return {char: tuple(patterns) for char, patterns in table.items()}


_PATTERNS: Final = _patterns_by_first()


def _words_by_first() -> dict[str, tuple[tuple[str, str, object, float], ...]]:
    table: dict[str, list[tuple[str, str, object, float]]] = {}

    def put(word: str, role: str, value: object, cost: float) -> None:
        table.setdefault(word[0], []).append((word, role, value, cost if len(word) > 1 else COST_SHORT_WORD))

    for word in words.CONNECTORS:
        put(word, "&", None, COST_WORD)
    for word in words.RANGE_WORDS:
        put(word, "~", None, COST_WORD)
    for word in words.CROSSING_WORDS:
        put(word, "X", None, COST_WORD)
    for word in words.STRETCH_WORDS:
        put(word, "T", None, COST_WORD)
    for word, part in words.ROAD_PARTS.items():
        put(word, "Q", part, COST_WORD)
    for word, relation in words.RELATIONS.items():
        put(word, "L", relation, COST_WORD)
    for word in words.NOISE:
        put(word, "-", None, COST_NOISE)
    put(",", ",", None, COST_WORD)
    return {first: tuple(entries) for first, entries in table.items()}


_WORDS: Final = _words_by_first()
_ROAD_ENDINGS: Final = frozenset(s for s in words.ROAD_SUFFIXES if s != "里")
_PLACE_ENDINGS: Final = frozenset(words.PLACE_SUFFIXES)
_AREA_ENDINGS: Final = frozenset(words.AREA_SUFFIXES)
_ENDINGS: Final = {
    **dict.fromkeys(_PLACE_ENDINGS, ("P", 8)),
    **dict.fromkeys(_AREA_ENDINGS, ("a", 4)),
    **dict.fromkeys(_ROAD_ENDINGS, ("R", 4)),
}
_ENDING_LENGTHS: Final = {
    last: sorted({len(e) for e in _ENDINGS if e[-1] == last}) for last in {e[-1] for e in _ENDINGS}
}
# Characters that join or part names: a name nobody has recorded is not guessed across them.
_NOT_IN_GENERIC: Final = frozenset("与、/&跟,~-+#及0123456789" + "向往朝")
# 河南省郑州市 is two areas.
_ENDS_AREA: Final = frozenset("省市县区")
_UNLIKELY_IN_GENERIC: Final = frozenset("和同到至在的是我有")


# What may stand at a position: where it ends, what it costs, its role, its value, its names.
_Offer = tuple[int, float, str, object, tuple[Match, ...]]


def tokenise(
    address: Normalised, names: NameIndex, cores: Mapping[str, tuple[Match, ...]] | None = None
) -> tuple[Token, ...]:
    """Cut a normalised address into tokens, neighbouring unknown characters joined to one.

    Parameters
    ----------
    address
        A text of :func:`geo.address.characters.normalise`; what goes beyond ``LONGEST_TEXT`` characters is not read.
    names
        The names of the gazetteer.
    cores
        Road names without their ending; they come as unknown words that have matches.

    Returns
    -------
    tuple of Token
        In the order of the text, covering it without gaps; empty for an empty text.
    """
    text = address.text[:LONGEST_TEXT]
    offers = _name_offers(text, names)
    for start, end, matches in _cores_in(text, cores or {}):
        offers[start].append((end, COST_CORE, "U", None, matches))
    generic = _generic_spans(text)
    cost = [0.0] + [float("inf")] * len(text)
    chosen: list[tuple[int, _Offer]] = [(0, (0, 0.0, "U", None, ()))] * (len(text) + 1)
    for start, here in enumerate(offers):
        here.extend(_word_offers(text, start))
        here.extend(generic.get(start, ()))
        so_far = cost[start]
        for offer in here:
            end, total = offer[0], so_far + offer[1]
            # Ties keep the offer that came first: names before words before guesses.
            if total < cost[end] - 1e-9:
                cost[end], chosen[end] = total, (start, offer)
        total = so_far + COST_UNKNOWN_CHARACTER
        if total < cost[start + 1] - 1e-9:
            cost[start + 1], chosen[start + 1] = total, (start, (start + 1, 0.0, "U", None, ()))
    return _joined(chosen, text)


def _name_offers(text: str, names: NameIndex) -> list[list[_Offer]]:
    offers: list[list[_Offer]] = [[] for _ in text]
    for start, end, matches in names.spans(text):
        written = matches[0].how is How.WRITTEN
        cost = COST_NAME if written else COST_NAME_NOT_AS_WRITTEN + (1 - matches[0].similarity)
        offers[start].append((end, cost, _role_of(matches, text[start:end]), None, matches))
    return offers


def _cores_in(text: str, cores: Mapping[str, tuple[Match, ...]]) -> Iterator[tuple[int, int, tuple[Match, ...]]]:
    for start in range(len(text) - 1):
        for end in range(start + 2, min(start + LONGEST_CORE, len(text)) + 1):
            matches = cores.get(text[start:end])
            if matches is not None:
                yield start, end, matches


def _word_offers(text: str, start: int) -> list[_Offer]:
    """List the words of the vocabulary and the figures that stand at a position."""
    char = text[start]
    offers: list[_Offer] = [
        (start + len(word), cost, role, value, ())
        for word, role, value, cost in _WORDS.get(char, ())
        if text.startswith(word, start)
    ]
    for role, pattern in _PATTERNS.get(char, ()):
        found = pattern.match(text, start)
        if found:
            value = _value(role, found)
            if value is not None:
                cost = COST_WORD if found.end() - start > 1 else COST_SHORT_WORD
                offers.append((found.end(), cost, role, value, ()))
    if char.isdigit():
        found = _BARE_NUMBER.match(text, start)
        if found:
            offers.append((found.end(), COST_UNKNOWN_CHARACTER, "N", Number(int(found["n"])), ()))
    return offers


def _role_of(matches: tuple[Match, ...], text: str) -> str:
    kinds = {m.entry.kind for m in matches}
    if len(kinds) == 1:
        return next(iter(kinds)).value
    if Kind.ROAD in kinds and text.endswith(words.ROAD_SUFFIXES):
        return "R"
    return "V" if Kind.AREA in kinds else "P"


def _generic_spans(text: str) -> dict[int, list[_Offer]]:
    """List the stretches that look like a name by their ending."""
    spans: dict[int, list[_Offer]] = {}
    for last, char in enumerate(text):
        for length in _ENDING_LENGTHS.get(char, ()):
            end = last + 1
            ending = _ENDINGS.get(text[end - length : end]) if length <= end else None
            if ending is None:
                continue
            role, longest = ending
            extra = 0.3 if role == "a" else 0.0
            for start in range(end - length - 1, max(-1, end - length - 1 - longest), -1):
                before = text[start]
                if before in _NOT_IN_GENERIC or (role == "a" and before in _ENDS_AREA):
                    break
                if before in _UNLIKELY_IN_GENERIC:
                    extra += 1.0
                cost = COST_GENERIC + COST_GENERIC_CHARACTER * (end - start) + extra
                spans.setdefault(start, []).append((end, cost, role, None, ()))
    return spans


def _value(role: str, found: re.Match[str]) -> object:
    if role == "M":
        return _distance(found)
    if role == "N":
        number = number_of(found["n"])
        suffix = found["s"] or found["t"] or ""
        part = number_of(suffix) if suffix else None
        return None if number is None else Number(number, "" if part is None else str(part))
    if role == "B":
        n = found["n"]
        number = number_of(n)
        unit = found.groupdict().get("u") or ""
        after = found.string[found.end() : found.end() + 1]
        if unit in {"区", "期"} and not n.isascii() and after and after not in _FIGURES + ",":
            return None  # 二七区 is a district
        return (str(number) if number is not None else n.upper()) + {"幢": "号楼", "栋": "号楼", "#楼": "号楼"}.get(
            unit, unit
        )
    return words.BEARING_DEG.get(found["d"], found["d"])


def _distance(found: re.Match[str]) -> Distance | None:
    said, unit = found["n"], words.METRE_UNITS[found["u"]]
    vague = {"百十": 100.0, "几十": 50.0, "几百": 300.0, "十几": 15.0, "十来": 10.0}.get(said)
    if vague is not None:
        return Distance(vague * unit, vague=True)
    number = number_of(said)
    if number is None and len(said) == 3 and said[2] in "十百":
        low, high = number_of(said[0] + said[2]), number_of(said[1:])
        if low is not None and high is not None:
            return Distance((low + high) / 2 * unit)
    return None if number is None else Distance(number * unit)


def _joined(chosen: list[tuple[int, _Offer]], text: str) -> tuple[Token, ...]:
    """Follow the choices back from the end, joining neighbouring unknown characters."""
    tokens: list[Token] = []
    at = len(text)
    while at > 0:
        start, (_, _, role, value, matches) = chosen[at]
        if role == "U" and not matches and tokens and tokens[-1].role == "U" and not tokens[-1].matches:
            end = tokens[-1].end
            tokens[-1] = Token(start, end, "U", text[start:end])
        else:
            tokens.append(Token(start, at, role, text[start:at], value, matches))
        at = start
    tokens.reverse()
    return tuple(tokens)
