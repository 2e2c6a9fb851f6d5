"""Changes of drafts are written to the feed of events.

Revision ID: 0071
Revises: 0070
"""

from __future__ import annotations

from alembic import op

revision = "0071"
down_revision = "0070"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the trigger that writes an event for each draft that was opened or changed."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("""
        CREATE FUNCTION write_draft_changed() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            INSERT INTO event (kind, subject, ids, payload)
            SELECT 'draft.changed', 'change_set', int8multirange(int8range(w.id, w.id + 1)),
                   jsonb_build_object('layer', l.code)
            FROM written w JOIN layer l ON l.id = w.layer_id;
            RETURN NULL;
        END $$
    """)
    for verb in ("INSERT", "UPDATE"):
        op.execute(f"""
            CREATE TRIGGER draft_changed_by_{verb.lower()} AFTER {verb} ON change_set REFERENCING NEW TABLE AS written
            FOR EACH STATEMENT EXECUTE FUNCTION write_draft_changed()
        """)


def downgrade() -> None:
    """Remove the triggers."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("DROP TRIGGER draft_changed_by_update ON change_set")
    op.execute("DROP TRIGGER draft_changed_by_insert ON change_set")
    op.execute("DROP FUNCTION write_draft_changed")
