"""Triage of reports without a certain place, over HTTP."""
