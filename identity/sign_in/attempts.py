"""The brake on those who guess passwords, which leaves the persons themselves a way in.

Each attempt is counted before the password is looked at, and taken back when it was right. Three counts slow it down:

- of one login from one place (an address, or a browser that has signed in with that login before): a typing error costs
  nothing, a guess soon costs a quarter of an hour;
- of one login from all places that its person has not signed in from: many addresses do not guess faster than one;
- of one address over all logins: a list of stolen passwords gets nowhere.

Who comes with the cookie of a browser that signed in before is counted by it alone, and who comes from an address of
before is free of the second count: guesses at a login by others lock its person out of neither.

A login that nobody has is counted in the same way, so that the brake does not reveal which logins exist. Counts are
rows, so that they hold for all processes; they begin anew after an hour without an attempt.
"""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import BigInteger, ForeignKey, Identity, Integer, LargeBinary, Text, delete, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from core import clock
from core.db import Base
from core.errors import DomainError, Kind
from identity.sign_in.hashing import hash_token, new_token

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from identity.sign_in.tables import Account

FORGOTTEN_AFTER: Final = timedelta(hours=1)
DEVICE_KEPT: Final = timedelta(days=180)
ADDRESS_KEPT: Final = timedelta(days=30)
_ANYWHERE: Final = "*"
_ANY_LOGIN: Final = b""


class SignInAttemptsError(DomainError):
    """Too many attempts to sign in. Wait, or ask the administrator for a link to set another password."""

    code = "sign-in-attempts"
    kind = Kind.QUOTA


class SignInAttempt(Base):
    """How often a login (its SHA-256; empty: any) was tried from a place, and until when the next try has to wait."""

    __tablename__ = "sign_in_attempt"

    login_sha256: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    place: Mapped[str] = mapped_column(Text, primary_key=True)
    failures: Mapped[int] = mapped_column(BigInteger)
    last_at: Mapped[datetime]
    wait_until: Mapped[datetime]


class KnownDevice(Base):
    """A browser or program from which a person has signed in; the SHA-256 of its cookie alone is stored."""

    __tablename__ = "known_device"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    principal_id: Mapped[int] = mapped_column(Integer, ForeignKey("account.principal_id"))
    token_sha256: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    network: Mapped[str] = mapped_column(Text)
    last_used_at: Mapped[datetime]


@dataclass(frozen=True, slots=True)
class _Limit:
    """So many attempts are free; each further one doubles the wait, up to `longest_s`."""

    free: int
    longest_s: int

    def wait_s(self, failures: int) -> int:
        return 0 if failures < self.free else min(1 << min(failures - self.free, 20), self.longest_s)


PLACE: Final = _Limit(5, 900)
LOGIN: Final = _Limit(50, 60)
ADDRESS: Final = _Limit(100, 60)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt that was counted: in which rows, and from which known browser it comes (None: from none)."""

    counted: tuple[tuple[bytes, str, _Limit], ...]
    device: int | None


def count(session: Session, *, login: str, account: Account | None, network: str, device: str | None) -> Attempt:
    """Count an attempt before it is looked at, or refuse it; the transaction is committed before the password is read.

    Raises
    ------
    SignInAttemptsError
        With `retry_after_s`; it was not counted.
    """
    digest = hashlib.sha256(login.encode()).digest()
    known, knows_address = _known(session, account, network, device)
    if known is not None:
        rows: tuple[tuple[bytes, str, _Limit], ...] = ((digest, f"device {known}", PLACE),)
    elif knows_address:
        rows = ((_ANY_LOGIN, network, ADDRESS), (digest, network, PLACE))
    else:
        rows = ((_ANY_LOGIN, network, ADDRESS), (digest, _ANYWHERE, LOGIN), (digest, network, PLACE))
    now, found = clock.now(), {}
    for sha256, place, _ in rows:
        key = (SignInAttempt.login_sha256 == sha256, SignInAttempt.place == place)
        found[sha256, place] = session.scalar(select(SignInAttempt).where(*key).with_for_update())
    wait_s = 0
    for sha256, place, limit in rows:
        row = found[sha256, place]
        if row is not None:  # a clock that went back makes no wait longer than it was
            left_s = math.ceil((row.wait_until - now).total_seconds())
            wait_s = max(wait_s, min(left_s, limit.wait_s(row.failures)))
    if wait_s:
        raise SignInAttemptsError(
            (
                "Too many attempts to sign in; try again in {wait_s} s, or ask the administrator for a link to "
                "set another password."
            ),
            values={"wait_s": wait_s},
            retry_after_s=wait_s,
        )
    for counted in rows:
        _write(session, counted, found[counted[0], counted[1]], now)
    session.flush()
    _forget_old(session, now)
    return Attempt(rows, known)


def take_back(session: Session, attempt: Attempt, *, begins_anew: bool = True) -> None:
    """Take an attempt back that was none of a guess; with `begins_anew` the place has none of before either."""
    for sha256, place, limit in attempt.counted:
        key = (SignInAttempt.login_sha256 == sha256, SignInAttempt.place == place)
        if limit is PLACE and begins_anew:
            session.execute(delete(SignInAttempt).where(*key))
            continue
        row = session.scalar(select(SignInAttempt).where(*key).with_for_update())
        if row is not None:
            row.failures -= 1
            row.wait_until = row.last_at + timedelta(seconds=limit.wait_s(row.failures))


def remember_device(session: Session, account: Account, network: str, device: int | None) -> str | None:
    """Remember from where a person has signed in; return the new cookie of a browser that was not known (else None)."""
    now = clock.now()
    if device is not None:
        known = KnownDevice.id == device
        session.execute(update(KnownDevice).where(known).values(network=network, last_used_at=now))
        return None
    token = new_token()
    session.add(
        KnownDevice(
            principal_id=account.principal_id, token_sha256=hash_token(token), network=network, last_used_at=now
        )
    )
    session.execute(delete(KnownDevice).where(KnownDevice.last_used_at < now - DEVICE_KEPT))
    return token


def _known(session: Session, account: Account | None, network: str, device: str | None) -> tuple[int | None, bool]:
    """Return the browser from which the person has signed in before, and whether it did so from this address."""
    now, owner = clock.now(), -1 if account is None else account.principal_id
    own = (KnownDevice.principal_id == owner, KnownDevice.last_used_at > now - DEVICE_KEPT)
    known = session.scalar(select(KnownDevice.id).where(*own, KnownDevice.token_sha256 == hash_token(device or "")))
    recent = KnownDevice.last_used_at > now - ADDRESS_KEPT
    from_here = select(KnownDevice.id).where(*own, recent, KnownDevice.network == network).limit(1)
    return known, session.scalar(from_here) is not None


def _write(session: Session, counted: tuple[bytes, str, _Limit], row: SignInAttempt | None, now: datetime) -> None:
    """Count one more; a row that another transaction makes at the same moment is added to."""
    sha256, place, limit = counted
    if row is not None:
        row.failures = 1 if now - row.last_at > FORGOTTEN_AFTER else row.failures + 1
        row.last_at, row.wait_until = now, now + timedelta(seconds=limit.wait_s(row.failures))
        return
    made = insert(SignInAttempt).values(login_sha256=sha256, place=place, failures=1, last_at=now, wait_until=now)
    keys = [SignInAttempt.login_sha256, SignInAttempt.place]
    more = {"failures": SignInAttempt.failures + 1, "last_at": now}
    session.execute(made.on_conflict_do_update(index_elements=keys, set_=more))


def _forget_old(session: Session, now: datetime) -> None:
    old = select(SignInAttempt.login_sha256, SignInAttempt.place).where(SignInAttempt.last_at < now - FORGOTTEN_AFTER)
    old = old.limit(100).with_for_update(skip_locked=True)
    session.execute(delete(SignInAttempt).where(tuple_(SignInAttempt.login_sha256, SignInAttempt.place).in_(old)))
