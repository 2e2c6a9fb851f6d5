"""What a run found, printed: every finding of every method, what was set aside, and what the run notes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cli.printing import Table
from governance.hotspots.findings import FindingKind, findings_of
from governance.hotspots.grounds import SMALLEST_PROBABILITY
from presentation.words.hotspots import message_of, method_label, note_sentence

if TYPE_CHECKING:
    from rich.console import Console

    from governance.hotspots.findings import Finding
    from governance.hotspots.result_format import Result

#: Of one method as many units are listed; how many more there are is printed.
MOST_UNITS = 20


def print_result(console: Console, notices: Console, run: int, result: Result, language: str) -> None:
    """Print the findings to one console; what was read, what found nothing, and the notes to the other."""
    account, period = result.input, result.period
    notices.print(
        f"run [bold]{run}[/], {period.start} to {period.end}: {account.incidents_in_period} incidents; "
        f"set aside in the history: {account.on_pile_ups} on default geocodes, "
        f"{account.repeat_calls} repeat calls, {account.patrol} of patrols"
    )
    found = findings_of(result)
    if found:
        console.print(_table(found, language))
    for method in result.methods:
        own = [one for one in found if one.method == method]
        if not own and not any(c.method == method for c in result.clusters):
            notices.print(f"{method_label(method, language)}: nothing found", markup=False)
        elif len(own) > MOST_UNITS and own[0].kind is FindingKind.UNIT:
            more = len(own) - MOST_UNITS
            notices.print(f"{method_label(method, language)}: {more} more units; units.csv lists all", markup=False)
    for note in result.notes:
        notices.print(note_sentence(note, language), markup=False)


def _table(found: list[Finding], language: str) -> Table:
    table = Table("no.", "method", "finding", "where and what", "days", "observed", "expected", "p (adjusted)")
    units: dict[str, int] = {}
    for one in found:
        if one.kind is FindingKind.UNIT:
            units[one.method] = units.get(one.method, 0) + 1
            if units[one.method] > MOST_UNITS:
                continue
        table.add_row(
            str(one.number),
            method_label(one.method, language),
            message_of(one.label, language),
            message_of(one.title, language),
            f"{one.first} – {one.last}",
            str(one.observed) if one.observed is not None else "",
            f"{one.expected:.1f}" if one.expected is not None else _stability(one),
            _probability(one),
        )
    return table


def _stability(one: Finding) -> str:
    stability = one.clusters[0].stability if one.clusters else None
    return "" if stability is None else f"stability {stability:.2f}"


def _probability(one: Finding) -> str:
    if one.probability is None:
        return "not tested" if one.kind is FindingKind.PLACE else ""
    return f"< {SMALLEST_PROBABILITY:g}" if one.probability < SMALLEST_PROBABILITY else f"{one.probability:.2g}"
