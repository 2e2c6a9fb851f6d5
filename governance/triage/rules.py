"""Pure decisions of triage: which words of a text are worth keeping as a name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from geo.address.names import Kind

if TYPE_CHECKING:
    from geo.address.locating import Located

LONGEST_WORDING: Final = 60
SHORTEST_WORDING: Final = 2
# A text up to this long may itself be the name of a place.
NAME_LIKE: Final = 12


def proposed_wording(located: Located) -> str | None:
    """Propose the words by which people may have meant a place: the longest unknown words, else a short text itself."""
    unknown = [
        t.text
        for t in located.parsed.tokens
        if (t.role == "U" or (t.role in "RP" and not any(m.similarity > 0.99 for m in t.matches)))
        and SHORTEST_WORDING <= len(t.text) <= LONGEST_WORDING
    ]
    if unknown:
        return max(unknown, key=len)
    known = any(m.entry.kind is not Kind.AREA for t in located.parsed.tokens for m in t.matches)
    text = located.parsed.normalised.text.strip(",")
    return text if not known and SHORTEST_WORDING <= len(text) <= NAME_LIKE else None
