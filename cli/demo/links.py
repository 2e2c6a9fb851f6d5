"""One-time links by which the sample's people set a password and sign in."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from cli.demo.centre import OUTSIDE, SAMPLE, ZONES
from cli.demo.importing import demo_actor
from core import clock
from identity import principals
from identity.people.queries import profiles
from identity.sign_in import accounts

if TYPE_CHECKING:
    from pathlib import Path

    from core.db import Database
    from core.settings import Settings


WORKER: Final = "grid-worker"


def invite_samples(database: Database, settings: Settings, *, base: str, into: Path) -> dict[str, str]:
    """Make links for the people in seats and in the streets and for one grid worker; links made before open no longer.

    Who has set a password gets none. `into` gets them all, readable by its owner alone: staff number, name, role, link.
    Returns one link a role.
    """
    roles = {role for zone in ZONES.values() for role in zone} | {*OUTSIDE, WORKER}
    rows: list[dict[str, str]] = []
    with database.transaction() as session:
        actor = demo_actor(session)
        for profile in profiles(session, clock.now()):
            role = next((grant.role for grant in profile.grants if grant.role in roles), None)
            login = profile.person.staff_number
            if role is None or login is None or SAMPLE not in profile.person.name:
                continue
            if role == WORKER:
                roles.discard(role)  # the other 313 would only differ by the grid
            try:
                made = accounts.invite(
                    session, person=principals.get(session, profile.person.id), settings=settings, actor=actor
                )
            except accounts.AccountExistsError:
                continue
            link = f"{base}/sign-in#token={made.token}"
            rows.append({"login": login, "name": profile.person.name, "role": role, "link": link})
    rows.sort(key=lambda row: row["login"])
    into.touch(mode=0o600)
    into.write_text(json.dumps(rows, ensure_ascii=False, indent=1), encoding="utf-8")
    return {row["role"]: row["link"] for row in reversed(rows)}
