"""Mail by the server of the settings."""

from __future__ import annotations

from email.message import EmailMessage
from email.utils import format_datetime
from typing import TYPE_CHECKING

from core import clock
from core.outward import hand_over_mail
from governance.notifications.rules import Outcome

if TYPE_CHECKING:
    from governance.notifications.parcels import Parcel, Way


def send_mail(parcel: Parcel, way: Way) -> Outcome:
    """Hand a message to the mail server for all mailboxes of a target; its Message-ID is the same at every try."""
    if way.mail_server is None:
        return Outcome("mail-server-missing")
    title, text = parcel.words(way)
    mail = EmailMessage()
    mail["Subject"], mail["From"], mail["To"] = title, way.mail_from, ", ".join(parcel.recipients)
    mail["Date"] = format_datetime(clock.now().astimezone(clock.LOCAL))
    mail["Message-ID"] = f"<{parcel.message_id}.{parcel.delivery_id}@{way.mail_from.rpartition('@')[2]}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(text)
    hand_over_mail(mail, way.mail_server, longest_s=way.longest_s)
    return Outcome()
