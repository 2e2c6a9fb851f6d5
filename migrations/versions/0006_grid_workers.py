"""Who works which area; handovers that go on where they were cut off; what a draft was checked as.

Revision ID: 0006
Revises: 0005
"""

from __future__ import annotations

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("""
        CREATE TABLE grid_worker (
            staff_number text PRIMARY KEY,
            name text NOT NULL,
            unit_code text REFERENCES responsible_unit (code)
        )
    """)
    op.execute("""
        CREATE TABLE grid_worker_post (
            id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            staff_number text NOT NULL REFERENCES grid_worker (staff_number),
            layer_id integer NOT NULL REFERENCES layer (id),
            area_code text NOT NULL,
            valid_during tstzrange NOT NULL CONSTRAINT ck_grid_worker_post_valid_during
                CHECK (NOT isempty(valid_during)),
            follows_post_id bigint REFERENCES grid_worker_post (id) ON DELETE SET NULL,
            CONSTRAINT grid_worker_once_on_an_area EXCLUDE USING gist
                (layer_id WITH =, area_code WITH =, staff_number WITH =, valid_during WITH &&)
        )
    """)
    op.execute("CREATE INDEX ix_grid_worker_post_staff_number ON grid_worker_post (staff_number)")
    op.execute("CREATE INDEX ix_grid_worker_post_follows_post_id ON grid_worker_post (follows_post_id)")
    # Keys carry the scopes of their role as it was when they were made.
    op.execute("""
        UPDATE api_client SET scopes = array_append(scopes, 'workers:read')
        WHERE scopes && ARRAY['boundaries:edit', 'boundaries:approve', 'triage:write']
            AND NOT 'workers:read' = ANY(scopes)
    """)
    op.execute("""
        ALTER TABLE release_handover
            ADD COLUMN state text NOT NULL DEFAULT 'done' CONSTRAINT ck_release_handover_state
                CHECK (state IN ('running', 'done', 'overtaken')),
            ADD COLUMN started_at timestamptz,
            ADD COLUMN to_examine integer NOT NULL DEFAULT 0,
            ADD COLUMN reached_at timestamptz,
            ADD COLUMN reached_id bigint NOT NULL DEFAULT 0,
            ADD COLUMN posts_moved integer NOT NULL DEFAULT 0
    """)
    op.execute("ALTER TABLE release_handover RENAME COLUMN done_at TO ended_at")
    op.execute("UPDATE release_handover SET started_at = ended_at, reached_at = ended_at, to_examine = examined")
    op.execute("""
        ALTER TABLE release_handover
            ALTER COLUMN ended_at DROP NOT NULL,
            ALTER COLUMN started_at SET NOT NULL,
            ALTER COLUMN reached_at SET NOT NULL,
            ALTER COLUMN state DROP DEFAULT
    """)
    op.execute("ALTER TABLE change_set ADD COLUMN checked text")
    # Few matters are placed by a person, so few that both are small.
    op.execute("""
        CREATE INDEX ix_report_reassignment_geom ON report_reassignment USING gist (geom) WHERE cause <> 'release'
    """)
    op.execute("""
        CREATE INDEX ix_report_reassignment_no_point ON report_reassignment (report_id) WHERE geom IS NULL
    """)


def downgrade() -> None:
    """Revert."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("DROP INDEX ix_report_reassignment_geom, ix_report_reassignment_no_point")
    op.execute("ALTER TABLE change_set DROP COLUMN checked")
    op.execute("DELETE FROM release_handover WHERE state <> 'done'")
    op.execute("""
        ALTER TABLE release_handover
            DROP COLUMN state, DROP COLUMN started_at, DROP COLUMN to_examine, DROP COLUMN reached_at,
            DROP COLUMN reached_id, DROP COLUMN posts_moved
    """)
    op.execute("ALTER TABLE release_handover RENAME COLUMN ended_at TO done_at")
    op.execute("ALTER TABLE release_handover ALTER COLUMN done_at SET NOT NULL")
    op.execute("UPDATE api_client SET scopes = array_remove(scopes, 'workers:read')")
    op.execute("DROP TABLE grid_worker_post, grid_worker")
