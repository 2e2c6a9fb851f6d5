"""Versioned rules of dispatch; verbs for units that a case accuses, and for the ways down and up the levels.

Revision ID: 0052
Revises: 0051
"""

from __future__ import annotations

from alembic import op

revision = "0052"
down_revision = "0051"
branch_labels = None
depends_on = None

_BEFORE = (
    "'open', 'accept', 'reject', 'file', 'dispatch', 'redispatch', 'acknowledge', 'return', 'handle',"
    " 'handle_on_the_spot', 'verify', 'rework', 'close', 'rate', 'extend', 'suspend', 'resume', 'supervise',"
    " 'reclassify', 'void', 'reopen', 'back_check'"
)
_ADDED = "'hand_down', 'report_up', 'accuse'"


def _allow_verbs(verbs: str) -> None:
    op.execute("ALTER TABLE case_step DROP CONSTRAINT ck_case_step_verb")
    op.execute(f"ALTER TABLE case_step ADD CONSTRAINT ck_case_step_verb CHECK (verb IN ({verbs}))")


def upgrade() -> None:
    """Add the tables, empty, and allow the verbs."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("""
        CREATE TABLE dispatch_rule_set (
            id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_dispatch_rule_set PRIMARY KEY,
            note text NOT NULL,
            made_at timestamptz NOT NULL,
            made_by text NOT NULL,
            effective_at timestamptz CONSTRAINT uq_dispatch_rule_set_effective_at UNIQUE,
            published_at timestamptz,
            published_by text,
            CONSTRAINT ck_dispatch_rule_set_published CHECK ((effective_at IS NULL) = (published_by IS NULL)),
            CONSTRAINT ck_dispatch_rule_set_published_at CHECK ((effective_at IS NULL) = (published_at IS NULL))
        )
    """)
    op.execute("""
        CREATE TABLE dispatch_rule (
            set_id bigint NOT NULL
                CONSTRAINT fk_dispatch_rule_set_id_dispatch_rule_set REFERENCES dispatch_rule_set (id),
            position integer NOT NULL,
            area text,
            category text,
            during text CONSTRAINT ck_dispatch_rule_during CHECK (during IS NULL OR during IN ('working', 'off')),
            season_from text,
            season_until text,
            level text,
            unit_code text CONSTRAINT fk_dispatch_rule_unit_code_unit REFERENCES unit (code),
            note text NOT NULL,
            CONSTRAINT pk_dispatch_rule PRIMARY KEY (set_id, position),
            CONSTRAINT ck_dispatch_rule_season CHECK ((season_from IS NULL) = (season_until IS NULL))
        )
    """)
    # A set is published once and otherwise never changed.
    op.execute("""
        CREATE FUNCTION refuse_rule_set_change() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_OP = 'UPDATE' THEN
                IF OLD.effective_at IS NULL
                    AND (OLD.id, OLD.note, OLD.made_at, OLD.made_by) = (NEW.id, NEW.note, NEW.made_at, NEW.made_by)
                THEN
                    RETURN NEW;
                END IF;
            END IF;
            RAISE EXCEPTION 'dispatch_rule_set is append-only' USING ERRCODE = 'integrity_constraint_violation';
        END $$
    """)
    op.execute("""
        CREATE TRIGGER dispatch_rule_set_published_once BEFORE UPDATE OR DELETE ON dispatch_rule_set
        FOR EACH ROW EXECUTE FUNCTION refuse_rule_set_change()
    """)
    op.execute("""
        CREATE TRIGGER dispatch_rule_append_only BEFORE UPDATE OR DELETE ON dispatch_rule
        FOR EACH ROW EXECUTE FUNCTION refuse_change()
    """)
    _allow_verbs(f"{_BEFORE}, {_ADDED}")


def downgrade() -> None:
    """Drop them; it is refused while a history has one of the verbs."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    _allow_verbs(_BEFORE)
    op.execute("DROP TABLE dispatch_rule, dispatch_rule_set")
    op.execute("DROP FUNCTION refuse_rule_set_change")
