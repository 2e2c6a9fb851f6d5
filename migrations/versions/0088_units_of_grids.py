"""Units of grids and buildings, so that cases go down to them and are counted there.

Revision ID: 0088
Revises: 0087
"""

from __future__ import annotations

from alembic import op

revision = "0088"
down_revision = "0087"
branch_labels = None
depends_on = None

_KIND = "ck_unit_state_kind"


def upgrade() -> None:
    """Allow the kinds."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute(f"ALTER TABLE unit_state DROP CONSTRAINT {_KIND}")
    op.execute(
        f"ALTER TABLE unit_state ADD CONSTRAINT {_KIND} CHECK (kind IN"
        " ('centre', 'department', 'street', 'community', 'grid', 'building', 'party_organisation'))"
    )


def downgrade() -> None:
    """Take them away; refused while a unit is of one of them."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute(f"ALTER TABLE unit_state DROP CONSTRAINT {_KIND}")
    op.execute(
        f"ALTER TABLE unit_state ADD CONSTRAINT {_KIND} CHECK (kind IN"
        " ('centre', 'department', 'street', 'community', 'party_organisation'))"
    )
