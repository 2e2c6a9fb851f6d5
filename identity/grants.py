"""What a key may do: scopes, the roles that are sets of them, and grants, which limit them to areas and categories.

Areas and categories are codes that this package does not read: governance/reports/reach_queries.py resolves them.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable


class Scope(StrEnum):
    """What a key may do. Roles are sets of scopes (ROLES)."""

    REPORTS_WRITE = "reports:write"
    REPORTS_READ = "reports:read"
    REPORTERS_READ = "reporters:read"
    WORKERS_READ = "workers:read"
    TRIAGE = "triage:write"
    BOUNDARIES_EDIT = "boundaries:edit"
    BOUNDARIES_APPROVE = "boundaries:approve"
    HOTSPOTS_RUN = "hotspots:run"
    AUDIT_READ = "audit:read"
    UNITS_WRITE = "units:write"
    CATEGORIES_WRITE = "categories:write"
    CASES_READ = "cases:read"
    CASES_ACCEPT = "cases:accept"
    CASES_DISPATCH = "cases:dispatch"
    CASES_HANDLE = "cases:handle"
    CASES_VERIFY = "cases:verify"
    CASES_SUPERVISE = "cases:supervise"
    ATTACHMENTS_WRITE = "attachments:write"
    TASKS_WRITE = "tasks:write"
    PEOPLE_READ = "people:read"
    PHONES_READ = "phones:read"
    PEOPLE_WRITE = "people:write"
    PRIVACY = "privacy:write"
    SENSITIVE_READ = "sensitive:read"
    ADMIN = "admin"


SEPARATED_ROLES: Final = frozenset({"administrator", "security-administrator", "auditor"})
"""Of these one person holds one at most (docs/adr/0021): who runs the service, who lets people in, who checks both."""
_SECURITY: Final = frozenset(
    {Scope.PEOPLE_WRITE, Scope.PHONES_READ, Scope.AUDIT_READ, Scope.PRIVACY, Scope.SENSITIVE_READ}
)
"""What is kept from who runs the service."""

ROLES: dict[str, tuple[Scope, ...]] = {
    "intake": (Scope.REPORTS_WRITE, Scope.ATTACHMENTS_WRITE),
    "viewer": (Scope.REPORTS_READ,),
    "planner": (Scope.REPORTS_READ, Scope.HOTSPOTS_RUN),
    "dispatcher": (
        Scope.REPORTS_READ, Scope.TRIAGE, Scope.WORKERS_READ, Scope.PEOPLE_READ, Scope.CASES_READ, Scope.CASES_ACCEPT,
        Scope.CASES_DISPATCH, Scope.ATTACHMENTS_WRITE, Scope.TASKS_WRITE,
    ),
    "street-staff": (
        Scope.REPORTS_READ, Scope.WORKERS_READ, Scope.PEOPLE_READ, Scope.CASES_READ, Scope.CASES_HANDLE,
        Scope.ATTACHMENTS_WRITE,
    ),
    "department-staff": (
        Scope.REPORTS_READ, Scope.PEOPLE_READ, Scope.CASES_READ, Scope.CASES_HANDLE, Scope.ATTACHMENTS_WRITE,
    ),
    "grid-captain": (
        Scope.REPORTS_READ, Scope.REPORTS_WRITE, Scope.WORKERS_READ, Scope.CASES_READ, Scope.CASES_HANDLE,
        Scope.ATTACHMENTS_WRITE,
    ),
    "grid-worker": (
        Scope.REPORTS_READ, Scope.REPORTS_WRITE, Scope.CASES_READ, Scope.CASES_HANDLE, Scope.ATTACHMENTS_WRITE,
    ),
    "building-captain": (Scope.REPORTS_WRITE, Scope.ATTACHMENTS_WRITE),
    "volunteer": (Scope.REPORTS_WRITE, Scope.ATTACHMENTS_WRITE),
    "verifier": (
        Scope.REPORTS_READ, Scope.REPORTERS_READ, Scope.CASES_READ, Scope.CASES_VERIFY, Scope.ATTACHMENTS_WRITE,
    ),
    "supervisor": (
        Scope.REPORTS_READ, Scope.WORKERS_READ, Scope.PEOPLE_READ, Scope.CASES_READ, Scope.CASES_SUPERVISE,
        Scope.ATTACHMENTS_WRITE, Scope.TASKS_WRITE,
    ),
    "gis-editor": (Scope.REPORTS_READ, Scope.BOUNDARIES_EDIT, Scope.WORKERS_READ),
    "gis-approver": (Scope.REPORTS_READ, Scope.BOUNDARIES_APPROVE, Scope.WORKERS_READ),
    "security-administrator": (Scope.PEOPLE_READ, Scope.PEOPLE_WRITE, Scope.PHONES_READ),
    "privacy-officer": (
        Scope.REPORTS_READ,
        Scope.REPORTERS_READ,
        Scope.PEOPLE_READ,
        Scope.PRIVACY,
        Scope.SENSITIVE_READ,
    ),
    "auditor": (Scope.AUDIT_READ,),
    "administrator": tuple(scope for scope in Scope if scope not in _SECURITY),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Grant:
    """A role in an area (`LAYER/CODE`, None: everywhere) on reports of a category (None: of all)."""

    role: str
    area: str | None = None
    category: str | None = None


@dataclass(frozen=True, slots=True)
class Reach:
    """The reports that a scope reaches: those of any of these pairs of area and category (None: all).

    `viewer` is the person who looks: what accuses that person, or a unit of that person, is not reached, whatever the
    pairs are. None: a program, or the operator's command line.
    """

    pairs: frozenset[tuple[str | None, str | None]]
    viewer: int | None = None

    @property
    def is_everything(self) -> bool:
        """Whether no area and no category limits it; what accuses the viewer is left out all the same."""
        return (None, None) in self.pairs

    def covers(self, other: Reach) -> bool:
        """Return whether all that another reach has certainly lies in this one, by their codes alone."""
        return all(
            any(mine in {None, area} and kind in {None, category} for mine, kind in self.pairs)
            for area, category in other.pairs
        )


EVERYTHING: Final = Reach(frozenset({(None, None)}))
NOTHING: Final = Reach(frozenset())


def reach_of(scope: Scope, grants: Iterable[Grant]) -> Reach:
    """Return what a scope reaches under these grants: the areas and categories of all whose role has the scope."""
    return Reach(frozenset((g.area, g.category) for g in grants if scope in ROLES[g.role]))
