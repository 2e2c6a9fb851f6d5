"""Layers, areas and releases: the boundary registry."""
