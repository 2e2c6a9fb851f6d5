"""Python's share of bulk intake: rows of a file become placed reports, written as COPY takes them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import orjson

from core.errors import DomainError
from governance.reports import rules
from governance.reports.importing.copy_text import NONE, array, number, point, text_field
from governance.reports.placement import Placement, placement_of
from grids.assignment import points
from grids.assignment import rules as assignment_rules
from grids.assignment.rules import AssignmentFacts, AssignmentMethod

if TYPE_CHECKING:
    from collections.abc import Sequence

    from governance.reports.placement import PlacementContext
    from governance.reports.rules import ReportDraft
    from grids.assignment.release_index import ReleaseIndex

_METHODS = tuple(assignment_rules.METHODS)
NOBODY = "\\N\t\\N\t\\N\t\\N"


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the file: its line, for the file of rejected rows, and what it says."""

    line: int
    draft: ReportDraft


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows in the form in which COPY takes them."""

    lines: list[int]
    texts: list[str]
    people: list[str]
    methods: list[str]
    received: list[str]
    """When each was received, as ISO 8601: its month is where it is stored."""
    marks: list[tuple[str, ...]]
    """What makes each sensitive; mostly nothing."""

    def halves(self) -> tuple[Batch, Batch]:
        """Split, to find the row that the database refuses."""
        half = len(self.lines) // 2
        return (
            Batch(*(column[:half] for column in self._columns())),
            Batch(*(column[half:] for column in self._columns())),
        )

    def _columns(self) -> tuple[list[Any], ...]:
        return self.lines, self.texts, self.people, self.methods, self.received, self.marks


class Preparation:
    """Places rows by one release and writes them as COPY takes them: all of Python's share of the work.

    They are received when that release was looked up, however long the import takes, but for rows that tell when an old
    system received them.
    """

    def __init__(self, context: PlacementContext, *, client_id: int) -> None:
        self._context = context
        self._client_id = client_id
        self._seen: Counter[bytes] = Counter()
        self._bulk = (
            _Bulk(context.release) if context.release is not None and context.release.layer.is_coverage else None
        )

    def batch(self, rows: Sequence[Row]) -> Batch:
        """Place and write rows."""
        now = self._context.at.isoformat()
        placements = self._placed(rows)
        received = [row.draft.received_at.isoformat() if row.draft.received_at else now for row in rows]
        texts = [self._text(row, placed, at) for row, placed, at in zip(rows, placements, received, strict=True)]
        people = [_person(row.draft, self._context.caller_key) for row in rows]
        methods = [placed.method for placed in placements]
        marks = [row.draft.sensitive for row in rows]
        return Batch([row.line for row in rows], texts, people, methods, received, marks)

    def _placed(self, rows: Sequence[Row]) -> list[_Placed]:
        placements: list[_Placed | None] = [None] * len(rows)
        if self._bulk is not None:
            by_crs: dict[str, list[int]] = {}
            for position, row in enumerate(rows):
                # 0, 0 stands for no position, and is looked at singly like every other row without a point.
                if isinstance(row.draft.x, float) and isinstance(row.draft.y, float) and (row.draft.x or row.draft.y):
                    by_crs.setdefault(row.draft.crs, []).append(position)
            for crs, positions in by_crs.items():
                self._bulk.place(rows, positions, crs, placements)
        return [
            placed if placed is not None else _Placed.from_placement(self._context.place(row.draft))
            for row, placed in zip(rows, placements, strict=True)
        ]

    def _text(self, row: Row, placed: _Placed, received_at: str) -> str:
        draft = row.draft
        digest = rules.content_digest(draft)
        key = NONE
        if draft.external_id is None:
            # The n-th row of this content: importing the file again finds the same keys.
            self._seen[digest] += 1
            key = f"import:{digest.hex()}:{self._seen[digest]}"
        return "\t".join((
            str(self._client_id),
            text_field(draft.channel),
            text_field(draft.external_id),
            key,
            "\\\\x" + digest.hex(),
            text_field(draft.category),
            text_field(draft.description),
            text_field(draft.address_text),
            number(draft.x),
            number(draft.y),
            text_field(draft.crs),
            placed.text,
            number(draft.accuracy_m) if placed.accuracy is None else placed.accuracy,
            draft.reported_at.isoformat() if draft.reported_at else received_at,
            received_at,
            text_field(array(draft.photos)) if draft.photos else "{}",
            placed.answer,
        ))  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Placed:
    """A placement as COPY takes it: the point; everything from the layer to the reasons."""

    method: str
    text: str
    answer: str
    accuracy: str | None = None

    @classmethod
    def from_placement(cls, placement: Placement) -> _Placed:
        has_point = placement.lon is not None and placement.lat is not None
        candidates = orjson.dumps(placement.candidates).decode() if placement.candidates else None
        answer = (
            NONE if placement.layer_id is None else str(placement.layer_id),
            NONE if placement.release_number is None else str(placement.release_number),
            placement.method,
            text_field(array(placement.area_path)),
            number(placement.distance_to_edge_m),
            text_field(candidates),
            placement.reason["code"],
            _json(placement.reason.get("values", {})),
        )
        text = point(placement.lon or 0.0, placement.lat or 0.0) if has_point else NONE
        return cls(placement.method, text, "\t".join(answer), number(placement.accuracy_m))


class _Bulk:
    """Places many points of one release at once; the few that need more than their area go to the release singly."""

    def __init__(self, release: ReleaseIndex) -> None:
        self._release = release
        table, levels = release.table, release.layer.levels
        self._paths = [
            text_field(array([code for level in levels if (code := table.paths[level][row]) is not None]))
            for row in range(table.codes.size)
        ]
        self._head = f"{release.layer.id}\t{release.release.number}"
        self._answers: dict[tuple[int, AssignmentMethod], tuple[str, str, str]] = {}

    def place(self, rows: Sequence[Row], positions: list[int], crs: str, placements: list[_Placed | None]) -> None:
        """Fill in the placements of these rows, except of those that are no usable points."""
        x = np.array([rows[p].draft.x for p in positions], dtype=np.float64)
        y = np.array([rows[p].draft.y for p in positions], dtype=np.float64)
        try:
            lon, lat, problems = points.check_many(x, y, points.named_crs(crs), self._release.extent)
        except DomainError:
            return  # Each row keeps the reason for itself.
        answers = self._release.assign_many(lon, lat, distances=True)
        distances = np.full(x.size, np.nan) if answers.distance_to_edge_m is None else answers.distance_to_edge_m
        columns = zip(
            positions, problems.tolist(), lon.tolist(), lat.tolist(), answers.row.tolist(), answers.method.tolist(),
            distances.tolist(), strict=True,
        )  # fmt: skip
        for position, problem, east, north, row, which, distance in columns:
            if problem:
                continue
            method = _METHODS[which]
            accuracy = rows[position].draft.accuracy_m
            if method is AssignmentMethod.BOUNDARY or (accuracy and not accuracy <= distance):
                found = self._release.assign(east, north, min(accuracy or 0.0, assignment_rules.LARGEST_ACCURACY_M))
                placements[position] = _Placed.from_placement(placement_of(found, accuracy))
                continue
            placements[position] = _Placed(str(method), point(east, north), self._answer(method, row, distance))

    def _answer(self, method: AssignmentMethod, row: int, distance: float) -> str:
        """Return the columns from the layer to the reason; what all points of an area share is written once."""
        shared = self._answers.get((row, method))
        if shared is None:
            shared = self._answers[row, method] = self._shared(method, row)
        before, between, behind = shared
        if method is AssignmentMethod.UNASSIGNED:
            return before
        return f"{before}{distance!r}{between}{distance:.1f}{behind}"

    def _shared(self, method: AssignmentMethod, row: int) -> tuple[str, str, str]:
        """Return what stands before, between and behind the distance, in its column and among the reason's values."""
        table, layer, release = self._release.table, self._release.layer, self._release.release
        found = method is not AssignmentMethod.UNASSIGNED
        reason = assignment_rules.reason(
            AssignmentFacts(
                method,
                level=table.levels[row] if found else "",
                name=table.names[row] if found else "",
                finest_level=layer.levels[-1],
                distance_m=0.5,
                tolerance_m=release.nearest_tolerance_m,
            )
        )
        head, code = f"{self._head}\t{method}\t{self._paths[row] if found else '{}'}\t", reason["code"]
        values = _json(reason.get("values", {}))
        if not found:
            return f"{head}{NONE}\t{NONE}\t{code}\t{values}", "", ""
        # A text has its quotation marks escaped: this stands nowhere else.
        before, name, behind = values.partition('"distance_m":')
        return head, f"\t{NONE}\t{code}\t{before}{name}", behind.removeprefix("0.5")


def _json(value: object) -> str:
    return text_field(orjson.dumps(value).decode())


def _person(draft: ReportDraft, caller_key: bytes) -> str:
    if draft.reporter_name is None and draft.reporter_phone is None and not draft.set_aside:
        return NOBODY
    caller = rules.caller_hash(draft.reporter_phone, caller_key)
    digest = "\\\\x" + caller.hex() if caller else NONE
    aside = text_field(orjson.dumps(dict(draft.set_aside)).decode()) if draft.set_aside else NONE
    return f"{text_field(draft.reporter_name)}\t{text_field(draft.reporter_phone)}\t{digest}\t{aside}"
