"""The sample district into the registry: layers, boundaries, grid workers and gazetteer, each once."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cli.demo.district import DATA
from cli.demo.half_year import ZONE, HalfYear
from core import clock
from core.errors import DomainError, Kind
from governance.grid_workers import operations as workers
from governance.grid_workers import queries as posts
from governance.grid_workers import rules as worker_rules
from grids.boundaries import queries as boundaries
from grids.boundaries.errors import LayerNotFoundError
from grids.boundaries.files.staging import Upload
from grids.boundaries.operations import Publication, ReadingOptions, create_layer, import_delivery
from grids.gazetteer import queries as gazetteer
from grids.gazetteer.operations import import_release
from grids.gazetteer.reading import checksum_of
from identity import principals
from identity.actors import ActorKind

if TYPE_CHECKING:
    from typing import Any

    from sqlalchemy.orm import Session

    from core.db import Database
    from grids.boundaries.tables import Layer
    from identity.actors import Actor

AUTHOR = "demo"
LICENCE = "MIT; sample data, inner borders generated"
THEMES = ("roads", "places", "addresses")
WORKED_LAYER = "admin"


class NotADemoDatabaseError(DomainError):
    """The database holds boundaries of its own. Give the demonstration an empty one through DATABASE_URL."""

    code = "not-a-demo-database"
    kind = Kind.CONFLICT


@dataclass(frozen=True)
class LayerInForce:
    """A layer of the sample district as the registry now has it."""

    code: str
    name: str
    areas: int
    release: int
    is_new: bool


def stored_half_year(database: Database) -> HalfYear | None:
    """Return the months of the sample that the database holds, None where it holds none."""
    with database.snapshot() as session:
        try:
            releases = boundaries.list_releases(session, boundaries.get_layer(session, WORKED_LAYER))
        except LayerNotFoundError:
            return None
        first = releases[-1] if releases and releases[-1].author == AUTHOR else None
        return None if first is None else HalfYear(first.effective_at.astimezone(ZONE).date())


def import_layers(database: Database, half_year: HalfYear) -> list[LayerInForce]:
    """Publish both layers of `data/boundaries`, unless they are there already.

    They are in force from the first day of the months: every report finds the borders of its day.

    Raises
    ------
    NotADemoDatabaseError
        When a layer of that name holds somebody else's boundaries.
    """
    described = json.loads((DATA / "boundaries" / "layers.json").read_text(encoding="utf-8"))
    with database.transaction() as session:
        return [_import_layer(session, one, half_year) for one in described]


def demo_actor(session: Session) -> Actor:
    """Return the principal that the demonstration acts as."""
    return principals.named(session, AUTHOR, kind=ActorKind.SYSTEM)


def _import_layer(session: Session, described: dict[str, Any], half_year: HalfYear) -> LayerInForce:
    layer = _layer(session, described)
    latest = boundaries.latest_release(session, layer)
    if latest is not None:
        return LayerInForce(layer.code, layer.name, latest.area_count, latest.number, is_new=False)
    with (DATA / "boundaries" / described["file"]).open("rb") as stream:
        imported = import_delivery(
            session,
            layer=layer,
            uploads=[Upload(described["file"], stream)],
            publication=Publication(
                author=demo_actor(session), note=described["note"], effective_at=half_year.begins_at
            ),
            lead_s=0,
            options=ReadingOptions(crs=described["crs"]),
        )
    if imported.published is None:
        raise RuntimeError("an import that is not blocked publishes")
    release = imported.published.release
    return LayerInForce(layer.code, layer.name, release.area_count, release.number, is_new=True)


def _layer(session: Session, described: dict[str, Any]) -> Layer:
    """Find the layer, or define it."""
    try:
        layer = boundaries.get_layer(session, described["code"])
    except LayerNotFoundError:
        return create_layer(
            session,
            code=described["code"],
            name=described["name"],
            levels=described["levels"],
            code_rule=described["code_rule"],
            is_coverage=described["is_coverage"],
            nearest_tolerance_m=described["nearest_tolerance_m"],
            field_mapping=described["field_mapping"],
            actor=demo_actor(session),
        )
    releases = boundaries.list_releases(session, layer)
    if releases and releases[-1].author != AUTHOR:
        raise NotADemoDatabaseError
    return layer


def import_workers(database: Database, half_year: HalfYear) -> int:
    """State who works the sample's grids, unless somebody has stated it; return how many grids have a worker now."""
    with database.transaction() as session:
        layer = boundaries.get_layer(session, WORKED_LAYER)
        if not posts.posts_at(session, layer_id=layer.id, at=clock.now(), limit=1):
            appointments = worker_rules.read_csv((DATA / "boundaries" / "grid_workers_sample.csv").read_bytes())
            areas = sorted({one.area_code for one in appointments})
            workers.set_workers(
                session,
                layer=layer,
                appointments=appointments,
                areas=areas,
                actor=demo_actor(session),
                start=half_year.begins_at,
            )
        return len({post.area_code for post in posts.posts_at(session, layer_id=layer.id, at=clock.now())})


def import_gazetteer(database: Database, half_year: HalfYear) -> dict[str, int]:
    """Take in roads, places and door numbers, unless they are there already; rows by theme."""
    rows = {}
    with database.transaction() as session:
        for theme in THEMES:
            path = DATA / "gazetteer" / f"{theme}.geojson"
            checksum = checksum_of(path)
            release = next((r for r in gazetteer.releases(session, theme=theme) if r.checksum == checksum), None)
            if release is None:
                release = import_release(
                    session,
                    theme=theme,
                    path=path,
                    author=demo_actor(session),
                    note="示例数据",
                    licence=LICENCE,
                    crs="WGS84",
                    context=("河南省", "郑州市"),
                    effective_at=half_year.begins_at,
                )
            rows[theme] = release.row_count
    return rows
