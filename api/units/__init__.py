"""The API of responsible units."""
