"""Who acts at the boundary desk, and how edits are shown.

Whoever acts is a principal behind an API key (`--key`, or WANGGE_KEY), with the same roles as over HTTP: the author of
a draft can never approve it.
"""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import orjson
import typer

from cli.context import database
from cli.lines import Console
from cli.refusals import refusal
from core.words import FIRST_LANGUAGE
from grids.boundaries.defect_words import defect_sentence

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sqlalchemy.orm import Session

    from geo.coverage import Defect
    from grids.change_sets.operations import Edited
    from identity.grants import Scope
    from identity.keys import Principal

out = Console()
SHOWN = 20
Key = Annotated[str, typer.Option(envvar="WANGGE_KEY", help="API key of the person who acts.", show_default=False)]
Draft = Annotated[int, typer.Argument(help="Number of the change set.", min=1)]
To = Annotated[Path | None, typer.Option("--output", "-o", help="File to write.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only try it and tell what would be; nothing is stored.")]


@contextmanager
def acting(key: str, scope: Scope) -> Iterator[tuple[Session, Principal]]:
    """Yield the transaction of a person who may act so."""
    from identity.keyring import Keyring

    with database() as opened:
        (who := Keyring(opened).authenticate(key)).require(scope)
        with opened.transaction() as session:
            yield session, who


def geometry_of(path: Path) -> Any:  # noqa: ANN401 (shapely's own)
    """Read the geometry of a GeoJSON file, of its first feature where there are several."""
    import shapely

    try:
        value = orjson.loads(path.read_bytes())
        if value.get("type") == "FeatureCollection":
            value = value["features"][0]
        return shapely.from_geojson(orjson.dumps(value["geometry"] if value.get("type") == "Feature" else value))
    except (orjson.JSONDecodeError, KeyError, IndexError, AttributeError, shapely.errors.GEOSException) as error:
        raise refusal("{path} is no GeoJSON geometry", values={"path": path}) from error


def print_edited(session: Session, done: Edited) -> None:
    """Show which areas an edit left different, and the defects around them."""
    from grids.change_sets import operations

    for code, record in sorted(done.after.items())[:SHOWN]:
        out.print(f"  {code}  [red]retired[/]" if record is None else f"  {code}  {record.level}  {record.name}")
    if len(done.after) > SHOWN:
        out.print(f"  … and {len(done.after) - SHOWN:,} more")
    report = operations.surroundings_of(session, done).report
    if report is not None:
        print_defects(report.defects)
    if done.number is None:
        out.print("only tried: nothing was stored")
    else:
        out.print(f"change set {done.change_set.id}, edit {done.number}, version {done.change_set.version}")


def print_defects(defects: Iterable[Defect]) -> None:
    """Show defects, the first of them in sentences."""
    found = list(defects)
    for defect in found[:SHOWN]:
        colour, told = "red" if defect.severity == "blocks" else "yellow", defect_sentence(defect.facts, FIRST_LANGUAGE)
        out.print(f"[{colour}]{defect.severity}[/] {told}")
    if len(found) > SHOWN:
        out.print(f"… and {len(found) - SHOWN:,} more")
