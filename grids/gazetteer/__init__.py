"""Roads, crossings, places and door numbers in releases with their provenance, and what they locate."""
