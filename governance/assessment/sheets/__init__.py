"""Sheets of the three dimensions that are partly scored by people: items with evidence, a scorer, a second look."""
