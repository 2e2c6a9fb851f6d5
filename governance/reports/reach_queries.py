"""Which reports and areas a caller's grants reach, as a condition of every query that reads such rows.

A grant names an area by its layer and code. It reaches the reports that belong there now, also those of areas that the
named one became: of its successors, through all releases, each that lies in it (SUCCESSOR_SHARE of its land).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy.orm import Session

    from identity.grants import Reach

SUCCESSOR_SHARE: Final = 0.99
"""An area that took this much of its land from the granted one is reached as that; less would show what is others'."""

# What became of the areas that grants name, over all releases in force; UNION ends where nothing new is found.
_SUCCESSORS = """
WITH RECURSIVE reached (layer_id, code, named) AS (
    SELECT l.id, g.code, g.named
    FROM unnest(CAST(:layers AS text[]), CAST(:codes AS text[]), CAST(:named AS integer[])) g (layer, code, named)
    JOIN layer l ON l.code = g.layer
    UNION
    SELECT a.layer_id, a.successor, r.named FROM reached r
    JOIN area_lineage a ON a.layer_id = r.layer_id AND a.predecessor = r.code AND a.share_of_successor >= :share
    JOIN release e ON e.id = a.release_id AND e.withdrawn_at IS NULL AND e.effective_at <= now()
)
SELECT layer_id, code, named FROM reached ORDER BY named, layer_id, code
"""

# Any pair of area and category; NULL stands for all.
_IN_REACH = """EXISTS (
    SELECT FROM unnest(CAST(:reach_layers AS integer[]), CAST(:reach_codes AS text[]),
                       CAST(:reach_categories AS text[])) g (layer_id, code, category)
    WHERE (g.code IS NULL OR (p.layer_id = g.layer_id AND g.code = ANY (p.area_path)))
      AND (g.category IS NULL OR {category})
)"""
# The reports that accuse a person or a unit of that person are read once a statement, as a hash table.
_NOT_ACCUSING: Final = "r.id NOT IN (SELECT reports_hidden_from(CAST(:viewer AS integer)))"
# The same as an array, which the planner counts once and not for each row that it looks up.
_NOT_ACCUSING_PLACED: Final = "p.case_id <> ALL (ARRAY(SELECT reports_hidden_from(CAST(:viewer AS integer))))"
OF_REPORT: Final = "g.category = r.category"
"""How a grant's category is that of a report `r`."""
# Finds too much, but by an index: where each grant names an area, a report is or was once in one of them.
_NEAR_REACH = """(r.area_path && CAST(:reach_codes AS text[])
    OR r.id IN (SELECT report_id FROM report_reassignment WHERE area_path && CAST(:reach_codes AS text[])))"""

# The same, of rows that hold the path of now.
_NEAR_PLACED = "p.area_path && CAST(:reach_codes AS text[])"


@dataclass(frozen=True, slots=True)
class AreaReach:
    """What a reach has in one layer: pairs of an area's code and a category (None: all), successors among them."""

    pairs: frozenset[tuple[str | None, str | None]]

    def covers(self, path: Iterable[str], category: str | None) -> bool:
        """Return whether it has what is in an area, given with those above it, and of a category (None: of all)."""
        codes = set(path)
        return any((code is None or code in codes) and kind in {None, category} for code, kind in self.pairs)

    @property
    def codes(self) -> frozenset[str] | None:
        """The areas that it names, whatever the category (None: all areas)."""
        named = {code for code, _ in self.pairs}
        return None if None in named else frozenset(code for code in named if code is not None)


def area_reach(session: Session, reach: Reach, *, layer_id: int) -> AreaReach:
    """Return what a reach has in a layer; an area there is not, or one of another layer, adds nothing."""
    rows = _reached(session, reach)
    return AreaReach(frozenset((code, kind) for layer, code, kind in rows if layer in {None, layer_id}))


def reach_condition(session: Session, reach: Reach, *, category: str = OF_REPORT) -> tuple[list[str], dict[str, Any]]:
    """Return what holds for the reports of a reach, over `report r` and `report_place p`, with its values.

    No condition for everything, but that a person is not shown what accuses that person or a unit of that person.
    A grant in an area or layer that there is not reaches nothing. `category` is how the category of a grant `g` is met.
    """
    return _condition(session, reach, category=category, near=_NEAR_REACH, seen=_NOT_ACCUSING)


def placed_condition(session: Session, reach: Reach, *, category: str) -> tuple[list[str], dict[str, Any]]:
    """Return the same over rows `case_place p`, which hold the place of now, with its values."""
    return _condition(session, reach, category=category, near=_NEAR_PLACED, seen=_NOT_ACCUSING_PLACED)


def _condition(
    session: Session, reach: Reach, *, category: str, near: str, seen: str
) -> tuple[list[str], dict[str, Any]]:
    hidden = [] if reach.viewer is None else [seen]
    viewer = {} if reach.viewer is None else {"viewer": reach.viewer}
    if reach.is_everything:
        return hidden, viewer
    rows = _reached(session, reach)
    values = {
        "reach_layers": [layer_id for layer_id, _, _ in rows],
        "reach_codes": [code for _, code, _ in rows],
        "reach_categories": [kind for _, _, kind in rows],
    }
    is_placed = all(code is not None for _, code, _ in rows)
    in_reach = _IN_REACH.format(category=category)
    return [*([near] if is_placed else []), in_reach, *hidden], values | viewer


def reached_areas(session: Session, reach: Reach) -> set[tuple[int | None, str | None]]:
    """Return layer and code of the areas that a reach names, with their successors, whatever the category."""
    return {(layer, code) for layer, code, _ in _reached(session, reach)}


def _reached(session: Session, reach: Reach) -> list[tuple[int | None, str | None, str | None]]:
    """Return layer, area and category of all that a reach names, areas with their successors; None: all of them."""
    pairs = sorted(reach.pairs, key=lambda pair: (pair[0] or "", pair[1] or ""))
    named = [(index, *area.partition("/")[::2]) for index, (area, _) in enumerate(pairs) if area is not None]
    rows: list[tuple[int | None, str | None, str | None]] = [(None, None, kind) for area, kind in pairs if area is None]
    if named:
        given = {
            "layers": [layer for _, layer, _ in named], "codes": [code for _, _, code in named],
            "named": [index for index, _, _ in named], "share": SUCCESSOR_SHARE,
        }  # fmt: skip
        rows += [
            (layer_id, code, pairs[index][1]) for layer_id, code, index in session.execute(text(_SUCCESSORS), given)
        ]
    return rows
