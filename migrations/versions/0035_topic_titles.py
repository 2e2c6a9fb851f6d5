"""Store the title of a topic as a code with its values instead of as a Chinese sentence.

Titles that end with the topic's category are taken apart into place and category; any other is kept as it was written.
On the way back titles are written in Chinese again.
"""

from __future__ import annotations

from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

# A title as it was written: the place (perhaps with 一带, "around"), then the category; a blank between them unless
# both are Chinese.
TO_MESSAGE = """
CREATE FUNCTION pg_temp.topic_message(title text, category text) RETURNS jsonb LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE place text;
BEGIN
    IF title = category THEN
        RETURN jsonb_build_object('code', 'title/category', 'values', jsonb_build_object('category', category));
    END IF;
    place := rtrim(left(title, -length(category)));
    IF category = '' OR right(title, length(category)) <> category OR place IN ('', '一带') THEN
        RETURN jsonb_build_object('code', 'title/as_written', 'values', jsonb_build_object('text', title));
    END IF;
    RETURN jsonb_build_object('code', 'title/category_at', 'values', jsonb_build_object(
        'category', category,
        'place', CASE WHEN right(place, 2) = '一带'
            THEN jsonb_build_object('code', 'place/around',
                'values', jsonb_build_object('community', rtrim(left(place, -2))))
            ELSE jsonb_build_object('code', 'place/area', 'values', jsonb_build_object('area', place)) END));
END $$;
"""
TO_TEXT = """
CREATE FUNCTION pg_temp.joined(one text, other text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN one = '' OR other = ''
            OR (right(one, 1) ~ '[\\u2E80-\\u9FFF\\uF900-\\uFAFF\\uFF00-\\uFFEF]'
                AND left(other, 1) ~ '[\\u2E80-\\u9FFF\\uF900-\\uFAFF\\uFF00-\\uFFEF]')
        THEN one || other ELSE one || ' ' || other END
$$;
CREATE FUNCTION pg_temp.topic_place(place jsonb) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE place->>'code'
        WHEN 'place/around_in' THEN pg_temp.joined(
            pg_temp.joined(place->'values'->>'street', place->'values'->>'community'), '一带')
        WHEN 'place/around' THEN pg_temp.joined(place->'values'->>'community', '一带')
        ELSE COALESCE(place->'values'->>'area', '') END
$$;
CREATE FUNCTION pg_temp.topic_text(title jsonb) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE title->>'code'
        WHEN 'title/as_written' THEN title->'values'->>'text'
        WHEN 'title/category_at' THEN
            pg_temp.joined(pg_temp.topic_place(title->'values'->'place'), title->'values'->>'category')
        ELSE title->'values'->>'category' END
$$;
"""


def _events(statement: str) -> None:
    """Change the titles in the events, which nothing else may change."""
    op.execute("ALTER TABLE hotspot_topic_event DISABLE TRIGGER hotspot_topic_event_append_only")
    op.execute(statement)
    op.execute("ALTER TABLE hotspot_topic_event ENABLE TRIGGER hotspot_topic_event_append_only")


def upgrade() -> None:
    """Take the titles apart, in topics and in their events."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute(TO_MESSAGE)
    _events(
        "UPDATE hotspot_topic_event e"
        " SET finding = jsonb_set(finding, '{title}', pg_temp.topic_message(finding->>'title', t.category))"
        " FROM hotspot_topic t WHERE t.id = e.topic_id AND jsonb_typeof(finding->'title') = 'string'"
    )
    op.execute("ALTER TABLE hotspot_topic ALTER COLUMN title TYPE jsonb USING pg_temp.topic_message(title, category)")


def downgrade() -> None:
    """Write the titles in Chinese again."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute(TO_TEXT)
    _events(
        "UPDATE hotspot_topic_event"
        " SET finding = jsonb_set(finding, '{title}', to_jsonb(pg_temp.topic_text(finding->'title')))"
        " WHERE jsonb_typeof(finding->'title') = 'object'"
    )
    op.execute("ALTER TABLE hotspot_topic ALTER COLUMN title TYPE text USING pg_temp.topic_text(title)")
