"""The results of a unit or person as one sheet, page or PDF."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import Depends, Path, Query, Response

from api.http.access import LocalCaseViewer
from api.http.admission import costly
from api.http.answers import BINARY
from api.http.dependencies import SnapshotDep
from api.http.language import WordsLanguage, in_language
from api.http.openapi import feature_router
from api.http.problems import responses
from api.http.services import ServicesDep
from governance.assessment import queries
from governance.assessment.result_sheets import result_sheet
from governance.assessment.states import Grouping
from grids.boundaries.queries import layer_name
from identity.grants import Scope
from presentation.prints.result_sheet import result_html, result_pdf
from presentation.words.result_sheets import CATALOGUE

router = feature_router(prefix="/v1/assessment", tags=["assessment"])
RunNumber = Annotated[int, Path(ge=1, le=2**62, description="Number of the results.")]
Language = Annotated[str, Depends(WordsLanguage(CATALOGUE))]
UnitQuery = Annotated[str | None, Query(max_length=128, pattern=r"^[^\x00-\x1F\x7F]+$", description="Code of a unit.")]
PersonQuery = Annotated[int | None, Query(ge=1, le=2**31 - 1, description="Number of a person; oneself if left out.")]
PRINT: dict[int | str, dict[str, Any]] = {
    200: {"content": {"application/pdf": BINARY, "text/html": {"schema": {"type": "string"}}}}
}


@router.get(
    "/results/{assessment}/sheet.{form}",
    response_class=Response,
    responses=PRINT | responses(400, 401, 403, 404, 429, 503),
)
@costly("prints", 2)
def print_result_sheet(
    session: SnapshotDep,
    services: ServicesDep,
    viewer: LocalCaseViewer,
    language: Language,
    assessment: RunNumber,
    form: Annotated[Literal["html", "pdf"], Path(description="Page or print.")],
    unit: UnitQuery = None,
    person: PersonQuery = None,
) -> Response:
    """Print the results of a unit, or of a person: others' for the supervisor alone."""
    run = queries.visible_run(session, assessment, sees_all=viewer.holds(Scope.CASES_SUPERVISE))
    if unit is not None:
        found = result_sheet(session, run, Grouping.UNIT, unit)
    else:
        whose = viewer.actor.id if person is None else person
        if whose != viewer.actor.id:
            viewer.require(Scope.CASES_SUPERVISE)
        found = result_sheet(session, run, Grouping.PERSON, str(whose))
    page = result_html(found, layer_name=layer_name(session, services.settings.default_layer), language=language)
    if form == "html":
        return in_language(Response(page, media_type="text/html; charset=utf-8"), language)
    named = {"Content-Disposition": f'inline; filename="results-{assessment}.pdf"'}
    return in_language(Response(result_pdf(page), media_type="application/pdf", headers=named), language)
