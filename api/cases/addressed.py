"""What the routes of cases share: the number and the version that a request names, and who acts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import Header, Path

from api.http.texts import LINE_PATTERN
from governance.cases.lifecycle import rules
from governance.cases.lifecycle.operations import Caller
from governance.reports.numbers import report_id
from governance.reports.queries import current_id

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from identity.keys import Principal

Number = Annotated[
    str, Path(max_length=40, pattern=LINE_PATTERN, description="Number of the case.", examples=["SJ2607000731-4"])
]
Match = Annotated[
    str | None, Header(alias="If-Match", description="The case's ETag as it was seen: refused where it has changed.")
]


def caller_of(principal: Principal) -> Caller:
    """Return who acts, with what each scope reaches."""
    return Caller(principal.actor, principal.reach)


def id_of(session: Session, number: str) -> int:
    """Return the id of the case of a number, also one from before numbers had months."""
    return current_id(session, report_id(number))


def version_of(if_match: str | None) -> int | None:
    """Read the version that was seen; None where the caller does not care."""
    if if_match is None or if_match.strip() == "*":
        return None
    words = if_match.strip().removeprefix("W/").strip('"')
    if not words.isascii() or not words.isdigit() or len(words) > 9:
        raise rules.CaseDutyMissingError("If-Match takes the version of the case, as its ETag says.", field="If-Match")
    return int(words)
