"""The register of advisory locks: every lock that PostgreSQL keeps by a number rather than by a row is named here.

A lock is a pair of integers: a space, one for each purpose, and a key inside it. Two purposes never share a space, so
that no transaction waits for another one that does something else (docs/adr/0013).
"""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING

from sqlalchemy import text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy.orm import Session


class LockSpace(IntEnum):
    """What is locked, and by what key. The numbers are for good: processes of two versions run side by side."""

    REGISTRY = 0x77616E67
    """Publishing to a layer, by its id. Key 0 is the gate of docs/adr/0009, which migrations 0009 and 0015 close."""
    REPORT_PLACE = 4
    """A later decision on where a report belongs, by the report's id."""
    NEW_AREA_CODES = 0x6E756D62
    """Giving new codes in the drafts of a layer, by its id: two drafts are never given the same."""
    GRID_WORKERS = 0x776F726B
    """Stating who works the areas of a layer, by its id."""
    HANDOVER = 0x68616E64
    """Opening the handovers of a layer's releases, by its id."""
    EVENT_CONSUMER = 0x65766E74
    """Reading the feed of events for a consumer, by a hash of its name."""
    DATED_ROWS = 0x64617465
    """Stating what holds in a table of dated rows (core/db/dated.py), by a hash of its name."""
    CASES = 0x63617365
    """Opening the case of a report, by its id. Key 0 makes a month of cases (migration 0043)."""
    ATTACHMENTS = 0x66696C65
    """Hanging a file on a report or task, by its id."""
    REPORT_MONTHS = 0x6D6F6E74
    """Making, detaching and attaching months of the ledger; key 0. Migration 0020 has the function that makes them."""
    SUGGESTIONS = 0x73756767
    """Keeping a newly trained model of a target, by the target's place among all."""
    OFFICE_FORMS = 0x666F726D
    """Giving office forms of a kind their numbers, by the kind's place among all."""
    ASSESSMENT = 0x61737365
    """Computing the results of a period, by a hash of its days; numbering versions of indicators, by one of a word."""
    LEGAL_HOLDS = 0x686F6C64
    """Setting a legal hold (alone) against erasing (shared); key 0."""


def lock(session: Session, space: LockSpace, key: int) -> None:
    """Make others who lock the same wait until the transaction ends; a key beyond 31 bits is reduced to them."""
    session.execute(text("SELECT pg_advisory_xact_lock(:space, :key)"), {"space": int(space), "key": key % 2**31})


def lock_shared(session: Session, space: LockSpace, key: int) -> None:
    """Make those who `lock` the same wait until the transaction ends, and nobody who locks it shared."""
    session.execute(
        text("SELECT pg_advisory_xact_lock_shared(:space, :key)"), {"space": int(space), "key": key % 2**31}
    )


def lock_all(session: Session, space: LockSpace, keys: Iterable[int]) -> None:
    """Lock many keys in one statement and in one order, so that two who lock the same keys never wait in a circle."""
    session.execute(
        text(
            "SELECT pg_advisory_xact_lock(:space, key)"
            " FROM (SELECT key FROM unnest(CAST(:keys AS integer[])) AS key ORDER BY key) ordered"
        ),
        {"space": int(space), "keys": sorted({key % 2**31 for key in keys})},
    )


def lock_name(session: Session, space: LockSpace, name: str) -> None:
    """Lock what is known by a name; two names with one hash wait for each other, which is harmless."""
    session.execute(text("SELECT pg_advisory_xact_lock(:space, hashtext(:name))"), {"space": int(space), "name": name})
