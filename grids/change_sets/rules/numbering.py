"""Codes and names of new grids: numbered west to east, then north to south, and never given twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grids.change_sets.errors import EditRefusedError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


SEQUENCE_DIGITS = 3


def next_codes(pieces: Sequence[object], *, community: str, used: Iterable[str], code_rule: str) -> list[str]:
    """Return numbers for new grids of a community after every number ever used there.

    Parameters
    ----------
    pieces
        The new grids, in the order of numbering: west to east, then north to south (geo.edit.in_numbering_order).
    community
        The parent's code, which a new code begins with.
    used
        All codes that the layer ever had or drafts; numbers of retired grids are not given again.
    code_rule
        'gb15' makes three digits; 'free' makes `community-n`.

    Raises
    ------
    EditRefusedError
        When a community has used up its 999 numbers.

    Returns
    -------
    list of str
        In the order of `pieces`.
    """
    prefix = community if code_rule == "gb15" else f"{community}-"
    tails = [code[len(prefix) :] for code in used if code.startswith(prefix)]
    highest = max((int(tail) for tail in tails if tail.isascii() and tail.isdigit() and len(tail) < 10), default=0)
    if code_rule == "gb15" and highest + len(pieces) >= 10**SEQUENCE_DIGITS:
        raise EditRefusedError(
            "Community {community} has no numbers left: 999 were given.", values={"community": community}
        )
    width = SEQUENCE_DIGITS if code_rule == "gb15" else 1
    return [f"{prefix}{number:0{width}d}" for number in range(highest + 1, highest + len(pieces) + 1)]


def next_names(name: str, count: int, used: Iterable[str]) -> list[str]:
    """Return names for areas made of one called `name`: `name-n`, numbered after every one in `used`."""
    return next_codes([None] * count, community=name, used=used, code_rule="free")
