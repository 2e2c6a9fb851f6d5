"""Reads of the chain: its head, which is kept outside the database to prove later that nothing was rewritten."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import orjson
from sqlalchemy import select

from core.errors import DomainError, Kind
from core.seals.rules import GENESIS
from core.seals.tables import Seal

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

_HEAD = re.compile(r"(\d{1,18}):([0-9a-f]{64})")


class HeadMalformedError(DomainError):
    """A head of the chain is a position and 64 hexadecimal digits, as `wangge audit head` prints it."""

    code = "head-malformed"
    kind = Kind.INVALID


@dataclass(frozen=True, slots=True)
class Head:
    """The chain's head: how many rows are sealed, and the digest over all of them in their order."""

    position: int
    digest: bytes

    def __str__(self) -> str:
        return f"{self.position}:{self.digest.hex()}"


def head(session: Session) -> Head:
    """Return the head of the chain; before the first seal its position is 0."""
    last = session.execute(select(Seal.position, Seal.head).order_by(Seal.position.desc()).limit(1)).one_or_none()
    return Head(0, GENESIS) if last is None else Head(last.position, last.head)


def parse_head(given: str) -> Head:
    """Read a head as it is printed, or as the object of JSON that `wangge audit head --json` and the API give.

    Raises
    ------
    HeadMalformedError
    """
    found = given.strip()
    if found.startswith("{"):
        try:
            values = orjson.loads(found)
        except orjson.JSONDecodeError as error:
            raise HeadMalformedError from error
        found = f"{values.get('position')}:{values.get('digest')}"
    matched = _HEAD.fullmatch(found)
    if matched is None:
        raise HeadMalformedError
    return Head(int(matched[1]), bytes.fromhex(matched[2]))
