"""What the application needs an owner for, as functions that run with the owner's rights: months, and emptied weeks.

Revision ID: 0031
Revises: 0030
"""

from __future__ import annotations

from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Let months be made, and weeks of the feed that all have read be emptied, by who does not own the tables."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("ALTER FUNCTION make_report_month(integer) SECURITY DEFINER SET search_path = public, pg_temp")
    op.execute("""
        CREATE FUNCTION empty_event_week(slot integer, before timestamptz) RETURNS boolean LANGUAGE plpgsql
        SECURITY DEFINER SET search_path = public, pg_temp AS $$
        DECLARE
            week regclass := format('event_%s', slot)::regclass;
            done boolean;
        BEGIN
            EXECUTE format('LOCK TABLE %s IN ACCESS EXCLUSIVE MODE', week);
            EXECUTE format('SELECT max(at) < $1 AND NOT EXISTS (SELECT FROM %1$s e JOIN event_consumer c'
                ' ON (e.epoch, e.xid, e.id) > (c.epoch, c.xid, c.event_id)) FROM %1$s', week)
                INTO done USING before;
            IF done THEN
                EXECUTE format('TRUNCATE ONLY %s', week);
            END IF;
            RETURN coalesce(done, false);
        END $$
    """)
    op.execute("""
        COMMENT ON FUNCTION empty_event_week IS
            'Empties a week of the feed whose events are all older than an instant and read by every consumer.'
    """)


def downgrade() -> None:
    """Take that back."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("DROP FUNCTION empty_event_week")
    op.execute("ALTER FUNCTION make_report_month(integer) SECURITY INVOKER RESET ALL")
