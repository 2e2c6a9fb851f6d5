"""The second factor: codes of an authenticator app (TOTP, RFC 6238), and recovery codes for who has lost the phone."""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

import pyotp
import structlog
from sqlalchemy import BigInteger, ForeignKey, Identity, Integer, LargeBinary, Text, delete, select
from sqlalchemy.orm import Mapped, mapped_column

from core import audit, clock
from core.db import Base
from core.errors import DomainError, Kind
from identity import principals
from identity.grants import SEPARATED_ROLES
from identity.sign_in.hashing import hash_token
from identity.sign_in.secret_box import SecretBox, SecretUnreadableError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy.orm import Session

    from core.settings import Settings
    from identity.actors import Actor
    from identity.grants import Grant
    from identity.sign_in.tables import Account

log = structlog.get_logger("wangge.sign_in")

STEP_S: Final = 30
RECOVERY_CODES: Final = 10
_ISSUER: Final = "wangge"
_ALPHABET: Final = "abcdefghjkmnpqrstuvwxyz23456789"  # nothing that is read as something else
_AHEAD_AND_BEHIND: Final = (0, -1, 1)  # a phone's clock may be half a minute off (RFC 6238 §5.2)


class SecondFactorNeededError(DomainError):
    """The password is right, and the account has a second factor. Send the code of the authenticator app with it."""

    code = "second-factor-needed"
    kind = Kind.UNAUTHORIZED


class SecondFactorRefusedError(DomainError):
    """The code is wrong, was used before, or is over. Send the one that the app shows now, or a recovery code."""

    code = "second-factor-refused"
    kind = Kind.UNAUTHORIZED


class SecondFactorExistsError(DomainError):
    """The account has a second factor. Remove it before another is set up."""

    code = "second-factor-exists"
    kind = Kind.CONFLICT


class SecondFactorNotFoundError(DomainError):
    """No second factor of the account is set up. Begin with POST /v1/me/second-factor."""

    code = "second-factor-not-found"
    kind = Kind.NOT_FOUND


class SecondFactorKeyMissingError(DomainError):
    """There is no key to encrypt second factors with. Ask the operator to set WANGGE_SECRET_KEYS."""

    code = "second-factor-key-missing"
    kind = Kind.CONFLICT


class SecondFactor(Base):
    """The secret of an authenticator app, encrypted; it counts once a code of it was sent (`confirmed_at`).

    `last_step` is the half minute whose code was used last: it and those before open nothing more.
    """

    __tablename__ = "second_factor"

    principal_id: Mapped[int] = mapped_column(Integer, ForeignKey("account.principal_id"), primary_key=True)
    secret: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    last_step: Mapped[int] = mapped_column(BigInteger)


class RecoveryCode(Base):
    """A code that opens once in place of the app's; its SHA-256 alone is stored."""

    __tablename__ = "recovery_code"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    principal_id: Mapped[int] = mapped_column(Integer, ForeignKey("second_factor.principal_id"))
    code_sha256: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    used_at: Mapped[datetime | None]


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What an authenticator app is given: the secret, and the same as an address for its QR code."""

    secret: str
    uri: str


def is_required(settings: Settings, grants: Iterable[Grant]) -> bool:
    """Return whether a person with these grants has to have a second factor, as the operator has it."""
    match settings.second_factor_for:
        case "everybody":
            return True
        case "administrators":
            return any(grant.role in SEPARATED_ROLES for grant in grants)
    return False


def has_one(session: Session, account: Account) -> bool:
    """Return whether an account has a second factor that counts."""
    found = session.get(SecondFactor, account.principal_id)
    return found is not None and found.confirmed_at is not None


def begin(session: Session, account: Account, settings: Settings) -> Enrolment:
    """Make a secret for an account; it counts once `confirm` was given a code of it.

    Raises
    ------
    SecondFactorKeyMissingError, SecondFactorExistsError
    """
    box = SecretBox(settings)
    if not box.has_key:
        raise SecondFactorKeyMissingError
    if has_one(session, account):
        raise SecondFactorExistsError
    _remove(session, account)
    secret = pyotp.random_base32()
    stored = box.encrypt(secret, owner=account.principal_id)
    session.add(SecondFactor(principal_id=account.principal_id, secret=stored, created_at=clock.now(), last_step=0))
    session.flush()
    return Enrolment(secret, pyotp.TOTP(secret).provisioning_uri(name=account.login, issuer_name=_ISSUER))


def confirm(session: Session, account: Account, code: str, settings: Settings) -> list[str]:
    """Let a secret count, as a code of it shows that the app has it; return the recovery codes, shown this once.

    Raises
    ------
    SecondFactorNotFoundError, SecondFactorExistsError, SecondFactorRefusedError
    """
    row = session.get(SecondFactor, account.principal_id, with_for_update=True)
    if row is None:
        raise SecondFactorNotFoundError
    if row.confirmed_at is not None:
        raise SecondFactorExistsError
    if not _is_of_app(row, code, settings):
        raise SecondFactorRefusedError(field="code")
    row.confirmed_at = clock.now()
    codes = ["-".join("".join(secrets.choice(_ALPHABET) for _ in range(5)) for _ in range(4)) for _ in range(10)]
    session.add_all(RecoveryCode(principal_id=row.principal_id, code_sha256=_digest(one)) for one in codes)
    _audit(session, account, "accounts.second-factor-added")
    session.flush()
    return codes


def check(session: Session, account: Account, code: str | None, settings: Settings) -> None:
    """Require the code of an account that has a second factor; it opens this once.

    Raises
    ------
    SecondFactorNeededError, SecondFactorRefusedError
    """
    row = session.get(SecondFactor, account.principal_id, with_for_update=True, populate_existing=True)
    if row is None or row.confirmed_at is None:
        return
    if code is None:
        raise SecondFactorNeededError(field="code")
    if _is_of_app(row, code, settings):
        return
    recovery = session.scalar(
        select(RecoveryCode)
        .where(
            RecoveryCode.principal_id == row.principal_id,
            RecoveryCode.code_sha256 == _digest(code),
            RecoveryCode.used_at.is_(None),
        )
        .with_for_update()
    )
    if recovery is None:
        raise SecondFactorRefusedError(field="code")
    recovery.used_at = clock.now()
    _audit(session, account, "accounts.recovery-code-used")


def remove(session: Session, account: Account, *, actor: Actor) -> bool:
    """Take a second factor away; False when there is none that counts."""
    counted = has_one(session, account)
    _remove(session, account)
    if counted:
        name = principals.get(session, account.principal_id).name
        audit.record(session, actor=actor, action="accounts.second-factor-removed", subject=name)
    return counted


def _remove(session: Session, account: Account) -> None:
    session.execute(delete(RecoveryCode).where(RecoveryCode.principal_id == account.principal_id))
    session.execute(delete(SecondFactor).where(SecondFactor.principal_id == account.principal_id))
    session.expire_all()


def encrypt_all(session: Session, settings: Settings) -> tuple[int, int]:
    """Encrypt every secret with the first key; return how many were changed, and how many no key of the settings opens.

    Raises
    ------
    SecondFactorKeyMissingError
    """
    box, changed, unreadable = SecretBox(settings), 0, 0
    if not box.has_key:
        raise SecondFactorKeyMissingError
    for row in session.scalars(select(SecondFactor).order_by(SecondFactor.principal_id).with_for_update()):
        try:
            changed += _renew(row, box)
        except SecretUnreadableError:
            unreadable += 1
    session.flush()
    return changed, unreadable


def _renew(row: SecondFactor, box: SecretBox) -> bool:
    """Encrypt a secret with the first key, where it is not yet; return whether it was not."""
    secret = box.decrypt(row.secret, owner=row.principal_id)
    if box.is_current(row.secret):
        return False
    row.secret = box.encrypt(secret, owner=row.principal_id)
    return True


def _is_of_app(row: SecondFactor, code: str, settings: Settings) -> bool:
    """Return whether a code is one that the app shows now and that was not used; note that it was."""
    box = SecretBox(settings)
    try:
        secret = box.decrypt(row.secret, owner=row.principal_id)
    except SecretUnreadableError:
        # A recovery code opens all the same, and the administrator can take the factor away.
        log.exception("a second factor needs a key that is not in WANGGE_SECRET_KEYS", principal=row.principal_id)
        return False
    now = int(clock.now().timestamp()) // STEP_S
    totp, digits = pyotp.TOTP(secret), code.replace(" ", "")
    for step in (now + shift for shift in _AHEAD_AND_BEHIND):
        if step > row.last_step and hmac.compare_digest(totp.generate_otp(step).encode(), digits.encode()):
            row.last_step = step
            _renew(row, box)
            return True
    return False


def _digest(code: str) -> bytes:
    return hash_token("".join(code.split()).replace("-", "").casefold())


def _audit(session: Session, account: Account, action: str) -> None:
    person = principals.get(session, account.principal_id)
    audit.record(session, actor=person, action=action, subject=person.name)
