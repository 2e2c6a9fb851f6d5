"""Intake of reports and reading them back, over HTTP."""
