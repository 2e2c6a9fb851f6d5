"""Hotspot runs, what they stand on, and topics, over HTTP."""
