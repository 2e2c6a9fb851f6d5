"""`hotspots`: run an analysis, draw its map, follow topics, print the notice."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import Progress

from cli import hotspot_inputs
from cli.actors import ActorOption, local_actor
from cli.cluster import console
from cli.context import database
from cli.languages import FileLanguage, LanguageOption, users_language
from cli.lines import Console
from cli.pairs import pairs
from cli.printing import JsonOption, Listing, Table
from cli.refusals import refusal
from core import clock
from core.settings import Settings
from core.words import Words

app = typer.Typer(
    help="Hotspots: what is more than chance, where, since when.", no_args_is_help=True, rich_markup_mode="rich"
)
app.add_typer(hotspot_inputs.policy, name="policy")
app.add_typer(hotspot_inputs.effort, name="effort")
app.add_typer(hotspot_inputs.holidays, name="holidays")
Day = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"])]
RunOption = Annotated[int | None, typer.Option(help="Number of the run; the newest finished one if left out.")]


def last_month(today: date) -> tuple[date, date]:
    """Return the first day of the month before, and of this month."""
    end = today.replace(day=1)
    return (end - timedelta(days=1)).replace(day=1), end


@app.command()
def run(
    start: Day = None,
    end: Day = None,
    layer: Annotated[str | None, typer.Option(help="Layer; the default layer if left out.")] = None,
    within: Annotated[str | None, typer.Option(help="Only the area of this code.")] = None,
    category: Annotated[list[str] | None, typer.Option(help="Only these categories; repeatable.")] = None,
    method: Annotated[list[str] | None, typer.Option(help="Only these methods; repeatable.")] = None,
    monthly: Annotated[bool, typer.Option("--monthly", help="Feed the topics, as the monthly run does.")] = False,
    replicates: Annotated[int, typer.Option(min=19, max=99_999, help="Monte Carlo replicates.")] = 999,
    change: Annotated[
        list[str] | None, typer.Option("--set", help="Parameter=value, such as patrol=adjusted; repeatable.")
    ] = None,
    seed: Annotated[int, typer.Option(min=0)] = 0,
    language: LanguageOption = None,
    actor: ActorOption = None,
) -> None:
    """Analyse a period (last month if none is given; the end is not included) and list what was found.

    Example: [bold]wangge hotspots run --start 2026-05-01 --end 2026-06-01 --monthly[/]
    """
    from cli.hotspot_findings import print_result
    from governance.hotspots import execution
    from governance.hotspots.catalogue import HotspotMethod
    from governance.hotspots.runs import operations, queries

    unknown = sorted(set(method or []) - {str(m) for m in HotspotMethod})
    if unknown:
        raise refusal(
            "no method {unknown}; there are {methods}", values={"unknown": unknown, "methods": [*HotspotMethod]}
        )
    if (start is None) != (end is None):
        raise refusal("give --start and --end, or neither")
    given = pairs(change, "--set")
    changes = {name: hotspot_inputs.number_or_text(value) for name, value in given.items()}
    period = (start.date(), end.date()) if start and end else last_month(clock.now().astimezone(clock.LOCAL).date())
    with database() as opened:
        with opened.transaction() as session:
            number = operations.request_run(
                session,
                layer=layer or Settings().default_layer,
                period=period,
                within=within,
                categories=category or (),
                methods=[HotspotMethod(m) for m in method] if method else tuple(HotspotMethod),
                parameters={"replicates": replicates, **changes},
                seed=seed,
                kind="monthly" if monthly else "adhoc",
                actor=local_actor(session, actor),
                queued=False,
            ).id
        with Progress(console=console, transient=True) as bar:
            task = bar.add_task("analysing", total=1.0)
            execution.execute_run(opened, number, watch=lambda fraction: bar.update(task, completed=fraction))
        with opened.transaction() as session:
            result = queries.result_of(queries.get_run(session, number))
    print_result(Console(), console, number, result, language or users_language())


@app.command()
def methods(language: LanguageOption = None) -> None:
    """List the methods and the parameters of a run.

    Example: [bold]wangge hotspots methods[/]
    """
    from governance.hotspots.catalogue import HotspotMethod
    from governance.hotspots.study.parameters import described
    from presentation.words.hotspots import method_label, method_words, sentence_of

    told = language or users_language()

    table = Table("method", "", "asks", "tests?", title="Methods", title_justify="left")
    for method in HotspotMethod:
        words = (method_words(method, part, told) for part in ("asks", "tests"))
        table.add_row(str(method), method_label(method, told), *words)
    Console().print(table)
    table = Table("parameter", "default", "range", "what it is", title="Parameters", title_justify="left")
    for one in described():
        allowed = " ".join(one["choices"]) if one["choices"] else f"{one['minimum']} … {one['maximum']}"
        table.add_row(one["name"], str(one["default"]), allowed, sentence_of(f"parameter/{one['name']}", told))
    Console().print(table)


@app.command("map")
def map_(
    output: Annotated[Path, typer.Argument(help="File to write.")] = Path("hotspots.html"),
    run: RunOption = None,
    beside: Annotated[int | None, typer.Option(help="A second run, shown side by side.")] = None,
    language: FileLanguage = "zh",
) -> None:
    """Draw a run as one HTML file that opens without a network.

    Example: [bold]wangge hotspots map june.html --run 7 --beside 6[/]
    """
    from governance.hotspots.runs import queries
    from presentation.pages.hotspot_page import hotspot_page
    from presentation.pages.hotspot_view import read_view

    with database() as opened, opened.snapshot() as session:
        found = queries.get_run(session, run) if run is not None else queries.latest_done(session)
        other = read_view(session, queries.get_run(session, beside)) if beside is not None else None
        basemap = Settings().basemap_url
        output.write_bytes(hotspot_page(read_view(session, found), other, basemap_url=basemap, language=language))
    console.print(f"run [bold]{found.id}[/] is drawn in [bold]{output}[/]")


@app.command()
def topics(
    output: Annotated[Path | None, typer.Option(help="Write the board as an HTML file.")] = None,
    follow: Annotated[int | None, typer.Option(help="Follow the findings of this run first.")] = None,
    take_back: Annotated[int | None, typer.Option(help="Take back what this run, the latest, did to topics.")] = None,
    reason: Annotated[str, typer.Option(help="Why it is taken back.")] = "",
    actor: ActorOption = None,
    language: FileLanguage = "zh",
    as_json: JsonOption = False,
) -> None:
    """List the topics followed from month to month.

    Example: [bold]wangge hotspots topics --output board.html[/]
    """
    from governance.hotspots.topics import operations as verbs
    from governance.hotspots.topics import queries as topic_queries
    from governance.hotspots.topics.states import TopicEventKind
    from grids.boundaries.queries import get_layer
    from presentation.pages.topic_board import board_html
    from presentation.words.topics import CATALOGUE, topic_title

    with database() as opened, opened.transaction() as session:
        if follow is not None:
            verbs.follow_run(session, run_id=follow, actor=local_actor(session, actor))
            session.flush()
        if take_back is not None:
            back = verbs.take_back(session, run_id=take_back, actor=local_actor(session, actor), reason=reason)
            console.print(f"run [bold]{take_back}[/] is taken back from {len(back)} topics")
        layer = get_layer(session, Settings().default_layer)
        found = topic_queries.list_topics(session, layer_id=layer.id)
        history = topic_queries.events_of(session, [t.id for t in found])
        if output is not None:
            today = clock.now().astimezone(clock.LOCAL).date()
            board = board_html(found, history, today=today, layer_name=layer.name, language=language)
            output.write_text(board, encoding="utf-8")
    rows = Listing(id="no.", topic="topic", kinds="kinds", state="state", last="last", owner="owner")
    words = Words(CATALOGUE, language)
    for topic in found:
        events = history[topic.id]
        kinds: list[str] = next((e.finding["kinds"] for e in reversed(events) if "kinds" in e.finding), [])
        last = next((words(f"event/{e.kind}") for e in reversed(events) if e.kind != TopicEventKind.DECIDED), "")
        labels = [words(f"kind/{kind}") for kind in kinds]
        rows.add(topic.id, topic_title(topic, language), labels, str(topic.status), last, topic.owner)
    rows.print(as_json=as_json)


@app.command()
def notice(
    output: Annotated[Path, typer.Argument(help="File to write, .html or .pdf.")] = Path("notice.pdf"),
    run: RunOption = None,
    issuer: Annotated[str, typer.Option(help="Who issues it.")] = "城市运行中心",
    language: FileLanguage = "zh",
) -> None:
    """Write the notice of a monthly run, as HTML or PDF.

    Example: [bold]wangge hotspots notice june.pdf --run 7[/]
    """
    from governance.hotspots.runs import queries
    from governance.hotspots.topics import queries as topic_queries
    from presentation.pages.hotspot_view import read_view
    from presentation.prints.notice import notice_html, notice_pdf

    with database() as opened, opened.snapshot() as session:
        found = queries.get_run(session, run) if run is not None else queries.latest_done(session, kind="monthly")
        followed = topic_queries.topics_of_run(session, found.id)
        view = read_view(session, found)
        page = notice_html(view, followed, issuer=issuer, issued_at=clock.now(), language=language)
    output.write_bytes(notice_pdf(page) if output.suffix.lower() == ".pdf" else page.encode())
    console.print(f"the notice of run [bold]{found.id}[/] is in [bold]{output}[/]")
