"""Nobody sees what is not theirs: every route of the application stands here with what a key needs for it.

A new route fails until it has its row. What is asked for does not exist, so that each request is cheap; only whether
the caller is let in counts.
"""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any, Final

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.console.routes import DESKS
from core.settings import Settings
from grids.boundaries import operations
from identity import principals
from identity.granting import add_grant
from identity.grants import ROLES, Grant, Scope
from identity.keys import create_key, withdraw_key
from tests.described import application
from tests.factories.identity import who
from tests.factories.sign_in import by_session, open_session

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Need = frozenset[Scope] | None

OPEN: Final[Need] = None
KEY_OPTIONAL: Final = "without a key; a key that is sent must be known"
OPEN_BUT_DRAFTS: Final = "what is in force without a key, drafts with reports:read"
OWN_OR_READ: Final = "what the key sent itself, or reports:read"
ANY_KEY: Final[Need] = frozenset()
(
    SEND, READ, REPORTERS, TRIAGE, EDIT, APPROVE, PLAN, AUDIT, UNITS, CATEGORIES, CASES, CASE_OPEN, CASE_DISPATCH,
    PEOPLE, PHONES,
    SECURITY, PRIVACY, SENSITIVE, ADMIN, FILES, VERIFY, TASKS, CASE_SUPERVISE,
) = (
    frozenset({scope})
    for scope in (
        Scope.REPORTS_WRITE, Scope.REPORTS_READ, Scope.REPORTERS_READ, Scope.TRIAGE, Scope.BOUNDARIES_EDIT,
        Scope.BOUNDARIES_APPROVE, Scope.HOTSPOTS_RUN, Scope.AUDIT_READ, Scope.UNITS_WRITE, Scope.CATEGORIES_WRITE,
        Scope.CASES_READ, Scope.CASES_ACCEPT, Scope.CASES_DISPATCH,
        Scope.PEOPLE_READ, Scope.PHONES_READ, Scope.PEOPLE_WRITE, Scope.PRIVACY, Scope.SENSITIVE_READ,
        Scope.ADMIN, Scope.ATTACHMENTS_WRITE, Scope.CASES_VERIFY, Scope.TASKS_WRITE,
        Scope.CASES_SUPERVISE,
    )
)  # fmt: skip

NEEDS: Final[dict[str, Need | str]] = {
    "GET /": OPEN,
    "GET /data-quality": OPEN,
    "GET /docs": OPEN,
    "GET /healthz": OPEN,
    "GET /metrics": OPEN,
    "GET /ogc": OPEN,
    "GET /ogc/": OPEN,
    "GET /ogc/api": OPEN,
    "GET /ogc/collections": KEY_OPTIONAL,
    "GET /ogc/collections/{collection}": OPEN_BUT_DRAFTS,
    "GET /ogc/collections/{collection}/items": OPEN_BUT_DRAFTS,
    "POST /ogc/collections/{collection}/items": EDIT | READ,
    "OPTIONS /ogc/collections/{collection}/items": OPEN_BUT_DRAFTS,
    "GET /ogc/collections/{collection}/items/{code}": OPEN_BUT_DRAFTS,
    "PUT /ogc/collections/{collection}/items/{code}": EDIT | READ,
    "PATCH /ogc/collections/{collection}/items/{code}": EDIT | READ,
    "DELETE /ogc/collections/{collection}/items/{code}": EDIT | READ,
    "OPTIONS /ogc/collections/{collection}/items/{code}": OPEN_BUT_DRAFTS,
    "GET /ogc/collections/{collection}/queryables": OPEN_BUT_DRAFTS,
    "GET /ogc/collections/{collection}/tiles": OPEN_BUT_DRAFTS,
    "GET /ogc/collections/{collection}/tiles/{scheme}": OPEN_BUT_DRAFTS,
    "GET /ogc/conformance": OPEN,
    "GET /ogc/tileMatrixSets": OPEN,
    "GET /ogc/tileMatrixSets/{scheme}": OPEN,
    "GET /openapi.json": OPEN,
    "GET /open311/v2/discovery.{form}": OPEN,
    "GET /open311/v2/services.{form}": OPEN,
    "GET /open311/v2/services/{code}.{form}": OPEN,
    "GET /open311/v2/bulk/requests.csv": OPEN,
    "GET /open311/v2/requests.{form}": OPEN,
    "POST /open311/v2/requests.{form}": OPEN,
    "GET /open311/v2/requests/{number}.{form}": OPEN,
    "GET /open311/v2/tokens/{token}.{form}": OPEN,
    "GET /open311/v2/servicerequestupdates.{form}": OPEN,
    "POST /open311/v2/servicerequestupdates.{form}": OPEN,
    "GET /readyz": OPEN,
    "GET /scim/v2/Groups": SECURITY,
    "POST /scim/v2/Groups": SECURITY,
    "DELETE /scim/v2/Groups/{group}": SECURITY,
    "GET /scim/v2/Groups/{group}": SECURITY,
    "PATCH /scim/v2/Groups/{group}": SECURITY,
    "PUT /scim/v2/Groups/{group}": SECURITY,
    "GET /scim/v2/ResourceTypes": SECURITY,
    "GET /scim/v2/Schemas": SECURITY,
    "GET /scim/v2/ServiceProviderConfig": SECURITY,
    "GET /scim/v2/Users": SECURITY,
    "POST /scim/v2/Users": SECURITY,
    "DELETE /scim/v2/Users/{user}": SECURITY,
    "GET /scim/v2/Users/{user}": SECURITY,
    "PATCH /scim/v2/Users/{user}": SECURITY,
    "PUT /scim/v2/Users/{user}": SECURITY,
    "GET /v1/assignments": OPEN,
    "POST /v1/assignments": OPEN,
    "GET /v1/assignments/layers": OPEN,
    "POST /v1/assignments/layers": OPEN,
    "GET /v1/attachments/links/{token}": OPEN,
    "PUT /v1/attachments/{attachment}/clearing": VERIFY,
    "GET /v1/attachments/{attachment}/{copy}": OWN_OR_READ,
    "GET /v1/audit": AUDIT,
    "GET /v1/audit/export.{form}": AUDIT,
    "GET /v1/audit/head": AUDIT,
    "GET /v1/audit/key-failures": AUDIT,
    "GET /v1/cases": CASES,
    "POST /v1/cases": CASE_OPEN,
    "POST /v1/cases/calls": CASE_OPEN,
    "GET /v1/cases/transitions": ANY_KEY,
    "GET /v1/cases/{number}": CASES,
    "GET /v1/cases/{number}/history": CASES,
    "POST /v1/cases/{number}/steps": CASES,
    "GET /v1/cases/{number}/forms": CASES,
    "POST /v1/cases/{number}/forms/{kind}": CASES,
    "GET /v1/cases/{number}/forms/{kind}.{form}": CASES,
    "GET /v1/cases/in-hand": CASES,
    "GET /v1/cases/load": CASES,
    "GET /v1/cases/levels": CASES,
    "GET /v1/cases/overview": CASES,
    "GET /v1/cases/changes": CASES,
    "GET /v1/cases/export.{form}": CASES,
    "GET /v1/cases/{number}/whistles": CASES,
    "POST /v1/cases/{number}/whistles": CASES,
    "POST /v1/cases/{number}/whistles/{whistle}/steps": CASES,
    "GET /v1/whistles": CASES,
    "GET /v1/whistles/counts": CASES,
    "GET /v1/cases/{number}/duplicates": CASES,
    "GET /v1/cases/{number}/relations": CASES,
    "POST /v1/cases/{number}/duplicates": CASES,
    "POST /v1/cases/{number}/mergings": CASES,
    "GET /v1/parts": CASES,
    "GET /v1/cases/{number}/parts": CASES,
    "POST /v1/cases/{number}/parts": CASES,
    "POST /v1/cases/{number}/parts/{part}/steps": CASES,
    "GET /v1/whistle-kinds": ANY_KEY,
    "PUT /v1/whistle-kinds/{code}": CATEGORIES,
    "POST /v1/whistle-kinds/{code}/end": CATEGORIES,
    "GET /v1/coordinates": ANY_KEY,
    "GET /v1/dispatch-rules": CASE_DISPATCH,
    "POST /v1/dispatch-rules": CATEGORIES,
    "GET /v1/dispatch-rules/{set_id}": CASE_DISPATCH,
    "POST /v1/dispatch-rules/{set_id}/publication": CATEGORIES,
    "GET /v1/dispatch-rules/{set_id}/check": CASE_DISPATCH,
    "GET /v1/dispatch-rules/{set_id}/trial": CASE_DISPATCH,
    "GET /v1/dispatch-rules/{set_id}/replay": CASE_DISPATCH,
    "GET /v1/keys": SECURITY,
    "POST /v1/keys": SECURITY,
    "POST /v1/keys/{name}/rotation": SECURITY,
    "POST /v1/keys/{name}/withdrawal": SECURITY,
    "GET /v1/knowledge": ANY_KEY,
    "GET /v1/knowledge/search": ANY_KEY,
    "GET /v1/knowledge/gaps": CATEGORIES,
    "POST /v1/knowledge/gaps": CASE_OPEN,
    "POST /v1/knowledge/gaps/{gap}/closing": CATEGORIES,
    "GET /v1/knowledge/{code}": ANY_KEY,
    "PUT /v1/knowledge/{code}": CATEGORIES,
    "POST /v1/knowledge/{code}/end": CATEGORIES,
    "GET /v1/categories": ANY_KEY,
    "GET /v1/categories/unknown-words": READ,
    "GET /v1/categories/words": ANY_KEY,
    "POST /v1/categories/words": CATEGORIES,
    "POST /v1/categories/imports": CATEGORIES,
    "GET /v1/categories/{code}": ANY_KEY,
    "PUT /v1/categories/{code}": CATEGORIES,
    "POST /v1/categories/{code}/end": CATEGORIES,
    "GET /v1/events/stream": READ,
    "GET /v1/search": READ,
    "GET /v1/change-sets": READ,
    "POST /v1/change-sets": EDIT,
    "GET /v1/change-sets/{change_set}": READ,
    "POST /v1/change-sets/{change_set}/approval": APPROVE,
    "GET /v1/change-sets/{change_set}/areas": READ,
    "PATCH /v1/change-sets/{change_set}/areas/{code}": EDIT,
    "GET /v1/change-sets/{change_set}/check": READ,
    "POST /v1/change-sets/{change_set}/edits": EDIT,
    "GET /v1/change-sets/{change_set}/impact": READ,
    "GET /v1/change-sets/{change_set}/impact.html": READ,
    "GET /v1/change-sets/{change_set}/impact.pdf": READ,
    "POST /v1/change-sets/{change_set}/publication": APPROVE,
    "POST /v1/change-sets/{change_set}/rebase": EDIT,
    "POST /v1/change-sets/{change_set}/redesigns": EDIT,
    "POST /v1/change-sets/{change_set}/redesigns.html": EDIT,
    "POST /v1/change-sets/{change_set}/redesigns.pdf": EDIT,
    "GET /v1/change-sets/{change_set}/repairs": READ,
    "POST /v1/change-sets/{change_set}/repairs": EDIT,
    "POST /v1/change-sets/{change_set}/replacements": EDIT,
    "POST /v1/change-sets/{change_set}/return": APPROVE,
    "POST /v1/change-sets/{change_set}/settlements": EDIT,
    "POST /v1/change-sets/{change_set}/submission": EDIT,
    "GET /v1/change-sets/{change_set}/surroundings": READ,
    "PATCH /v1/change-sets/{change_set}/rules": EDIT,
    "POST /v1/change-sets/{change_set}/undo": EDIT,
    "PUT /v1/change-sets/{change_set}/locking": EDIT,
    "GET /v1/change-sets/{change_set}/window": READ,
    "POST /v1/change-sets/{change_set}/withdrawal": EDIT,
    "GET /v1/data-quality": READ,
    "POST /v1/data-quality/corrections/{correction_id}/decision": ADMIN,
    "POST /v1/data-quality/examinations": TRIAGE,
    "GET /v1/data-quality/{source}": READ,
    "GET /v1/data-quality/{source}/flagged": READ,
    "GET /v1/gazetteer/releases": ANY_KEY,
    "GET /v1/ground/{z}/{x}/{y}.mvt": ANY_KEY,
    "GET /v1/hotspots/effort": READ,
    "POST /v1/hotspots/effort": PLAN,
    "GET /v1/hotspots/holidays": READ,
    "POST /v1/hotspots/holidays/{year}": PLAN,
    "GET /v1/hotspots/methods": READ,
    "GET /v1/hotspots/policies": READ,
    "POST /v1/hotspots/policies": PLAN,
    "GET /v1/hotspots/runs": READ,
    "POST /v1/hotspots/runs": PLAN,
    "GET /v1/hotspots/runs/{run}": READ,
    "POST /v1/hotspots/runs/{run}/cancel": PLAN,
    "GET /v1/hotspots/runs/{run}/clusters.{form}": READ,
    "GET /v1/hotspots/runs/{run}/findings": READ,
    "GET /v1/hotspots/runs/{run}/notice.{form}": READ,
    "GET /v1/hotspots/runs/{run}/units.{form}": READ,
    "GET /v1/hotspots/runs/{run}/warnings.{form}": READ,
    "GET /v1/hotspots/topics": READ,
    "GET /v1/hotspots/topics.html": READ,
    "PATCH /v1/hotspots/topics/{topic}": PLAN,
    "POST /v1/hotspots/topics/{topic}/closing": PLAN,
    "GET /v1/meetings": CASES,
    "POST /v1/meetings": TASKS,
    "GET /v1/meetings/{meeting}": CASES,
    "PUT /v1/meetings/{meeting}/minutes": TASKS,
    "POST /v1/meetings/{meeting}/decisions": TASKS,
    "POST /v1/meetings/{meeting}/actions": TASKS,
    "GET /v1/me": ANY_KEY,
    "PUT /v1/me/password": ANY_KEY,
    "POST /v1/me/second-factor": ANY_KEY,
    "PUT /v1/me/second-factor": ANY_KEY,
    "POST /v1/me/second-factor/removal": ANY_KEY,
    "POST /v1/passwords": OPEN,
    "GET /v1/sessions": ANY_KEY,
    "POST /v1/sessions": OPEN,
    "DELETE /v1/sessions/current": ANY_KEY,
    "DELETE /v1/sessions/{session_number}": ANY_KEY,
    "GET /v1/call-backs": CASES,
    "GET /v1/call-backs/rates": CASES,
    "GET /v1/cases/{number}/call-backs": CASES,
    "POST /v1/cases/{number}/call-backs": VERIFY,
    "POST /v1/reports/{number}/call-backs": SEND,
    "GET /v1/cases/bursts": CASES,
    "GET /v1/bulletins": CASES,
    "GET /v1/bulletins/{bulletin}": CASES,
    "PUT /v1/bulletins/{bulletin}/words": CASE_SUPERVISE,
    "POST /v1/bulletins/{bulletin}/release": CASE_SUPERVISE,
    "GET /v1/bulletins/{bulletin}/print.{form}": CASES,
    "GET /v1/cases/repeats": CASES,
    "GET /v1/cases/{number}/caller-marks": CASE_OPEN,
    "GET /v1/caller-marks": CASE_SUPERVISE,
    "POST /v1/caller-marks": CASE_OPEN,
    "POST /v1/caller-marks/{mark}/decision": CASE_SUPERVISE,
    "GET /v1/assessment/results/{assessment}/sheet.{form}": CASES,
    "GET /v1/assessment/table.{form}": CASES,
    "POST /v1/assessment/results/{assessment}/samples": CASE_SUPERVISE,
    "GET /v1/assessment/samples/{sample}": CASE_SUPERVISE,
    "GET /v1/assessment/appeals": CASES,
    "POST /v1/assessment/appeals": CASES,
    "GET /v1/assessment/appeals/{appeal}": CASES,
    "POST /v1/assessment/appeals/{appeal}/answer": CASE_SUPERVISE,
    "POST /v1/assessment/appeals/{appeal}/decision": CASE_SUPERVISE,
    "POST /v1/assessment/appeals/{appeal}/withdrawal": CASES,
    "GET /v1/assessment/forms": ANY_KEY,
    "POST /v1/assessment/forms": CASE_SUPERVISE,
    "POST /v1/assessment/forms/{sheet_form}/decision": CASE_SUPERVISE,
    "GET /v1/assessment/sheets": CASES,
    "POST /v1/assessment/sheets": CASE_SUPERVISE,
    "GET /v1/assessment/sheets/{sheet}": CASES,
    "PUT /v1/assessment/sheets/{sheet}/scores": CASE_SUPERVISE,
    "POST /v1/assessment/sheets/{sheet}/actions": CASE_SUPERVISE,
    "GET /v1/assessment/indicators": ANY_KEY,
    "POST /v1/assessment/indicators": CASE_SUPERVISE,
    "POST /v1/assessment/indicators/{indicator}/decision": CASE_SUPERVISE,
    "GET /v1/assessment/results": CASES,
    "POST /v1/assessment/results": CASE_SUPERVISE,
    "GET /v1/assessment/results/{assessment}": CASES,
    "POST /v1/assessment/results/{assessment}/actions": CASE_SUPERVISE,
    "GET /v1/assessment/results/{assessment}/values": CASES,
    "GET /v1/assessment/results/{assessment}/comparison": CASES,
    "GET /v1/assessment/results/{assessment}/evidence": CASES,
    "GET /v1/assessment/results/{assessment}/corrections": CASE_SUPERVISE,
    "POST /v1/suggestions": CASE_OPEN,
    "GET /v1/suggestions/cases/{number}": CASES,
    "PUT /v1/suggestions/cases/{number}/danger": CASE_OPEN,
    "GET /v1/suggestions/models": ANY_KEY,
    "POST /v1/suggestions/trainings": CATEGORIES,
    "GET /v1/connectors/orders": CASES,
    "PUT /v1/connectors/orders": SEND,
    "GET /v1/policies": ANY_KEY,
    "GET /v1/policies/stated": ANY_KEY,
    "POST /v1/policies/stated": CATEGORIES,
    "POST /v1/policies/stated/{stated}/decision": CATEGORIES,
    "GET /v1/inbox": ANY_KEY,
    "POST /v1/inbox/reading": ANY_KEY,
    "GET /v1/notifications/deliveries": ADMIN,
    "POST /v1/notifications/deliveries/{delivery}/replay": ADMIN,
    "GET /v1/notifications/targets": ADMIN,
    "POST /v1/notifications/targets": ADMIN,
    "PUT /v1/notifications/targets/{target}": ADMIN,
    "POST /v1/notifications/targets/{target}/disabling": ADMIN,
    "POST /v1/notifications/targets/{target}/enabling": ADMIN,
    "POST /v1/notifications/targets/{target}/replay": ADMIN,
    "POST /v1/notifications/targets/{target}/secret": ADMIN,
    "POST /v1/notifications/targets/{target}/test": ADMIN,
    "GET /v1/layers": OPEN,
    "POST /v1/layers": EDIT,
    "GET /v1/layers/{layer}": OPEN,
    "PUT /v1/layers/{layer}": EDIT,
    "GET /v1/layers/{layer}/areas": KEY_OPTIONAL,
    "GET /v1/layers/{layer}/areas/{code}": KEY_OPTIONAL,
    "GET /v1/layers/{layer}/areas/{code}/history": KEY_OPTIONAL,
    "GET /v1/layers/{layer}/areas/{code}/lineage": OPEN,
    "GET /v1/layers/{layer}/areas/{code}/workers": READ,
    "PUT /v1/layers/{layer}/areas/{code}/workers": EDIT,
    "GET /v1/layers/{layer}/disputed-edges": READ,
    "GET /v1/layers/{layer}/disputed-edges.html": READ,
    "GET /v1/layers/{layer}/export": KEY_OPTIONAL,
    "GET /v1/layers/{layer}/gaps": OPEN,
    "PATCH /v1/layers/{layer}/gaps": EDIT,
    "GET /v1/layers/{layer}/handovers": READ,
    "POST /v1/layers/{layer}/imports": EDIT,
    "POST /v1/layers/{layer}/inspections": EDIT,
    "GET /v1/layers/{layer}/releases": OPEN,
    "GET /v1/layers/{layer}/releases/{number}": OPEN,
    "GET /v1/layers/{layer}/releases/{number}/withdrawal": EDIT,
    "POST /v1/layers/{layer}/releases/{number}/withdrawal": EDIT,
    "POST /v1/layers/{layer}/releases/{number}/withdrawal/approval": APPROVE,
    "POST /v1/layers/{layer}/rollbacks": APPROVE,
    "GET /v1/layers/{layer}/workers": READ,
    "GET /v1/legal-holds": PRIVACY,
    "POST /v1/legal-holds": PRIVACY,
    "POST /v1/legal-holds/{hold}/lifting": PRIVACY,
    "GET /v1/locate": ANY_KEY,
    "POST /v1/locate": ANY_KEY,
    "GET /v1/maps/hotspots.html": READ,
    "GET /v1/maps/responsibility.geojson": KEY_OPTIONAL,
    "GET /v1/maps/responsibility.html": KEY_OPTIONAL,
    "GET /v1/people": PEOPLE,
    "POST /v1/people": SECURITY,
    "GET /v1/people/export.{form}": PEOPLE,
    "POST /v1/people/imports": SECURITY,
    "GET /v1/people/{person}": PEOPLE,
    "PATCH /v1/people/{person}": SECURITY,
    "GET /v1/people/{person}/account": SECURITY,
    "POST /v1/people/{person}/account/link": SECURITY,
    "POST /v1/people/{person}/account/lock": SECURITY,
    "POST /v1/people/{person}/account/unlock": SECURITY,
    "POST /v1/people/{person}/end": SECURITY,
    "POST /v1/people/{person}/erasure": SECURITY,
    "POST /v1/people/{person}/grants": SECURITY,
    "DELETE /v1/people/{person}/grants/{grant}": SECURITY,
    "DELETE /v1/people/{person}/sessions": SECURITY,
    "GET /v1/people/{person}/phone": PHONES,
    "POST /v1/people/{person}/reactivation": SECURITY,
    "POST /v1/people/{person}/units": SECURITY,
    "GET /v1/personal-requests": PRIVACY,
    "POST /v1/personal-requests": PRIVACY,
    "GET /v1/personal-requests/{request}": PRIVACY,
    "GET /v1/personal-requests/{request}/data": PRIVACY | REPORTERS,
    "GET /v1/personal-requests/{request}/data.{form}": PRIVACY | REPORTERS,
    "POST /v1/personal-requests/{request}/decision": PRIVACY,
    "POST /v1/personal-requests/{request}/fulfilment": PRIVACY,
    "POST /v1/personal-requests/{request}/withdrawal": PRIVACY,
    "GET /v1/public/nearby": OPEN,
    "POST /v1/public/trace": OPEN,
    "POST /v1/public/trace/rating": OPEN,
    "POST /v1/public/trace/reopening": OPEN,
    "GET /v1/quick-notes": READ,
    "POST /v1/quick-notes": SEND,
    "GET /v1/quick-notes/logs/{day}": READ,
    "GET /v1/quick-notes/logs/{day}/print.{form}": READ,
    "GET /v1/quick-notes/{number}": READ,
    "POST /v1/quick-notes/{number}/case": READ,
    "GET /v1/reports": READ,
    "POST /v1/reports": SEND,
    "POST /v1/reports/batch": SEND,
    "GET /v1/reports/{number}": OWN_OR_READ,
    "GET /v1/reports/{number}/attachments": OWN_OR_READ,
    "PUT /v1/reports/{number}/attachments/{sha256}": FILES,
    "GET /v1/reports/{number}/reporter": REPORTERS,
    "POST /v1/reports/{number}/confidentiality": OWN_OR_READ,
    "POST /v1/reports/{number}/confidentiality/removal": CASE_SUPERVISE,
    "POST /v1/reports/{number}/sensitivity": READ,
    "POST /v1/reports/{number}/trace-tokens": OWN_OR_READ,
    "POST /v1/reports/{number}/sensitivity/{kind}/removal": SENSITIVE,
    "GET /v1/reverse": ANY_KEY,
    "GET /v1/seats": PEOPLE,
    "GET /v1/seats/roster": PEOPLE,
    "GET /v1/seats/absences": PEOPLE,
    "POST /v1/seats/absences": SECURITY,
    "PUT /v1/seats/{code}": UNITS,
    "PUT /v1/seats/{code}/duty": UNITS,
    "POST /v1/seats/{code}/end": UNITS,
    "GET /v1/tasks": CASES,
    "POST /v1/tasks": TASKS,
    "GET /v1/tasks/{task}": CASES,
    "GET /v1/tasks/{task}/attachments": CASES,
    "PUT /v1/tasks/{task}/attachments/{sha256}": FILES | CASES,
    "GET /v1/tasks/{task}/history": CASES,
    "POST /v1/tasks/{task}/units/{code}/steps": CASES,
    "GET /start": OPEN,
    "GET /console/{name}": OPEN,
    "GET /m": OPEN,
    "GET /trace": OPEN,
    "GET /m/worker.js": OPEN,
    "GET /m/{name}": OPEN,
    "GET /m/{rest:path}": OPEN,
    "GET /v1/console": KEY_OPTIONAL,
    **{f"GET /{desk}{rest}": OPEN for desk in DESKS for rest in ("", "/{rest:path}")},
    "GET /v1/tiles/{layer}/{level}/{z}/{x}/{y}.mvt": OPEN,
    "GET /sign-in": OPEN,
    "GET /sign-in/openid": OPEN,
    "GET /sign-in/openid/back": OPEN,
    "POST /sign-in/openid/sign-out": ANY_KEY,
    "GET /v1/triage": TRIAGE,
    "GET /v1/triage/map.geojson": TRIAGE,
    "GET /v1/triage/{number}/neighbours": TRIAGE,
    "POST /v1/triage/{number}/settlement": TRIAGE,
    "GET /v1/units": ANY_KEY,
    "GET /v1/units/answering": ANY_KEY,
    "POST /v1/units/imports": UNITS,
    "GET /v1/units/unmapped": ANY_KEY,
    "GET /v1/units/{code}": ANY_KEY,
    "PUT /v1/units/{code}": UNITS,
    "POST /v1/units/{code}/answers": UNITS,
    "POST /v1/units/{code}/end": UNITS,
    "PUT /v1/units/{code}/release-codes/{release_code}": UNITS,
    "GET /v1/wordings": READ,
    "POST /v1/wordings/{wording_id}/decision": TRIAGE,
    "ASSETS /docs/assets": OPEN,
}

BY_ROWS: Final = {
    "GET /v1/search",
    "GET /v1/events/stream",
    "GET /v1/cases/bursts",
    "GET /v1/bulletins",
    "GET /v1/bulletins/{bulletin}",
    "GET /v1/bulletins/{bulletin}/print.{form}",
    "GET /v1/cases/repeats",
    "GET /v1/cases/{number}/caller-marks",
    "GET /v1/caller-marks",
    "POST /v1/caller-marks",
    "POST /v1/caller-marks/{mark}/decision",
    "GET /v1/assessment/appeals",
    "POST /v1/assessment/appeals",
    "GET /v1/assessment/appeals/{appeal}",
    "POST /v1/assessment/appeals/{appeal}/withdrawal",
    "GET /v1/assessment/results/{assessment}/sheet.{form}",
    "GET /v1/assessment/table.{form}",
    "GET /v1/meetings",
    "GET /v1/meetings/{meeting}",
    "GET /v1/assessment/sheets",
    "GET /v1/assessment/sheets/{sheet}",
    "GET /v1/assessment/results",
    "GET /v1/assessment/results/{assessment}",
    "GET /v1/assessment/results/{assessment}/values",
    "GET /v1/assessment/results/{assessment}/comparison",
    "GET /v1/assessment/results/{assessment}/evidence",
    "GET /v1/attachments/{attachment}/{copy}",
    "PUT /v1/attachments/{attachment}/clearing",
    "GET /v1/tasks",
    "GET /v1/tasks/{task}",
    "GET /v1/tasks/{task}/attachments",
    "PUT /v1/tasks/{task}/attachments/{sha256}",
    "GET /v1/tasks/{task}/history",
    "POST /v1/tasks/{task}/units/{code}/steps",
    "GET /v1/quick-notes",
    "POST /v1/quick-notes",
    "GET /v1/quick-notes/logs/{day}",
    "GET /v1/quick-notes/logs/{day}/print.{form}",
    "GET /v1/quick-notes/{number}",
    "POST /v1/quick-notes/{number}/case",
    "POST /v1/reports/{number}/trace-tokens",
    "GET /v1/reports/{number}/attachments",
    "PUT /v1/reports/{number}/attachments/{sha256}",
    "GET /v1/cases",
    "POST /v1/cases",
    "POST /v1/cases/calls",
    "GET /v1/cases/changes",
    "GET /v1/cases/export.{form}",
    "GET /v1/cases/levels",
    "GET /v1/cases/overview",
    "GET /v1/call-backs",
    "GET /v1/call-backs/rates",
    "GET /v1/cases/{number}/call-backs",
    "POST /v1/cases/{number}/call-backs",
    "POST /v1/reports/{number}/call-backs",
    "GET /v1/cases/{number}/forms",
    "POST /v1/cases/{number}/forms/{kind}",
    "GET /v1/cases/{number}/forms/{kind}.{form}",
    "GET /v1/connectors/orders",
    "GET /v1/cases/in-hand",
    "GET /v1/cases/load",
    "GET /v1/cases/{number}",
    "GET /v1/cases/{number}/history",
    "POST /v1/cases/{number}/steps",
    "GET /v1/cases/{number}/whistles",
    "POST /v1/cases/{number}/whistles",
    "POST /v1/cases/{number}/whistles/{whistle}/steps",
    "GET /v1/whistles",
    "GET /v1/whistles/counts",
    "GET /v1/cases/{number}/duplicates",
    "GET /v1/cases/{number}/relations",
    "POST /v1/cases/{number}/duplicates",
    "POST /v1/cases/{number}/mergings",
    "GET /v1/parts",
    "GET /v1/cases/{number}/parts",
    "POST /v1/cases/{number}/parts",
    "POST /v1/cases/{number}/parts/{part}/steps",
    "GET /v1/data-quality/{source}/flagged",
    "GET /v1/hotspots/holidays",
    "GET /v1/hotspots/methods",
    "GET /v1/hotspots/policies",
    "GET /v1/hotspots/runs",
    "GET /v1/hotspots/runs/{run}",
    "GET /v1/hotspots/runs/{run}/clusters.{form}",
    "GET /v1/hotspots/runs/{run}/findings",
    "GET /v1/hotspots/runs/{run}/units.{form}",
    "GET /v1/hotspots/runs/{run}/warnings.{form}",
    "POST /v1/knowledge/gaps",
    "POST /v1/suggestions",
    "GET /v1/suggestions/cases/{number}",
    "PUT /v1/suggestions/cases/{number}/danger",
    "GET /v1/layers/{layer}/areas/{code}/workers",
    "GET /v1/layers/{layer}/workers",
    "GET /v1/people",
    "GET /v1/people/export.{form}",
    "GET /v1/people/{person}",
    "GET /v1/reports",
    "GET /v1/reports/{number}",
    "GET /v1/reports/{number}/reporter",
    "POST /v1/reports/{number}/confidentiality",
    "POST /v1/reports/{number}/confidentiality/removal",
    "POST /v1/reports/{number}/sensitivity",
    "GET /v1/triage",
    "GET /v1/triage/map.geojson",
    "GET /v1/triage/{number}/neighbours",
    "POST /v1/triage/{number}/settlement",
}
"""Routes that apply grants for areas and categories to what they read, or read nothing that grants limit."""

SAMPLES: Final = {
    "stated": "999", "mark": "999", "target": "999", "delivery": "999",
    "layer": "none", "level": "grid", "code": "a", "change_set": "999", "number": "1", "run": "1", "topic": "1",
    "year": "2027", "form": "html", "scheme": "WebMercatorQuad", "z": "1", "x": "1", "y": "1", "source": "none",
    "correction_id": "1", "wording_id": "1", "session_number": "999",
    "release_code": "1", "person": "1", "grant": "1", "user": "1", "group": "1",
    "task": "999", "day": "2026-06-02", "attachment": "1", "copy": "file", "token": "x", "sha256": "0" * 64,
    "hold": "1", "gap": "1", "whistle": "1", "part": "1", "name": "none.js", "rest": "x", "set_id": "1", "request": "1",
    "kind": "minor", "indicator": "999", "assessment": "999", "bulletin": "999", "sheet": "999", "meeting": "999",
    "appeal": "999", "sheet_form": "999", "sample": "999",
}  # fmt: skip
SIGN_OUT: Final = {"DELETE /v1/sessions/current", "POST /sign-in/openid/sign-out"}
"""End the session that they are asked with; tests/api/sign_in shows that they do."""
BY_SECRET: Final = {"GET /sign-in/openid/back", "POST /v1/passwords", "POST /v1/sessions"}
"""Routes that ask for a secret of their own, not for a key, and refuse a wrong one, whoever sends it."""
WIDEST: Final = ("administrator", "security-administrator", "auditor", "privacy-officer")
"""Roles that together have every scope; what one of them has is kept from the others."""
FEATURE: Final = {
    "type": "Feature",
    "geometry": {"type": "Polygon", "coordinates": [[[113, 34], [114, 34], [114, 35], [113, 34]]]},
    "properties": {"code": "a", "name": "a"},
}
FILE: Final = {"file": ("a.geojson", b"{}", "application/geo+json")}

DOCUMENT = application().openapi()
SERVED = {
    f"{method} {route.path}"
    for route in application().routes
    for method in (getattr(route, "methods", None) or {"ASSETS"}) - {"HEAD"}
}


def by_header(key: str) -> dict[str, str]:
    """Send a key as the guides do."""
    return {"X-API-Key": key}


def by_token(key: str) -> dict[str, str]:
    """Send a key as a Bearer token."""
    return {"Authorization": f"Bearer {key}"}


def by_cookie(token: str) -> dict[str, str]:
    """Send a session as a page of this service does."""
    return by_session(token) | {"Sec-Fetch-Site": "same-origin"}


def by_password(key: str) -> dict[str, str]:
    """Send a key as a program does that stores a user's name and password."""
    return {"Authorization": f"Basic {base64.b64encode(f'anyone:{key}'.encode()).decode()}"}


FIRST_OF = {need: operation for operation, need in reversed(NEEDS.items())}
"""The first route of each need."""


class Desk:
    """The application, asked with the keys of everyone."""

    def __init__(self, client: TestClient) -> None:
        """Make one key a role, and keys that hold all scopes but one."""
        self.client = client
        self.limited: dict[str, str] = {}
        self.granted: dict[str, str] = {}
        self.limited_person: dict[str, str] = {}
        with client.app.state.services.database.transaction() as session:  # type: ignore[attr-defined]
            operations.create_layer(session, code="admin", name="网格", levels=["grid"], actor=who("test"))
            self.holders = [
                (create_key(session, name=name, scopes=sorted(scopes)), frozenset(scopes))
                for name, scopes in [*ROLES.items(), ("everything", tuple(Scope))]
            ]
            self.told_apart = {
                scope: [
                    (create_key(session, name=f"{name} {scope}", scopes=sorted(scopes)), frozenset(scopes))
                    for name, scopes in (("only", {scope}), ("all but", set(Scope) - {scope}))
                ]
                for scope in Scope
            }
            for role in WIDEST:
                for name, area in (("limited", "admin/a"), ("granted", None)):
                    holder = principals.named(session, f"{name} {role}")
                    add_grant(session, principal=holder, grant=Grant(role, area), actor=who("test"))
                    key = create_key(session, name=holder.name, scopes=list(Scope), holder=holder)
                    getattr(self, name)[role] = key
            # Whose session has the rights of a key: a person with a grant for everything that the scopes stand in.
            settings = client.app.state.services.settings  # type: ignore[attr-defined]
            self.persons = [
                (open_session(session, settings, f"person {role}", [Grant(role)]), frozenset(scopes))
                for role, scopes in ROLES.items()
            ]
            self.persons.append((open_session(session, settings, "person without grants"), frozenset()))
            for role in WIDEST:
                here = [Grant(role, "admin/a")]
                self.limited_person[role] = open_session(session, settings, f"limited person {role}", here)
            self.signed_out = "ended"
            self.withdrawn = create_key(session, name="gone", scopes=list(Scope))
            withdraw_key(session, name="gone")

    def keys_for(self, operation: str) -> list[tuple[str, frozenset[Scope]]]:
        """The keys that a route is tried with: every role's, and those with and without each scope that decides.

        One route of each need is tried with and without every scope: a scope more never closes, no other opens.
        """
        need = NEEDS[operation]
        deciding = need if isinstance(need, frozenset) else SEND | READ
        scopes = Scope if FIRST_OF[need] == operation else sorted(deciding)
        return self.holders + [holder for scope in scopes for holder in self.told_apart[scope]]

    def status(
        self, operation: str, key: str | None, collection: str = "draft-999.grid", send: Callable[..., Any] = by_header
    ) -> int:
        """Ask for one operation and give the answer's status."""
        return self.statuses(operation, [{} if key is None else send(key)], collection)[0]

    def statuses(self, operation: str, senders: list[dict[str, str]], collection: str = "draft-999.grid") -> list[int]:
        """Ask for one operation with the headers of each sender, and give the statuses of the answers.

        The application is asked as a server asks it (ASGI), all in one visit to its event loop: a client's own work
        would be twice that of the answers.
        """
        method, path = operation.split()
        media = next(iter(_documented(operation).get("requestBody", {}).get("content", {})), "")
        sent: dict[str, Any] = {}
        if media.startswith("multipart"):
            sent["files"] = FILE
        elif media:
            sent = {"json": FEATURE if path.startswith("/ogc") else {}, "headers": {"Content-Type": media}}
        request = self.client.build_request(
            method, path.replace(":path}", "}").format(**SAMPLES | {"collection": collection}), **sent
        )
        body = request.read()
        usual = [(name.lower(), value) for name, value in request.headers.raw]
        scope = {
            "type": "http", "http_version": "1.1", "asgi": {"version": "3.0"}, "scheme": "http", "method": method,
            "path": request.url.path, "raw_path": request.url.raw_path, "query_string": request.url.query,
            "client": ("testclient", 50000), "server": ("testserver", 80), "root_path": "",
        }  # fmt: skip

        async def ask() -> list[int]:
            found: list[int] = []
            for headers in senders:
                own = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
                kept = [(name, value) for name, value in usual if name not in {name for name, _ in own}]
                await self.client.app(
                    scope | {"headers": kept + own, "state": {}},
                    messages({"type": "http.request", "body": body}),
                    lambda message: note(found, message),
                )
            return found

        assert self.client.portal is not None
        return self.client.portal.call(ask)


def messages(first: dict[str, Any]) -> Callable[[], Any]:
    """Give what a server passes on of a request: its body, then that the client has gone."""
    left = [first]

    async def receive() -> dict[str, Any]:
        return left.pop() if left else {"type": "http.disconnect"}

    return receive


async def note(found: list[int], message: Any) -> None:
    """Keep the status of an answer."""
    if message["type"] == "http.response.start":
        found.append(message["status"])


@pytest.fixture(scope="module")
def desk(module_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """The application with one empty layer."""
    folder = tmp_path_factory.mktemp("cache")
    app = create_app(
        Settings(
            DATABASE_URL=module_database_url, cache_dir=folder, log_level="CRITICAL", key_failures_per_minute=10**6
        )
    )
    with TestClient(app, raise_server_exceptions=False) as client:
        yield Desk(client)


def _documented(operation: str) -> dict[str, Any]:
    method, path = operation.split()
    found: dict[str, Any] = DOCUMENT["paths"].get(path, {}).get(method.lower(), {})
    return found


def role_for(operation: str) -> str:
    """The one of the widest roles that opens a route."""
    need = NEEDS[operation]
    scopes = need if isinstance(need, frozenset) else frozenset()
    return next(role for role in WIDEST if scopes <= set(ROLES[role]))


def lets_in(need: Need | str, scopes: frozenset[Scope]) -> bool:
    """Tell whether a key with these scopes is let in."""
    if need == OWN_OR_READ:
        return bool(scopes & (SEND | READ))
    if need == OPEN_BUT_DRAFTS:
        return scopes >= READ
    return not isinstance(need, frozenset) or scopes >= need


def test_every_route_says_what_it_needs() -> None:
    assert set(NEEDS) == SERVED


@pytest.mark.parametrize(("operation", "need"), NEEDS.items(), ids=NEEDS)
def test_a_route_lets_in_only_who_may(desk: Desk, operation: str, need: Need | str) -> None:
    if operation.startswith("ASSETS"):
        assert need is OPEN
        return
    if "/open311/" in operation:
        return  # answers and asks for keys as its standard does: tests/api/open311
    if operation in BY_SECRET:
        assert len({desk.status(operation, key) for key in (None, "wg_nobody", desk.holders[0][0])}) == 1
        return
    closed = need is not OPEN
    strangers = desk.statuses(operation, [{}, by_header("wg_nobody"), by_header(desk.withdrawn)])
    assert [status == 401 for status in strangers] == [closed and need != KEY_OPTIONAL, closed, closed]
    keys = desk.keys_for(operation) if closed else desk.holders[:1]
    persons = [] if operation in SIGN_OUT else desk.persons if closed else desk.persons[:1]
    senders = [by_header(key) for key, _ in keys] + [by_cookie(token) for token, _ in persons]
    for (_, scopes), status in zip(keys + persons, desk.statuses(operation, senders), strict=True):
        assert (status == 403, status == 401) == (not lets_in(need, scopes), False), sorted(scopes)
    status = desk.status(operation, desk.signed_out, send=by_cookie)
    assert (status == 401) == (closed and need != KEY_OPTIONAL), "a session that has ended"


@pytest.mark.parametrize("operation", [name for name, need in NEEDS.items() if need and name not in BY_ROWS])
def test_a_grant_for_an_area_opens_no_route_that_looks_at_everything(desk: Desk, operation: str) -> None:
    closed = isinstance(NEEDS[operation], frozenset) or NEEDS[operation] == OPEN_BUT_DRAFTS
    here, everywhere = desk.limited[role_for(operation)], desk.granted[role_for(operation)]
    assert (desk.status(operation, here) == 403, desk.status(operation, everywhere) == 403) == (closed, False)
    assert (desk.status(operation, desk.limited_person[role_for(operation)], send=by_cookie) == 403) == closed


@pytest.mark.parametrize("operation", sorted(BY_ROWS))
def test_a_grant_for_an_area_opens_the_routes_that_apply_it(desk: Desk, operation: str) -> None:
    role = role_for(operation)
    assert 403 not in {desk.status(operation, key) for key in (desk.limited[role], desk.granted[role])}
    assert desk.status(operation, desk.limited_person[role_for(operation)], send=by_cookie) not in {401, 403}


@pytest.mark.parametrize("operation", [name for name, need in NEEDS.items() if need is not OPEN])
def test_a_key_counts_the_same_as_header_as_token_and_as_password(desk: Desk, operation: str) -> None:
    administrator = next(key for key, scopes in desk.holders if scopes == frozenset(Scope))
    for key in (administrator, "wg_nobody"):
        by_way = desk.statuses(operation, [send(key) for send in (by_header, by_token, by_password)])
        assert (len(set(by_way)), by_way[0] == 401) == (1, key == "wg_nobody"), by_way


@pytest.mark.parametrize("operation", [name for name, need in NEEDS.items() if need == OPEN_BUT_DRAFTS])
def test_what_is_in_force_is_read_without_a_key(desk: Desk, operation: str) -> None:
    answers = [desk.status(operation, key, "admin.grid") for key in (None, desk.holders[0][0], "wg_nobody")]
    assert [status in {401, 403} for status in answers] == [False, False, True]


@pytest.mark.parametrize(
    ("operation", "need"), [(name, NEEDS[name]) for name in NEEDS if _documented(name)], ids=filter(_documented, NEEDS)
)
def test_the_document_says_what_a_route_needs(operation: str, need: Need | str) -> None:
    said = _documented(operation)
    ways: list[dict[str, list[str]]] = [{"APIKeyHeader": []}, {"Bearer": []}, {"Basic": []}, {"Session": []}]
    optional = need in {KEY_OPTIONAL, OPEN_BUT_DRAFTS}
    assert said.get("security", []) == ([] if need is OPEN else [*ways, {}] if optional else ways)
    assert ("401" in said["responses"], "403" in said["responses"]) == (
        need is not OPEN or operation in BY_SECRET,
        need not in {OPEN, KEY_OPTIONAL, ANY_KEY} or operation == "POST /v1/sessions",
    )


def test_the_document_names_each_way_to_send_a_key() -> None:
    told = DOCUMENT["components"]["securitySchemes"]
    assert {name: (one["type"], one.get("scheme", one.get("name"))) for name, one in told.items()} == {
        "APIKeyHeader": ("apiKey", "X-API-Key"),
        "Bearer": ("http", "bearer"),
        "Basic": ("http", "basic"),
        "Session": ("apiKey", "__Host-wangge-session"),
    }
