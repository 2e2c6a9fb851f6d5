"""A draft's defects and their repairs."""

from __future__ import annotations

from typing import Annotated

import orjson
import typer

from cli.desk.acting import Draft, Key, To, acting, out, print_defects, print_edited
from cli.printing import Table
from core.words import FIRST_LANGUAGE
from grids.boundaries.defect_words import defect_features, defect_sentence, repair_sentence
from identity.grants import Scope


def check_draft(
    change_set: Draft,
    key: Key,
    neighbourhood: Annotated[
        bool, typer.Option("--neighbourhood", help="Only around what the draft changed, at once.")
    ] = False,
    to: To = None,
) -> None:
    """Check the whole layer as the draft has it; `--output` writes the defects as GeoJSON. Exit code 1 when one blocks.

    Example: [bold]wangge boundaries check-draft 1 --neighbourhood[/]
    """
    from grids.change_sets import operations

    with acting(key, Scope.REPORTS_READ) as (session, _):
        report = operations.surroundings_of_draft(session, change_set_id=change_set).report if neighbourhood else None
        if report is None:
            report = operations.check(session, change_set_id=change_set)
    print_defects(report.defects)
    out.print(f"{len(report.defects)} defects in {report.areas_checked} areas")
    if to is not None:
        to.write_bytes(orjson.dumps(defect_features(report)))
    raise typer.Exit(int(report.blocks))


def repair(
    change_set: Draft,
    key: Key,
    take: Annotated[list[str] | None, typer.Option("--take", help="Key of a proposal; repeatable.")] = None,
    take_all: Annotated[
        bool, typer.Option("--take-all", help="Take the preferred ones until nothing more can be mended.")
    ] = False,
    kinds: Annotated[list[str] | None, typer.Option("--kind", help="Only defects of this kind; repeatable.")] = None,
    area: Annotated[str | None, typer.Option(help="Only defects of this area.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=200, help="Defects a page.")] = 20,
    after: Annotated[str | None, typer.Option(help="The next page, as the one before names it.")] = None,
) -> None:
    """Show repair proposals with the ground they move; take those named, or all.

    Example: [bold]wangge boundaries repair 1 --kind gap[/]   then
    [bold]wangge boundaries repair 1 --take gap-1a2b3c4d5e/1[/]
    """
    from grids.change_sets import operations

    wanted = operations.Wanted(kinds=kinds, area=area)
    if take or take_all:
        with acting(key, Scope.BOUNDARIES_EDIT) as (session, who):
            keys = None if take_all else take
            done = operations.repair(session, change_set_id=change_set, keys=keys, actor=who.actor, wanted=wanted)
            print_edited(session, done.edited)
            out.print(f"{done.taken} repairs taken, {len(done.left)} defects left")
            print_defects(done.left)
        return
    table = Table("key", "defect", "repair", "moves m²")
    with acting(key, Scope.REPORTS_READ) as (session, _):
        page = operations.offers(session, change_set_id=change_set, wanted=wanted, limit=limit, after=after)
    for offer in page.offers:
        told = defect_sentence(offer.defect.facts, FIRST_LANGUAGE)
        table.add_row(offer.key, told, repair_sentence(offer.repair, FIRST_LANGUAGE), f"{offer.repair.moved_m2:,.1f}")
    out.print(table)
    out.print(f"{page.defects} defects; {len(page.unmendable)} of this page only a person can mend")
    if page.next is not None:
        out.print(f"the next page: --after {page.next}", soft_wrap=True)
