"""Defects of boundaries in English."""

from __future__ import annotations

SEPARATOR = ", "

SENTENCES = {
    "not_degrees": (
        "{areas}: the coordinates cannot be degrees (for example {example}). Declare the file's coordinate "
        "reference system and import it again{suggestion}."
    ),
    "not_degrees/swapped": (
        "{areas}: longitude and latitude seem to be swapped (for example {example}). Swap them and import again."
    ),
    "not_degrees/not_finite": (
        "{areas}: some coordinates are not numbers or infinite. Correct those vertices and import again."
    ),
    "empty": (
        "{areas}: has no area (its geometry is missing, empty, a point or a line). Draw its boundary or drop the row."
    ),
    "invalid_ring": (
        "{areas}: its ring is invalid ({reason}). Redraw it at that place, or take the repair 'make valid'."
    ),
    "malformed_code": "{areas}: the code breaks the rule ({rule}). Correct it.",
    "duplicate_code": (
        "The code {areas} is used {count} times. A code belongs to one area: renumber, or merge the parts."
    ),
    "unknown_parent": (
        "{areas}: its parent {parent} does not exist at the next coarser level ({parent_level}). Correct the "
        "parent's code or add the parent first."
    ),
    "unknown_parent/missing": "{areas}: has no parent's code; it must belong to a {parent_level}. Fill it in.",
    "overlap": (
        "{areas} overlap by {size}: reports there belong to two units. Move the border, or take the repair 'trim "
        "the overlap'."
    ),
    "gap": (
        "A gap of {size} touches {areas}: nobody answers for reports there. Close it, take the repair 'give the "
        "gap to the neighbour', or, for a lake or park, declare it an allowed gap."
    ),
    "outside_parent": (
        "{areas}: {size} of it lies outside its parent {parent}. Draw it back, or take the repair 'clip to the parent'."
    ),
    "parent_not_covered": (
        "{areas}: {size} of it is covered by none of its areas. Extend one of them, take the repair 'give the "
        "gap to the neighbour', or declare it an allowed gap."
    ),
    "sliver/overlap": (
        "{areas} overlap in a sliver of {size}, nowhere wider than {width}. The repair 'close the sliver' removes it."
    ),
    "sliver/gap": (
        "A gap of {size}, a sliver nowhere wider than {width}, touches {areas}. The repair 'close the sliver' "
        "removes it."
    ),
    "sliver/outside_parent": (
        "{areas}: strays from its parent {parent} by a sliver of {size}, nowhere wider than {width}. The repair "
        "'clip to the parent' removes it."
    ),
    "sliver/parent_not_covered": (
        "{areas}: a sliver of {size}, nowhere wider than {width}, is covered by none of its areas. The repair "
        "'give the gap to the neighbour' removes it."
    ),
    "sliver/area": (
        "{areas}: the whole area is a sliver of {size}, nowhere wider than {width}, probably a leftover. Check "
        "it, or merge it into a neighbour."
    ),
    "spike": "{areas}: the border has a spike {size} long. Remove that vertex, or take the repair 'drop the spike'.",
    "several_parts": (
        "{areas}: consists of {count} separate parts, {size} besides the main one. Unless it has exclaves, give "
        "the pieces to the areas around them."
    ),
    "suspected_datum": (
        "The layer lies about {size} from its reference, but only {residual} when read as {datum}. The declared "
        "datum is probably wrong: ask where the data come from and import them again as {datum}."
    ),
    "suspected_datum/converted_twice": (
        "The layer lies about {size} from its reference, as if WGS 84 coordinates had been converted from "
        "{datum} once too often (undone, {residual} remain). Import them again as WGS 84."
    ),
    "suspected_datum/other_shift": (
        "The layer lies about {size} from its reference, as if coordinates in {datum} had been read as {read_as} "
        "(read as {datum}, {residual} remain). Ask where the data come from and import them again as {datum}."
    ),
    "elsewhere": (
        "The layer shares no ground with its latest release: it lies about {size} to the {way} of it. Check the "
        "coordinate system, its zone and the order of the axes; land elsewhere is a layer of its own."
    ),
    "elsewhere/outline": (
        "The layer shares no ground with the district: it lies about {size} to the {way} of it. Check the "
        "coordinate system, its zone and the order of the axes; where it is meant, bring it in as a draft."
    ),
    # Parts of sentences: areas, sizes, directions, why a ring is invalid, which rule a code breaks.
    "suggestion": "; it may be {system}",
    "areas/none": "the layer",
    "areas/several": "{first} and {last}",
    "areas/more": "{shown} and {rest} more",
    "area/least": "<0.01 m²",
    "area/small": "{m2:.2f} m²",
    "area/m2": "{m2:.0f} m²",
    "area/ha": "{ha:.1f} ha",
    "area/km2": "{km2:.2f} km²",
    "length/mm": "{mm:.1f} mm",
    "length/small": "{m:.2f} m",
    "length/m": "{m:.0f} m",
    "length/km": "{km:.1f} km",
    "length/width": "{m:g} m",
    "way/east": "east",
    "way/north_east": "north-east",
    "way/north": "north",
    "way/north_west": "north-west",
    "way/west": "west",
    "way/south_west": "south-west",
    "way/south": "south",
    "way/south_east": "south-east",
    "ring/self_intersection": "self-intersection",
    "ring/ring_self_intersection": "ring self-intersection",
    "ring/hole_lies_outside_shell": "hole lies outside shell",
    "ring/nested_holes": "nested holes",
    "ring/holes_are_nested": "holes are nested",
    "ring/nested_shells": "nested shells",
    "ring/interior_is_disconnected": "interior is disconnected",
    "ring/duplicate_rings": "duplicate rings",
    "ring/too_few_points_in_geometry_component": "too few points in geometry component",
    "ring/invalid_coordinate": "invalid coordinate",
    "ring/ring_is_not_closed": "ring is not closed",
    "ring/repeated_point": "repeated point",
    "ring/other": "{stated}",
    "rule/level": "the level {level!r} is not one of the layer's",
    "rule/digits_only": "it may hold digits only",
    "rule/digits": "it needs {digits} digits, not {found}",
    "rule/prefix": "it must begin with its parent's code {parent}",
    "rule/missing": "it is missing",
    "rule/printable": "no spaces at the ends, no control characters",
    "rule/address": "it is a part of addresses, which cannot hold {unfit}",
    "rule/longest": "at most {most} characters",
    "character/space": "space",
    # Repairs, and a defect with the repair that would mend it.
    "repair/make_valid": "make valid",
    "repair/snap": "snap to the neighbour's border",
    "repair/close_sliver": "close the sliver",
    "repair/trim_overlap": "trim the overlap",
    "repair/give_to_neighbour": "give the gap to the neighbour",
    "repair/clip_to_parent": "clip to the parent",
    "repair/drop_spike": "drop the spike",
    "repair/clean_whole": "clean the whole layer",
    "repaired": "{defect} → {repair}",
}
