"""Reads of attachments: of a subject, one, by a link, and those that show the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select, text

from core import clock
from governance.attachments import rules
from governance.attachments.rules import AttachmentNotFoundError
from governance.attachments.states import AttachmentKind, Copy, SubjectKind
from governance.attachments.tables import Attachment, AttachmentClearing

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from sqlalchemy.orm import Session

_SAME = """
SELECT id, subject_id, bit_count(CAST(perceptual_hash # :hash AS bit(64))) AS distance FROM attachment
WHERE subject_kind = 'report' AND subject_id = ANY(:among) AND subject_id <> :but AND perceptual_hash IS NOT NULL
  AND bit_count(CAST(perceptual_hash # :hash AS bit(64))) <= :most
ORDER BY distance, id
"""


def of_subject(session: Session, kind: SubjectKind, subject_id: int) -> Sequence[Attachment]:
    """Return the attachments of a subject that were not erased, in the order in which they came."""
    query = select(Attachment).where(Attachment.subject_kind == kind, Attachment.subject_id == subject_id)
    return session.scalars(query.where(Attachment.folder.is_not(None)).order_by(Attachment.id)).all()


def of_reports(session: Session, report_ids: Collection[int]) -> Sequence[Attachment]:
    """Return the attachments of reports that were not erased, in the order in which they came."""
    query = select(Attachment).where(Attachment.subject_kind == SubjectKind.REPORT)
    query = query.where(Attachment.subject_id.in_(report_ids), Attachment.folder.is_not(None))
    return session.scalars(query.order_by(Attachment.id)).all()


def get(session: Session, attachment_id: int) -> Attachment:
    """Return one attachment that was not erased.

    Raises
    ------
    AttachmentNotFoundError
    """
    found = session.get(Attachment, attachment_id)
    if found is None or found.folder is None:
        raise AttachmentNotFoundError
    return found


def by_link(session: Session, token: str) -> tuple[Attachment, Copy]:
    """Return the attachment and copy of a link that is signed and has not expired.

    Raises
    ------
    AttachmentNotFoundError
    """
    said = rules.read_token(token)
    if said is None or said[2] <= clock.now():
        raise AttachmentNotFoundError("The link is wrong or has expired.")
    found = session.get(Attachment, said[0])
    if found is None or found.folder is None or found.link_key is None or not rules.is_signed(token, found.link_key):
        raise AttachmentNotFoundError("The link is wrong or has expired.")
    return found, said[1]


def photos_of(session: Session, subject_id: int) -> dict[str, int]:
    """Return the photos of a report, by their SHA-256 in hexadecimal digits and by their numbers, as text."""
    rows = [one for one in of_subject(session, SubjectKind.REPORT, subject_id) if one.kind == AttachmentKind.PHOTO]
    return {one.sha256.hex(): one.id for one in rows} | {str(one.id): one.id for one in rows}


def cleared(session: Session, attachment_ids: Collection[int]) -> set[int]:
    """Return those of these attachments that the public may see."""
    rows = session.execute(
        select(AttachmentClearing.attachment_id, AttachmentClearing.cleared)
        .where(AttachmentClearing.attachment_id.in_(attachment_ids))
        .order_by(AttachmentClearing.id)
    )
    latest = {row.attachment_id: row.cleared for row in rows}
    return {attachment for attachment, is_cleared in latest.items() if is_cleared}


def same_pictures(session: Session, attachment: Attachment, *, among: Collection[int]) -> list[tuple[int, int, int]]:
    """Return the photos of other reports that show the same: number, report and distance in bits, the nearest first."""
    if attachment.perceptual_hash is None:
        return []
    values = {
        "hash": attachment.perceptual_hash, "among": list(among), "but": attachment.subject_id,
        "most": rules.SAME_PICTURE,
    }  # fmt: skip
    return [(one.id, one.subject_id, one.distance) for one in session.execute(text(_SAME), values)]


def known_folders(session: Session, folders: Collection[str]) -> set[str]:
    """Return those of these folders that an attachment names."""
    found = session.scalars(select(Attachment.folder).where(Attachment.folder.in_(folders)))
    return {folder for folder in found if folder is not None}
