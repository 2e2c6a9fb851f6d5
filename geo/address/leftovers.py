"""Words that nothing was made of: which of them could move the place, and so forbid a certain answer.

Every token that belongs neither to the anchor meant, nor to its tail, nor to a further anchor that was found, nor to an
area is weighed by its role and by where it stands. What only says what happened (``report_words``) and noise weigh
nothing. When in doubt a word counts as one that moves the place.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from geo.address.divisions import short_division_names
from geo.address.grammar import AnchorKind
from geo.address.tokens import LONGEST_TEXT
from geo.address.vocabulary import DISTINGUISHING, PLACE_SUFFIXES

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from geo.address.grammar import Anchor, ParsedAddress
    from geo.address.tokens import Token

# What an unread word that could move the place leaves of the score: less than certain.
UNREAD: Final = 0.75
# Unknown words that hold one of these may name a place of their own or a way to it.
_PLACING: Final = re.compile(
    "里许|路口|路段|胡同|巷|岔|拐|转|村|寨|庄|屯|镇|县|市|省|米|公里|里地|[车站]站|站台|站点|涵洞|隧道|立交|天桥|铁路桥|大桥|对面|对过|隔壁|背后|后面|附近"
)
# Behind a place's name without a break these make it another place (朝阳农贸市场公交站).
_FURTHER_PLACE: Final = re.compile(
    "堂|的?[^,]{0,2}(?:鱼塘|鱼池|水塘|坑塘|耕地|农田|林地|果园|水库|坟地|养殖场|养猪场|养鸡场|砖厂)"
    "|[^,]{0,4}?(?:"
    + "|".join(sorted(PLACE_SUFFIXES, key=len, reverse=True))
    + "|[站路河渠沟山坡林田坟馆库]|站台|[0-9一二三四五六七八九十分]店|(?:连锁|总|加盟|新|旗舰)店"
    + "|售楼|培训|台(?!阶)|"
    "[^,]{0,2}(?:[托午晚]托|托管|小饭桌|兴趣班|辅导班)|分院|分校|校区|院区|[东西南北新老][区院]|大院|旧址|[新旧老]校舍|遗址|公墓"
    + "|工地|停车点|停靠点|候车点|接送点|家属|分部|分局|项目部|地铁)"
)
_BETWEEN: Final = frozenset({"之间", "中间", "区间"})
_ALONG: Final = frozenset({"沿线", "全段", "全线"})
_EXTENDED: Final = frozenset({"小区", "公园", "社区", "工厂"})
_LONGEST_HEAD: Final = 4
_OPENING: Final = frozenset("AVa,-")


def all_read(parsed: ParsedAddress, found: Collection[Anchor]) -> bool:
    """Return whether anchors that were found take every word but areas, noise and separators."""
    taken = {id(t) for a in found for t in (*a.tokens, *a.tail_tokens)}
    read = all((id(t) in taken and t.role != "T") or t.role in ",-A&" for t in parsed.tokens)
    return read and len(parsed.normalised.text) <= LONGEST_TEXT


def unread(parsed: ParsedAddress, main: Anchor, found: Collection[Anchor]) -> tuple[str, ...]:
    """List the words that were not read and could move the place from where ``main`` puts it.

    Parameters
    ----------
    parsed
        The text with its tokens.
    main
        The anchor that is meant.
    found
        The anchors that were found in the gazetteer, ``main`` among them; what they take is read.

    Returns
    -------
    tuple of str
        The words as they stand in the normalised text; empty when every word was read or is harmless.
    """
    taken = {id(t) for a in found for t in (*a.tokens, *a.tail_tokens)}
    # Between two roads, and nobody said on which, or all along them: the tail takes the word; nothing is made of it.
    along = _ALONG if main.kind is AnchorKind.CROSSING else frozenset()
    between = [t for t in main.tail_tokens if t.role == "T" and t.text in (_BETWEEN | along) and not _is_two(main)]
    return tuple(dict.fromkeys(t.text for t in (*between, *_moving(parsed.tokens, main, taken))))


def foreign(parsed: ParsedAddress, context: Collection[str]) -> tuple[str, ...]:
    """List names of other towns that stand in words nobody read (我在荥阳, …); full names are areas of their own."""
    out = []
    for token in parsed.tokens:
        if token.matches or token.role not in "URP":
            continue
        whole = token.text in short_division_names()
        if (whole or _holds_town(token.text)) and not any(c.startswith(token.text) for c in context):
            out.append(token.text)
    return tuple(out)


def _holds_town(text: str) -> bool:
    """Return whether words hold a town's short name at their head, with something of their own behind it."""
    return any(text[:n] in short_division_names() and len(text) > n for n in (2, 3, 4)) and bool(
        re.search("[省市县镇乡村]|大学城|机场|火车站|高铁站|开发区|新区", text)
    )


def _moving(tokens: tuple[Token, ...], main: Anchor, taken: set[int]) -> Iterator[Token]:
    own = {id(t) for t in (*main.tokens, *main.tail_tokens)}
    first = min(i for i, t in enumerate(tokens) if id(t) in own)
    last = max(i for i, t in enumerate(tokens) if id(t) in own)
    for i, token in enumerate(tokens):
        if id(token) in taken:
            continue
        behind = i == last + 1 and tokens[last].end == token.start and not main.tail and _is_bare_place(main)
        if behind and _is_further_place(tokens, i):
            yield token
        elif token.role in "-,AaV&" or (token.role == "W" and token.text not in _EXTENDED):
            continue
        elif i < first:
            if _moves_before(tokens, i, first, main):
                yield token
        elif (i > last or first < i < last) and _moves_after(tokens, i, last, main):
            yield token


def _is_two(anchor: Anchor) -> bool:
    """Return whether an anchor names two things near each other, so that between them is where it is."""
    return bool(anchor.building) or (anchor.number is not None and anchor.number.last is not None)


def is_failing_light(tokens: tuple[Token, ...], i: int) -> bool:
    """Return whether a token is a traffic light of which something is reported (红绿灯不亮), not a crossing."""
    return tokens[i].text == "红绿灯" and i + 1 < len(tokens) and tokens[i + 1].role == "W"


def _is_bare_place(anchor: Anchor) -> bool:
    return anchor.kind is AnchorKind.PLACE and not anchor.building and anchor.gate is None


def _moves_before(tokens: tuple[Token, ...], i: int, first: int, main: Anchor) -> bool:
    token = tokens[i]
    touching = i + 1 == first and token.end == tokens[first].start
    match token.role:
        case "J" | "Q":
            return True
        case "M" | "~":
            return i + 2 >= first
        case "L":
            return token.value in {"opposite", "behind"} and len(token.text) > 1
        case "D":
            return touching and _opens(tokens, i)
        case "N" | "B":
            return main.kind is AnchorKind.PLACE and not main.building and touching
        case "R":
            return not _parted(tokens, i, first)
        case "P":
            return touching and (main.kind is AnchorKind.PLACE or bool(_PLACING.search(token.text)))
        case "U":
            if touching and _opens(tokens, i) and len(token.text) <= _LONGEST_HEAD:
                return True
            return bool(_PLACING.search(token.text)) and not _parted(tokens, i, first)
        case _:
            return False


def _moves_after(tokens: tuple[Token, ...], i: int, last: int, main: Anchor) -> bool:
    token = tokens[i]
    if token.role in "JMQ~":
        return True
    match token.role:
        case "D":
            # A bare 东 or 西 in words nobody read is a syllable; 东边 and 往东 are directions.
            return len(token.text) > 1 or _touches(tokens, i, last) or not _among_unknown(tokens, i)
        case "L":
            aside = token.value in {"opposite", "behind"} and _is_bare_place(main) and not _parted(tokens, last, i)
            return len(token.text) > 1 and (aside or token.value == "within")
        case "G" | "C":
            return main.kind is AnchorKind.PLACE
        case "N" | "B":
            return token.role == "N" or (not main.building and main.kind is not AnchorKind.NUMBER)
        case "X":
            # 交叉口西边那个路口 is another crossing; a traffic light that fails is a thing.
            return bool(main.tail) and not is_failing_light(tokens, i)
        case "T":
            return token.text in _BETWEEN and not _is_two(main)
        case _:
            return _names_elsewhere(tokens, i, last, main)


def _names_elsewhere(tokens: tuple[Token, ...], i: int, last: int, main: Anchor) -> bool:
    """Return whether a word behind an anchor may name a place that is not the anchor's."""
    token = tokens[i]
    match token.role:
        case "R":
            return not _parted(tokens, last, i)
        case "P":
            return (_touches(tokens, i, last) and _is_bare_place(main)) or _lies_aside(tokens, i, main)
        case "W":
            # The estate east of a crossing is larger than the crossing.
            follows = all(t.role == "-" for t in tokens[last + 1 : i])
            exact = _is_bare_place(main) or bool(main.building) or bool(main.tail.moves)
            return token.text in _EXTENDED and follows and not exact
        case _:
            return token.role == "U" and (bool(_PLACING.search(token.text)) or _lies_aside(tokens, i, main))


def _lies_aside(tokens: tuple[Token, ...], i: int, main: Anchor) -> bool:
    """Return whether 路口西边的学校 is said, which lies anywhere to the west; 小学旁边的超市 is beside it."""
    token = tokens[i]
    aside = main.tail.side_deg is not None and not main.tail.moves and tokens[i - 1].text == "的"
    return aside and not token.matches and token.text.endswith(tuple(PLACE_SUFFIXES))


def _touches(tokens: tuple[Token, ...], i: int, last: int) -> bool:
    return i - 1 == last and tokens[last].end == tokens[i].start


def _is_further_place(tokens: tuple[Token, ...], i: int) -> bool:
    """Return whether the words from a token on begin with a kind of place; 路 of 路灯 is none."""
    text = "".join(t.text for t in tokens[i:])
    found = _FURTHER_PLACE.match(text)
    if found is None:
        return False
    end = tokens[i].start + found.end()
    return not any(t.start < end < t.end for t in tokens[i:] if t.role == "W")


def _opens(tokens: tuple[Token, ...], i: int) -> bool:
    """Return whether nothing but areas, separators and noise stands before a token, so that it begins a name."""
    return i == 0 or tokens[i - 1].role in _OPENING


def _parted(tokens: tuple[Token, ...], i: int, j: int) -> bool:
    """Return whether a separator or a word of the report stands between two tokens."""
    return any(t.role in ",W" for t in tokens[i + 1 : j])


def _among_unknown(tokens: tuple[Token, ...], i: int) -> bool:
    around = tokens[max(0, i - 1) : i] + tokens[i + 1 : i + 2]
    return any(t.role in "UW" for t in around)


def heads_longer_name(parsed: ParsedAddress, main: Anchor) -> bool:
    """Return whether characters stand before a name that may make it another one (上马固村, 新安东路)."""
    for i, token in enumerate(parsed.tokens[1:], 1):
        before = parsed.tokens[i - 1]
        if token in main.names and before.end == token.start and _opens(parsed.tokens, i - 1):
            short = before.role == "U" and not before.matches and len(before.text) <= 2
            if short or (before.text in DISTINGUISHING and before.role in "DLNU"):
                return True
    return False
