"""Pages with a map in one file, and lists, that open without a network."""
