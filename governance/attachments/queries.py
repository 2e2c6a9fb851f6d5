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

_PICTURES = """
SELECT a.subject_id, a.perceptual_hash FROM attachment a
WHERE a.subject_kind = 'report' AND a.subject_id = ANY(:among) AND a.perceptual_hash IS NOT NULL
  AND a.folder IS NOT NULL AND NOT EXISTS (SELECT FROM report_sensitivity s WHERE s.report_id = a.subject_id)
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


def same_pictures(session: Session, report_id: int, *, among: Collection[int]) -> dict[int, int]:
    """Return which of some reports have a photo of a picture that a report has too, and in how many bits they differ.

    The nearest pair counts, copies of other sizes and qualities too; photos of sensitive reports are not compared.
    """
    rows = session.execute(text(_PICTURES), {"among": [report_id, *among]}).all()
    own = [hashed for report, hashed in rows if report == report_id and rules.is_telling(hashed)]
    found: dict[int, int] = {}
    for report, hashed in rows:
        if report == report_id or not rules.is_telling(hashed):
            continue
        for bits in (rules.distance(hashed, mine) for mine in own):
            if bits <= min(rules.SAME_PICTURE, found.get(report, rules.SAME_PICTURE)):
                found[report] = bits
    return found


def known_folders(session: Session, folders: Collection[str]) -> set[str]:
    """Return those of these folders that an attachment names."""
    found = session.scalars(select(Attachment.folder).where(Attachment.folder.in_(folders)))
    return {folder for folder in found if folder is not None}
