"""What maps need of polygons: GeoJSON text, coverage-safe simplification, vector tiles. Bytes and arrays, no files."""
