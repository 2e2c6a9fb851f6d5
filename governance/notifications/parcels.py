"""A delivery as it leaves: all that an adapter needs, read in one transaction and sent in none."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from governance.notifications.rules import DEFAULT_TEMPLATE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from core.addresses import Network
    from core.outward import MailServer
    from governance.connectors.rules import UpstreamAnswer
    from governance.notifications.states import TargetKind

    Words = Callable[[str, Mapping[str, Any], str, str | None], tuple[str, str]]
    """Title and text of a message by its type, data, language and a text of the target's own if it has one
    (presentation/words/notifications)."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """A message for a target. `signing` are the secrets that sign, the present one first; `token` opens the target.

    `upstream` is what an upstream platform is answered, for targets of that kind alone.
    """

    delivery_id: int
    attempts: int
    kind: TargetKind
    address: str
    message_id: str
    type: str
    subject: str
    at: datetime
    data: Mapping[str, Any]
    language: str = "zh"
    recipients: Sequence[str] = ()
    templates: Mapping[str, str] = field(default_factory=dict)
    signing: Sequence[str] = ()
    token: str = ""
    upstream: UpstreamAnswer | None = None

    @property
    def template(self) -> str | None:
        """The target's own template for the message: by its type, its group, or for all."""
        names = (self.type, self.type.partition(".")[0], DEFAULT_TEMPLATE)
        return next((self.templates[one] for one in names if one in self.templates), None)

    def words(self, way: Way) -> tuple[str, str]:
        """Return title and text as the target words them."""
        return way.words(self.type, self.data, self.language, self.template)


@dataclass(frozen=True, slots=True)
class Way:
    """How parcels leave: allowed private networks, seconds a request, who we are, the mail server, and the words."""

    words: Words
    longest_s: float
    allowed: Sequence[Network] = ()
    source: str = ""
    mail_server: MailServer | None = None
    mail_from: str = ""
