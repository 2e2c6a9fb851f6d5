"""Which area answers for a point."""
