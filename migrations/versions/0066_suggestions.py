"""Models that suggest category, urgency and danger to life, and what persons marked as a danger.

Revision ID: 0066
Revises: 0065
"""

from __future__ import annotations

from alembic import op

revision = "0066"
down_revision = "0065"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables, empty."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("""
        CREATE TABLE suggestion_model (
            id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_suggestion_model PRIMARY KEY,
            target text NOT NULL CONSTRAINT ck_suggestion_model_target
                CHECK (target IN ('category', 'urgency', 'danger')),
            version integer NOT NULL,
            trained_at timestamptz NOT NULL,
            trained_by_id integer NOT NULL CONSTRAINT fk_suggestion_model_trained_by_id_principal
                REFERENCES principal (id),
            trained_by text NOT NULL,
            cases integer NOT NULL,
            lack text,
            backtest jsonb,
            parameters bytea,
            sha256 bytea,
            CONSTRAINT uq_suggestion_model_target UNIQUE (target, version),
            CONSTRAINT ck_suggestion_model_lack CHECK (lack IS NULL OR parameters IS NULL)
        )
    """)
    op.execute("""
        CREATE TABLE suggestion_danger_mark (
            case_id bigint CONSTRAINT pk_suggestion_danger_mark PRIMARY KEY
                CONSTRAINT fk_suggestion_danger_mark_case_id_case_record REFERENCES case_record (id),
            danger boolean NOT NULL,
            at timestamptz NOT NULL,
            by_id integer NOT NULL CONSTRAINT fk_suggestion_danger_mark_by_id_principal REFERENCES principal (id),
            by text NOT NULL
        )
    """)


def downgrade() -> None:
    """Drop them."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("DROP TABLE suggestion_danger_mark, suggestion_model")
