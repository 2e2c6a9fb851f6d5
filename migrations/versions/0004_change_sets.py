"""Drafts on top of releases, and the lineage of areas.

Revision ID: 0004
Revises: 0003
"""

from __future__ import annotations

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("""
        CREATE TABLE change_set (
            id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            layer_id integer NOT NULL REFERENCES layer (id),
            base_release_id integer NOT NULL REFERENCES release (id),
            title text NOT NULL,
            author text NOT NULL,
            state text NOT NULL DEFAULT 'open' CONSTRAINT ck_change_set_state
                CHECK (state IN ('open', 'submitted', 'approved', 'published', 'withdrawn')),
            version integer NOT NULL DEFAULT 1,
            created_at timestamptz NOT NULL,
            updated_at timestamptz NOT NULL,
            settled jsonb NOT NULL DEFAULT '{}',
            submitted_by text,
            approved_by text,
            approved_at timestamptz,
            effective_at timestamptz,
            published_release_id integer REFERENCES release (id)
        )
    """)
    op.execute("CREATE INDEX ix_change_set_layer_id_state ON change_set (layer_id, state)")
    op.execute("""
        CREATE TABLE change_set_edit (
            change_set_id integer NOT NULL REFERENCES change_set (id),
            number integer NOT NULL,
            verb text NOT NULL,
            arguments jsonb NOT NULL,
            actor text NOT NULL,
            made_at timestamptz NOT NULL,
            CONSTRAINT pk_change_set_edit PRIMARY KEY (change_set_id, number)
        )
    """)
    op.execute("""
        CREATE TABLE change_set_area (
            change_set_id integer NOT NULL,
            edit_number integer NOT NULL,
            code text NOT NULL,
            level text NOT NULL,
            name text NOT NULL,
            parent_code text,
            unit_code text,
            unit_name text,
            attributes jsonb NOT NULL DEFAULT '{}',
            is_retired boolean NOT NULL DEFAULT false,
            geom geometry(MultiPolygon, 4326) CONSTRAINT ck_change_set_area_geom CHECK (is_retired = (geom IS NULL)),
            CONSTRAINT pk_change_set_area PRIMARY KEY (change_set_id, code, edit_number),
            CONSTRAINT fk_change_set_area_edit FOREIGN KEY (change_set_id, edit_number)
                REFERENCES change_set_edit (change_set_id, number) ON DELETE CASCADE
        )
    """)
    op.execute("""
        CREATE TABLE area_lineage (
            layer_id integer NOT NULL REFERENCES layer (id),
            release_id integer NOT NULL REFERENCES release (id),
            predecessor text NOT NULL,
            successor text NOT NULL,
            share_of_predecessor double precision NOT NULL,
            share_of_successor double precision NOT NULL,
            CONSTRAINT pk_area_lineage PRIMARY KEY (release_id, predecessor, successor)
        )
    """)
    op.execute("CREATE INDEX ix_area_lineage_predecessor ON area_lineage (layer_id, predecessor)")
    op.execute("CREATE INDEX ix_area_lineage_successor ON area_lineage (layer_id, successor)")
    op.execute("""
        CREATE TRIGGER area_lineage_append_only BEFORE UPDATE OR DELETE ON area_lineage
            FOR EACH ROW EXECUTE FUNCTION refuse_change()
    """)


def downgrade() -> None:
    """Revert."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("DROP TABLE area_lineage, change_set_area, change_set_edit, change_set")
