"""`triage`: reports without a certain place, listed, settled, drawn."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import orjson
import typer

from cli.actors import ActorOption, local_actor
from cli.cluster import console
from cli.context import database
from cli.languages import users_language
from cli.printing import JsonOption, Listing
from grids.gazetteer.states import WordingState
from identity.grants import EVERYTHING

if TYPE_CHECKING:
    from core.words import StoredMessage

app = typer.Typer(help="Reports without a certain place.", no_args_is_help=True, rich_markup_mode="rich")


@app.command("list")
def list_(
    limit: Annotated[int, typer.Option(min=1, max=500, help="How many at most.")] = 20,
    channel: Annotated[str | None, typer.Option(help="Of one channel only.")] = None,
    as_json: JsonOption = False,
) -> None:
    """List what waits for a place, the oldest first, with its candidates.

    Example: [bold]wangge triage list[/]
    """
    from core.personal import masked_text
    from governance.triage import operations, queries
    from presentation.words.places import reason_sentence

    rows = Listing(number="number", address="address", why="why", candidates="candidates")
    with database() as opened, opened.snapshot() as session:
        waiting = queries.count(session, reach=EVERYTHING, channel=channel)
        for item in operations.queue(session, reach=EVERYTHING, limit=limit, channel=channel):
            said = [f"{i}. {c.label} ({c.score:.2f}, ±{c.accuracy_m:.0f} m)" for i, c in enumerate(item.candidates, 1)]
            address = masked_text(item.report["address_text"] or "")
            why = masked_text(reason_sentence(item.why, users_language()))
            rows.add(item.number, address, why, said, shown={"candidates": "\n".join(said)})
    rows.print(as_json=as_json)
    console.print(f"{waiting} waiting")


@app.command("settle")
def resolve_place(
    number: Annotated[str, typer.Argument(help="The report's number.")],
    reason: Annotated[str, typer.Option(help="Why there.")],
    candidate: Annotated[int | None, typer.Option(min=1, help="Number of a candidate in the list.")] = None,
    lon: Annotated[float | None, typer.Option(help="Longitude, WGS 84.")] = None,
    lat: Annotated[float | None, typer.Option(help="Latitude, WGS 84.")] = None,
    area: Annotated[str | None, typer.Option(help="Code of an area.")] = None,
    wording: Annotated[str | None, typer.Option(help="What the caller calls the place.")] = None,
    actor: ActorOption = None,
) -> None:
    """Settle a report: by a candidate, a point or an area.

    Example: [bold]wangge triage settle SJ2607000012-8 --candidate 1 --reason 电话核实[/]
    """
    from core.settings import Settings
    from governance.reports.numbers import report_id
    from governance.triage import operations
    from grids.assignment.operations import ReleaseCache
    from presentation.words.places import reason_sentence

    with database() as opened:
        indexes = ReleaseCache(opened, Settings())
        indexes.refresh()
        with opened.transaction() as session:
            settled = operations.resolve_place(
                session,
                indexes,
                report_id=report_id(number),
                where=operations.PlaceChoice(candidate, lon, lat, area),
                reason=reason,
                actor=local_actor(session, actor),
                reach=EVERYTHING,
                wording=wording,
            )
    why = reason_sentence(settled.reason, users_language())
    console.print(f"{number} → [bold]{settled.area_path[-1]}[/]  {why}", highlight=False)
    if settled.wording is not None:
        console.print(f"proposed wording {settled.wording.id}: {settled.wording.words} = {settled.wording.label}")


@app.command("map")
def map_(
    path: Annotated[Path, typer.Argument(help="GeoJSON file to write.")],
    channel: Annotated[str | None, typer.Option(help="Of one channel only.")] = None,
) -> None:
    """Write a map of what waits: every candidate as a point or line.

    Example: [bold]wangge triage map triage.geojson[/]
    """
    from governance.triage import operations
    from presentation.words.places import reason_sentence

    def words(reason: StoredMessage) -> dict[str, str]:
        return {"": reason_sentence(reason, users_language()), "_zh": reason_sentence(reason)}

    with database() as opened, opened.snapshot() as session:
        drawn = operations.map_file(session, words, reach=EVERYTHING, channel=channel)
    path.write_bytes(orjson.dumps(drawn, option=orjson.OPT_INDENT_2))
    console.print(f"{len(drawn['features'])} features in {path}; {drawn['without_candidates']} reports without any")


@app.command()
def wordings(
    state: Annotated[WordingState, typer.Option(help="What became of them.")] = WordingState.PROPOSED,
    as_json: JsonOption = False,
) -> None:
    """List what people call places.

    Example: [bold]wangge triage wordings[/]
    """
    from core.personal import masked_text
    from grids.gazetteer import queries

    rows = Listing(id="no.", words="words", place="place", state="state", proposed_by="proposed by")
    with database() as opened, opened.snapshot() as session:
        for w in queries.wordings(session, state=state):
            rows.add(w.id, masked_text(w.words), masked_text(w.label), str(w.state), w.proposed_by)
    rows.print(as_json=as_json)


@app.command()
def decide(
    wording_id: Annotated[int, typer.Argument(help="Number of the wording.")],
    reason: Annotated[str, typer.Option(help="Why.")],
    take: Annotated[bool, typer.Option("--take/--refuse", help="Take it into the gazetteer, or refuse it.")] = True,
    actor: ActorOption = None,
) -> None:
    """Take a proposed wording into the gazetteer, or refuse it.

    Example: [bold]wangge triage decide 3 --take --reason 群众都这么叫[/]
    """
    from grids.gazetteer import operations

    with database() as opened, opened.transaction() as session:
        decided = operations.decide_wording(
            session, wording_id=wording_id, take=take, actor=local_actor(session, actor), reason=reason
        )
        console.print(f"{decided.words}: {decided.state}")


@app.command()
def examine() -> None:
    """Look at the points of reports nobody looked at yet, and offer sources a datum where the evidence is clear.

    Example: [bold]wangge triage examine[/]
    """
    from governance.data_quality import operations

    with database() as opened, opened.transaction() as session:
        done = operations.examine(session)
    console.print(f"{done.reports} examined, {done.flagged} flagged, {done.offered} corrections offered")
