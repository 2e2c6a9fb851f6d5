"""What the demonstration says at the end, for a person to read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich import box
from rich.table import Table
from rich.text import Text

from cli.demo.categories import CHANNELS
from cli.demo.sending import PEOPLE
from governance.hotspots.catalogue import HotspotMethod
from governance.hotspots.findings import legend_of, significant_places
from governance.hotspots.grounds import SMALLEST_PROBABILITY
from presentation.words.hotspots import message_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from rich.console import Console

    from cli.demo.assessing import Assessed
    from cli.demo.casework import CaseCounts
    from cli.demo.centre import Centre
    from cli.demo.flagging import Flagged
    from cli.demo.importing import LayerInForce
    from cli.demo.sending import Outcome

HOTTEST = 10
BAR = 24


def print_district(
    console: Console, layers: Sequence[LayerInForce], gazetteer: Mapping[str, int], workers: int
) -> None:
    """Print what was imported."""
    for layer in layers:
        state = "published" if layer.is_new else "already there"
        console.print(f"  {layer.name} [dim]{layer.code}[/]: {layer.areas} areas, release {layer.release}, {state}")
    rows = ", ".join(f"{count} {theme}" for theme, count in gazetteer.items())
    console.print(f"  gazetteer: {rows}")
    console.print(f"  grid workers (samples, no people): {workers} grids have one")


def print_centre(console: Console, centre: Centre) -> None:
    """Print which units, seats and people the sample has."""
    console.print(
        f"  units: {centre.units}, codes of releases that stand for nobody: {centre.unmapped}; seats: {centre.seats};"
        f" people (samples): {centre.people}"
    )


def print_intake(console: Console, outcome: Outcome) -> None:
    """Print what became of the reports, by channel, and where most of them are."""
    table = Table(title="Reports by channel", title_justify="left")
    table.add_column("channel", no_wrap=True)
    table.add_column("datum", no_wrap=True)
    for heading in ("reports", "assigned", "nearest", "unassigned", "refused"):
        table.add_column(heading, justify="right")
    totals = [0, 0, 0, 0, 0]
    for channel in CHANNELS:
        methods: Mapping[str, int] = outcome.methods.get(channel.code, {})
        assigned = methods.get("covered", 0) + methods.get("boundary", 0)
        numbers = [
            sum(methods.values()),
            assigned,
            methods.get("nearest", 0),
            methods.get("unassigned", 0),
            methods.get("refused", 0),
        ]
        totals = [total + number for total, number in zip(totals, numbers, strict=True)]
        table.add_row(channel.name, channel.crs, *(f"{number:,}" for number in numbers))
    table.add_section()
    table.add_row("all", "", *(f"{total:,}" for total in totals), style="bold")
    console.print(table)
    console.print(f"  stored now {outcome.stored:,} · stored before {outcome.replayed:,} · refused {outcome.refused:,}")
    if outcome.refused:
        console.print(
            "  [yellow]refused: this database holds other sample reports; the demonstration wants an empty one[/]"
        )
    for (lon, lat), count in outcome.piled_up.items():
        console.print(f"  set aside: {count} reports on one and the same point, a default geocode\n    ({lon}, {lat})")
    _print_hottest(console, outcome)


def _print_hottest(console: Console, outcome: Outcome) -> None:
    hottest = outcome.grids.most_common(HOTTEST)
    if not hottest:
        return
    table = Table(title="Hottest grids", title_justify="left")
    table.add_column("grid")
    table.add_column("")
    table.add_column("reports", justify="right")
    table.add_column("")
    most = hottest[0][1]
    for (code, name), count in hottest:
        table.add_row(code, name, str(count), Text("█" * max(1, round(BAR * count / most)), style="red"))
    console.print(table)


def print_cases(console: Console, counts: CaseCounts, assessed: Assessed) -> None:
    """Print what became of the reports, the quick notes beside them, and the rate of closing as the results have it."""
    share = counts.closed / counts.cases if counts.cases else 0.0
    console.print(
        f"  cases (samples): {counts.cases:,}, closed {counts.closed:,} ({share:.1%}), led through the API now"
        f" {counts.live} · quick notes of the last month beside them: {counts.notes}"
    )

    rate = assessed.closed / assessed.cases if assessed.cases else 0.0
    console.print(
        f"  results (samples): 办结率 {assessed.closed:,} / {assessed.cases:,} = {rate:.2%}; the cases behind it:"
        f" /v1/assessment/results/{assessed.runs[0]}/evidence?indicator=closed",
        highlight=False,
    )


def print_hotspots(console: Console, flagged: Sequence[Flagged]) -> None:
    """Print what is more than chance, month by month, as the map's list does: tested places alone, one row each."""
    for month in flagged:
        result = month.result
        table = Table(
            title=f"Hotspots of {month.month:%Y-%m}: more than chance (run {month.run})",
            title_justify="left",
            box=box.SIMPLE_HEAD,
            padding=(0, 1, 0, 0),
        )
        table.add_column("finding", no_wrap=True)
        table.add_column("days", no_wrap=True)
        for heading in ("reports", "expected", "adj. p"):
            table.add_column(heading, justify="right", no_wrap=True)
        for place in significant_places(result):
            p = place.probability or 0.0
            table.add_row(
                message_of(place.title),
                f"{place.first:%m-%d}–{place.last:%m-%d}",
                f"{place.observed}",
                f"{place.expected:.1f}",
                "< 0.0001" if p < SMALLEST_PROBABILITY else f"{p:.4f}",
            )
        console.print(table)
        hot = sum(entry.count for entry in legend_of(result, HotspotMethod.GI) if entry.legend.code.startswith("hot"))
        console.print(
            f"  Gi*: {hot} hot grids · early warnings: {len(result.warnings)} · "
            f"repeat calls counted once: {result.input.repeat_calls:,}"
        )


def print_addresses(console: Console, base: str, links: Sequence[tuple[str, str]], files: Sequence[Path]) -> None:
    """Print where to look."""
    console.print("[italic]Look at[/]")
    for words, path in links:
        console.print(f"  {words}\n    {base}{path}", soft_wrap=True, highlight=False)
    console.print(
        f"  maps, topics and the month's notice as files that open anywhere: {files[0].parent}",
        soft_wrap=True,
        highlight=False,
    )


def print_links(console: Console, file: Path, links: Mapping[str, str]) -> None:
    """Print a one-time link for a person of each role, and where the others are."""
    if not links:
        console.print("  every person of the sample has a password")
        return
    console.print("  one-time links: set a password, then sign in as that person (sample)")
    for role, link in links.items():
        console.print(f"    {role:22} {link}", soft_wrap=True, highlight=False)
    console.print(f"  links of all seats and streets: {file}", soft_wrap=True, highlight=False)


def print_keys(console: Console, file: Path, names: Sequence[str]) -> None:
    """Print where the keys are, and one thing to try with each kind."""
    people = [name for name in names if name in PEOPLE]
    console.print(f"  API keys of the channels and of {', '.join(people)}: {file}", soft_wrap=True, highlight=False)
