"""The dated policy: thresholds, and what kind of source a channel is."""
