"""Hotspot runs, their clusters as files, and the topics followed from month to month."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import Depends, Path, Query
from sqlalchemy.orm import Session
from starlette.responses import Response

from api.hotspots.finding_schemas import HotspotFindings, findings_answer
from api.hotspots.map_schemas import HotspotFeatures
from api.hotspots.schemas import (
    Decision,
    MethodsAnswer,
    RunAnswer,
    RunRequest,
    TopicAnswer,
    TopicClosedOut,
    TopicClosingIn,
    methods_answer,
    run_answer,
    topic_answer,
)
from api.http.access import LocalViewer, Planner, Viewer
from api.http.admission import costly
from api.http.answers import BINARY, GEOJSON, GeoJsonResponse
from api.http.dependencies import SessionDep, SnapshotDep
from api.http.language import WordsLanguage, in_language
from api.http.openapi import feature_router
from api.http.problems import responses
from api.http.services import ServicesDep
from api.http.texts import Line
from core import clock
from core.settings import Settings
from governance.hotspots.catalogue import HotspotMethod
from governance.hotspots.reach import within_reach
from governance.hotspots.result_format import Result
from governance.hotspots.runs import files, operations, queries
from governance.hotspots.runs.tables import HotspotRun
from governance.hotspots.topics import closing
from governance.hotspots.topics import operations as topics
from governance.hotspots.topics import queries as topic_queries
from governance.hotspots.topics.states import TopicStatus
from governance.reports.reach_queries import area_reach
from grids.boundaries.queries import get_layer
from identity.grants import Scope
from identity.keys import Principal
from presentation.pages.hotspot_view import read_view
from presentation.pages.topic_board import board_html
from presentation.prints.notice import notice_html, notice_pdf
from presentation.words import topics as topic_words
from presentation.words.hotspots import CATALOGUE, message_of

router = feature_router(prefix="/v1/hotspots", tags=["hotspots"])

Language = Annotated[str, Depends(WordsLanguage(CATALOGUE))]
TopicLanguage = Annotated[str, Depends(WordsLanguage(topic_words.CATALOGUE))]
RunId = Annotated[int, Path(ge=1, le=2**62, examples=[1])]
Form = Literal["geojson", "csv", "gpkg"]
FORMATS = {
    "geojson": (GEOJSON, files.as_geojson),
    "csv": ("text/csv; charset=utf-8", files.as_csv),
    "gpkg": ("application/geopackage+sqlite3", files.as_geopackage),
}


@router.get("/methods", responses=responses(401, 403, 503))
def list_hotspot_methods(_: LocalViewer, language: Language) -> MethodsAnswer:
    """List the methods and the parameters of a run, with defaults, ranges and what each is."""
    return methods_answer(language)


@router.post("/runs", status_code=202, responses=responses(400, 401, 403, 404, 413, 422, 429, 503))
def request_hotspot_run(services: ServicesDep, wanted: RunRequest, session: SessionDep, planner: Planner) -> RunAnswer:
    """Queue a run; look at it again under its id. A key may have only so many waiting or running at once."""
    settings: Settings = services.settings
    run = operations.request_run(
        session,
        layer=wanted.layer or settings.default_layer,
        period=(wanted.start, wanted.end),
        level=wanted.level,
        within=wanted.within,
        categories=wanted.categories,
        methods=wanted.methods,
        parameters=wanted.parameters,
        seed=wanted.seed,
        kind=wanted.kind,
        actor=planner.actor,
        most_open=settings.hotspot_runs_each,
    )
    return run_answer(run)


@router.get("/runs", responses=responses(400, 401, 403, 503))
def list_hotspot_runs(
    session: SessionDep,
    _: LocalViewer,
    after: Annotated[int | None, Query(ge=1, le=2**62, description="Id of the last run of the page before.")] = None,
    kind: Annotated[Literal["adhoc", "daily", "weekly", "monthly"] | None, Query()] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> list[RunAnswer]:
    """List runs, newest first."""
    return [run_answer(run) for run in queries.list_runs(session, before=after, kind=kind, limit=limit)]


@router.get("/runs/{run}", responses=responses(400, 401, 403, 404, 503))
def get_hotspot_run(run: RunId, session: SessionDep, viewer: LocalViewer, language: Language) -> RunAnswer:
    """Return a run: how far it is, what it read, what it set aside (to a key that reaches all areas and categories)."""
    found = queries.get_run(session, run)
    is_shown = found.result is not None and viewer.holds(Scope.REPORTS_READ)
    return run_answer(found, queries.result_of(found) if is_shown else None, language)


@router.post("/runs/{run}/cancel", responses=responses(400, 401, 403, 404, 409, 503))
def cancel_hotspot_run(run: RunId, session: SessionDep, planner: Planner) -> RunAnswer:
    """Cancel a queued or running run."""
    return run_answer(operations.cancel_run(session, run_id=run, actor=planner.actor))


@router.get("/runs/{run}/findings", responses=responses(400, 401, 403, 404, 409, 503))
def get_hotspot_findings(run: RunId, session: SessionDep, viewer: LocalViewer, language: Language) -> HotspotFindings:
    """Return what a finished run found, with grounds, legends and notes: as codes with values, and as sentences.

    A key with grants for some areas or categories is given what lies whole in them.
    """
    found = queries.get_run(session, run)
    reached = _reached(session, viewer, found, queries.result_of(found))
    return findings_answer(run, reached, language, whole=viewer.reach(Scope.REPORTS_READ).is_everything)


def _reached(session: Session, viewer: Principal, run: HotspotRun, result: Result) -> Result:
    reach = viewer.reach(Scope.REPORTS_READ)
    return result if reach.is_everything else within_reach(result, area_reach(session, reach, layer_id=run.layer_id))


def _files(description: str) -> dict[int | str, dict[str, Any]]:
    tables = {"text/csv": {"schema": {"type": "string"}}, "application/geopackage+sqlite3": BINARY}
    return {200: {"description": description, "content": tables}, **responses(400, 401, 403, 404, 409, 503)}


def _file(found: files.FindingRows, run: int, form: Form) -> Response:
    media, write = FORMATS[form]
    headers = {"Content-Disposition": f'inline; filename="hotspots-{run}-{found.kind}.{form}"'}
    return Response(write(found), media_type=media, headers=headers)


@router.get(
    "/runs/{run}/clusters.{form}",
    response_model=HotspotFeatures,
    response_class=GeoJsonResponse,
    responses=_files("The clusters of a finished run. `significant` is null where the method does not test."),
)
def get_hotspot_clusters(
    run: RunId,
    form: Form,
    session: SessionDep,
    viewer: LocalViewer,
    method: Annotated[HotspotMethod | None, Query(description="Only the clusters of one method.")] = None,
) -> Response:
    """Return the clusters as a file; to a key with grants for some areas those that lie whole in them."""
    found = queries.get_run(session, run)
    return _file(files.clusters_of(_reached(session, viewer, found, queries.result_of(found)), method), run, form)


@router.get(
    "/runs/{run}/units.{form}",
    response_model=HotspotFeatures,
    response_class=GeoJsonResponse,
    responses=_files("Each grid or hexagon with what gi, moran and emerging say of it."),
)
def get_hotspot_units(run: RunId, form: Form, session: SnapshotDep, viewer: LocalViewer) -> Response:
    """Return the units that were judged as a file; to a key with grants for some areas those in them."""
    found = queries.get_run(session, run)
    view = read_view(session, found)
    return _file(files.units_of(_reached(session, viewer, found, view.result), view.shapes, message_of), run, form)


@router.get(
    "/runs/{run}/warnings.{form}",
    response_model=HotspotFeatures,
    response_class=GeoJsonResponse,
    responses=_files("Each area and category that was compared with its past; `alarm` marks what is more than that."),
)
def get_hotspot_warnings(run: RunId, form: Form, session: SnapshotDep, viewer: LocalViewer) -> Response:
    """Return the same-period early warning as a file: observed, expected, upper bound, probability.

    A key with grants for some areas or categories is given the series of these.
    """
    found = queries.get_run(session, run)
    view = read_view(session, found)
    reached = _reached(session, viewer, found, view.result)
    return _file(files.warnings_of(reached, {**view.shapes, **view.outlines}), run, form)


@router.get(
    "/runs/{run}/notice.{form}",
    response_class=Response,
    responses={
        200: {
            "description": "The notice of a run whose findings went into the topics.",
            "content": {
                "text/html": {"schema": {"type": "string"}},
                "application/pdf": {"schema": {"type": "string", "format": "binary"}},
            },
        },
        **responses(400, 401, 403, 404, 409, 503),
    },
)
@costly("prints", 2)
def get_hotspot_notice(
    run: RunId,
    form: Literal["html", "pdf"],
    session: SnapshotDep,
    _: Viewer,
    language: TopicLanguage,
    issuer: Annotated[Line, Query(description="Who issues it.")] = "城市运行中心",
) -> Response:
    """Return the monthly notice: what was found, how sure, compared with what, and what became of last month's."""
    view = read_view(session, queries.get_run(session, run))
    followed = topic_queries.topics_of_run(session, run)
    page = notice_html(view, followed, issuer=issuer, issued_at=clock.now(), language=language)
    answer = Response(page, media_type="text/html")
    if form == "pdf":
        answer = Response(notice_pdf(page), media_type="application/pdf")
    return in_language(answer, language)


@router.get(
    "/topics.html",
    response_class=Response,
    responses={200: {"content": {"text/html": {"schema": {"type": "string"}}}}, **responses(401, 403, 404, 503)},
)
def get_topic_board(services: ServicesDep, session: SnapshotDep, _: Viewer, language: TopicLanguage) -> Response:
    """Return the topics as a board."""
    layer = get_layer(session, services.settings.default_layer)
    found = topic_queries.list_topics(session, layer_id=layer.id)
    history = topic_queries.events_of(session, [topic.id for topic in found])
    today = clock.now().astimezone(clock.LOCAL).date()
    board = board_html(
        found, history, today=today, layer_name=layer.name, map_path="../maps/hotspots.html", language=language
    )
    return in_language(Response(board, media_type="text/html"), language)


@router.get("/topics", responses=responses(400, 401, 403, 404, 503))
def list_topics(
    services: ServicesDep,
    session: SessionDep,
    _: Viewer,
    language: Language,
    status: Annotated[TopicStatus | None, Query()] = None,
) -> list[TopicAnswer]:
    """List the topics of the default layer with their history."""
    layer = get_layer(session, services.settings.default_layer)
    found = topic_queries.list_topics(session, layer_id=layer.id, status=status)
    history = topic_queries.events_of(session, [topic.id for topic in found])
    return [topic_answer(topic, history[topic.id], language) for topic in found]


@router.post("/topics/{topic}/closing", responses=responses(400, 401, 403, 404, 409, 422, 503))
def close_topic(
    session: SessionDep, planner: Planner, topic: Annotated[int, Path(ge=1, le=2**62)], body: TopicClosingIn
) -> TopicClosedOut:
    """Close a topic whose reports became fewer since measures began, by more than chance, with the counts."""
    _, found = closing.close(session, topic, body.since, actor=planner.actor)
    return TopicClosedOut(
        topic=topic, since=found.since, days=found.days, before=found.before, after=found.after, p=found.p
    )


@router.patch("/topics/{topic}", responses=responses(400, 401, 403, 404, 409, 413, 422, 503))
def change_topic(
    topic: Annotated[int, Path(ge=1, le=2**62)],
    decision: Decision,
    session: SessionDep,
    planner: Planner,
    language: Language,
) -> TopicAnswer:
    """Set a topic's owner, measures, follow-up date or state; the history keeps it."""
    changed = topics.decide(session, topic_id=topic, actor=planner.actor, **decision.model_dump(exclude_none=True))
    session.flush()
    return topic_answer(changed, topic_queries.events_of(session, [topic])[topic], language)
