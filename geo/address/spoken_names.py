"""Names as people say them: derived from the registered ones, before they are indexed."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING, Final

from geo.address import vocabulary
from geo.address.characters import name_key
from geo.address.names import FORM_WEIGHT, Entry, Form, How, Kind, Match

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence


def road_cores(names: Sequence[str]) -> dict[str, tuple[Match, ...]]:
    """Index roads by their name without the ending (新乡 → 新乡路), for the speech "新乡与孟津交叉口"."""
    cores: defaultdict[str, list[Match]] = defaultdict(list)
    for i, name in enumerate(names):
        key = name_key(name)
        for ending in sorted(vocabulary.ROAD_SUFFIXES, key=len, reverse=True):
            if key.endswith(ending) and len(key) - len(ending) >= 2:
                entry = Entry(name, Kind.ROAD, i, Form.SHORT)
                cores[key[: -len(ending)]].append(Match(entry, FORM_WEIGHT[Form.SHORT], How.WRITTEN))
                break
    return {k: tuple(v) for k, v in cores.items()}


_ROUTE: Final = re.compile(r"(?:([GSXYgsxy])|(国道|省道|县道|乡道))?([1-9][0-9]{2})(国道|省道|县道|乡道)?")
_ROUTE_KIND: Final = {"G": "国道", "S": "省道", "X": "县道", "Y": "乡道"}


def route_names(name: str) -> list[str]:
    """List what a numbered route is also called: G310, 310国道, 国道310 and G310国道 are one; empty for other names."""
    found = _ROUTE.fullmatch(name)
    if found is None:
        return []
    letter = {kind: sign for sign, kind in _ROUTE_KIND.items()}.get(
        found[2] or found[4] or "", (found[1] or "").upper()
    )
    if not letter:
        return []
    kind, number = _ROUTE_KIND[letter], found[3]
    forms = (
        f"{letter}{number}",
        f"{number}{kind}",
        f"{kind}{number}",
        f"{letter}{number}{kind}",
        f"{kind}{letter}{number}",
    )
    return [form for form in forms if form != name]


def synonyms(name: str) -> list[str]:
    """List what a place is also called by an ending that means the same (村委会, 村民委员会)."""
    for group in vocabulary.PLACE_SUFFIX_SYNONYMS:
        for ending in sorted(group, key=len, reverse=True):
            if name.endswith(ending) and len(name) > len(ending) + 1:
                return [name[: -len(ending)] + other for other in group if other != ending]
    return []


def short_forms(entries: Sequence[Entry], road_cores: Collection[str]) -> list[Entry]:
    """Shorten or vary the endings of places, where what comes out is no other name and means one place only."""
    cores: defaultdict[str, set[int]] = defaultdict(set)
    taken = {e.name for e in entries} | set(road_cores)
    for entry in entries:
        if entry.form is Form.NAME:
            for ending in vocabulary.DROPPED_PLACE_SUFFIXES:
                core = entry.name.removesuffix(ending)
                if core != entry.name and len(core) >= 2:
                    cores[core].add(entry.owner)
            for varied in _varied(entry.name):
                cores[varied].add(entry.owner)
    return [
        Entry(core, Kind.PLACE, next(iter(owners)), Form.SHORT)
        for core, owners in cores.items()
        if len(owners) == 1
        and core not in taken
        and core not in vocabulary.NOISE
        and core not in vocabulary.CROSSING_WORDS
    ]


def _varied(name: str) -> list[str]:
    """List a place's name with the endings that are taken for its own in speech (农贸市场, 菜市场)."""
    for group in vocabulary.PLACE_SUFFIX_LOOSE:
        for ending in sorted(group, key=len, reverse=True):
            if name.endswith(ending):
                core = name[: -len(ending)]
                return [core + other for other in group if other != ending] if len(core) >= 2 else []
    return []


def area_names(name: str) -> list[tuple[str, Form]]:
    """List the names an area goes by: as registered, with the short and long forms of committees and offices."""
    names = [(name, Form.NAME)]
    for ending in ("社区居民委员会", "居民委员会", "村民委员会", "社区居委会"):
        if name.endswith(ending) and len(name) > len(ending) + 1:
            core = name[: -len(ending)]
            village = ending == "村民委员会"
            names += [(core + "村", Form.ALIAS)] if village and not core.endswith("村") else []
            names += [(core, Form.ALIAS)] if core.endswith(("村", "社区")) else []
            names += [] if village else [(core.removesuffix("社区") + "社区", Form.ALIAS)]
            break
    if name.endswith("街道"):
        names += [(name + "办事处", Form.ALIAS), (name + "办", Form.ALIAS)]
    if name.endswith(("镇", "乡")):
        names += [(name + "政府", Form.ALIAS)]
        names += [(name[:-1], Form.SHORT)] if len(name) > 2 else []
    if name.endswith(("区", "县", "市")) and not name.endswith("社区") and len(name) > 2:
        names += [(name[:-1], Form.SHORT)]
    return names
