"""What triage does: show what waits with its candidates, settle one with a reason, draw the map of all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import orjson
import shapely
from sqlalchemy import select

from core import audit, clock
from core.errors import DomainError, Kind
from core.personal import holds_person, masked_text, without_person
from core.words import stored_message
from governance.reports import operations as reports
from governance.reports import sensitivity
from governance.reports.numbers import report_number
from governance.reports.rules import Decision, NewPlace
from governance.reports.states import ReassignmentCause
from governance.triage import queries, rules
from grids.assignment.operations import assign
from grids.boundaries import queries as boundaries
from grids.boundaries.tables import Area
from grids.gazetteer import memory
from grids.gazetteer import operations as gazetteer
from grids.gazetteer.reasons import address_reason

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from core.words import StoredMessage
    from geo.address.locating import AddressCandidate, Located
    from grids.assignment.release_cache import ReleaseCache
    from grids.gazetteer.tables import Wording
    from identity.actors import Actor
    from identity.grants import Reach

MOST_A_PAGE: Final = 500
SETTLED_ACCURACY_M: Final = 30.0
SENT_POINT: Final = stored_message("sent_point")
BY_AREA: Final = stored_message("settled_to_area")


class CandidateUnknownError(DomainError):
    """The report has no candidate of that number."""

    code = "triage-candidate-unknown"
    kind = Kind.INVALID


class SettlementIncompleteError(DomainError):
    """Say where: a candidate's number, a point, or an area's code, and only one of them."""

    code = "triage-settlement-incomplete"
    kind = Kind.INVALID


class NothingThereError(DomainError):
    """No area answers for that place; choose another point or an area."""

    code = "triage-nothing-there"
    kind = Kind.CONFLICT


@dataclass(frozen=True, slots=True)
class TriageItem:
    """A report that waits, with what its words may mean."""

    report: dict[str, Any]
    located: Located | None

    @property
    def number(self) -> str:
        """The report's number as people read it."""
        return report_number(self.report["id"])

    @property
    def reason(self) -> StoredMessage:
        """Why intake could not place it."""
        return {"code": self.report["reason_code"], "values": self.report["reason_values"]}

    @property
    def why(self) -> StoredMessage:
        """Why it waits: what its address text may mean by the gazetteer of now, else the reason of intake."""
        return self.reason if self.located is None else address_reason(self.located)

    @property
    def candidates(self) -> tuple[AddressCandidate, ...]:
        """What the words may mean, best first."""
        return () if self.located is None else self.located.candidates


@dataclass(frozen=True, slots=True)
class Settlement:
    """Where a report was settled, and the wording proposed from it."""

    area_path: tuple[str, ...]
    release_number: int
    reason: StoredMessage
    lon: float | None
    lat: float | None
    wording: Wording | None


@dataclass(frozen=True, slots=True)
class PlaceChoice:
    """A dispatcher's word on the place: exactly one of a candidate (1 is the first), a point, an area's code."""

    candidate: int | None = None
    lon: float | None = None
    lat: float | None = None
    area: str | None = None


def queue(
    session: Session, *, reach: Reach, limit: int = 50, after: int = 0, channel: str | None = None
) -> list[TriageItem]:
    """Return what waits in a reach, the oldest first, located in the gazetteer of now; names of people are left out."""
    rows = queries.waiting(session, reach=reach, limit=min(limit, MOST_A_PAGE), after=after, channel=channel)
    return [TriageItem(row, located) for row, located in zip(rows, _located(session, rows), strict=True)]


def resolve_place(
    session: Session,
    indexes: ReleaseCache,
    *,
    report_id: int,
    where: PlaceChoice,
    reason: str,
    actor: Actor,
    reach: Reach,
    wording: str | None = None,
) -> Settlement:
    """Give a waiting report its area as of when it was received, and the reason.

    One that was received before the first release gets its area by that release.

    The words that were not understood are proposed as a wording (or the one given); it counts once somebody takes it.

    Raises
    ------
    ReportNotInTriageError, NotWaitingError, SettlementIncompleteError, CandidateUnknownError, NothingThereError
    """
    row = queries.one_waiting(session, report_id, reach=reach)
    located = _located(session, [row])[0]
    given = (where.candidate is not None, where.lon is not None and where.lat is not None, where.area is not None)
    if sum(given) != 1:
        raise SettlementIncompleteError
    at = indexes.timeline.of_layer().instant_of_placing(row["received_at"])
    if where.area is not None:
        placed, point, accuracy_m = _in_area(session, indexes, where.area, at), None, None
    else:
        point, accuracy_m = _point(where, located)
        found = assign(indexes, x=point[0], y=point[1], accuracy_m=accuracy_m, at=at)
        if not found.path or found.release is None:
            raise NothingThereError
        placed = (found.layer.id, found.release.number, str(found.method), found.path, found.reason)
    layer_id, release_number, method, path, why = placed
    lon, lat = (None, None) if point is None else (round(point[0], 7), round(point[1], 7))
    place = NewPlace(method, path, stored_message("settled", words=reason, found=why), lon, lat, accuracy_m)
    is_written = reports.reassign(
        session,
        [Decision(row["id"], row["decision"], place)],
        cause=ReassignmentCause.TRIAGE,
        actor=actor,
        layer_id=layer_id,
        release_number=release_number,
        at=clock.now(),
    )
    if not is_written:
        raise queries.NotWaitingError
    proposed = _propose(session, row, located, point, wording, actor) if point is not None else None
    # The reason stands with the decision alone, where it can be erased.
    audit.record(
        session, actor=actor, action="triage.settle", subject=f"report/{row['id']}", area=path[-1], method=method
    )
    session.flush()
    return Settlement(path, release_number, why, lon, lat, proposed)


def map_file(
    session: Session,
    words: Callable[[StoredMessage], dict[str, str]],
    *,
    reach: Reach,
    channel: str | None = None,
    limit: int = MOST_A_PAGE,
) -> dict[str, Any]:
    """Draw the queue: a GeoJSON FeatureCollection of every candidate (point or stretch) and every unusable point.

    `words` returns the sentences of a reason, by what their properties' names end with. People in addresses are masked:
    files are handed on.
    """
    features: list[dict[str, Any]] = []
    without = 0
    items = queue(session, reach=reach, limit=limit, channel=channel)
    marked = sensitivity.marks_of(session, [waiting.report["id"] for waiting in items])
    for waiting in items:
        row = waiting.report
        hidden = sensitivity.HIDDEN if row["id"] in marked else None
        about = {
            "report": waiting.number,
            "address": hidden or masked_text(row["address_text"] or "") or None,
            "category": row["category"],
            "received_at": row["received_at"].isoformat(),
        }
        about |= {f"why{end}": hidden or masked_text(sentence) for end, sentence in words(waiting.why).items()}
        for rank, candidate in enumerate(waiting.candidates, 1):
            shape = candidate.line if candidate.line is not None else shapely.Point(candidate.lon, candidate.lat)
            facts = {
                "candidate": rank,
                "label": candidate.label,
                "score": round(candidate.score, 3),
                "accuracy_m": round(candidate.accuracy_m),
            }
            features.append(_feature(shape, about | facts))
        if row["lon"] is not None:
            features.append(
                _feature(
                    shapely.Point(row["lon"], row["lat"]), about | {"candidate": 0, "label": words(SENT_POINT)[""]}
                )
            )
        without += not waiting.candidates and row["lon"] is None
    return {"type": "FeatureCollection", "features": features, "without_candidates": without}


def _located(session: Session, rows: Sequence[dict[str, Any]]) -> list[Located | None]:
    texts = [without_person(row["address_text"]) for row in rows if row["address_text"]]
    answers = iter(gazetteer.locate_many(session, texts) if texts else [])
    return [next(answers).located if row["address_text"] else None for row in rows]


def _point(where: PlaceChoice, located: Located | None) -> tuple[tuple[float, float], float]:
    if where.candidate is None:
        return (float(where.lon or 0.0), float(where.lat or 0.0)), SETTLED_ACCURACY_M
    candidates = located.candidates if located is not None else ()
    if not 1 <= where.candidate <= len(candidates):
        raise CandidateUnknownError(
            "There are {count} candidates.", values={"count": len(candidates)}, field="candidate"
        )
    chosen = candidates[where.candidate - 1]
    return (chosen.lon, chosen.lat), chosen.accuracy_m


def _in_area(
    session: Session, indexes: ReleaseCache, code: str, at: datetime
) -> tuple[int, int, str, tuple[str, ...], StoredMessage]:
    """Find an area and its chain at an instant."""
    layer = boundaries.get_layer(session, indexes.timeline.of_layer().layer.code)
    release = boundaries.release_at(session, layer, at)
    path: list[str] = []
    wanted: str | None = code
    while release is not None and wanted is not None and wanted not in path:
        parent = session.execute(
            select(Area.parent_code).where(
                Area.layer_id == layer.id, Area.code == wanted, Area.valid_during.contains(at)
            )
        ).first()
        if parent is None:
            break
        path.insert(0, wanted)
        wanted = parent[0]
    if release is None or not path or path[-1] != code:
        raise NothingThereError("No area has the code {code} at that instant.", values={"code": code[:40]})
    return layer.id, release.number, "covered", tuple(path), BY_AREA


def _propose(
    session: Session,
    row: dict[str, Any],
    located: Located | None,
    point: tuple[float, float],
    wording: str | None,
    actor: Actor,
) -> Wording | None:
    words = wording or (rules.proposed_wording(located) if located is not None else None)
    if not words or (wording is None and holds_person(words)):
        return None
    described = memory.current(session)
    known = described.index.names.exact(words)
    if known:
        return None
    described_text = gazetteer.reverse(session, lon=point[0], lat=point[1])[0].text
    return gazetteer.propose_wording(
        session,
        words=words[: rules.LONGEST_WORDING],
        label=described_text or words,
        lon=point[0],
        lat=point[1],
        accuracy_m=SETTLED_ACCURACY_M,
        actor=actor,
        report_id=row["id"],
    )


def _feature(shape: shapely.Geometry, properties: dict[str, Any]) -> dict[str, Any]:
    geometry = orjson.loads(shapely.to_geojson(shapely.set_precision(shape, 1e-7)))
    return {"type": "Feature", "geometry": geometry, "properties": properties}
