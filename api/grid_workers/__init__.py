"""Grid workers and handovers, over HTTP."""
