"""Erasing what people said: their words and data go, the record that a report was and where it belonged stays."""
