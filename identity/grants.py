"""What a key may do: scopes, and the roles that are sets of them."""

from __future__ import annotations

from enum import StrEnum


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
    ADMIN = "admin"


ROLES: dict[str, tuple[Scope, ...]] = {
    "intake": (Scope.REPORTS_WRITE,),
    "viewer": (Scope.REPORTS_READ,),
    "planner": (Scope.REPORTS_READ, Scope.HOTSPOTS_RUN),
    "dispatcher": (Scope.REPORTS_READ, Scope.TRIAGE, Scope.WORKERS_READ),
    "gis-editor": (Scope.REPORTS_READ, Scope.BOUNDARIES_EDIT, Scope.WORKERS_READ),
    "gis-approver": (Scope.REPORTS_READ, Scope.BOUNDARIES_APPROVE, Scope.WORKERS_READ),
    "administrator": tuple(Scope),
}
