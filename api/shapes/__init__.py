"""Shapes of answers that several features share: geometries, defects, releases, places."""
