"""Every mapped table of the product, in one import: with this module loaded, `Base.metadata` is whole.

A foreign key names its table as text, and SQLAlchemy finds that table only when some module of the process has
imported its class: a process that knows some of the tables fails at its first write to the others. The application,
the worker, Alembic and every command that opens the database therefore import this module.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from core import audit
from core.events import tables as events
from core.seals import tables as seals
from governance.assessment import tables as assessment
from governance.assessment.appeals import tables as assessment_appeals
from governance.assessment.samples import tables as assessment_samples
from governance.assessment.sheets import tables as assessment_sheets
from governance.attachments import tables as attachments
from governance.boundary_changes import tables as boundary_changes
from governance.bulletins import tables as bulletins
from governance.calendar import tables as calendar
from governance.cases.caller_marks import tables as caller_marks
from governance.cases.dispatch import tables as dispatch_rules
from governance.cases.duplicates import tables as case_duplicates
from governance.cases.forms import tables as case_forms
from governance.cases.joint_handling import tables as joint_handling
from governance.cases.lifecycle import tables as cases
from governance.cases.parts import tables as case_parts
from governance.cases.protection import tables as case_protection
from governance.cases.reminders import tables as case_reminders
from governance.categories import tables as categories
from governance.channels import tables as channels
from governance.connectors import tables as connectors
from governance.data_quality import tables as data_quality
from governance.erasure import tables as erasure
from governance.grid_workers import tables as grid_workers
from governance.hotspots.patrol_effort import tables as hotspot_patrol_effort
from governance.hotspots.policy import tables as hotspot_policy
from governance.hotspots.runs import tables as hotspot_runs
from governance.hotspots.topics import tables as hotspot_topics
from governance.knowledge import tables as knowledge
from governance.legal_holds import tables as legal_holds
from governance.meetings import tables as meetings
from governance.notifications import tables as notifications
from governance.personal_requests import tables as personal_requests
from governance.policies import tables as policies
from governance.public_trace import tables as public_trace
from governance.quick_notes import tables as quick_notes
from governance.reports import tables as reports
from governance.suggestions import tables as suggestions
from governance.tasks import tables as tasks
from grids.boundaries import tables as boundaries
from grids.change_sets import tables as change_sets
from grids.gazetteer import tables as gazetteer
from identity import granting, key_failures, keys, principals, quotas, sent_acts
from identity.people import tables as people
from identity.seats import tables as seats
from identity.sign_in import attempts as sign_in_attempts
from identity.sign_in import openid, second_factors
from identity.sign_in import tables as sign_in
from identity.units import tables as units

if TYPE_CHECKING:
    from types import ModuleType

MODULES: Final[tuple[ModuleType, ...]] = (
    audit, events, seals, principals, granting, keys, key_failures, quotas, sent_acts, sign_in,
    sign_in_attempts, second_factors, openid,
    people, seats, units,
    boundaries, change_sets, gazetteer,
    assessment, assessment_appeals, assessment_samples, assessment_sheets, attachments,
    boundary_changes, bulletins, calendar, caller_marks, case_duplicates,
    case_forms, case_parts, case_protection, case_reminders, cases, categories,
    channels, connectors, data_quality,
    dispatch_rules, erasure, grid_workers, joint_handling, knowledge, legal_holds, meetings, notifications,
    personal_requests,
    policies,
    public_trace,
    quick_notes, reports, suggestions, tasks,
    hotspot_patrol_effort, hotspot_policy, hotspot_runs, hotspot_topics,
)  # fmt: skip
"""The modules that map tables; a test compares them with the files."""
