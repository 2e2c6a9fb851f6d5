"""Details about hotspots and their inputs, in other languages, by their English."""
