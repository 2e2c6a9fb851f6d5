"""Maps: responsibility as GeoJSON, vector tiles and pages that open without a network."""
