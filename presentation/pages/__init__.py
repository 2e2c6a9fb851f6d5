"""Pages with a map in one file, and lists, that open without a network."""

from __future__ import annotations

from pathlib import Path

TEMPLATES = Path(__file__).parent / "templates"
