"""Help of reports, triage and hotspots, by language."""
