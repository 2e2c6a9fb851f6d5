"""Writes of attachments: take a file in, let the public see it or not, erase, and sweep what a killed process left.

The files are written before the row that names them, under a name used once: a process killed in between leaves files
that nobody names, which the sweep deletes when they are older than any upload lasts. The answer comes after the COMMIT.
"""

from __future__ import annotations

import secrets
import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import func, select, text

from core import audit, clock
from core.db.locks import LockSpace, lock
from core.queue import TaskName, enqueue
from governance.attachments import queries, reading, rules
from governance.attachments.states import AttachmentKind, Copy, Stage, SubjectKind
from governance.attachments.tables import Attachment, AttachmentClearing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from core.db import Database
    from governance.attachments.reading import Photo
    from governance.attachments.rules import FileType
    from governance.attachments.storage import FileStore
    from identity.actors import Actor

SWEPT_AFTER: Final = timedelta(hours=24)
"""No upload lasts so long: files of this age that no row names are of none that is still to come."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A file that is written, and that no row names yet."""

    sha256: bytes
    size: int
    type: FileType
    folder: str
    photo: Photo | None


def find(session: Session, subject: tuple[SubjectKind, int], sha256: bytes) -> Attachment | None:
    """Return the attachment of a subject with this hash, also one that was erased: it does not come back."""
    kind, subject_id = subject
    return session.scalar(
        select(Attachment).where(
            Attachment.subject_kind == kind, Attachment.subject_id == subject_id, Attachment.sha256 == sha256
        )
    )


def store(files: FileStore, content: bytes, *, sha256: str, scanner: str = "") -> Stored:
    """Check a file, open it, and write its copies; nothing names them yet.

    Raises
    ------
    AttachmentHashError, AttachmentTypeError, AttachmentTooLargeError, AttachmentInvalidError, AttachmentInfectedError
    AttachmentsUnavailableError
    """
    digest = rules.checked_hash(sha256, content)
    found = rules.type_of(content)
    reading.scan(content, scanner)
    photo = reading.open_photo(content) if found.kind is AttachmentKind.PHOTO else None
    folder = f"{clock.now():%Y%m}/{uuid.uuid4().hex}"
    copies = {str(Copy.ORIGINAL): content}
    if photo is not None:
        copies |= {str(Copy.CLEAN): photo.clean, str(Copy.THUMBNAIL): photo.thumbnail}
    files.put(folder, copies)
    return Stored(digest, len(content), found, folder, photo)


def attach(
    session: Session, subject: tuple[SubjectKind, int], stored: Stored, *, stage: Stage | None = None, actor: Actor
) -> tuple[Attachment, bool]:
    """Hang a stored file on a report or task; return whether it is new. Sent twice at once, it is there once.

    Raises
    ------
    AttachmentsFullError
    """
    kind, subject_id = subject
    lock(session, LockSpace.ATTACHMENTS, subject_id)
    known = find(session, subject, stored.sha256)
    if known is not None:
        return known, False
    count = session.scalar(
        select(func.count()).where(Attachment.subject_kind == kind, Attachment.subject_id == subject_id)
    )
    if (count or 0) >= rules.MOST_OF_ONE_SUBJECT:
        raise rules.AttachmentsFullError(
            "At most {most} files hang on one report or task.", values={"most": rules.MOST_OF_ONE_SUBJECT}
        )
    photo = stored.photo
    row = Attachment(
        subject_kind=kind, subject_id=subject_id, kind=stored.type.kind, stage=stage,
        media_type=stored.type.media_type, sha256=stored.sha256, size_bytes=stored.size,
        width=photo and photo.width, height=photo and photo.height, received_at=clock.now(),
        sent_by_id=actor.id, sent_by=actor.name, folder=stored.folder, taken_at=photo and photo.taken_at,
        lon=photo and photo.lon, lat=photo and photo.lat, perceptual_hash=photo and photo.perceptual_hash,
        link_key=secrets.token_bytes(16),
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row, True


def clear(session: Session, attachment: Attachment, *, cleared: bool, actor: Actor) -> None:
    """Let the public see a photo, or no longer: nobody and nothing in it says who a person is.

    Raises
    ------
    AttachmentTypeError
        For a recording.
    """
    if attachment.kind != AttachmentKind.PHOTO:
        raise rules.AttachmentTypeError("A recording is never shown to the public.")
    session.add(
        AttachmentClearing(
            attachment_id=attachment.id, cleared=cleared, at=clock.now(), actor_id=actor.id, actor=actor.name
        )
    )
    audit.record(
        session, actor=actor, action="attachments.clear", subject=f"attachment/{attachment.id}", cleared=cleared
    )
    session.flush()


def audit_read(session: Session, attachment: Attachment, *, actor: Actor) -> None:
    """Write into the audit that an actor listened to a recording, or took an original with what its camera wrote."""
    audit.record(
        session, actor=actor, action="attachments.read", subject=f"attachment/{attachment.id}", kind=attachment.kind
    )


def erase(session: Session, kind: SubjectKind, subject_ids: Sequence[int], *, note: str) -> int:
    """Erase the files of subjects; the rows stay without their words. The worker deletes the files after the COMMIT."""
    rows = session.execute(
        select(Attachment.id, Attachment.folder).where(
            Attachment.subject_kind == kind, Attachment.subject_id.in_(subject_ids), Attachment.folder.is_not(None)
        )
    ).all()
    if rows:
        enqueue(session, TaskName.DISCARD_FILES, folders=[folder for _, folder in rows])
        session.execute(
            text(
                "SELECT erase_sealed_words('attachment',"
                " (SELECT range_agg(int8range(id, id + 1)) FROM unnest(CAST(:ids AS bigint[])) AS id), :note)"
            ),
            {"ids": [number for number, _ in rows], "note": note},
        )
        session.expire_all()
    return len(rows)


def discard(session: Session, files: FileStore, folders: Sequence[str]) -> int:
    """Delete the files of folders that no attachment names any more; return how many files went."""
    known = queries.known_folders(session, folders)
    return files.delete([folder for folder in folders if folder not in known])


def sweep(database: Database, files: FileStore, *, older_than: timedelta = SWEPT_AFTER) -> int:
    """Delete files that no attachment names and that are older than any upload lasts; return how many went."""
    gone = files.remove_halves(older_than=older_than)
    for folders in files.folders(older_than=older_than):
        if folders:
            with database.transaction() as session:
                gone += discard(session, files, folders)
    return gone
