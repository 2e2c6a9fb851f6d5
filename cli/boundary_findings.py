"""How commands show what a boundary check found and what was published."""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson
from rich.console import Console

from cli.cluster import console
from cli.printing import Table
from core import clock

if TYPE_CHECKING:
    from pathlib import Path

    from geo.coverage import CoverageReport
    from grids.boundaries.operations import Imported, Published

out = Console()
SHOWN = 20


def print_published(layer: str, published: Published | None) -> None:
    """Say which release holds the content now."""
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
        out.print(f"[yellow]{remark}[/]", highlight=False)
    if not report.defects:
        out.print(f"{layer}: {report.areas_checked:,} areas checked, no defect", highlight=False)
        return
    table = Table(title=f"{layer}: {report.areas_checked:,} areas checked", title_justify="left")
    for column in ("", "kind", "level", "size", "what and what to do"):
        table.add_column(column)
    for defect in report.defects[:SHOWN]:
        size = "" if defect.size is None else f"{defect.size:,.1f} {'m²' if defect.unit == 'm2' else 'm'}"
        colour = "red" if defect.severity == "blocks" else "yellow"
        sentence = defect.message_en if language == "en" else defect.message_zh
        table.add_row(f"[{colour}]{defect.severity}[/]", defect.kind, defect.level, size, sentence)
    out.print(table)
    if len(report.defects) > SHOWN:
        out.print(f"… and {len(report.defects) - SHOWN:,} more", highlight=False)
    out.print("  ".join(f"{kind} {count:,}" for kind, count in report.counts.items()), highlight=False)


def write_defects(report: CoverageReport, path: Path | None) -> None:
    """Write the defects with their places, where there are any and a path was given."""
    if path is None or not report.defects:
        return
    path.write_bytes(orjson.dumps(report.as_feature_collection()))
    console.print(f"the defects with their places: {path}", highlight=False)
