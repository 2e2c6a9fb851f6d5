"""Details about boundary files, layers, releases, in other languages, by their English."""
