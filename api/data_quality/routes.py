"""How far each source's coordinates can be believed, and what is offered to mend it."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Depends, Query
from fastapi import Path as PathValue
from starlette.responses import HTMLResponse, Response

from api.data_quality.schemas import CorrectionDecisionIn, CorrectionOut, ExaminedOut, FlaggedOut, SourceOut
from api.http.access import Administrator, Dispatcher, LocalViewer, Viewer
from api.http.answers import json_response
from api.http.dependencies import SessionDep, SnapshotDep
from api.http.language import WordsLanguage, in_language
from api.http.openapi import feature_router
from api.http.problems import responses
from api.http.shown import Shown, ShownDep
from api.http.texts import LINE_PATTERN
from governance.data_quality import operations, queries, rules
from governance.reports.numbers import report_number
from identity.grants import Scope
from presentation.pages.template_page import template_page
from presentation.words.pages import CATALOGUE, sentence_of

router = feature_router(tags=["data quality"])

Language = Annotated[str, Depends(WordsLanguage(CATALOGUE))]

Source = Annotated[str, PathValue(max_length=200, pattern=LINE_PATTERN)]


@router.get("/v1/data-quality", response_model=list[SourceOut], responses=responses(401, 403, 429, 503))
def list_sources(session: SnapshotDep, _caller: Viewer, language: Language) -> Response:
    """List every source with how its points fit their addresses, areas and grids under each datum."""
    return in_language(json_response([_source(row, language) for row in queries.sources(session)]), language)


@router.get("/v1/data-quality/{source}", response_model=SourceOut, responses=responses(400, 401, 403, 404, 429, 503))
def get_source(session: SnapshotDep, _caller: Viewer, source: Source, language: Language) -> Response:
    """Return one source's standing."""
    return in_language(json_response(_source(queries.sources(session, name=source)[0], language)), language)


@router.get(
    "/v1/data-quality/{source}/flagged",
    response_model=list[FlaggedOut],
    responses=responses(400, 401, 403, 404, 429, 503),
)
def list_flagged_reports(
    shown: ShownDep,
    session: SnapshotDep,
    caller: LocalViewer,
    source: Source,
    flag: Annotated[rules.Flag | None, Query()] = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> Response:
    """List a source's reports about which something was noticed, each with its evidence."""
    rows = queries.flagged(
        session,
        client=queries.source_id(session, source),
        flag=flag.value if flag else None,
        limit=limit,
        reach=caller.reach(Scope.REPORTS_READ),
    )
    shown.look_at(session, [row["id"] for row in rows])
    return json_response([_flagged(row, shown) for row in rows])


@router.post("/v1/data-quality/examinations", responses=responses(401, 403, 422, 429, 503))
def examine_reports(session: SessionDep, _caller: Dispatcher) -> ExaminedOut:
    """Look at the reports nobody looked at yet; the same runs by itself on a schedule."""
    done = operations.examine(session)
    return ExaminedOut(reports=done.reports, flagged=done.flagged, offered=done.offered)


@router.post(
    "/v1/data-quality/corrections/{correction_id}/decision", responses=responses(400, 401, 403, 404, 409, 422, 429, 503)
)
def decide_correction(
    session: SessionDep,
    caller: Administrator,
    correction_id: Annotated[int, PathValue(ge=1, le=2**63 - 1)],
    decision: CorrectionDecisionIn,
) -> CorrectionOut:
    """Take an offered datum as the source's from now on, or refuse it; earlier reports stay as they are."""
    decided = operations.decide(
        session, correction_id=correction_id, take=decision.take, actor=caller.actor, reason=decision.reason
    )
    return CorrectionOut.model_validate(decided, from_attributes=True)


@router.get("/data-quality", response_class=HTMLResponse, include_in_schema=False)
def get_data_quality_page(language: Language) -> Response:
    """Return the page; it asks for a key and fetches the numbers with it."""
    return in_language(HTMLResponse(template_page("data_quality.html", language)), language)


def _source(row: dict[str, Any], language: str) -> dict[str, Any]:
    shown = ("channel", "reports", "with_point", "with_address", "examined", "declarations", "flags", "corrections")
    labels = {flag.value: sentence_of(f"flag/{flag}", language) for flag in rules.Flag}
    return {"source": row["name"], "declared_crs": row["crs"], "flag_labels": labels} | {k: row[k] for k in shown}


def _flagged(row: dict[str, Any], shown: Shown) -> dict[str, Any]:
    number = report_number(row["id"])
    copied = ("x", "y", "crs", "verdict", "address_lon", "address_lat", "distance_m", "flags", "examined_at")
    return {"number": number, "address": shown.text(row["address_text"], of=number)} | {k: row[k] for k in copied}
