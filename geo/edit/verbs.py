"""The verbs of the boundary desk, each a pure function on a coverage."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from shapely import MultiPolygon, Polygon

from geo.edit.partition import EditError, Outcome, as_lines, faces_of, join, new_nodes, node_bystanders

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from shapely.geometry.base import BaseGeometry

    Coverage = Mapping[str, BaseGeometry]

TILED = 1e-9
"""Share of the land that pieces may differ from it by: the rounding of noded lines."""


def split(coverage: Coverage, code: str, lines: Sequence[BaseGeometry], codes: Sequence[str]) -> Outcome:
    """Cut one area along lines into as many as there are `codes`.

    Parameters
    ----------
    coverage
        The area and at least all that touch it.
    code
        The area that is cut; it ends unless its code is among `codes`.
    lines
        One or several; each must run from border to border or into another.
    codes
        For the faces from west to east, then north to south (of their representative points).

    Raises
    ------
    EditError
        Unknown code; the lines miss the area or end inside it; they do not make len(codes) faces.
    """
    area = _get(coverage, code)
    faces = faces_of(area, [part for line in lines for part in as_lines(line)])
    if len(faces) <= len(shapely.get_parts(area)):
        raise EditError("the line does not cut {code}: it must run from border to border", values={"code": code})
    if len(faces) != len(codes):
        raise EditError(
            "the line cuts {code} into {count} parts, but {given} codes were given",
            values={"code": code, "count": len(faces), "given": len(codes)},
        )
    parts: dict[str, BaseGeometry] = dict(zip(codes, in_numbering_order(faces), strict=True))
    taken = sorted((set(codes) & set(coverage)) - {code})
    if taken or len(parts) != len(codes):
        raise EditError(
            "codes must be new and different: {taken}"
            if taken
            else "codes must be new and different: one stands twice",
            values={"taken": ", ".join(taken)},
        )
    return Outcome(
        changed={c: g for c, g in parts.items() if c == code}
        | node_bystanders(coverage, [code], new_nodes(faces, [area])),
        created={c: g for c, g in parts.items() if c != code},
        retired=() if code in parts else (code,),
    )


def merge(coverage: Coverage, codes: Sequence[str], into: str) -> Outcome:
    """Dissolve neighbouring areas into one, called `into` (one of them or a new code).

    Raises
    ------
    EditError
        Fewer than two codes, an unknown one, `into` taken by another area, or areas without a common border.
    """
    wanted = list(dict.fromkeys(codes))
    if len(wanted) < 2:
        raise EditError("merging takes at least two areas")
    if into in coverage and into not in wanted:
        raise EditError("{into} is another area's code", values={"into": into})
    areas = [_get(coverage, code) for code in wanted]
    if not _hang_together(areas):
        raise EditError("these areas do not share a border: {wanted}", values={"wanted": ", ".join(wanted)})
    result: dict[str, BaseGeometry] = {into: join(areas)}
    return Outcome(
        changed=result if into in wanted else {},
        created={} if into in wanted else result,
        retired=tuple(code for code in wanted if code != into),
    )


def transfer(coverage: Coverage, giver: str, taker: str, piece: BaseGeometry) -> Outcome:
    """Give that part of `giver` which lies under the polygon `piece` to its neighbour `taker`.

    Raises
    ------
    EditError
        Unknown code; nothing or everything of the giver lies under the piece; the part does not border the taker.
    """
    source, target = _get(coverage, giver), _get(coverage, taker)
    if giver == taker:
        raise EditError("an area cannot give land to itself")
    if not isinstance(piece, Polygon | MultiPolygon) or not piece.is_valid or piece.is_empty:
        raise EditError("the piece must be a valid polygon")
    faces = faces_of(source, as_lines(piece))
    going = [face for face in faces if piece.covers(face.representative_point())]
    staying = [face for face in faces if not piece.covers(face.representative_point())]
    if not going:
        raise EditError("nothing of {giver} lies under the piece", values={"giver": giver})
    if not staying:
        raise EditError("the piece covers all of {giver}: merge the two areas instead", values={"giver": giver})
    nodes = new_nodes(faces, [source])
    noded = node_bystanders(coverage, [giver], nodes)
    taker_after = join([noded.get(taker, target), *going])
    if not _hang_together([noded.get(taker, target), *going]):
        raise EditError("the piece does not share a border with {taker}", values={"taker": taker})
    return Outcome(changed=noded | {giver: join(staying), taker: taker_after})


def reshape(coverage: Coverage, first: str, second: str, border: BaseGeometry) -> Outcome:
    """Move the border between two neighbours: `border` is where it shall run, across both from edge to edge.

    Each side of the new border goes to the area that has more of it today, so both keep their side.

    Raises
    ------
    EditError
        Unknown code; the areas are no neighbours; the line does not cut their land in two; an empty side.
    """
    one, two = _get(coverage, first), _get(coverage, second)
    if first == second:
        raise EditError("a border lies between two areas")
    land = join([one, two])
    if not _hang_together([one, two]):
        raise EditError("{first} and {second} share no border", values={"first": first, "second": second})
    faces = faces_of(land, as_lines(border))
    if len(faces) <= len(shapely.get_parts(land)):
        raise EditError(
            "the line does not cut {first} and {second} apart: it must run from border to border",
            values={"first": first, "second": second},
        )
    sides: dict[str, list[Polygon]] = {first: [], second: []}
    for face in faces:
        sides[first if face.intersection(one).area >= face.intersection(two).area else second].append(face)
    if not all(sides.values()):
        raise EditError(
            "one side of the line would be empty: it runs along the edge of {first} or {second}",
            values={"first": first, "second": second},
        )
    after = {code: join(parts) for code, parts in sides.items()}
    return Outcome(changed=node_bystanders(coverage, [first, second], new_nodes(faces, [one, two])) | after)


def recut(coverage: Coverage, codes: Sequence[str], pieces: Mapping[str, BaseGeometry]) -> Outcome:
    """Put areas together and cut their land anew into `pieces` (new code to polygon), which tile it.

    Raises
    ------
    EditError
        Unknown code; a piece's code that another area bears; pieces that do not tile the areas' land or are the
        areas as they are.
    """
    areas = [_get(coverage, code) for code in dict.fromkeys(codes)]
    if not areas or not pieces:
        raise EditError("recutting takes areas and the pieces they become")
    taken = sorted((set(pieces) & set(coverage)) - set(codes))
    if taken:
        raise EditError("{taken} is another area's code", values={"taken": taken[0]})
    land, tiles = join(areas), list(pieces.values())
    apart = not shapely.coverage_is_valid(tiles) or not all(shapely.is_valid(tiles))
    if apart or join(tiles).symmetric_difference(land).area > land.area * TILED:
        raise EditError("the pieces do not tile the areas' land")
    if all(any(tile.equals(area) for area in areas) for tile in tiles):
        raise EditError("the pieces are the areas as they are: nothing would be cut")
    return Outcome(
        changed={c: g for c, g in pieces.items() if c in codes}
        | node_bystanders(coverage, codes, new_nodes(tiles, areas)),
        created={c: g for c, g in pieces.items() if c not in codes},
        retired=tuple(code for code in codes if code not in pieces),
    )


def create(coverage: Coverage, code: str, outline: BaseGeometry) -> Outcome:
    """Make a new area of the uncovered land under the polygon `outline`; its borders with neighbours are theirs.

    Raises
    ------
    EditError
        The code is taken, or no uncovered land lies under the outline.
    """
    if code in coverage:
        raise EditError("{code} is another area's code", values={"code": code})
    if not isinstance(outline, Polygon | MultiPolygon) or not outline.is_valid or outline.is_empty:
        raise EditError("the outline must be a valid polygon")
    near = {c: a for c, a in coverage.items() if a.intersects(outline)}
    linework = shapely.union_all([outline.boundary, *(a.boundary for a in near.values())])
    faces = [
        face
        for face in faces_of(outline, [linework])
        if not any(a.covers(face.representative_point()) for a in near.values())
    ]
    if not faces:
        raise EditError("all land under the outline is covered already: split or transfer instead")
    area = join(faces)
    return Outcome(created={code: area}, changed=node_bystanders(coverage, [], new_nodes([area], near.values())))


def retire(coverage: Coverage, code: str, heir: str | None = None) -> Outcome:
    """End an area: its land goes to the neighbour `heir`, or stays uncovered (to be declared a gap) without one.

    Raises
    ------
    EditError
        Unknown code, or an heir that shares no border with it.
    """
    _get(coverage, code)
    if heir is None:
        return Outcome(retired=(code,))
    return merge(coverage, [heir, code], heir)


def in_numbering_order(pieces: Sequence[Polygon]) -> list[Polygon]:
    """Return pieces from west to east, and from north to south where they lie below each other.

    A piece stands in the column of the westernmost one not numbered yet when its centroid lies west of that one's
    eastern edge and that one's centroid lies east of its western edge.
    """
    west, _, east, _ = shapely.bounds(np.array(pieces, dtype=object)).T
    x, y = shapely.get_coordinates(shapely.centroid(pieces)).T
    left = np.lexsort((-y, x))
    ordered: list[int] = []
    while left.size:
        first = left[0]
        # Its centroid lies between the first one's edges, its western edge not east of the first one's centroid.
        in_column = (west[left] <= x[first]) & (west[first] <= x[left]) & (x[left] <= east[first])
        in_column[0] = True
        column = left[in_column]
        ordered += column[np.lexsort((x[column], -y[column]))].tolist()
        left = left[~in_column]
    return [pieces[i] for i in ordered]


def _hang_together(areas: Sequence[BaseGeometry]) -> bool:
    """Whether every area is reached from every other over borders of some length."""
    rims = np.array([area.boundary for area in areas], dtype=object)
    one, other = shapely.STRtree(rims).query(rims, predicate="intersects")
    shared = shapely.length(shapely.intersection(rims[one], rims[other])) > 0.0
    matrix = coo_array((np.ones(shared.sum()), (one[shared], other[shared])), shape=(len(rims), len(rims)))
    return int(connected_components(matrix, directed=False)[0]) == 1


def _get(coverage: Coverage, code: str) -> BaseGeometry:
    try:
        return coverage[code]
    except KeyError:
        raise EditError("there is no area {code} here", values={"code": code}) from None
