"""The routers of every feature: what the application serves."""

from __future__ import annotations

from api.assessment import appeal_routes as assessment_appeals
from api.assessment import print_routes as assessment_prints
from api.assessment import routes as assessment
from api.assessment import sample_routes as assessment_samples
from api.assessment import sheet_routes as assessment_sheets
from api.assessment import table_routes as assessment_tables
from api.assignments import routes as assignments
from api.attachments import routes as attachments
from api.audit import routes as audit
from api.boundaries import file_routes as boundary_files
from api.boundaries import inspection_routes as boundary_inspections
from api.boundaries import routes as boundaries
from api.boundaries import withdrawal_routes as release_withdrawals
from api.bulletins import routes as bulletins
from api.call_backs import routes as call_backs
from api.cases import call_routes as case_calls
from api.cases import caller_routes as callers
from api.cases import confidentiality_routes as case_confidentiality
from api.cases import count_routes as case_counts
from api.cases import duplicate_routes as case_duplicates
from api.cases import form_routes as case_forms
from api.cases import integration_routes as case_integration
from api.cases import own_routes as own_cases
from api.cases import part_routes as case_parts
from api.cases import routes as cases
from api.cases import whistle_routes as whistles
from api.categories import routes as categories
from api.change_sets import check_routes as change_set_checks
from api.change_sets import lineage_routes as lineage
from api.change_sets import review_routes as change_set_review
from api.change_sets import routes as change_sets
from api.change_sets import window_routes as change_set_windows
from api.connectors import routes as connectors
from api.console import phone_routes as phone
from api.console import routes as console
from api.data_quality import routes as data_quality
from api.dispatch_rules import routes as dispatch_rules
from api.events import routes as events
from api.gazetteer import routes as gazetteer
from api.grid_workers import routes as grid_workers
from api.hotspots import input_routes as hotspot_inputs
from api.hotspots import routes as hotspots
from api.http.openapi import add_summaries
from api.keys import routes as keys
from api.knowledge import routes as knowledge
from api.legal_holds import routes as legal_holds
from api.maps import coordinate_routes as coordinates
from api.maps import ground_routes as ground
from api.maps import routes as maps
from api.maps import tile_routes as tiles
from api.meetings import routes as meetings
from api.notifications import routes as notifications
from api.ogc import editing as ogc_editing
from api.ogc import landing as ogc_landing
from api.ogc import reading as ogc_reading
from api.ogc import tiling as ogc_tiling
from api.open311 import bulk_routes as open311_bulk
from api.open311 import routes as open311
from api.open311 import sending_routes as open311_sending
from api.people import routes as people
from api.personal_requests import routes as personal_requests
from api.policies import routes as policies
from api.public_trace import page as trace_page
from api.public_trace import routes as public_trace
from api.quick_notes import routes as quick_notes
from api.reports import intake_routes as intake
from api.reports import routes as reports
from api.scim import routes as scim
from api.search import routes as search
from api.seats import routes as seats
from api.service import documentation, health, start
from api.sign_in import account_routes as accounts
from api.sign_in import openid_routes as openid
from api.sign_in import own_routes as own_account
from api.sign_in import page as sign_in_page
from api.sign_in import routes as sign_in
from api.suggestions import routes as suggestions
from api.tasks import routes as tasks
from api.triage import routes as triage
from api.units import routes as units

ROUTERS = [
    accounts.router,
    assessment.router,
    assessment_samples.router,
    assessment_tables.router,
    assessment_prints.router,
    assessment_appeals.router,
    assessment_sheets.router,
    bulletins.router,
    assignments.router,
    attachments.router,
    audit.router,
    events.router,
    boundaries.router,
    release_withdrawals.router,
    boundary_files.router,
    boundary_inspections.router,
    call_backs.router,
    case_confidentiality.router,
    case_calls.router,
    case_counts.router,
    case_duplicates.router,
    case_forms.router,
    case_integration.router,
    callers.router,
    own_cases.router,
    cases.router,
    case_parts.router,
    categories.router,
    change_sets.router,
    change_set_checks.router,
    change_set_review.router,
    change_set_windows.router,
    lineage.router,
    connectors.router,
    console.router,
    phone.router,
    data_quality.router,
    dispatch_rules.router,
    documentation.router,
    grid_workers.router,
    health.router,
    hotspots.router,
    hotspot_inputs.router,
    intake.router,
    gazetteer.router,
    keys.router,
    knowledge.router,
    legal_holds.router,
    ground.router,
    coordinates.router,
    maps.router,
    meetings.router,
    notifications.router,
    ogc_editing.router,
    ogc_landing.router,
    ogc_reading.router,
    ogc_tiling.router,
    open311_bulk.router,
    open311.router,
    open311_sending.router,
    people.router,
    personal_requests.router,
    policies.router,
    public_trace.router,
    trace_page.router,
    quick_notes.router,
    reports.router,
    scim.router,
    search.router,
    seats.router,
    sign_in.router,
    own_account.router,
    sign_in_page.router,
    openid.router,
    start.router,
    suggestions.router,
    tasks.router,
    tiles.router,
    triage.router,
    units.router,
    whistles.router,
]
add_summaries(ROUTERS)
