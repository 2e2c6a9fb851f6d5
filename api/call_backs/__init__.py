"""The API of call-backs: kept for a case, listed, counted."""
