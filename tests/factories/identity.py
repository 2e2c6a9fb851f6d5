"""Who acts in a test: `who("name")` is a person who exists in every test's database."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import text

from governance.channels.operations import bind_key
from identity.actors import COMMAND_LINE, Actor, ActorKind
from identity.keys import create_key

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

FIRST: Final = 1 << 30
"""Principals of this number and above are made by triggers of the template as tests name them, never by the service."""

# In the tests' template only. A row that names one of the tests' principals brings it along; where a principal of that
# name is there already (a key bears it), the row names that one.
REGISTER: Final = f"""
CREATE FUNCTION tests_principal(number integer, named text) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE found integer;
BEGIN
    IF number IS NULL OR number < {FIRST} THEN
        RETURN number;
    END IF;
    INSERT INTO principal (id, kind, name, created_at) OVERRIDING SYSTEM VALUE VALUES (number, 'person', named, now())
    ON CONFLICT DO NOTHING;
    SELECT id INTO STRICT found FROM principal WHERE name = named;
    RETURN found;
END $$;
CREATE FUNCTION tests_actor() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.actor_id := tests_principal(NEW.actor_id, NEW.actor);
    RETURN NEW;
END $$;
CREATE TRIGGER a_test BEFORE INSERT ON audit_entry FOR EACH ROW EXECUTE FUNCTION tests_actor();
CREATE TRIGGER a_test BEFORE INSERT ON change_set_hand FOR EACH ROW EXECUTE FUNCTION tests_actor();
CREATE TRIGGER a_test BEFORE INSERT ON case_step FOR EACH ROW EXECUTE FUNCTION tests_actor();
CREATE FUNCTION tests_withdrawal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.requested_by_id := tests_principal(NEW.requested_by_id, NEW.requested_by);
    NEW.approved_by_id := tests_principal(NEW.approved_by_id, NEW.approved_by);
    RETURN NEW;
END $$;
CREATE TRIGGER a_test BEFORE INSERT OR UPDATE ON release_withdrawal FOR EACH ROW EXECUTE FUNCTION tests_withdrawal();
"""


def who(name: str, kind: ActorKind = ActorKind.PERSON) -> Actor:
    """Return the principal of a name, the same number for the same name in every test."""
    return Actor(FIRST + zlib.crc32(name.encode()) % FIRST, kind, name)


def stored(session: Session, name: str) -> Actor:
    """Return the principal of a name, stored: for rows that refer to principals and bring none along."""
    actor = who(name)
    number = session.scalar(text("SELECT tests_principal(:number, :name)"), {"number": actor.id, "name": name})
    return Actor(number or actor.id, actor.kind, name)


def issue_key(session: Session, *, name: str, channel: str | None = None, crs: str = "WGS84", **rest: Any) -> str:
    """Create a key and return it; with a channel it sends for that, its coordinates in `crs`."""
    key = create_key(session, name=name, **rest)
    if channel is not None:
        bind_key(session, key=name, channel=channel, crs=crs, actor=COMMAND_LINE)
    return key
