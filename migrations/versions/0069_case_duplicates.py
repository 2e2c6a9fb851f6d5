"""Merged cases and linked ones, and their verbs in histories.

Revision ID: 0069
Revises: 0068
"""

from __future__ import annotations

from alembic import op

revision = "0069"
down_revision = "0068"
branch_labels = None
depends_on = None

_VERBS = ", 'merge'::text, 'unmerge'::text, 'take_in'::text, 'let_go'::text, 'link'::text, 'unlink'::text"


def _condition(table: str, column: str) -> str:
    """Return a condition on a column's words as it stands."""
    found = op.get_bind().exec_driver_sql(
        "SELECT pg_get_constraintdef(oid) FROM pg_constraint"
        f" WHERE conname = 'ck_{table}_{column}' AND conrelid = '{table}'::regclass"
    )
    return str(found.scalar_one())


def _set(table: str, column: str, condition: str) -> None:
    op.execute(f"ALTER TABLE {table} DROP CONSTRAINT ck_{table}_{column}")
    op.execute(f"ALTER TABLE {table} ADD CONSTRAINT ck_{table}_{column} {condition}")


def upgrade() -> None:
    """Add the tables, empty, and allow the state and the verbs."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("""
        CREATE TABLE case_merge (
            case_id bigint CONSTRAINT pk_case_merge PRIMARY KEY
                CONSTRAINT fk_case_merge_case_id_case_record REFERENCES case_record (id),
            main_id bigint NOT NULL CONSTRAINT fk_case_merge_main_id_case_record REFERENCES case_record (id),
            merged_at timestamptz NOT NULL,
            CONSTRAINT ck_case_merge_other CHECK (case_id <> main_id)
        )
    """)
    op.execute("CREATE INDEX ix_case_merge_main_id ON case_merge (main_id)")
    op.execute("""
        CREATE TABLE case_link (
            first_id bigint NOT NULL CONSTRAINT fk_case_link_first_id_case_record REFERENCES case_record (id),
            second_id bigint NOT NULL CONSTRAINT fk_case_link_second_id_case_record REFERENCES case_record (id),
            linked_at timestamptz NOT NULL,
            CONSTRAINT pk_case_link PRIMARY KEY (first_id, second_id),
            CONSTRAINT ck_case_link_order CHECK (first_id < second_id)
        )
    """)
    op.execute("CREATE INDEX ix_case_link_second_id ON case_link (second_id)")
    state, verb = _condition("case_record", "state"), _condition("case_step", "verb")
    _set("case_record", "state", state.replace("'voided'::text", "'voided'::text, 'merged'::text"))
    _set("case_step", "verb", verb.replace("'add_note'::text", "'add_note'::text" + _VERBS))


def downgrade() -> None:
    """Drop them; it is refused while a case is merged or a history has one of the verbs."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    _set("case_step", "verb", _condition("case_step", "verb").replace(_VERBS, ""))
    _set("case_record", "state", _condition("case_record", "state").replace(", 'merged'::text", ""))
    op.execute("DROP TABLE case_link, case_merge")
