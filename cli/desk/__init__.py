"""The boundary desk in the terminal: `boundaries draft|edit|check-draft|repair|preview|submit|approve|publish|…`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cli import grid_workers
from cli.desk import checks, drafts, edits, lineage_commands, review, withdrawals
from cli.desk.acting import acting

if TYPE_CHECKING:
    from collections.abc import Callable

    import typer

__all__ = ["acting", "add_to"]

COMMANDS: dict[str, Callable[..., None]] = {
    "draft": drafts.draft, "drafts": drafts.drafts, "edit": edits.edit, "create": edits.create,
    "retire": edits.retire, "facts": edits.facts, "replace": edits.replace, "propose": edits.propose,
    "undo": drafts.undo, "rules": edits.rules, "check-draft": checks.check_draft, "repair": checks.repair,
    "preview": review.preview, "submit": review.submit, "approve": review.approve, "send-back": review.send_back,
    "publish": review.publish, "handovers": grid_workers.handovers, "rebase": drafts.rebase,
    "settle": drafts.resolve_conflict, "request-withdrawal": withdrawals.request_withdrawal,
    "approve-withdrawal": withdrawals.approve_withdrawal, "withdraw": drafts.withdraw,
    "lineage": lineage_commands.lineage, "disputes": lineage_commands.disputes,
}  # fmt: skip


def add_to(app: typer.Typer) -> None:
    """Add the desk's commands to the `boundaries` ones."""
    app.add_typer(grid_workers.app, name="workers")
    for name, command in COMMANDS.items():
        app.command(name)(command)
