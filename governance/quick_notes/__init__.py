"""Quick notes (随手记): small matters that a worker solved on the spot, logged beside the platform's cases."""
