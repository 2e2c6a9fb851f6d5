"""Responsibility maps and vector tiles, over HTTP."""
