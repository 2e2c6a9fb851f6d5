"""Photos that come with a request or an update: checked and written first, hung on the report when it is stored."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from governance.attachments import operations
from governance.attachments.states import AttachmentKind, SubjectKind
from governance.open311.rules import Open311InvalidError, Open311KeyError
from identity.grants import Scope

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from api.http.services import Services
    from governance.attachments.operations import Stored
    from identity.keys import Principal


def store(services: Services, principal: Principal, photos: Sequence[bytes]) -> list[Stored]:
    """Check photos and write them; what nothing names afterwards is swept. A file that is no photo is refused.

    Raises
    ------
    Open311KeyError, Open311InvalidError, AttachmentTypeError, AttachmentTooLargeError, AttachmentInvalidError
    AttachmentInfectedError, AttachmentsUnavailableError
    """
    if photos and not principal.holds(Scope.ATTACHMENTS_WRITE):
        raise Open311KeyError("The key may not send photos.")
    scanner = services.settings.virus_scanner
    kept = [
        operations.store(services.files, one, sha256=hashlib.sha256(one).hexdigest(), scanner=scanner)
        for one in dict.fromkeys(photos)
    ]
    if any(one.type.kind is not AttachmentKind.PHOTO for one in kept):
        raise Open311InvalidError("Only photos come with a request.", field="media")
    return kept


def hang(session: Session, report_id: int, kept: Sequence[Stored], principal: Principal) -> tuple[str, ...]:
    """Hang written photos on a report, each once; return their SHA-256.

    Raises
    ------
    AttachmentsFullError
    """
    for one in kept:
        operations.attach(session, (SubjectKind.REPORT, report_id), one, actor=principal.actor)
    return tuple(one.sha256.hex() for one in kept)


def hang_all(services: Services, report_id: int, kept: Sequence[Stored], principal: Principal) -> None:
    """Hang written photos on a report in a transaction of their own."""
    with services.database.transaction() as session:
        hang(session, report_id, kept, principal)
