"""What a caller sent under a key of its own: sent again, an act is done once, and another under the same key is none.

A device without a network keeps what its person did and sends it later, perhaps twice, as it cannot tell whether an
answer was lost. The row is written in the transaction of the act: what was refused leaves no row and can be sent anew.
"""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import ForeignKey, LargeBinary, Text, delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from core import clock
from core.db import Base
from core.errors import DomainError, Kind

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

KEPT: Final = timedelta(days=90)
"""For how long a key is known; the months of a device that lies in a drawer."""


class ActKeyReusedError(DomainError):
    """Another act came under this key before; this one was not done. Send it under a key of its own."""

    code = "act-key-reused"
    kind = Kind.CONFLICT


class SentAct(Base):
    """A key under which an act of a principal was done, and the SHA-256 of what it was."""

    __tablename__ = "sent_act"

    principal_id: Mapped[int] = mapped_column(ForeignKey("principal.id"), primary_key=True)
    key: Mapped[str] = mapped_column(Text, primary_key=True)
    content_sha256: Mapped[bytes] = mapped_column(LargeBinary)
    sent_at: Mapped[datetime]


def is_repeated(session: Session, *, principal_id: int, key: str, content: bytes) -> bool:
    """Keep that an act is done under a key; return whether the very same was done before, and is not to be done again.

    Two requests at once under one key wait for each other: the second sees what the first came to.

    Raises
    ------
    ActKeyReusedError
        When another act came under the key.
    """
    now, digest = clock.now(), hashlib.sha256(content).digest()
    row = {"principal_id": principal_id, "key": key, "content_sha256": digest, "sent_at": now}
    session.execute(delete(SentAct).where(SentAct.principal_id == principal_id, SentAct.sent_at < now - KEPT))
    added = session.execute(insert(SentAct).values(row).on_conflict_do_nothing().returning(SentAct.key)).all()
    if added:
        return False
    known = session.scalar(
        select(SentAct.content_sha256).where(SentAct.principal_id == principal_id, SentAct.key == key)
    )
    if known != digest:
        raise ActKeyReusedError(field="Idempotency-Key")
    return True
