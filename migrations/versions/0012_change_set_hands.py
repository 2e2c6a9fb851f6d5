"""Who ever worked on a draft: what was undone, and by whom, no longer disappears from the second person's question.

Revision ID: 0012
Revises: 0011
"""

from __future__ import annotations

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table, and fill it from the drafts, their edits and the audit (which also kept what was undone)."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("""
        CREATE TABLE change_set_hand (
            change_set_id integer NOT NULL REFERENCES change_set (id),
            actor text NOT NULL,
            first_at timestamptz NOT NULL,
            CONSTRAINT pk_change_set_hand PRIMARY KEY (change_set_id, actor)
        )
    """)
    op.execute("""
        INSERT INTO change_set_hand (change_set_id, actor, first_at)
        SELECT id, actor, min(at) FROM (
            SELECT id, author AS actor, created_at AS at FROM change_set
            UNION ALL SELECT id, submitted_by, updated_at FROM change_set WHERE submitted_by IS NOT NULL
            UNION ALL SELECT change_set_id, actor, made_at FROM change_set_edit
            UNION ALL SELECT c.id, a.actor, a.happened_at FROM change_set c
            JOIN audit_entry a ON a.subject = c.id::text AND a.action LIKE 'change\\_sets.%' AND a.action NOT IN
                ('change_sets.approve', 'change_sets.send_back', 'change_sets.publish', 'change_sets.withdraw')
        ) h GROUP BY id, actor
    """)
    op.execute("""
        CREATE TRIGGER change_set_hand_append_only BEFORE UPDATE OR DELETE ON change_set_hand
            FOR EACH ROW EXECUTE FUNCTION refuse_change()
    """)
    op.execute("""
        CREATE TRIGGER change_set_hand_no_truncate BEFORE TRUNCATE ON change_set_hand EXECUTE FUNCTION refuse_change()
    """)


def downgrade() -> None:
    """Drop it."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("DROP TABLE change_set_hand")
