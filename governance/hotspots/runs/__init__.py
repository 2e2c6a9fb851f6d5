"""Runs: requested, computed from one snapshot, stored as the bytes they were written in, read back as files."""
