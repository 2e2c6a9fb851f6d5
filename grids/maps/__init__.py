"""Levels of a release ready for maps: text, shapes and tiles, and the caches that keep them."""
