"""Where findings are, in names of areas, and their titles."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from core.words import Message

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.words import Value
    from governance.hotspots.result_format import Result, Unit


def place_message(areas: Sequence[str], result: Result) -> Message | None:
    """Return the place of some areas: the street and the community that holds most of them; None without areas."""
    street, community = _street_and_community(areas, result)
    if community is not None and street:
        return Message(code="place/around_in", values={"street": street, "community": community})
    if community is not None:
        return Message(code="place/around", values={"community": community})
    return area_message(street) if street else None


def area_message(name: str) -> Message:
    """Return the place that is one area."""
    return Message(code="place/area", values={"area": name})


def unit_message(unit: Unit, result: Result) -> Message:
    """Return the name of a unit: a grid with the areas above it, a hexagon by the area it is near."""
    if unit.near_name is not None:
        return Message(code="unit/near", values={"area": unit.near_name})
    chain = [*result.above.get(unit.code, [])[1:], unit.code]
    return area_message("".join(result.names.get(code, "") for code in chain))


def titled(place: Message | None, category: str | None) -> Message:
    """Return a title: a category, or all of them, at a place."""
    values: dict[str, Value] = {}
    if place is not None:
        values["place"] = place
    if category is not None:
        values["category"] = category
    what = "category" if category is not None else "all"
    return Message(code=f"title/{what}_at" if place is not None else f"title/{what}", values=values)


def _street_and_community(areas: Sequence[str], result: Result) -> tuple[str, str | None]:
    """Return the street and the community that hold most of some areas; without communities the first area's name."""
    above, names = result.above, result.names
    parents = Counter(above[code][-1] for code in areas if above.get(code))
    if not parents:
        return (names.get(areas[0], "") if areas else ""), None
    most = max(parents.values())
    community = min(code for code, count in parents.items() if count == most)
    chain = next(above[code] for code in areas if above.get(code) and above[code][-1] == community)
    street = names.get(chain[1], "") if len(chain) > 2 else ""
    return street, names.get(community, community).removesuffix("村民委员会").removesuffix("居民委员会")
