"""Where: boundaries, assignment, gazetteer."""
