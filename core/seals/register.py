"""The register of sealed tables: which columns of each row the chain holds, and which of them hold words about people.

To seal another append-only table (with `id bigint` and rows that are only added), name it here and let its migration
call `SELECT seal_table('its_name', '{"its_words": null}')`, whose second value is what its erased words become.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Sealed:
    """A table: `plain` columns are digested as they are, `words` under a salt that an erasure destroys.

    `ids_a_month`: the table is partitioned by months of its ids, which are so many; a month may be detached.
    """

    table: str
    plain: tuple[str, ...]
    words: tuple[str, ...] = ()
    ids_a_month: int | None = None

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
    Sealed(
        "attachment",
        (
            "id",
            "subject_kind",
            "subject_id",
            "kind",
            "stage",
            "media_type",
            "sha256",
            "size_bytes",
            "width",
            "height",
            "received_at",
            "sent_by_id",
            "sent_by",
        ),
        words=("folder", "taken_at", "lon", "lat", "perceptual_hash", "link_key"),
    ),
    Sealed(
        "task_step",
        ("id", "task_id", "unit_code", "at", "verb", "led_to", "actor_id", "actor", "attachments"),
        words=("words",),
    ),
    Sealed("seal_removal", ("id", "source", "what", "ids", "at", "note")),
    # A geometry as PostGIS writes it in full, not as the GeoJSON that it is in JSONB.
    Sealed(
        "case_step",
        (
            "id",
            "case_id",
            "number",
            "at",
            "device_at",
            "verb",
            "came_from",
            "led_to",
            "actor_id",
            "actor",
            "unit_code",
            "category_code",
            "geom::text",
            "detail",
        ),
        ids_a_month=10**13,
    ),
    Sealed("case_words", ("id", "case_id", "number"), words=("reason", "opinion", "photos"), ids_a_month=10**13),
)
"""Every sealed table, in the order in which findings are listed."""

BY_TABLE: Final = {sealed.table: sealed for sealed in SEALED}
