"""Cut an address text into words with roles: the cheapest way through the text, by a table of costs.

Each position offers the names of the gazetteer, the words of the vocabulary, numerals with units, generic names by
their ending, and one unknown character; the cheapest sequence wins (Viterbi over positions). Longer known words are
cheaper than several short ones, so that 新安路街道 is an area and not the road 新安路 with a remainder.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from geo.address import vocabulary as words
from geo.address.divisions import division_names, divisions_by_start, short_division_names
from geo.address.names import How, Kind, Match
from geo.address.patterns import BARE_NUMBER, PATTERNS_BY_FIRST, Number, read_value
from geo.address.report_words import REPORT_WORDS, STEPS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from geo.address.characters import Normalised
    from geo.address.names import NameIndex


class Token(NamedTuple):
    """One word of an address: ``start:end`` of the normalised text, its role letter and what it was read as."""

    start: int
    end: int
    role: str
    text: str
    value: object = None
    matches: tuple[Match, ...] = ()


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
LONGEST_TEXT: Final = 2000


# The value of words that say where somebody lives, which is not where the matter is.
RESIDENCE: Final = "residence"
_WORDS_OF_ROLE: Final[tuple[tuple[str, float, Mapping[str, object]], ...]] = (
    ("&", COST_WORD, dict.fromkeys(words.CONNECTORS)),
    ("~", COST_WORD, dict.fromkeys(words.RANGE_WORDS)),
    ("X", COST_WORD, dict.fromkeys(words.CROSSING_WORDS)),
    ("T", COST_WORD, dict.fromkeys(words.STRETCH_WORDS)),
    ("Q", COST_WORD, words.ROAD_PARTS),
    ("L", COST_WORD, words.RELATIONS),
    ("-", COST_NOISE, dict.fromkeys(words.NOISE)),
    ("-", COST_NOISE, dict.fromkeys(words.RESIDENCE, RESIDENCE)),
    ("W", COST_WORD, dict.fromkeys(REPORT_WORDS)),
    ("J", COST_WORD, {word: word for word in STEPS}),
    (",", COST_WORD, {",": None}),
)


def _words_by_start() -> dict[str, tuple[tuple[str, str, object, float], ...]]:
    """Put the words into a table by their first two characters, or the one they have."""
    table: dict[str, list[tuple[str, str, object, float]]] = {}
    for role, cost, meanings in _WORDS_OF_ROLE:
        for word, value in meanings.items():
            entry = (word, role, value, cost if len(word) > 1 else COST_SHORT_WORD)
            table.setdefault(word[:2], []).append(entry)
    return {start: tuple(entries) for start, entries in table.items()}


_WORDS: Final = _words_by_start()
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
_NOT_IN_GENERIC: Final = frozenset("与、/&跟,~-+#及0123456789" + "向往朝的")
# 河南省郑州市 is two areas.
_ENDS_AREA: Final = frozenset("省市县区")
_UNLIKELY_IN_GENERIC: Final = frozenset("和同到至在是我有")


_NOT_FIRST_IN_GENERIC: Final = frozenset("到至从在")
# No name begins with 门前 or 对面.
_RELATION_WORDS: Final = tuple(word for word in words.RELATIONS if len(word) > 1)
_RELATION_STARTS: Final = frozenset(word[0] for word in _RELATION_WORDS)
# An unknown street office is likelier than a road with the word 街道 behind it.
_EXTRA_OF_AREA: Final = {"街道": -0.9, "街道办": -0.9}


def _is_no_name(text: str, end: int) -> bool:
    """Return whether a word that looks like the end of a name is part of a word that is none (人行道, 居民区)."""
    words_ending_so = _LOOK_LIKE_NAMES.get(text[end - 1])
    return words_ending_so is not None and text.endswith(words_ending_so, 0, end)


def _look_like_names() -> dict[str, tuple[str, ...]]:
    table: dict[str, list[str]] = {}
    for word in REPORT_WORDS:
        if len(word) > 1 and word.endswith(tuple(_ENDINGS)) and word not in _ENDINGS and word != "街道":
            table.setdefault(word[-1], []).append(word)
    return {last: tuple(found) for last, found in table.items()}


_LOOK_LIKE_NAMES: Final = _look_like_names()

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
    text = address.text
    if len(text) > LONGEST_TEXT:
        # Up to the last separator, so that no number or name is cut in two.
        text = text[: text.rfind(",", 0, LONGEST_TEXT) + 1]
    offers = _name_offers(text, names)
    _offer_divisions(text, offers, cores or {})
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
    spans = list(names.spans(text))
    literal: dict[int, list[int]] = {}
    for start, end, matches in spans:
        if text[end - 1 : end + 1] in _OTHER_WORDS:
            continue
        if matches[0].how is How.WRITTEN:
            literal.setdefault(start, []).append(end)
            offers[start].append((end, COST_NAME, _role_of(matches, text[start:end]), None, matches))
    for start, end, matches in spans:
        if matches[0].how is not How.WRITTEN and not _invented(text, start, end, matches, literal):
            cost = COST_NAME_NOT_AS_WRITTEN + (1 - matches[0].similarity)
            offers[start].append((end, cost, _role_of(matches, text[start:end]), None, matches))
    return offers


def _offer_divisions(text: str, offers: list[list[_Offer]], cores: Mapping[str, tuple[Match, ...]]) -> None:
    """Offer the divisions of China: in full anywhere, in short before a name and where no road is called so."""
    by_start, short = divisions_by_start(), short_division_names()
    for start in range(len(text) - 1):
        names = by_start.get(text[start : start + 2])
        if names is None:
            continue
        for name in names:
            if not text.startswith(name, start):
                continue
            end = start + len(name)
            if name not in short:
                if text[end - 1 : end + 1] not in _NO_DIVISION:
                    offers[start].append((end, COST_WORD, "a", None, ()))
            elif (name not in cores or _ends_with_division(text, start)) and _leads_to_name(text, end, offers):
                offers[start].append((end, COST_SHORT_WORD, "a", None, ()))


def _leads_to_name(text: str, end: int, offers: list[list[_Offer]]) -> bool:
    """Return whether a name of the gazetteer begins there, or another division (河南登封…)."""
    if end >= len(text):
        return False
    further = divisions_by_start().get(text[end : end + 2], ())
    return any(o[4] and o[1] == COST_NAME for o in offers[end]) or any(text.startswith(name, end) for name in further)


def _ends_with_division(text: str, end: int) -> bool:
    """Return whether another division's name ends there, so that what follows is one too: 河南登封."""
    return any(
        text[end - length : end] in division_names() | short_division_names() for length in (2, 3, 4) if length <= end
    )


# 村委托 is not 村委.
_OTHER_WORDS: Final = frozenset({"委托", "委员", "委派", "委屈", "委内", "学生", "委培", "委任", "委婉", "委以"})
# 新市区场 would be a market, not a town: an ending that goes on as another word.
_NO_DIVISION: Final = frozenset({"市场", "区间", "县城", "市区", "市民", "市政", "区域", "市容"})


def _invented(text: str, start: int, end: int, matches: tuple[Match, ...], literal: Mapping[int, list[int]]) -> bool:
    """Return whether a name found by sound takes its end from the words behind it (冯沟村违建 is not 冯沟村委).

    A last character that is written otherwise wants a border of words behind it; where a name as written begins the
    words (冯沟村), it wants the end of a clause.
    """
    if text[end - 1] == matches[0].entry.name[-1] or not text[end : end + 1].isalpha():
        return False
    if any(e < end for e in literal.get(start, ())):
        return True
    return end not in literal and not any(offer[2] not in "DUQSW" for offer in _word_offers(text, end))


def _cores_in(text: str, cores: Mapping[str, tuple[Match, ...]]) -> Iterator[tuple[int, int, tuple[Match, ...]]]:
    for start in range(len(text) - 1):
        for end in range(start + 2, min(start + LONGEST_CORE, len(text)) + 1):
            matches = cores.get(text[start:end])
            if matches is not None:
                yield start, end, matches


def _word_offers(text: str, start: int) -> list[_Offer]:
    """List the words of the vocabulary and the figures that stand at a position."""
    char = text[start]
    offers: list[_Offer] = [(start + 1, cost, role, value, ()) for _, role, value, cost in _WORDS.get(char, ())]
    two = text[start : start + 2]
    if two != char:
        for word, role, value, cost in _WORDS.get(two, ()):
            if len(word) == 2 or text.startswith(word, start):
                offers.append((start + len(word), cost, role, value, ()))
    for role, pattern in PATTERNS_BY_FIRST.get(char, ()):
        found = pattern.match(text, start)
        if found:
            value = read_value(role, found)
            if value is not None:
                cost = COST_WORD if found.end() - start > 1 else COST_SHORT_WORD
                offers.append((found.end(), cost, role, value, ()))
    if char.isdigit():
        found = BARE_NUMBER.match(text, start)
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
            if _is_no_name(text, end):
                continue
            extra = _EXTRA_OF_AREA.get(text[end - length : end], 0.3) if role == "a" else 0.0
            for start in range(end - length - 1, max(-1, end - length - 1 - longest), -1):
                before = text[start]
                if before in _NOT_IN_GENERIC or (role == "a" and before in _ENDS_AREA):
                    break
                if before in _UNLIKELY_IN_GENERIC:
                    extra += 1.0
                if before in _NOT_FIRST_IN_GENERIC:
                    continue
                if before in _RELATION_STARTS and text.startswith(_RELATION_WORDS, start):
                    continue
                cost = COST_GENERIC + COST_GENERIC_CHARACTER * (end - start) + extra
                spans.setdefault(start, []).append((end, cost, role, None, ()))
    return spans


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
