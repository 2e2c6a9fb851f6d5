"""Revision 0035 stores titles of topics as codes with values; on the way back they read as they did."""

from __future__ import annotations

import psycopg
import pytest

from core.words import Message
from migrations.run import move_to
from presentation.words.hotspots import message_of
from tests.conftest import fresh_database

TITLES = {
    "济源路街道新安社区一带占道经营": ("占道经营", "title/category_at", "占道经营: around 济源路街道新安社区"),
    "济源路街道占道经营": ("占道经营", "title/category_at", "占道经营: 济源路街道"),
    "14 Graffiti Removal": ("Graffiti Removal", "title/category_at", "Graffiti Removal: 14"),
    "Market Street 一带 Noise": ("Noise", "title/category_at", "Noise: around Market Street"),
    "占道经营": ("占道经营", "title/category", "占道经营"),
    "一带占道经营": ("占道经营", "title/as_written", "一带占道经营"),
    "改过的题目": ("占道经营", "title/as_written", "改过的题目"),
}
TOPICS = """
INSERT INTO layer (code, name, levels, created_at) VALUES ('admin', '网格', '{grid}', now());
INSERT INTO hotspot_topic (layer_id, category, scope, title, area_codes, opened_on, last_seen_on)
    SELECT 1, category, 'place', title, '{}', '2026-06-01', '2026-06-01'
    FROM unnest(%(categories)s::text[], %(titles)s::text[]) AS given(category, title);
INSERT INTO hotspot_topic_event (topic_id, happened_at, actor, kind, finding)
    SELECT id, now(), 't', 'appeared', jsonb_build_object('title', title, 'reports', 3) FROM hotspot_topic;
INSERT INTO hotspot_topic_event (topic_id, happened_at, actor, kind, finding)
    VALUES (1, now(), 't', 'decided', '{"owner": "市政处"}');
"""
READ = """
SELECT t.title, e.finding FROM hotspot_topic t JOIN hotspot_topic_event e ON e.topic_id = t.id
ORDER BY t.id, e.id
"""


def test_titles_become_codes_and_read_as_before_on_the_way_back(server_url: str, template_database: str) -> None:
    with fresh_database(server_url, template_database) as url, psycopg.connect(url, autocommit=True) as connection:
        move_to(url, "0034")
        given = {"categories": [category for category, _, _ in TITLES.values()], "titles": list(TITLES)}
        for statement in filter(None, map(str.strip, TOPICS.split(";\n"))):
            connection.execute(statement.encode(), given if "%(" in statement else None)
        before = connection.execute(READ).fetchall()
        move_to(url, "0035")
        rows = [(title, finding["title"]) for title, finding in connection.execute(READ) if "title" in finding]
        for (title, in_event), (text, (_, code, english)) in zip(rows, TITLES.items(), strict=True):
            assert title == in_event
            message = Message.model_validate(title)
            assert (message.code, message_of(message, "en")) == (code, english)
            assert message_of(message).replace(" ", "") == text.replace(" ", "")
        with pytest.raises(psycopg.errors.IntegrityConstraintViolation, match="append-only"):
            connection.execute("UPDATE hotspot_topic_event SET actor = 'x'")
        move_to(url, "0034")
        assert connection.execute(READ).fetchall() == before
