"""Many points of one call on their way to one answer, from one layer or from several."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson

from api.assignments import point_tables
from api.assignments.schemas import assignment_out, release_out
from api.http.answers import JSON
from api.http.direct_routes import field_invalid
from grids.assignment import operations, points

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from grids.assignment.release_index import LayerFacts, ReleaseIndex

_MOST_ERRORS = 100


@dataclass(frozen=True, slots=True)
class Batch:
    """How one call's points are to be read and answered."""

    taken: str
    given: str
    full: bool | None
    crs: str | None
    most: int

    def answer(self, body: bytes, layer: LayerFacts, index: ReleaseIndex | None) -> bytes:
        """Answer from one layer, in the format asked for."""
        return self._from_layer(self._read(body), layer, index)

    def answer_each(self, body: bytes, layers: Sequence[tuple[LayerFacts, ReleaseIndex | None]]) -> bytes:
        """Answer from several layers, in JSON: one answer a layer, each as it would be alone."""
        sent = self._read(body)
        return b'{"answers":[%b]}' % b",".join(self._from_layer(sent, layer, index) for layer, index in layers)

    def _read(self, body: bytes) -> point_tables.Points:
        return point_tables.read(body, self.taken, self.most)

    def _from_layer(self, sent: point_tables.Points, layer: LayerFacts, index: ReleaseIndex | None) -> bytes:
        head: dict[str, Any] = {"layer": layer.code, "release": release_out(index) if index else None}
        as_list = self.given == JSON and sent.row_wise and self.full is not False
        full = bool(self.full)
        answers = None
        if index is not None:
            answers, problems = operations.assign_many(index, x=sent.x, y=sent.y, crs=self.crs, distances=full)
            if problems.any():
                self._refuse(sent, problems)
        if as_list:
            return orjson.dumps({**head, "answers": self._full_answers(sent, layer, index)})
        if index is not None and answers is not None and self.given == JSON and not full and sent.ids is None:
            return point_tables.compact_json(index, answers, head)
        found = point_tables.columns(index, answers, sent.x.size, full=full)
        return point_tables.write(found if sent.ids is None else {"id": sent.ids} | found, self.given, head)

    def _full_answers(
        self, sent: point_tables.Points, layer: LayerFacts, index: ReleaseIndex | None
    ) -> list[dict[str, Any]]:
        accuracies = sent.accuracy_m or [None] * sent.x.size
        answers = []
        for row, (x, y, accuracy) in enumerate(zip(sent.x.tolist(), sent.y.tolist(), accuracies, strict=True)):
            if accuracy is not None and (isinstance(accuracy, bool) or not isinstance(accuracy, int | float)):
                raise field_invalid(f"{row}.accuracy_m", "a number of metres")
            found = operations.assign_in(index, layer, x=x, y=y, crs=self.crs, accuracy_m=accuracy)
            answers.append(assignment_out(found))
        return answers

    def _refuse(self, sent: point_tables.Points, problems: NDArray[np.uint8]) -> None:
        """Refuse the call for its wrong points: the first names the error, the rest stand in `errors`."""
        crs = points.named_crs(self.crs)
        wrong = problems.nonzero()[0]
        errors = []
        for row in wrong[:_MOST_ERRORS].tolist():
            error = points.explain(int(problems[row]), float(sent.x[row]), float(sent.y[row]), crs)
            errors.append({"field": f"body.{row}.{error.field}", "code": error.code, "message": error.particular})
        first = points.explain(int(problems[wrong[0]]), float(sent.x[wrong[0]]), float(sent.y[wrong[0]]), crs)
        raise type(first)(
            "Point {row}: {problem}",
            values={"row": int(wrong[0]), "problem": first.particular},
            field=str(errors[0]["field"]),
            wrong_points=int(wrong.size),
            errors=errors,
        )
