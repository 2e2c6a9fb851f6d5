"""Which area answers for a point, over HTTP."""
