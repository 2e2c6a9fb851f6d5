"""Layers, releases, areas, lineage and boundary files, over HTTP."""
