"""How commands show what a boundary check found and what was published."""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson

from cli.cluster import console
from cli.lines import Console
from cli.printing import Table
from cli.refusals import refusal
from core import clock
from grids.boundaries.defect_words import defect_features, defect_sentence
from presentation.words.remarks import remark_in

if TYPE_CHECKING:
    from pathlib import Path

    from geo.coverage import CoverageReport
    from grids.boundaries.operations import Imported, Published

out = Console()
SHOWN = 20


def print_published(layer: str, published: Published | None) -> None:
    """Print which release holds the content now."""
    if published is None:
        return
    release = published.release
    if not published.is_new:
        out.print(f"[bold]{layer}[/]: release {release.number} has this content already", highlight=False)
        return
    counts = ", ".join(f"{count:,} {what}" for what, count in published.changes.counts.items())
    when = release.effective_at.astimezone(clock.LOCAL).isoformat(sep=" ", timespec="seconds")
    out.print(f"[bold green]{layer}: release {release.number}[/], effective {when}: {counts}", highlight=False)


def print_check(layer: str, imported: Imported, language: str) -> None:
    """Show what the check found, the gravest first."""
    report = imported.report
    for remark in imported.delivery.remarks:
        out.print(remark_in(remark, language), style="yellow", highlight=False, markup=False)
    if not report.defects:
        out.print(f"{layer}: {report.areas_checked:,} areas checked, no defect", highlight=False)
        return
    table = Table(title=f"{layer}: {report.areas_checked:,} areas checked", title_justify="left")
    for column in ("", "kind", "level", "size", "what and what to do"):
        table.add_column(column)
    for defect in report.defects[:SHOWN]:
        size = "" if defect.size is None else f"{defect.size:,.1f} {'m²' if defect.unit == 'm2' else 'm'}"
        colour = "red" if defect.severity == "blocks" else "yellow"
        sentence = defect_sentence(defect.facts, language)
        table.add_row(f"[{colour}]{defect.severity}[/]", defect.kind, defect.level, size, sentence)
    out.print(table)
    if len(report.defects) > SHOWN:
        out.print(f"… and {len(report.defects) - SHOWN:,} more", highlight=False)
    out.print("  ".join(f"{kind} {count:,}" for kind, count in report.counts.items()), highlight=False)


def prepare_folder(path: Path | None) -> None:
    """Make the folder that a file will be written to, before anything is done that could not be taken back."""
    if path is None:
        return
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise refusal(
            "{folder} is no folder to write to: {error}",
            values={"folder": path.parent, "error": error.strerror},
            option="--defects",
        ) from error
    if path.is_dir():
        raise refusal("{path} is a folder; name a file", values={"path": path}, option="--defects")


def write_defects(report: CoverageReport, path: Path | None) -> None:
    """Write the defects with their places, where there are any and a path was given."""
    if path is None or not report.defects:
        return
    try:
        path.write_bytes(orjson.dumps(defect_features(report)))
    except OSError as error:
        console.print(f"[yellow]the defects could not be written to {path}: {error.strerror}[/]", highlight=False)
        return
    console.print(f"the defects with their places: {path}", highlight=False)
