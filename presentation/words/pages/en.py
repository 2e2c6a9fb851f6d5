"""The words of pages in English."""

from __future__ import annotations

SEPARATOR = ", "

SENTENCES: dict[str, str] = {
    "frame/allTime": "The whole time",
    "frame/base": "Colouring",
    "frame/card": "Details",
    "frame/close": "Close the details",
    "frame/find": "Find an area",
    "frame/findHint": "Name or code",
    "frame/fold": "Fold",
    "frame/kilometres": "km",
    "frame/layers": "Layers",
    "frame/map": "map",
    "frame/metres": "m",
    "frame/north": "N",
    "frame/northUp": "North is up",
    "frame/notFound": "Nothing found; try another name or code.",
    "frame/notes": "Notes",
    "frame/notesOfRun": "Notes (how it was analysed, what was set aside)",
    "frame/pause": "Pause",
    "frame/play": "Play",
    "frame/sample": "Sample data",
    "frame/sides": "Two maps side by side",
    "frame/time": "Time",
    "frame/unfold": "Unfold",
    "frame/zoomIn": "Zoom in",
    "frame/zoomOut": "Zoom out",
    "print/km": "{length} km",
    "print/m": "{length} m",
    "level/community": "community",
    "level/district": "district",
    "level/grid": "grid",
    "level/street": "street or town",
    "responsibility/and_more": "{low} and more",
    "responsibility/between": "{low}–{high}",
    "responsibility/borders": "Borders: {level}",
    "responsibility/by_count": "Reports of the last 30 days",
    "responsibility/by_unit": "Responsible unit",
    "responsibility/by_unit_words": (
        "Neighbours of one colour belong to one unit; click an area for its unit's name and code."
    ),
    "responsibility/counted_until": "Reports counted until {at}",
    "responsibility/counts": "{recent} in the last 30 days, {total} in all",
    "responsibility/fewer": "fewer than {least}",
    "responsibility/no_counts": "There are no reports for this layer",
    "responsibility/no_unit": "not stated",
    "responsibility/note": (
        "Borders are simplified to the precision of a screen, neighbours sharing one edge; "
        "the exact ones are in /v1/maps/responsibility.geojson."
    ),
    "responsibility/reports": "{count}",
    "responsibility/row/code": "Code",
    "responsibility/row/reports": "Reports",
    "responsibility/row/size": "Area",
    "responsibility/row/unit": "Responsible unit",
    "responsibility/size": "{ha:,.1f} ha",
    "responsibility/source": "{layer}, release {release} (in force from {day})",
    "responsibility/subtitle": "Release {release}, in force from {at}; {areas} areas ({level})",
    "responsibility/tip": "{name} ({unit})",
    "responsibility/tip_counts": "{tip}: {recent} in the last 30 days",
    "responsibility/title": "{layer}: who answers, by {level}",
}
