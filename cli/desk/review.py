"""A draft under review: previewed, submitted, approved or sent back, published."""

from __future__ import annotations

from typing import Annotated

import typer

from cli import grid_workers
from cli.boundary_files import EffectiveOption, ForceOption, meant
from cli.cluster import console
from cli.desk.acting import Draft, Key, To, acting, out
from cli.languages import FileLanguage  # noqa: TC001 (Typer reads it)
from identity.grants import Scope


def preview(change_set: Draft, key: Key, to: To = None, language: FileLanguage = "zh") -> None:
    """Print what publishing would do; `--output` writes a map (.html) or a one-page print (.pdf).

    Example: [bold]wangge boundaries preview 1 --output impact.html[/]
    """
    from governance.boundary_changes import operations
    from presentation.pages.impact_page import impact_page
    from presentation.prints import impact_sheet

    with acting(key, Scope.REPORTS_READ) as (session, who):
        found = operations.preview(session, change_set_id=change_set, reader=who)
        impact = found.impact
        out.print(
            f"{len(impact.areas)} areas; of {impact.examined} reports of a year {impact.year_moved} change their area, "
            f"{impact.open_moved} of them open; {len(impact.units)} units gain or lose"
        )
        for change in impact.areas[:20]:
            gain, loss = f"+{change.gained_m2:,.0f}", f"−{change.lost_m2:,.0f} m²"
            out.print(f"  {change.kind:8} {change.code} {change.name}  {gain} {loss}")
        grid_workers.print_workers(impact)
        if to is not None:
            write = impact_sheet.impact_print if to.suffix == ".pdf" else impact_page
            to.write_bytes(write(found, language=language))
            console.print(f"wrote {to}")


def submit(change_set: Draft, key: Key) -> None:
    """Hand a draft in for approval.

    Example: [bold]wangge boundaries submit 1[/]
    """
    from grids.change_sets import operations

    with acting(key, Scope.BOUNDARIES_EDIT) as (session, who):
        out.print(f"{operations.submit(session, change_set_id=change_set, actor=who.actor).state}")


def approve(
    change_set: Draft,
    key: Key,
    effective_at: EffectiveOption = None,
    force: ForceOption = False,
) -> None:
    """Approve a submitted draft; never by anyone who worked on it.

    Example: [bold]wangge boundaries approve 1 --key $APPROVERS_KEY[/]
    """
    from grids.change_sets import operations, queries

    with acting(key, Scope.BOUNDARIES_APPROVE) as (session, who):
        layer = queries.layer_of(session, queries.get_change_set(session, change_set))
        done = operations.approve(
            session,
            change_set_id=change_set,
            actor=who.actor,
            effective_at=effective_at,
            meant=meant(session, layer, force=force),
        )
        out.print(f"{done.state}")


def send_back(
    change_set: Draft, reason: Annotated[str, typer.Option(help="What is to be done; kept on record.")], key: Key
) -> None:
    """Open a submitted or approved draft again, with the reason on record.

    Example: [bold]wangge boundaries send-back 1 --reason "界线应沿新安路" --key $APPROVERS_KEY[/]
    """
    from grids.change_sets import operations

    with acting(key, Scope.BOUNDARIES_APPROVE) as (session, who):
        out.print(operations.send_back(session, change_set_id=change_set, actor=who.actor, reason=reason).state)


def publish(change_set: Draft, key: Key) -> None:
    """Publish an approved draft as a release.

    Example: [bold]wangge boundaries publish 1 --key $APPROVERS_KEY[/]
    """
    from core.settings import Settings
    from grids.change_sets import operations

    with acting(key, Scope.BOUNDARIES_APPROVE) as (session, who):
        done = operations.publish_change_set(
            session, change_set_id=change_set, actor=who.actor, lead_s=Settings().release_lead_s
        )
        out.print(f"release [bold]{done.release.number}[/], effective {done.release.effective_at.isoformat()}")
