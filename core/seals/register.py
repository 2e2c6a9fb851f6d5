"""The register of sealed tables: which columns of each row the chain holds, and which of them hold words about people.

To seal another append-only table (with `id bigint` and rows that are only added), name it here and let its migration
call `SELECT seal_table('its_name', '{"its_words": null}')`, whose second value is what its erased words become.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Sealed:
    """A table: `plain` columns are digested as they are, `words` under a salt that an erasure destroys."""

    table: str
    plain: tuple[str, ...]
    words: tuple[str, ...] = ()

    def plain_sql(self, alias: str) -> str:
        """Return the SQL of the text that is digested of a row: a JSON array of its plain columns."""
        return _array(alias, self.plain)

    def words_sql(self, alias: str) -> str:
        """Return the SQL of the text of a row's words; NULL for a table that has none."""
        return _array(alias, self.words) if self.words else "CAST(NULL AS text)"


def _array(alias: str, columns: tuple[str, ...]) -> str:
    # PostgreSQL writes JSONB in one way: keys in order, instants as ISO 8601 in the session's zone, which is UTC.
    return f"CAST(jsonb_build_array({', '.join(f'{alias}.{column}' for column in columns)}) AS text)"


SEALED: Final = (
    Sealed("event", ("id", "epoch", "xid", "at", "kind", "subject", "ids", "payload"), words=("actor",)),
    Sealed("audit_entry", ("id", "happened_at", "actor_id", "actor", "action", "subject"), words=("detail",)),
    Sealed("seal_removal", ("id", "source", "what", "ids", "at", "note")),
)
"""Every sealed table, in the order in which findings are listed."""

BY_TABLE: Final = {sealed.table: sealed for sealed in SEALED}
