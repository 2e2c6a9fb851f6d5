"""The forms of Chinese addresses, as tables over role letters, and the reading of a text by them.

``vocabulary.ROLE_MEANING`` names the letters. An *anchor* is the thing an address stands on (a crossing, a door number,
a place, a stretch of road); a *tail* tells where from there (向南100米路西, 东北角, 对面). Precise forms come first.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from geo.address.characters import Normalised, normalise
from geo.address.names import Kind, Match
from geo.address.patterns import Distance, Number
from geo.address.resolution import in_context, resolved, whole_names
from geo.address.tokens import RESIDENCE, Token, tokenise
from geo.address.vocabulary import BEARING_DEG, HEADING_PREFIXES, ROLE_MEANING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from geo.address.names import NameIndex


class AnchorKind(StrEnum):
    """What an address stands on, the most precise first."""

    NUMBER = "door number"
    CROSSING = "crossing"
    PLACE = "place"
    STRETCH = "stretch of road between two roads"
    ROAD_PART = "part of a road"
    ONE_ROAD_CROSSING = "crossing of one named road"
    ROAD = "road"
    AREA = "administrative area"


# The grammar: each row is an anchor and the role letters it is made of (noise has been taken out before).
# a, b, r: names; n: number; u: building and unit; g: gate; p: part.
ANCHOR_FORMS: Final[tuple[tuple[AnchorKind, str], ...]] = (
    (AnchorKind.STRETCH, r"(?P<a>R)X?[&~](?P<b>R)X?T,?(?P<r>R)"),
    (AnchorKind.STRETCH, r"(?P<r>R)[DS]?,?(?P<a>[RU])X?D?[&~](?P<b>[RU])X?,?T"),
    (AnchorKind.STRETCH, r"(?P<r>R)[DS]?,?(?P<a>[RU])X?D?~(?P<b>[RU])X?"),
    (AnchorKind.STRETCH, r"(?P<r>R)(?P<a>R)(?P<b>R)X?T"),
    (AnchorKind.CROSSING, r"(?P<a>[RU])[QDS]?[,&]?(?P<b>[RU])[QDS]?,?X"),
    (AnchorKind.CROSSING, r"(?P<a>R)~(?P<b>R)X"),
    (AnchorKind.CROSSING, r"(?P<a>R)[QDS][,&]?(?P<b>R)(?:(?=D,?M)|[DS](?!,?N))"),
    (AnchorKind.CROSSING, r"(?P<a>R)[&,]?X[&,]?(?P<b>R)X?"),
    (AnchorKind.CROSSING, r"(?P<a>R)[&,](?P<b>R)(?![~&]R|N)"),
    (AnchorKind.CROSSING, r"(?P<a>R)(?P<b>R)(?!,?N)"),
    (AnchorKind.NUMBER, r"(?P<a>R),?(?P<n>N),?(?P<u>[BN]*)(?P<g>G?)"),
    (AnchorKind.NUMBER, r"(?P<n>N)(?P<a>R)(?![&~]?R|X|,?N)"),
    (AnchorKind.PLACE, r"(?P<a>[PV])(?:,?L?,?(?P<u>[BN](?:,?[BN])*))?(?P<g>G?)"),
    (AnchorKind.ROAD_PART, r"(?P<a>R)(?P<p>Q)"),
    (AnchorKind.ONE_ROAD_CROSSING, r"(?P<a>R)X"),
    (AnchorKind.ROAD, r"(?P<a>R)"),
    (AnchorKind.AREA, r"(?P<a>A)"),
)

# Where from the anchor: c corner, then up to two moves (d direction, m metres), s side, l relation; a relation may come
# before a move (门口往东100米).
TAIL_FORM: Final = re.compile(
    r"[,T]?(?P<c>C)?[,T]?(?:(?P<l3>L),?(?=D,?M))?"
    r"(?:(?P<d>D),?(?P<m>M)|(?P<m2>M),?(?P<d2>D)(?!,?M)|(?P<m3>M))?,?"
    r"(?:(?P<e>D),?(?P<f>M))?,?"
    r"(?P<s>[SDQ])?[,T]?(?P<l>L)?(?P<l2>L)?"
)


@dataclass(frozen=True, slots=True)
class Move:
    """A step from the anchor: bearing in degrees clockwise from north, and a distance."""

    bearing_deg: float | None
    distance: Distance


@dataclass(frozen=True, slots=True)
class Tail:
    """Where from the anchor."""

    corner_deg: float | None = None
    moves: tuple[Move, ...] = ()
    side_deg: float | None = None
    relation: str | None = None
    heading_deg: float | None = None

    def __bool__(self) -> bool:
        """Whether anything was said."""
        degrees = (self.corner_deg, self.side_deg, self.heading_deg)
        return bool(self.moves) or self.relation is not None or any(d is not None for d in degrees)


@dataclass(frozen=True, slots=True)
class Anchor:
    """What an address stands on, with the tokens of its names and parts."""

    kind: AnchorKind
    names: tuple[Token, ...]
    tokens: tuple[Token, ...]
    number: Number | None = None
    building: str = ""
    gate: object = None
    part: str = ""
    tail: Tail = Tail()
    tail_tokens: tuple[Token, ...] = ()
    residence: bool = False


@dataclass(frozen=True, slots=True)
class UsedWord:
    """One word of the original text and what it was used for."""

    said: str
    used_for: str
    start: int
    end: int
    read_as: str = ""


@dataclass(frozen=True, slots=True)
class ParsedAddress:
    """An address read: its anchors in the order of the text, the areas named, and words nothing was made of."""

    normalised: Normalised
    tokens: tuple[Token, ...]
    anchors: tuple[Anchor, ...]
    areas: tuple[Token, ...]
    unknown_areas: tuple[Token, ...]

    def words(self) -> tuple[UsedWord, ...]:
        """Every word of the original with what it was used for."""
        anchored = {id(t): a.kind.value for a in self.anchors for t in a.tokens}
        used = []
        for token in self.tokens:
            if token.role == ",":
                continue
            meaning = ROLE_MEANING[token.role]
            kind = anchored.get(id(token))
            names = sorted({m.entry.name for m in token.matches})
            said = self.normalised.said(token.start, token.end)
            used.append(
                UsedWord(
                    said=said,
                    used_for=f"{meaning} of the {kind}" if kind and meaning != kind else meaning,
                    start=self.normalised.origin[token.start],
                    end=self.normalised.origin[token.end - 1] + 1,
                    read_as=" | ".join(names) if names and names != [said] else "",
                )
            )
        return tuple(used)


def _compiled() -> re.Pattern[str]:
    """All anchor forms as one expression; a form's groups get its row number, since names must be unique."""
    rows = []
    for row, (_, form) in enumerate(ANCHOR_FORMS):
        own = re.sub(r"[?]P<([a-z])>", rf"?P<g{row}_\1>", form)
        rows.append(f"(?P<row{row}>{own})")
    return re.compile("|".join(rows))


_ANCHORS: Final = _compiled()
_ROW_GROUPS: Final[dict[int, tuple[tuple[str, str], ...]]] = {
    row: tuple((g[-1], g) for g in _ANCHORS.groupindex if g.startswith(f"g{row}_")) for row in range(len(ANCHOR_FORMS))
}


def parse(text: str, names: NameIndex, road_cores: Mapping[str, tuple[Match, ...]] | None = None) -> ParsedAddress:
    """Read an address text.

    Parameters
    ----------
    text
        What was said or typed, any length (2,000 characters are read). Empty text has no anchors.
    names
        The names of roads, places and areas to look for.
    road_cores
        Road names without their ending (新乡 for 新乡路), read as roads only where a crossing is said.

    Returns
    -------
    ParsedAddress
        Anchors in the order of the text; each token keeps the words it was read from.
    """
    address = normalise(text)
    tokens = in_context(tokenise(address, names, road_cores), road_cores or {})
    tokens = tuple(resolved(t, names) for t in whole_names(tokens, names))
    speaking = [t for t in tokens if t.role != "-"]
    letters = "".join(t.role for t in speaking)
    anchors: list[Anchor] = []
    at = 0
    while at < len(letters):
        found = _ANCHORS.search(letters, at)
        if found is None:
            break
        anchor, at = _anchor(found, speaking, letters, _is_residence(speaking[found.start()], tokens))
        if anchors and _goes_on(anchors[-1], anchor, tokens):
            before = anchors.pop()
            anchor = replace(
                before, tail=anchor.tail, tail_tokens=(*before.tail_tokens, *anchor.tokens, *anchor.tail_tokens)
            )
        anchors.append(anchor)
    # An office that was told of the matter (已向…街道办事处反映) does not say that it is in its district.
    told = {id(t) for a in anchors if a.residence for t in a.tokens} if any(not a.residence for a in anchors) else set()
    return ParsedAddress(
        normalised=address,
        tokens=tokens,
        anchors=tuple(anchors),
        areas=tuple(
            t
            for t in tokens
            if t.role in "AV" and id(t) not in told and any(m.entry.kind is Kind.AREA for m in t.matches)
        ),
        unknown_areas=tuple(t for t in tokens if t.role == "a"),
    )


def _goes_on(before: Anchor, anchor: Anchor, tokens: tuple[Token, ...]) -> bool:
    """Return whether an anchor only says along which road one goes on (…交叉口沿丹江路向北150米)."""
    first = tokens.index(anchor.tokens[0])
    return (
        anchor.kind is AnchorKind.ROAD
        and bool(anchor.tail.moves)
        and not before.tail
        and tokens[first - 1].text in {"沿", "沿着", "顺着"}
        and all(t.role in ",-" for t in tokens[tokens.index(before.tokens[-1]) + 1 : first])
    )


def _is_residence(first: Token, tokens: tuple[Token, ...]) -> bool:
    """Return whether the words before the first token of an anchor say that somebody lives there."""
    at = tokens.index(first)
    while at > 0 and tokens[at - 1].role in "-Aa":
        at -= 1
        if tokens[at].value == RESIDENCE:
            return True
    return False


def _anchor(found: re.Match[str], tokens: list[Token], letters: str, residence: bool) -> tuple[Anchor, int]:  # noqa: FBT001 (a field)
    row = int(str(found.lastgroup)[3:])  # the row group closes last
    kind = ANCHOR_FORMS[row][0]
    group = {
        letter: tokens[found.start(name) : found.end(name)]
        for letter, name in _ROW_GROUPS[row]
        if found.start(name) >= 0
    }
    end = found.end()
    tail_found = TAIL_FORM.match(letters, end)
    assert tail_found is not None  # noqa: S101 - every part of it is optional
    tail = _tail(tail_found, tokens)
    units = [t for t in group.get("u", []) if t.role in "BN"]
    number_tokens = group.get("n", [])
    number = number_tokens[0].value if number_tokens else None
    gate = group.get("g", [])
    part = group.get("p", [])
    return (
        Anchor(
            kind=kind,
            names=tuple(t for letter in "rab" for t in group.get(letter, [])),  # a stretch: the road itself first
            tokens=tuple(tokens[found.start() : found.end()]),
            number=number if isinstance(number, Number) else None,
            building=_building(units),
            gate=gate[0].value if gate else None,
            part=str(part[0].value) if part else "",
            tail=tail,
            tail_tokens=tuple(tokens[tail_found.start() : tail_found.end()]),
            residence=residence,
        ),
        max(tail_found.end(), found.end()),
    )


# 鸿园小区8楼 is a floor, of whichever building.
_FLOOR: Final = re.compile("[0-9一二三四五六七八九十]+[楼层]")


def _building(units: list[Token]) -> str:
    """Read the building of a list of units (3号楼2单元501室 → 3号楼); a bare number after a place is a building."""
    if not units:
        return ""
    first = units[0].value
    if _FLOOR.fullmatch(units[0].text):
        return ""
    if isinstance(first, Number):
        return f"{first.number}号院" if units[0].text.endswith("院") else f"{first.number}号楼"
    return str(first)


def _tail(found: re.Match[str], tokens: list[Token]) -> Tail:
    def token(name: str) -> Token | None:
        return tokens[found.start(name)] if found.start(name) >= 0 else None

    def bearing(name: str) -> float | None:
        here = token(name)
        return here.value if here is not None and isinstance(here.value, float) else None

    moves: list[Move] = []
    for direction, metres in (("d", "m"), ("d2", "m2"), ("", "m3"), ("e", "f")):
        here = token(metres)
        if here is not None and isinstance(here.value, Distance):
            moves.append(Move(bearing(direction) if direction else None, here.value))
    relation = token("l") or token("l2") or token("l3")
    side, side_deg = token("s"), bearing("s")
    if side is not None and isinstance(side.value, str):
        side_deg = BEARING_DEG.get(side.value)  # 东头
    heading = side is not None and side.role == "D" and side.text.startswith(HEADING_PREFIXES) and "点" not in side.text
    return Tail(
        corner_deg=bearing("c"),
        moves=tuple(moves),
        side_deg=None if heading else side_deg,
        relation=str(relation.value) if relation is not None else None,
        heading_deg=side_deg if heading else None,
    )
