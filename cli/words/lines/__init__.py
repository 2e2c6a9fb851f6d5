"""The lines that commands print about what they did, by language."""
