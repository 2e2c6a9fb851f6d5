"""What the gazetteer does: take in a release, locate texts, put points into words, take wordings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import geoalchemy2.shape
import shapely
from sqlalchemy import delete, select, update

from core import audit, clock
from core.errors import Detail, DomainError, Kind
from core.personal import holds_person, masked_text
from core.states import Decision
from geo.address.locating import Limits, Located
from geo.address.locating import locate as locate_text
from geo.address.reverse import Described, describe
from geo.address.tokens import LONGEST_TEXT
from grids.gazetteer import memory
from grids.gazetteer.importing import import_release
from grids.gazetteer.states import WORDING, WordingState
from grids.gazetteer.tables import Wording

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from shapely.geometry.base import BaseGeometry
    from sqlalchemy.orm import Session

    from geo.address.index import LocatingIndex
    from identity.actors import Actor

MOST_TEXTS = 10_000

__all__ = [
    "Answer", "decide_wording", "forget_reports", "import_release", "locate", "locate_many", "propose_wording",
    "reverse",
]  # fmt: skip


class PointInvalidError(DomainError):
    """The point is not a longitude and latitude in degrees."""

    code = "point-invalid"
    kind = Kind.INVALID


class WordingUnknownError(DomainError):
    """There is no such wording."""

    code = "wording-unknown"
    kind = Kind.NOT_FOUND


class WordingHoldsPersonError(DomainError):
    """The wording holds a telephone number, an identity number or a person's name. Give the name of the place alone."""

    code = "wording-holds-person"
    kind = Kind.INVALID


class WordingDecidedError(DomainError):
    """The wording was decided before, or the same words are taken for another place."""

    code = "wording-decided"
    kind = Kind.CONFLICT


@dataclass(frozen=True, slots=True)
class Answer:
    """A located text and the releases of the gazetteer it was located in."""

    located: Located
    releases: dict[str, int]


def locate(
    session: Session,
    text: str,
    *,
    declared_area: str | None = None,
    at: datetime | None = None,
    limits: Limits = Limits(),  # noqa: B008 (frozen)
) -> Answer:
    """Locate an address text in the gazetteer in effect; ``declared_area`` is the code of an administrative area."""
    return locate_many(session, [text], declared_areas=[declared_area], at=at, limits=limits)[0]


def locate_many(
    session: Session,
    texts: Sequence[str],
    *,
    declared_areas: Sequence[str | None] | None = None,
    at: datetime | None = None,
    limits: Limits = Limits(),  # noqa: B008 (frozen)
) -> list[Answer]:
    """Locate many texts in one and the same gazetteer."""
    current = memory.current(session, at=at)
    codes = declared_areas or [None] * len(texts)
    return [
        Answer(
            locate_text(t[:LONGEST_TEXT], current.index, declared_area=_outline(current.index, c), limits=limits),
            current.releases,
        )
        for t, c in zip(texts, codes, strict=True)
    ]


def reverse(
    session: Session, *, lon: float, lat: float, at: datetime | None = None
) -> tuple[Described, dict[str, int]]:
    """Put a point (EPSG:4326) into words.

    Raises
    ------
    PointInvalidError
        When the numbers are no longitude and latitude.
    """
    current = memory.current(session, at=at)
    try:
        return describe(lon, lat, current.index), current.releases
    except ValueError as error:
        raise PointInvalidError("({lon}, {lat}) is no point in degrees", values={"lon": lon, "lat": lat}) from error


def propose_wording(
    session: Session,
    *,
    words: str,
    label: str,
    lon: float,
    lat: float,
    accuracy_m: float,
    actor: Actor,
    report_id: int | None = None,
) -> Wording:
    """Propose what people call a place; it counts once it is taken.

    Raises
    ------
    WordingHoldsPersonError
    """
    if holds_person(words):
        raise WordingHoldsPersonError(field="wording")
    wording = Wording(
        words=words,
        label=label,
        geom=geoalchemy2.shape.from_shape(shapely.Point(lon, lat), srid=4326),
        accuracy_m=accuracy_m,
        report_id=report_id,
        state=WordingState.PROPOSED,
        proposed_by=actor.name,
        proposed_at=clock.now(),
    )
    session.add(wording)
    session.flush()
    return wording


def forget_reports(session: Session, report_ids: Sequence[int]) -> None:
    """Remove the wordings that were proposed from reports and not taken; those taken stay as names alone."""
    of_reports = Wording.report_id.in_(report_ids)
    session.execute(delete(Wording).where(of_reports, Wording.state != WordingState.TAKEN))
    session.execute(update(Wording).where(of_reports).values(report_id=None, decision_reason=None))


def decide_wording(session: Session, *, wording_id: int, take: bool, actor: Actor, reason: str) -> Wording:
    """Take a proposed wording into the gazetteer, or refuse it.

    Raises
    ------
    WordingUnknownError, WordingDecidedError, WordingHoldsPersonError
    """
    wording = session.get(Wording, wording_id, with_for_update=True)
    if wording is None:
        raise WordingUnknownError("There is no wording {wording_id}.", values={"wording_id": wording_id})
    decision = Decision.TAKE if take else Decision.REFUSE
    if not WORDING.allows(wording, decision):
        raise WordingDecidedError(
            "“{words}” was {state} before.",
            values={"words": masked_text(wording.words), "state": Detail(wording.state)},
        )
    if take and holds_person(wording.words):
        raise WordingHoldsPersonError("Refuse it: it holds a telephone number, an identity number or a name.")
    same = select(Wording.id).where(Wording.words == wording.words, Wording.state == WordingState.TAKEN)
    if take and session.scalar(same) is not None:
        raise WordingDecidedError("“{words}” is taken for another place.", values={"words": wording.words})
    WORDING.move(wording, decision)
    wording.decided_by, wording.decided_at, wording.decision_reason = actor.name, clock.now(), reason
    # The words and the reason stand in the wording alone, where they can be erased.
    audit.record(session, actor=actor, action=f"wording.{wording.state}", subject=f"wording/{wording.id}")
    session.flush()
    return wording


def _outline(index: LocatingIndex, code: str | None) -> BaseGeometry | None:
    """Return the outline of a declared area; a code the gazetteer does not know (a grid) falls back to its parent."""
    for length in range(len(code or ""), 5, -1):
        for area in index.areas:
            if area.code == (code or "")[:length]:
                return area.outline
    return None
