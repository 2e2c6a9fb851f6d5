"""What a channel meant by its words at instants, asked of the database once a word and stretch of time."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING, Final

from sqlalchemy import text

from governance.categories import queries
from governance.categories.rules import CategoryNotFoundError

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from governance.categories.queries import CategoryInForce

# The instants at which anything that is stated of categories begins or ends.
_TURNS: Final = """
SELECT DISTINCT edge FROM (
    SELECT valid_during FROM category_state WHERE superseded_at IS NULL
    UNION ALL SELECT valid_during FROM category_limit WHERE superseded_at IS NULL
    UNION ALL SELECT valid_during FROM channel_word WHERE superseded_at IS NULL
) stated CROSS JOIN LATERAL unnest(ARRAY[lower(valid_during), upper(valid_during)]) AS edge
WHERE edge IS NOT NULL ORDER BY edge
"""


class CategoriesThen:
    """The categories of a channel's words at instants; between two turns nothing that is stated of them changes."""

    def __init__(self, session: Session, channel: str) -> None:
        self._session, self._channel = session, channel
        self._turns: list[datetime] = list(session.scalars(text(_TURNS)))
        self._known: dict[tuple[str, int], CategoryInForce | None] = {}

    def category_of(self, word: str, at: datetime) -> CategoryInForce | None:
        """Return what a word meant at an instant; None where nobody had said, or the category had ended."""
        key = word, bisect_right(self._turns, at)
        if key not in self._known:
            self._known[key] = self._asked(word, at)
        return self._known[key]

    def _asked(self, word: str, at: datetime) -> CategoryInForce | None:
        code = queries.category_of_word(self._session, self._channel, word, at)
        try:
            return None if code is None else queries.in_force(self._session, code, at)
        except CategoryNotFoundError:
            return None
