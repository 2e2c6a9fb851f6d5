"""What tokens are once their neighbours are seen, and which names stand behind words that are no name as written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from geo.address.characters import number_of
from geo.address.names import Kind, Match
from geo.address.patterns import Number
from geo.address.tokens import Token
from geo.address.vocabulary import PLACE_SUFFIXES, ROAD_SUFFIXES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from geo.address.names import NameIndex


def in_context(tokens: tuple[Token, ...], cores: Mapping[str, tuple[Match, ...]]) -> tuple[Token, ...]:
    """Decide what only the neighbours decide.

    A dash between two roads is *to*, elsewhere nothing; a road name without its ending counts beside a road or a
    connector; an unknown "area" beside a connector is no area.
    """
    out: list[Token] = []
    for i, token in enumerate(tokens):
        if token.role == "W" and token.text == "街道" and out and out[-1].role == "R" and out[-1].end == token.start:
            # 京城路街道 is a street office, known or not; the road is not meant.
            out[-1] = Token(out[-1].start, token.end, "a", out[-1].text + token.text)
            continue
        if token.role == "G" and out and out[-1].role == "R" and token.text[1:2] == "号":
            # Behind a road 2号门口 is the front of number 2, behind an estate its second gate.
            middle = token.start + 2
            out.append(Token(token.start, middle, "N", token.text[:2], Number(number_of(token.text[0]) or 0)))
            out.append(Token(middle, token.end, "L", token.text[2:], "at"))
            continue
        before = tokens[i - 1].role if i else ""
        after = tokens[i + 1].role if i + 1 < len(tokens) else ""
        joined = before in _JOINS or after in _JOINS
        core = cores.get(token.text) if token.role in _NAMELESS and (token.role == "U" or not token.matches) else None
        crossed = after == "X" if before in _ROADLIKE else _heads_pair(tokens, i, cores)
        if core is not None and (joined or after == "R" or crossed):
            out.append(Token(token.start, token.end, "U", token.text, None, core))
        elif (token.role == "~" and not (before in _ROADLIKE and after in _ROADLIKE) and not _links(tokens, i)) or (
            token.role == "L" and before == "R" and token.text in _ON
        ):
            out.append(Token(token.start, token.end, "-", token.text))
        elif token.role == "U" or (token.role == "a" and joined):
            # A core beside no road is only a word: part of the unknown words around it.
            last = out[-1] if out and out[-1].role == "U" and not out[-1].matches else None
            start, text = (token.start, token.text) if last is None else (last.start, last.text + token.text)
            out[len(out) - (last is not None) :] = [Token(start, token.end, "U", text)]
        else:
            out.append(token)
    return tuple(out)


def _heads_pair(tokens: tuple[Token, ...], i: int, cores: Mapping[str, tuple[Match, ...]]) -> bool:
    """Return whether another road's name without its ending and a word for a crossing follow: 汝南济源交叉口."""
    return i + 2 < len(tokens) and tokens[i + 1].text in cores and tokens[i + 2].role == "X"


def _links(tokens: tuple[Token, ...], i: int) -> bool:
    """Return whether 到 or 至 stands between two things named, so that what lies between them is meant."""
    return (
        tokens[i].text in {"至", "到"}
        and 0 < i < len(tokens) - 1
        and tokens[i - 1].role in "RPVNBXLD"
        and tokens[i + 1].role in "RPVNBU"
        and bool(tokens[i + 1].matches or tokens[i + 1].role in "NB" or tokens[i + 1].text.endswith(_PLACES_OR_ROADS))
    )


_PLACES_OR_ROADS: Final = (*PLACE_SUFFIXES, *ROAD_SUFFIXES)
_NAMELESS: Final = frozenset("UaP")
_ROADLIKE: Final = frozenset("RUa")
_JOINS: Final = frozenset("&~")
# 中心路上: nothing more than 中心路.
_ON: Final = frozenset({"上", "里", "边", "处"})
_ROLE_OF_KIND: Final = {Kind.ROAD: "R", Kind.PLACE: "P", Kind.AREA: "A"}


# A known name behind unknown characters may be the end of a longer name with a slip: 山勒桃通小学 is not 桃通小学.
_LONGEST_HEAD: Final = 3
END_OF_A_NAME: Final = 0.75
# Each character left off the front of words to find a name in them makes it less the name that was meant.
LEFT_OFF: Final = 0.08
# An area's name with another character of another sound is another area.
SAME_AREA: Final = 0.85


def whole_names(tokens: tuple[Token, ...], names: NameIndex) -> tuple[Token, ...]:
    """Join unknown characters and the place behind them where together they are within one slip of a name."""
    out: list[Token] = []
    for token in tokens:
        head = out[-1] if out else None
        if token.role == "P" and token.matches and head is not None and _is_head(head):
            whole = names.closest(head.text + token.text)
            if whole:
                ends = [Match(m.entry, m.similarity * END_OF_A_NAME, m.how) for m in token.matches]
                out[-1] = Token(head.start, token.end, "P", head.text + token.text, None, (*whole, *ends))
                continue
        out.append(token)
    return tuple(out)


def _is_head(token: Token) -> bool:
    return token.role == "U" and not token.matches and len(token.text) <= _LONGEST_HEAD


def resolved(token: Token, names: NameIndex) -> Token:
    """Look for a name within one slip of words that are no name."""
    if token.matches or token.role not in "RPaU":
        return token
    best: tuple[Match, ...] = ()
    span = (0, len(token.text))
    for start, end in _windows(len(token.text)):
        if token.role == "P" and end < len(token.text):
            continue  # a name that ends as a kind of place is not another kind: 二十里铺小学 is not 二十里铺小区
        # Less certain by LEFT_OFF for each character left off the front.
        kept = 1.0 - LEFT_OFF * start
        matches = tuple(Match(m.entry, m.similarity * kept, m.how) for m in names.closest(token.text[start:end]))
        if token.role == "a":
            # An area nobody has recorded is not the road or the place that sounds like it.
            matches = tuple(m for m in matches if m.entry.kind is Kind.AREA and m.similarity >= SAME_AREA)
        if token.role == "R":
            matches = tuple(m for m in matches if m.entry.kind is Kind.ROAD)
        if matches and (not best or matches[0].similarity > best[0].similarity + 0.05):
            best, span = matches, (start, end)
    if not best:
        return token
    top = best[0]
    best = tuple(m for m in best if m.similarity >= top.similarity - 0.1)
    role = token.role if token.role == "R" else _ROLE_OF_KIND[top.entry.kind]
    return Token(token.start + span[0], token.start + span[1], role, token.text[span[0] : span[1]], None, best)


def _windows(size: int) -> list[tuple[int, int]]:
    """Return the whole, then with up to three characters taken off the front or one off the end."""
    windows = [(0, size)]
    windows += [(k, size) for k in (1, 2, 3) if size - k >= 3]
    if size > 3:
        windows.append((0, size - 1))
    return windows
