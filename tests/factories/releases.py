"""Published areas."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grids.boundaries import operations
from tests.factories.identity import who

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from grids.boundaries.records import AreaRecord
    from grids.boundaries.tables import Layer


def publish_areas(
    session: Session, areas: Sequence[AreaRecord], *, levels: Sequence[str], code: str = "admin"
) -> Layer:
    """Make a layer and publish areas as its first release, in force at once."""
    layer = operations.create_layer(session, code=code, name="行政网格", levels=list(levels), actor=who("test"))
    operations.publish(
        session, layer=layer, areas=list(areas), publication=operations.Publication(author=who("test")), lead_s=0.0
    )
    return layer
