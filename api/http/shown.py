"""Texts about people as a caller may see them: masked, or with `reporters:read` in clear, which the audit keeps."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Any, Final

from fastapi import Depends, Request

from api.http.dependencies import PRINCIPAL, PrincipalDep
from api.http.services import ServicesDep
from core.personal import masked
from governance.cases.protection import confidentiality
from governance.reports import operations, sensitivity
from governance.reports.numbers import report_number
from identity.grants import Reach, Scope

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from sqlalchemy.orm import Session

    from governance.reports.states import Sensitivity


OTHER: Final = "wording/"
"""Begins what is no report's number in `of`: names of places, which hold no person (core.personal.holds_person)."""


@dataclass(slots=True)
class Shown:
    """What one answer shows of people, and of which reports it showed it in clear."""

    in_clear: bool
    sees_sensitive: bool = False
    seen: list[str] = field(default_factory=list)
    shown: set[str] = field(default_factory=set)
    """All reports of which a text was shown, masked or in clear."""
    marks: dict[str, list[Sensitivity]] = field(default_factory=dict)
    """By number, the marks of the reports that are looked at; those without any too."""
    sensitive: set[str] = field(default_factory=set)
    """Sensitive reports of which a text was shown."""
    viewer: int | None = None
    """The person who looks; None: a program does."""
    confidential: dict[str, bool] = field(default_factory=dict)
    """By number, the confidential reports that are looked at, and whether their reporter is kept from this caller."""

    def look_at(self, session: Session, report_ids: Collection[int]) -> None:
        """Read which of the reports that are to be shown are sensitive; the texts of others are not shown."""
        found = sensitivity.marks_of(session, report_ids)
        self.marks |= {report_number(report_id): found.get(report_id, []) for report_id in report_ids}
        confidential = confidentiality.kept_from(session, report_ids, self.viewer)
        self.confidential |= {report_number(report_id): is_kept for report_id, is_kept in confidential.items()}

    def hides(self, of: str) -> bool:
        """Tell whether a report's texts are hidden from this caller: it is sensitive, or was not looked at."""
        return not self.sees_sensitive and (of not in self.marks or bool(self.marks[of]))

    def hides_reporter(self, of: str) -> bool:
        """Tell whether a report's reporter is kept from this caller: it is confidential, and the caller's to handle."""
        return self.hides(of) or self.confidential.get(of, False)

    def text(self, value: Any, *, of: str) -> Any:  # noqa: ANN401 (JSON)
        """Return a text, or a JSON value with texts in it, as the caller may see it; `of` is the report it is of."""
        self.shown.add(of)
        if not of.startswith(OTHER) and value and self.hides(of):
            return sensitivity.HIDDEN
        if value and self.marks.get(of):
            self.sensitive.add(of)
        hidden = masked(value)
        if not self.in_clear or self.confidential.get(of, False):
            return hidden
        if hidden != value and of not in self.seen[-1:]:
            self.seen.append(of)
        return value


def get_shown(request: Request, services: ServicesDep, principal: PrincipalDep) -> Iterator[Shown]:
    """Yield the caller's view; before the answer is sent, what it shows is counted, and audited if in clear.

    Raises
    ------
    QuotaExceededError
        When the caller has read as many reports as it may read in a minute.
    """
    listed = Reach(principal.reach(Scope.REPORTS_READ).pairs | principal.reach(Scope.TRIAGE).pairs)
    in_clear = Scope.REPORTERS_READ in principal.scopes and principal.reach(Scope.REPORTERS_READ).covers(listed)
    is_trusted = Scope.SENSITIVE_READ in principal.scopes and principal.reach(Scope.SENSITIVE_READ).covers(listed)
    shown = Shown(in_clear, is_trusted, viewer=principal.viewer)
    yield shown
    if shown.shown:
        services.keyring.spend_read(principal, len(shown.shown))
    if shown.sensitive:
        with services.database.transaction() as session:
            sensitivity.audit_read(
                session, actor=principal.actor, subject=request.url.path, reports=sorted(shown.sensitive)
            )
    if shown.seen:
        with services.database.transaction() as session:
            operations.audit_texts_read_in_clear(
                session, actor=principal.actor, subject=request.url.path, reports=shown.seen
            )


def sees_people(request: Request) -> bool:
    """Return whether the caller may see columns about people in areas: the key holds `workers:read` for all areas."""
    principal = request.scope.get(PRINCIPAL)
    return principal is not None and principal.holds(Scope.WORKERS_READ)


# To be named before the snapshot that the route reads: the last opened is closed first.
ShownDep = Annotated[Shown, Depends(get_shown, scope="function")]
