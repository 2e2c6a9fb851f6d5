"""Details about points, maps, queries and the OGC API, in other languages, by their English."""
