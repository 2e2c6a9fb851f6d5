"""The audit is read: a scope for it, which administrators have, and an index by action.

Revision ID: 0025
Revises: 0024
"""

from __future__ import annotations

from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the scope to keys that hold every other one, as keys of administrators do, and the index."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("""
        UPDATE api_client SET scopes = array_append(scopes, 'audit:read')
        WHERE scopes @> ARRAY['reports:write', 'reports:read', 'reporters:read', 'workers:read', 'triage:write',
            'boundaries:edit', 'boundaries:approve', 'hotspots:run', 'admin'] AND NOT 'audit:read' = ANY (scopes)
    """)
    op.execute("CREATE INDEX ix_audit_entry_action ON audit_entry (action text_pattern_ops, id)")


def downgrade() -> None:
    """Take both back."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("DROP INDEX ix_audit_entry_action")
    op.execute("UPDATE api_client SET scopes = array_remove(scopes, 'audit:read') WHERE 'audit:read' = ANY (scopes)")
    # A grant of a role that the version before does not know would make every look-up of its keys fail.
    op.execute("""
        UPDATE principal_grant SET revoked_at = now() WHERE role = 'auditor' AND revoked_at IS NULL
    """)
