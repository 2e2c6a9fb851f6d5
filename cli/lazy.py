"""Commands that are made when they are asked for: a command line loads the module of its own command and no other.

Help and completion of all commands ask for all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from typing import Any, Final

import typer
from typer.core import TyperGroup

PASSES_WORDS_ON: Final = {"allow_extra_args": True, "ignore_unknown_options": True}

COMMANDS: Final[Mapping[str, str]] = {
    "assign": "cli.assign:assign",
    "demo": "cli.demo.command:demo",
    "test": "cli.testing:test",
    "lint": "cli.testing:lint",
    "console": "cli.console:app",
    "serve": "cli.serve:serve",
    "worker": "cli.serve:worker",
    "migrate": "cli.serve:migrate",
    "locate": "cli.gazetteer:locate",
    "boundaries": "cli.boundaries:app",
    "layers": "cli.layers:app",
    "gazetteer": "cli.gazetteer:app",
    "keys": "cli.keys:app",
    "channels": "cli.channels:app",
    "cases": "cli.cases:app",
    "whistles": "cli.whistles:app",
    "duplicates": "cli.duplicates:app",
    "caller-marks": "cli.caller_marks:app",
    "parts": "cli.parts:app",
    "attachments": "cli.attachments:app",
    "tasks": "cli.tasks:app",
    "policies": "cli.policies:app",
    "call-backs": "cli.call_backs:app",
    "notifications": "cli.notifications:app",
    "connectors": "cli.connectors:app",
    "trace": "cli.trace:app",
    "quick-notes": "cli.quick_notes:app",
    "dispatch-rules": "cli.dispatch_rules:app",
    "categories": "cli.categories:app",
    "suggestions": "cli.suggestions:app",
    "assessment": "cli.assessment:app",
    "appeals": "cli.appeals:app",
    "sheets": "cli.sheets:app",
    "meetings": "cli.meetings:app",
    "bulletins": "cli.bulletins:app",
    "knowledge": "cli.knowledge:app",
    "accounts": "cli.accounts:app",
    "grants": "cli.grants:app",
    "hotspots": "cli.hotspots:app",
    "reports": "cli.reports:app",
    "triage": "cli.triage:app",
    "audit": "cli.audit:app",
    "personal-requests": "cli.personal_requests:app",
    "holds": "cli.holds:app",
    "retention": "cli.retention:app",
    "training": "cli.training:app",
    "jobs": "cli.jobs:app",
    "events": "cli.events:app",
    "partitions": "cli.partitions:app",
    "units": "cli.units:app",
    "people": "cli.people:app",
    "seats": "cli.seats:app",
}
"""Where each command, or group of commands, is defined; in the order of the help."""


def _made(name: str) -> Any:  # noqa: ANN401 (click's command, or a group of them)
    """Return the command of a name, its module loaded."""
    module, _, attribute = COMMANDS[name].partition(":")
    found = getattr(import_module(module), attribute)
    holder = typer.Typer(rich_markup_mode="rich", pretty_exceptions_enable=False)
    if isinstance(found, typer.Typer):
        holder.add_typer(found, name=name)
    else:
        holder.command(name, context_settings=PASSES_WORDS_ON if name == "test" else None)(found)
    return typer.main.get_group(holder).commands[name]


class LazyCommands(Mapping[str, Any]):
    """The commands by name, each made once, when it is first asked for."""

    def __init__(self) -> None:
        self._made: dict[str, Any] = {}
        self._changes: list[Callable[[Any], None]] = []

    def each(self, change: Callable[[Any], None]) -> None:
        """Apply a change to each command, to those not yet made when they are."""
        self._changes.append(change)
        for command in self._made.values():
            change(command)

    def __getitem__(self, name: str) -> Any:  # noqa: ANN401 (click's command, or a group of them)
        if name not in self._made:
            command = _made(name)
            for change in self._changes:
                change(command)
            self._made[name] = command
        return self._made[name]

    def __iter__(self) -> Iterator[str]:
        return iter(COMMANDS)

    def __len__(self) -> int:
        return len(COMMANDS)


class LazyGroup(TyperGroup):
    """The group of all commands of `wangge`."""

    def __init__(self, **attributes: Any) -> None:  # noqa: ANN401 (typer's)
        super().__init__(**attributes)
        self.commands: Any = LazyCommands()

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ANN401, ARG002 (click's)
        """Return the names, for completion without loading a module."""
        return list(COMMANDS)
