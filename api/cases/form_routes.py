"""Office forms of cases: numbered once, printed as page, PDF or Word as often as wanted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from fastapi import Depends, Path, Query, Response

from api.cases.addressed import Number, id_of
from api.cases.form_schemas import OfficeFormListOut, OfficeFormOut
from api.http.access import LocalCaseViewer
from api.http.admission import costly
from api.http.answers import BINARY
from api.http.dependencies import SessionDep, SnapshotDep
from api.http.language import WordsLanguage, in_language
from api.http.openapi import feature_router
from api.http.problems import responses
from api.http.services import ServicesDep
from api.http.shown import ShownDep
from governance.cases.forms import operations, queries
from governance.cases.forms.states import FormKind
from governance.reports.numbers import report_number
from grids.boundaries.queries import layer_name
from identity.grants import Scope
from presentation.prints.office_form import form_html, form_pdf, sheet_of
from presentation.prints.office_form_word import MEDIA_TYPE, form_word
from presentation.words.office_forms import CATALOGUE

if TYPE_CHECKING:
    from governance.cases.forms.tables import OfficeForm

router = feature_router(prefix="/v1/cases", tags=["cases"])
Language = Annotated[str, Depends(WordsLanguage(CATALOGUE))]
FormKindPath = Annotated[FormKind, Path(description="What the form is.")]
StepQuery = Annotated[
    int | None, Query(ge=1, le=9_999, description="Number of the step it is about; the latest of its kind if left out.")
]
PRINT: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The form.",
        "content": {"application/pdf": BINARY, MEDIA_TYPE: BINARY, "text/html": {"schema": {"type": "string"}}},
    }
}


@router.get("/{number}/forms", responses=responses(400, 401, 403, 404, 503))
def list_office_forms(session: SnapshotDep, viewer: LocalCaseViewer, number: Number) -> OfficeFormListOut:
    """List the numbered office forms of a case."""
    case_id = id_of(session, number)
    found = queries.forms_of(session, case_id, reach=viewer.reach(Scope.CASES_READ))
    return OfficeFormListOut(number=report_number(case_id), items=[_form(one) for one in found])


@router.post(
    "/{number}/forms/{kind}",
    status_code=201,
    responses={200: {"model": OfficeFormOut}, **responses(400, 401, 403, 404, 409, 503)},
)
def issue_office_form(
    session: SessionDep,
    viewer: LocalCaseViewer,
    response: Response,
    number: Number,
    kind: FormKindPath,
    step: StepQuery = None,
) -> OfficeFormOut:
    """Give an office form of a case its number; asked again about the same step, it is the same (200)."""
    row, is_new = operations.issue_form(
        session, id_of(session, number), kind, step=step, reach=viewer.reach(Scope.CASES_READ), actor=viewer.actor
    )
    response.status_code = 201 if is_new else 200
    return _form(row)


@router.get(
    "/{number}/forms/{kind}.{form}",
    response_class=Response,
    responses=PRINT | responses(400, 401, 403, 404, 429, 503),
)
@costly("prints", 2)
def print_office_form(
    shown: ShownDep,
    session: SnapshotDep,
    services: ServicesDep,
    viewer: LocalCaseViewer,
    language: Language,
    number: Number,
    kind: FormKindPath,
    form: Annotated[Literal["html", "pdf", "docx"], Path(description="Page, print, or Word.")],
    step: StepQuery = None,
) -> Response:
    """Print a numbered office form; texts about people are masked, and printed again it has the same number."""
    case_id = id_of(session, number)
    view = queries.form(session, case_id, kind, step=step, reach=viewer.reach(Scope.CASES_READ))
    shown.look_at(session, [case_id])
    texts = {
        name: shown.text(getattr(view, name), of=view.number)
        for name in ("description", "address", "reason", "opinion")
    }
    sheet = sheet_of(view, texts, layer_name=layer_name(session, services.settings.default_layer), language=language)
    if form == "html":
        return in_language(Response(form_html(sheet), media_type="text/html; charset=utf-8"), language)
    named = f"{kind}-{view.form.year}-{view.form.serial}.{form}"
    headers = {"Content-Disposition": f'inline; filename="{named}"'}
    if form == "docx":
        return in_language(Response(form_word(sheet), media_type=MEDIA_TYPE, headers=headers), language)
    return in_language(Response(form_pdf(sheet), media_type="application/pdf", headers=headers), language)


def _form(row: OfficeForm) -> OfficeFormOut:
    base = f"/v1/cases/{report_number(row.case_id)}/forms/{row.kind}"
    return OfficeFormOut(
        kind=FormKind(row.kind), year=row.year, serial=row.serial, step=row.step, issued_at=row.issued_at,
        issued_by=row.issued_by, prints=[f"{base}.{form}?step={row.step}" for form in ("html", "pdf", "docx")],
    )  # fmt: skip
