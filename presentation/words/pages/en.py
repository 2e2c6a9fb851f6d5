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
}
