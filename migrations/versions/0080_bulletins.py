"""Bulletins: one a cut-off, whose numbers never change; what was drawn of released ones; their cut-offs as policy.

Revision ID: 0080
Revises: 0079
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from alembic import op

if TYPE_CHECKING:
    import psycopg

revision = "0080"
down_revision = "0079"
branch_labels = None
depends_on = None

_CODES = (
    "'extensions', 'suspensions', 'return_within', 'hand_overs_raise', 'reworks_raise', 'remind_working',"
    " 'remind_continuous'"
)
_ADDED = "'bulletin_morning', 'bulletin_afternoon'"


def _allow_codes(codes: str) -> str:
    return f"""
ALTER TABLE policy_value DROP CONSTRAINT ck_policy_value_code;
ALTER TABLE policy_value ADD CONSTRAINT ck_policy_value_code CHECK (code IN ({codes}));
"""


# What a bulletin counts is written once; words change while it is a draft, and nothing afterwards.
UP = f"""
SET LOCAL lock_timeout = '5s';
{_allow_codes(f"{_CODES}, {_ADDED}")}
CREATE TABLE bulletin (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_bulletin PRIMARY KEY,
    day date NOT NULL,
    edition text NOT NULL CONSTRAINT ck_bulletin_edition CHECK (edition IN ('morning', 'afternoon')),
    since timestamptz NOT NULL,
    cut_at timestamptz NOT NULL,
    state text NOT NULL CONSTRAINT ck_bulletin_state CHECK (state IN ('draft', 'released', 'discarded')),
    drafted_at timestamptz NOT NULL,
    figures jsonb NOT NULL,
    words text,
    words_by text,
    released_at timestamptz,
    released_by_id integer CONSTRAINT fk_bulletin_released_by_id_principal REFERENCES principal (id),
    released_by text,
    digest text,
    CONSTRAINT ck_bulletin_span CHECK (since < cut_at),
    CONSTRAINT ck_bulletin_released CHECK ((state = 'released') = (released_at IS NOT NULL))
);
CREATE UNIQUE INDEX ix_bulletin_one_a_cut ON bulletin (day, edition) WHERE state <> 'discarded';
CREATE UNIQUE INDEX ix_bulletin_cut_at ON bulletin (cut_at) WHERE state <> 'discarded';
CREATE TABLE bulletin_print (
    bulletin_id bigint NOT NULL CONSTRAINT fk_bulletin_print_bulletin_id_bulletin REFERENCES bulletin (id),
    form text NOT NULL CONSTRAINT ck_bulletin_print_form CHECK (form IN ('html', 'pdf', 'docx', 'png')),
    content bytea NOT NULL,
    digest text NOT NULL,
    drawn_at timestamptz NOT NULL,
    CONSTRAINT pk_bulletin_print PRIMARY KEY (bulletin_id, form)
);

CREATE FUNCTION bulletin_keeps_figures() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    moving text[] := CASE OLD.state
        WHEN 'draft' THEN '{{state,words,words_by,released_at,released_by_id,released_by,digest}}' ELSE '{{}}' END;
BEGIN
    IF (to_jsonb(NEW) - moving) IS DISTINCT FROM (to_jsonb(OLD) - moving) THEN
        RAISE EXCEPTION 'the figures of a bulletin stay as they were counted, and a released one stays whole'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER bulletin_keeps_figures BEFORE UPDATE ON bulletin
    FOR EACH ROW EXECUTE FUNCTION bulletin_keeps_figures();
CREATE TRIGGER bulletin_no_delete BEFORE DELETE ON bulletin FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER bulletin_no_truncate BEFORE TRUNCATE ON bulletin EXECUTE FUNCTION refuse_change();
CREATE TRIGGER bulletin_print_append_only BEFORE UPDATE OR DELETE ON bulletin_print
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER bulletin_print_no_truncate BEFORE TRUNCATE ON bulletin_print EXECUTE FUNCTION refuse_change();

CREATE FUNCTION write_bulletin_event() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.state <> 'discarded' AND (TG_OP = 'INSERT' OR NEW.state <> OLD.state) THEN
        INSERT INTO event (kind, subject, ids, payload)
        VALUES (
            CASE NEW.state WHEN 'draft' THEN 'bulletin.drafted' ELSE 'bulletin.released' END, 'bulletin',
            int8multirange(int8range(NEW.id, NEW.id + 1)),
            jsonb_build_object('day', NEW.day, 'edition', NEW.edition, 'came_in', NEW.figures->'came_in',
                'closed', NEW.figures->'closed', 'in_hand', NEW.figures->'in_hand', 'overdue', NEW.figures->'overdue')
        );
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER bulletin_event AFTER INSERT OR UPDATE ON bulletin
    FOR EACH ROW EXECUTE FUNCTION write_bulletin_event();
"""
# Cut-offs that were stated go with what they are about.
DOWN = f"""
SET LOCAL lock_timeout = '5s';
DROP TABLE bulletin_print;
DROP TABLE bulletin;
DROP FUNCTION write_bulletin_event;
DROP FUNCTION bulletin_keeps_figures;
ALTER TABLE policy_value DISABLE TRIGGER USER;
DELETE FROM policy_value WHERE code IN ({_ADDED});
ALTER TABLE policy_value ENABLE TRIGGER USER;
{_allow_codes(_CODES)}
"""


def _execute(script: str) -> None:
    # The driver itself: several statements a call, and no placeholder is looked for in them.
    connection = cast("psycopg.Connection", op.get_bind().connection.driver_connection)
    connection.execute(script.encode())


def upgrade() -> None:
    """Create the tables, empty, and allow the codes."""
    _execute(UP)


def downgrade() -> None:
    """Drop them: bulletins are gone."""
    _execute(DOWN)
