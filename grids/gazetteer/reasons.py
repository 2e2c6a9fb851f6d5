"""What an address text was taken for, and why, as codes with values (presentation/words/places has the sentences)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.words import stored_message
from geo.address.verdicts import Verdict
from grids.assignment.rules import names_message

if TYPE_CHECKING:
    from collections.abc import Iterable

    from core.words import StoredMessage
    from geo.address.grounds import Ground
    from geo.address.locating import Located

_PLACES_NAMED = 3


def address_reason(located: Located) -> StoredMessage:
    """Return what the answer to an address text stands on."""
    basis = ground_messages(located.grounds)
    if not located.candidates:
        return stored_message("address/not_found", basis=basis)
    best = located.candidates[0]
    match located.verdict:
        case Verdict.AMBIGUOUS:
            places = list(dict.fromkeys(candidate.label for candidate in located.candidates[:_PLACES_NAMED]))
            return stored_message("address/ambiguous", places=names_message(places), basis=basis)
        case Verdict.CERTAIN | Verdict.COARSE:
            code = f"address/{located.verdict}"
            return stored_message(code, label=best.label, accuracy_m=round(best.accuracy_m), basis=basis)
        case _:
            return stored_message("address/doubtful", label=best.label, basis=basis)


def ground_messages(grounds: Iterable[Ground]) -> list[StoredMessage]:
    """Return the reasons of geo.address as messages."""
    return [{"code": code, "values": values} if values else {"code": code} for code, values in grounds]
