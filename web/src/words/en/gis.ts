/** Help when borders are drawn: snapping, tracing, coordinates, steps */
export default {
  guide: {
    snap: "Snap to",
    own: "borders of this layer only",
    roads: "roads",
    free: "hold Alt to draw freely",
    trace: "Along borders",
    system: "Coordinates in",
    wgs84: "WGS 84 degrees",
    cgcs2000: "CGCS2000 degrees",
    epsg4547: "CGCS2000 Gauss-Krüger 114°E (EPSG:4547)",
    gcj02: "GCJ-02 degrees",
    bd09: "BD-09 degrees",
    go: "Place",
    next: "Next point",
    example: "east, north",
    show: "Go to",
    add: "Add point",
    finish: "Finish",
  },
  steps: {
    heading: "Edits ({count})",
    none: "No edit yet.",
    step: "{number}. {name} · {actor} · {at}",
    back: "Undo to this step",
  },
};
