"""The secrets of a target, encrypted as one text under the operator's keys and bound to the target."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import orjson
from sqlalchemy import select

from governance.notifications.rules import NotificationKeyMissingError
from governance.notifications.tables import NotificationTarget
from identity.sign_in.secret_box import SecretBox, SecretUnreadableError

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from core.settings import Settings

__all__ = ["SecretUnreadableError", "TargetSecrets", "encrypt_all", "read_secrets", "write_secrets"]


@dataclass(frozen=True, slots=True)
class TargetSecrets:
    """What signs now and signed before, and the token that opens the target."""

    signing: str = ""
    former: str = ""
    token: str = ""


def _owner(target: NotificationTarget) -> int:
    # Below zero: the secret of a target is never one of the person of that number.
    return -target.id


def read_secrets(target: NotificationTarget, settings: Settings) -> TargetSecrets:
    """Return the secrets of a target.

    Raises
    ------
    SecretUnreadableError
        When no key of the settings opens them.
    """
    if target.secrets is None:
        return TargetSecrets()
    return TargetSecrets(**orjson.loads(SecretBox(settings).decrypt(target.secrets, owner=_owner(target))))


def write_secrets(target: NotificationTarget, known: TargetSecrets, settings: Settings) -> None:
    """Keep the secrets of a target, which has its number already.

    Raises
    ------
    NotificationKeyMissingError
    """
    box = SecretBox(settings)
    if not box.has_key:
        raise NotificationKeyMissingError
    target.secrets = box.encrypt(orjson.dumps(asdict(known)).decode(), owner=_owner(target))


def encrypt_all(session: Session, settings: Settings) -> tuple[int, int]:
    """Encrypt the secrets of all targets with the first key; return how many were changed, and how many none opens."""
    box, changed, unreadable = SecretBox(settings), 0, 0
    query = select(NotificationTarget).where(NotificationTarget.secrets.is_not(None)).order_by(NotificationTarget.id)
    for target in session.scalars(query.with_for_update()):
        if target.secrets is None or box.is_current(target.secrets):
            continue
        try:
            plain = box.decrypt(target.secrets, owner=_owner(target))
        except SecretUnreadableError:
            unreadable += 1
            continue
        target.secrets, changed = box.encrypt(plain, owner=_owner(target)), changed + 1
    session.flush()
    return changed, unreadable
