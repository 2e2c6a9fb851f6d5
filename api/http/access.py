"""What a route needs of its caller, under one name a scope: `editor: Editor` lets in keys with `boundaries:edit`.

The gate reads the need off these annotations before a request's body is read (api/http/admission.py). Who holds the
scope in some areas or categories only is let in by the names with `Local`: those routes pass `reach` on to queries.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends

from api.http.dependencies import requires, requires_somewhere
from identity.grants import Scope
from identity.keys import Principal

Sender = Annotated[Principal, Depends(requires(Scope.REPORTS_WRITE))]
LocalSender = Annotated[Principal, Depends(requires_somewhere(Scope.REPORTS_WRITE))]
Viewer = Annotated[Principal, Depends(requires(Scope.REPORTS_READ))]
LocalViewer = Annotated[Principal, Depends(requires_somewhere(Scope.REPORTS_READ))]
LocalReporterViewer = Annotated[Principal, Depends(requires_somewhere(Scope.REPORTERS_READ))]
ReporterViewer = Annotated[Principal, Depends(requires(Scope.REPORTERS_READ))]
Dispatcher = Annotated[Principal, Depends(requires(Scope.TRIAGE))]
LocalDispatcher = Annotated[Principal, Depends(requires_somewhere(Scope.TRIAGE))]
Editor = Annotated[Principal, Depends(requires(Scope.BOUNDARIES_EDIT))]
Approver = Annotated[Principal, Depends(requires(Scope.BOUNDARIES_APPROVE))]
Planner = Annotated[Principal, Depends(requires(Scope.HOTSPOTS_RUN))]
Auditor = Annotated[Principal, Depends(requires(Scope.AUDIT_READ))]
UnitsEditor = Annotated[Principal, Depends(requires(Scope.UNITS_WRITE))]
CategoriesEditor = Annotated[Principal, Depends(requires(Scope.CATEGORIES_WRITE))]
LocalCaseViewer = Annotated[Principal, Depends(requires_somewhere(Scope.CASES_READ))]
AttachmentSender = Annotated[Principal, Depends(requires_somewhere(Scope.ATTACHMENTS_WRITE))]
TaskIssuer = Annotated[Principal, Depends(requires(Scope.TASKS_WRITE))]
LocalCaseVerifier = Annotated[Principal, Depends(requires_somewhere(Scope.CASES_VERIFY))]
LocalCaseSupervisor = Annotated[Principal, Depends(requires_somewhere(Scope.CASES_SUPERVISE))]
CaseSupervisor = Annotated[Principal, Depends(requires(Scope.CASES_SUPERVISE))]
CaseDispatcher = Annotated[Principal, Depends(requires(Scope.CASES_DISPATCH))]
LocalCaseOpener = Annotated[Principal, Depends(requires_somewhere(Scope.CASES_ACCEPT))]
PeopleViewer = Annotated[Principal, Depends(requires(Scope.PEOPLE_READ))]
LocalPeopleViewer = Annotated[Principal, Depends(requires_somewhere(Scope.PEOPLE_READ))]
PhonesViewer = Annotated[Principal, Depends(requires(Scope.PHONES_READ))]
SecurityAdministrator = Annotated[Principal, Depends(requires(Scope.PEOPLE_WRITE))]
SensitiveViewer = Annotated[Principal, Depends(requires(Scope.SENSITIVE_READ))]
PrivacyOfficer = Annotated[Principal, Depends(requires(Scope.PRIVACY))]
Administrator = Annotated[Principal, Depends(requires(Scope.ADMIN))]
